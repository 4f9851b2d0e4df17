"""A child process that draws one chart: ``python -m bot.charts < CHART.json > PICTURE.png``."""

import os
import sys

from pydantic import TypeAdapter

from bot.charts.drawing import png_of
from bot.charts.facts import Chart

if __name__ == "__main__":
    os.nice(10)  # commands come first
    chart: Chart = TypeAdapter(Chart).validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(png_of(chart))
