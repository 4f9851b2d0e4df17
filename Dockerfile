# Python's slim image; the bot needs no compiler, and PyAV and psycopg bring their own libraries.
FROM python:3.13-slim

# A wider range of scripts for pictures that the sandbox draws.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 showrunner \
    && install --directory --owner showrunner /data

WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY bot bot
COPY cogs cogs
COPY storage storage

ENV PYTHONUNBUFFERED=1 DATA_DIR=/data
VOLUME /data
USER showrunner
# SIGTERM lets steps under way finish, within 20 seconds.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot"]
