"""Trouble for databases."""

from collections.abc import Callable

import pytest
from psycopg.conninfo import conninfo_to_dict

from databases import UrlOf, administer


@pytest.fixture
def break_off(postgresql_url: str, postgresql_url_of: UrlOf) -> Callable[..., None]:
    """Break every connection to the database, as a server does that goes away, and says whether it comes back."""
    name = conninfo_to_dict(postgresql_url)["dbname"]

    def break_off(*, comes_back: bool) -> None:
        administer(
            postgresql_url_of("postgres"),
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS {comes_back}",
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    return break_off
