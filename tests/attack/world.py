"""A small database of two forces whose rows can be told apart, and people who may see some of them."""

from datetime import date, timedelta

from sqlalchemy import text

from data_access import worked_examples
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.rebuild import rebuild
from data_access.register.accounts import Accounts
from data_access.register.opened import Register

AS_OF = date(2026, 11, 22)
PASSWORD = "seven quiet herons wade"
# Rows of a team hold the team's word: whoever may not see the team must not meet it.
WORDS = {("KESTREL", "T1"): "kestrelone", ("KESTREL", "T2"): "kestreltwo", ("MERLIN", "T1"): "merlinone"}
PEOPLE = {
    "ann": [("service_manager", "KESTREL", None)],
    "bob": [("analyst", "MERLIN", None)],
    "sue": [("supervisor", "KESTREL", ["T1"])],
    "two": [("service_manager", "MERLIN", None), ("analyst", "KESTREL", None)],
    "nat": [("national_viewer", "", None)],
    "aud": [("auditor", "", None)],
    "adm": [("admin", "", None)],
    "non": [],
}
FORCES = ("force kestrel", "force merlin")
SEES = {
    "ann": {"kestrelone", "kestreltwo", "force kestrel"},
    "bob": {"merlinone", "force merlin"},
    "sue": {"kestrelone", "force kestrel"},
    "two": {"merlinone", "force merlin"},
}


def rows(words: list[str]) -> dict[str, list[dict]]:
    """Twelve open cases for each word."""
    day = AS_OF - timedelta(days=60)
    names = [f"{word}-{i}" for word in words for i in range(12)]
    return {
        "cases": [{"source_id": name, "opened_on": day} for name in names],
        "referral": [{"source_id": name, "case": name, "opens_case": True, "received_on": day} for name in names],
        "risk_assessments": [{"source_id": name, "case": name, "assessed_on": day, "level": "high"} for name in names],
    }


def write(database: str) -> None:
    """Write the two forces."""
    engine = writer(database)
    upgrade(engine)
    with engine.begin() as connection:
        worked_examples.write_rows(connection, rows(["kestrelone", "kestreltwo"]), AS_OF, 1, "KESTREL")
        worked_examples.write_rows(connection, rows(["merlinone"]), AS_OF, 2, "MERLIN")
        connection.execute(text("INSERT INTO team (team_id, force_id, code, name) VALUES (1000002, 1, 'T2', 'Team 2')"))
        connection.execute(text("UPDATE cases SET team_id = 1000002 WHERE source_id LIKE 'kestreltwo%'"))
        rebuild(connection, 1)
    engine.dispose()


def invite(register: str) -> Accounts:
    """Make the accounts."""
    accounts = Accounts(Register(register))
    for name, given in PEOPLE.items():
        accounts.add(name, PASSWORD)
        for role, force, teams in given:
            accounts.grant(name, role, force, teams)
    return accounts


def seen(text_: str) -> set[str]:
    """Which words and names of the database a text holds."""
    return {word for word in (*WORDS.values(), *FORCES) if word in text_.lower()}
