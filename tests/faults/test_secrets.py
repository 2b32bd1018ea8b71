"""Neither the password of the database nor a cell that was set aside gets into a log, an answer or an error."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.attack.client import Client
from tests.faults.line import Line
from tests.faults.people import Person
from tests.faults.test_database_away import filled, serving
from tests.fixtures.databases import wait_for
from tests.ingest.own import write_folder

__all__ = ["serving"]  # a fixture
PASSWORD = "canary-pw-5f1c"
CELL = "canary-cell-77ab"
COMMANDS = (
    ("measure", "open_cases"),
    ("measure", "no_such_measure"),
    ("cases", "review_overdue"),
    ("cases", "no_such_list"),
    ("check",),
    ("weekly", "--week", "2026-W46", "--out", "OUT"),
    ("export", "--week", "2026-W99", "--out", "OUT"),
    ("published", "--force", "ALDER", "--week", "2026-W46"),
    ("audit", "show"),
    ("audit", "export", "OUT.csv"),
    ("user", "list"),
    ("standards",),
    ("load", "nothing.zip"),
)


def ran(folder: Path, *words: str, **settings: str) -> str:
    """Everything that a command says."""
    command = [sys.executable, "-m", "dashboard", *(word.replace("OUT", str(folder / "out")) for word in words)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **settings},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return done.stdout + done.stderr


def said(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.read().decode(errors="replace") + str(answer.headers)
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace") + str(error.headers)


@pytest.fixture
def line(postgres_url):
    filled(postgres_url)
    made = Line(postgres_url)
    yield made
    made.close()


def with_password(url: str) -> str:
    return url.replace("postgres@", f"postgres:{PASSWORD}@")


@pytest.mark.postgres
def test_the_password_of_the_database_is_in_nothing_that_the_pages_say(line, serving):
    server = serving(with_password(line.url))
    told = [said(f"{server.url}/{path}") for path in ("", "health", "ready", "nothing", "static/js/bokeh.min.js?v=1")]
    person = Person(server.url, "?page=caseload")
    told += [person.source, Client(server.url).page("?bokeh-session-id=x").text]
    for page in ("overview", "engagement", "risk", "weekly", "quality", "definitions"):
        person.say(do="page", page=page)
    line.down()
    for page in ("caseload", "weekly", "quality", "support"):
        person.say(do="page", page=page)
        person.filter(set="grain", value="quarter" if page == "weekly" else "month")
    told += [said(f"{server.url}/{path}") for path in ("?page=risk", "ready")]
    line.up()
    wait_for(lambda: "<h1>" in str(person.say(do="page", page="justice")), 20, "it did not go on")
    frames = "".join(person._line.heard)
    assert len(frames) > 50_000
    for text in (*told, frames, server.log.read_text(errors="replace")):
        assert PASSWORD not in text
        assert str(line.folder) not in text
        assert "Traceback" not in text
    assert "reference" in server.log.read_text(errors="replace"), "faults were logged, without it"


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["there", "away"])
def test_the_password_is_in_nothing_that_a_command_says(line, tmp_path, state):
    settings = {"CASELIGHT_REGISTER": f"sqlite:///{tmp_path}/r.sqlite", "CASELIGHT_ARRAYS": "memory"}
    if state == "away":
        line.down()
    for words in COMMANDS:
        text = ran(tmp_path, *words, CASELIGHT_DATABASE=with_password(line.url), **settings)
        assert PASSWORD not in text, words
        assert "Traceback" not in text, words
        assert text, words
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert PASSWORD.encode() not in file.read_bytes(), file.name


def test_what_stands_in_a_cell_that_is_set_aside_is_in_nothing(tmp_path):
    files = {
        "forces": [["force_code", "name"], ["ALDER", "Alder"]],
        "extract": [["force_code", "as_of"], ["ALDER", "2026-11-22"]],
        "teams": [["force_code", "team_code", "name"], ["ALDER", "P1", "One"]],
        "victims": [["force_code", "victim"], ["ALDER", "V1"], ["ALDER", "V2"]],
        "cases": [
            ["force_code", "source_id", "victim", "pathway", "opened_on", "closed_on", "team_code"],
            ["ALDER", "C1", "V1", "full_advocacy", "2026-10-01", "", "P1"],
            ["ALDER", "C2", "V2", CELL, "2026-10-01", "", "P1"],
            ["ALDER", "C3", "V2", "full_advocacy", CELL, "", "P1"],
            ["ALDER", "C4", CELL, "full_advocacy", "2026-10-01", "", "P1"],
        ],
        "contacts": [
            ["force_code", "source_id", "case", "at", "direction", "with_whom", "channel", "outcome"],
            ["ALDER", "K1", "C1", CELL, "outbound", "victim", "phone", "successful"],
            ["ALDER", "K2", "C1", "2026-10-02", CELL, "victim", "phone", "successful"],
        ],
    }
    folder = write_folder(tmp_path / "export", files)
    url = f"sqlite:///{tmp_path}/own.sqlite"
    list_ = tmp_path / "aside.csv"
    text = ran(tmp_path, "load", str(folder), "--database", url, "--set-aside", str(list_))
    assert "set aside" in text
    assert CELL not in text
    assert CELL not in list_.read_text()
    for words in (("check",), ("cases", "open_cases"), ("audit", "show")):
        assert CELL not in ran(tmp_path, *words, "--database", url)
    for file in tmp_path.glob("*.sqlite*"):
        if file.is_file():
            assert CELL.encode() not in file.read_bytes(), f"{file.name}: nor is it kept"
