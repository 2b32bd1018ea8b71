"""The pool of forces, and a site on PostgreSQL made as docs/postgresql.md says, with an account for notebooks."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from data_access.copying import copy
from tests.walls import worlds

PAGE = Path(__file__).parents[2] / "docs" / "postgresql.md"
SHARED = "WALLS_POOL"
AT_SITE = 9  # forces of the pool


@pytest.fixture(scope="session")
def pool(tmp_path_factory) -> worlds.Pool:
    """Every force of the pool, in a file; the one that ``WALLS_POOL`` names, where many runs share it."""
    given = Path(os.environ.get(SHARED, "") or tmp_path_factory.mktemp("pool") / "pool.sqlite")
    return worlds.Pool(given) if given.exists() else worlds.pool(given)


@dataclass(frozen=True)
class Site:
    """Addresses of a site by account: ``admin``, ``loader``, ``viewer``, and ``north`` for a notebook of QX04."""

    admin: str
    loader: str
    viewer: str
    north: str


@pytest.fixture(scope="session")
def site(postgres_server, tmp_path_factory) -> Site:
    """A site with forces QX01 to QX09. Roles are of the whole server: this one's are called walls_*."""
    text = (
        PAGE.read_text(encoding="utf-8").replace("caselight_", "walls_").replace("DATABASE caselight", "DATABASE walls")
    )
    accounts, schema, after, notebook, grant = re.findall(r"```sql\n(.*?)```", text, re.S)
    admin = postgres_server.replace("/postgres?", "/walls?")
    loader, viewer, north = (admin.replace("postgres@", f"walls_{name}@") for name in ("loader", "viewer", "north"))
    source = tmp_path_factory.mktemp("site") / "source.sqlite"
    worlds.pool(source, AT_SITE)
    run(postgres_server, accounts)
    run(admin, schema)
    copy(f"sqlite:///{source.as_posix()}", loader)
    run(loader, after)
    run(admin, notebook)
    run(loader, grant.replace("'NORTH'", "'QX04'"))
    return Site(admin, loader, viewer, north)


def run(url: str, script: str) -> None:
    """The statements of a script, one after another."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.execute(statement)
