"""The account of docs/sign-in.md: it reads accounts and adds to the audit, and can do nothing else."""

import re
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, insert, select

from data_access.register import tables as t
from data_access.register.accounts import Accounts
from data_access.register.opened import Register, RegisterClosed

DOCS = Path(__file__).parents[2] / "docs" / "sign-in.md"


@pytest.fixture
def narrow(postgres_url):
    """The register of a database as the owner made it, opened with the documented account."""
    owner = Register(postgres_url)
    Accounts(owner).add("ann", "seven quiet herons wade")
    owner.close()
    (script,) = re.findall(r"```sql\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)
    database = re.search(r"/(test_\d+)\?", postgres_url)[1]
    role = f"register_{database}"
    script = script.replace("DATABASE caselight", f"DATABASE {database}").replace("caselight_register", role)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(script)
    register = Register(postgres_url.replace("postgresql://postgres@", f"postgresql://{role}@"))
    yield register
    register.close()


def test_it_reads_accounts_and_adds_to_the_audit(narrow):
    assert list(Accounts(narrow).known()) == ["ann"]
    with narrow.begin() as connection:
        connection.execute(insert(t.audit).values(at=t.now(), event="page", person="ann"))
    with narrow.reading() as connection:
        assert connection.execute(select(func.count()).select_from(t.audit)).scalar() == 1


def test_it_can_do_nothing_else(narrow):
    accounts = Accounts(narrow)
    for change in (
        lambda: accounts.add("bob", "seven quiet herons wade"),
        lambda: accounts.disable("ann"),
        lambda: accounts.grant("ann", "analyst", "NORTH"),
    ):
        with pytest.raises(RegisterClosed):
            change()
    for statement in (t.audit.delete(), t.audit.update().values(event="x"), t.account.delete()):
        with pytest.raises(RegisterClosed), narrow.begin() as connection:
            connection.execute(statement)
