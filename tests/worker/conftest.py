"""A store of its own for each story of a real worker: on SQLite its home is enough, PostgreSQL makes a database."""

import os
import uuid
from collections.abc import Iterator

import pytest


@pytest.fixture
def own_store() -> Iterator[dict[str, str]]:
    """The environment of the processes of one story."""
    url = os.environ.get("ENTENDU_TEST_DATABASE_URL")
    if not url:
        yield dict(os.environ)
        return
    import psycopg

    name = f"story_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield os.environ | {"ENTENDU_DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
