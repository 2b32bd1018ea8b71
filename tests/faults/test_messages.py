"""Whatever a browser sends is checked: what is not offered has no effect, the page lives on, each is one line."""

import json
import sys
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data_access as da
from dashboard.views import VIEWS
from data_access.register.looks import Asked, Looks
from data_access.register.opened import Register
from data_access.slice import Page
from tests.faults.people import Person
from tests.fixtures.browser import free_port, start, stop

LONG = "x" * 1_000_000
SETS = ("force", "level", "source", "team", "advocate", "preset", "grain", "compare", "from", "to", "every_force",
        "recipient", "week", "words", "person", "event", "nothing")  # fmt: skip
DOES = ("page", "address", "scheme", "every", "reset", "list", "turn", "close", "file", "keep", "figure", "workbook",
        "seen", "again", "nothing", "__init__", "../../etc/passwd")  # fmt: skip
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=40),
    st.sampled_from(["NOWHERE", "-1", "0", "99999999999", "2026-02-30", "1800-01-01", "9999-12-31", "' OR 1=1 --",
                     "constructor", "overview", "high", "month", "force\nNOWHERE\n", "٣", "\ud800", LONG]),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)  # fmt: skip
MESSAGES = st.one_of(
    st.fixed_dictionaries({"set": st.sampled_from(SETS), "value": ODD}, optional={"checked": ODD}),
    st.fixed_dictionaries(
        {"do": st.sampled_from(DOES)},
        optional=dict.fromkeys(("page", "query", "list", "to", "kind", "purpose", "figure", "value", "n"), ODD),
    ),
    st.dictionaries(st.text(max_size=8), ODD, max_size=4),
)


@pytest.fixture(scope="module")
def service(sample_url, tmp_path_factory):
    """The sample for somebody who may see one force of it; its address and its audit."""
    folder = tmp_path_factory.mktemp("messages")
    register, port = f"sqlite:///{folder}/r.sqlite", free_port()
    url = f"http://localhost:{port}"
    program = (
        "import sys\nfrom dashboard import people\nfrom dashboard.people import Grant, Person\n"
        "grant = Grant('service_manager', frozenset({'WEST'}))\n"
        "people.at_this_machine = lambda: Person('wes', (grant,), role='service_manager')\n"
        "from dashboard import app\napp.server(sys.argv[1], int(sys.argv[2])).run_until_shutdown()\n"
    )
    command = [sys.executable, "-c", program, sample_url, str(port)]
    server = start(command, f"{url}/health", folder / "log", url, CASELIGHT_REGISTER=register)
    yield url, Register(register), folder / "log"
    stop(server.process)


def lines(register: Register) -> int:
    return Looks(register).page(Asked(), Page(1, 1)).total


def foreign(sample_url: str) -> list[str]:
    """Names and references of the forces that this person may not see."""
    store = da.connect(sample_url, arrays="memory")
    reports = store.reports(da.Scope.local(["EAST", "NORTH"], "service_manager"))
    asked = da.Slice(("EAST", "NORTH"), date(2026, 8, 24), date(2026, 11, 23))
    found = list(reports.rows("open_cases", asked, da.Page(1, 100)).frame["reference"])
    found += [row.name for row in reports.directory.forces] + [row.code for row in reports.directory.teams]
    store.engine.dispose()
    return found


@pytest.mark.parametrize("page", VIEWS)
def test_any_message_to_any_part_is_one_line_and_gives_nothing_foreign(service, sample_url, page):
    url, register, log = service
    others = foreign(sample_url)
    person = Person(url, f"?page={page}")
    keys = [*person.parts, "p999", "__class__", ""]
    told: list[str] = []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.sampled_from(keys), MESSAGES)
    def send(key, message):
        message = {name: value for name, value in message.items() if name != "part"}
        if message.get("do") == "seen" and "part" not in message and not key:
            message["n"] = -1
        before = lines(register)
        answer = person.say(key, **message)
        assert answer, f"the page is gone after {str(message)[:200]}"
        assert lines(register) == before + 1
        told.append(json.dumps(answer))

    send()
    shown = "".join(told)
    assert [name for name in others if name in shown] == []
    again = person.say(do="page", page="definitions" if page == "help" else "help")
    assert ("Search the definitions" if page == "help" else "How to read a figure") in str(again), "the page lives"
    assert "Traceback" not in log.read_text(errors="replace")
    person.close()


def refused(person: Person, register: Register, part: str, **message) -> str:
    """Send something that is not offered; what the line says. Gives the part's markup afterwards."""
    person.say(part, **message)
    (line,) = Looks(register).page(Asked(), Page(1, 1)).lines
    return line.event


def test_what_is_not_offered_is_refused_and_changes_nothing(service):
    url, register, _ = service
    person = Person(url, "?page=caseload")
    bar, view = person.part('aria-label="Filters"'), person.part("<h1>Caseload</h1>")
    card = next(key for key, part in person.parts.items() if 'id="h-open_cases"' in part.get("html", ""))
    attempts = [
        (bar, {"set": "force", "value": "NORTH", "checked": True}),
        (bar, {"set": "force", "value": "NOWHERE", "checked": True}),
        (bar, {"set": "team", "value": "NORTH-CITY"}),
        (bar, {"set": "advocate", "value": "nobody"}),
        (bar, {"set": "grain", "value": "second"}),
        (bar, {"set": "preset", "value": "for ever"}),
        (bar, {"set": "from", "value": "9999-12-31"}),
        (bar, {"set": "to", "value": "yesterday"}),
        (bar, {"set": "level", "value": 7}),
        (bar, {"set": "level", "value": LONG}),
        (view, {"do": "list", "list": "everything"}),
        (view, {"do": "turn", "to": "-1"}),
        (view, {"do": "turn", "to": "1e9"}),
        (card, {"do": "file", "kind": "exe"}),
        ("p999", {"do": "list", "list": "open_cases"}),
        ("", {"do": "page", "page": "audit"}),
        ("", {"do": "address", "query": "?page=caseload&force=NORTH"}),
    ]
    first = person.parts[view]["html"]
    assert [
        (part, message) for part, message in attempts if refused(person, register, part, **message) != "refused"
    ] == []
    assert person.parts[view]["html"] == first
    # A page of a list that does not exist is its last page.
    person.say(view, do="list", list="open_cases")
    told = person.say(
        next(k for k, p in person.parts.items() if 'data-do="turn"' in p.get("html", "")), do="turn", to="99999"
    )
    assert "Page" in str(told)
    person.close()


def test_a_file_without_its_purpose_is_not_given(service):
    url, register, _ = service
    person = Person(url, "?page=caseload")
    card = next(key for key, part in person.parts.items() if 'id="h-open_cases"' in part.get("html", ""))
    for purpose in ("", "nothing", "own", "Team meeting"):
        assert "file" not in person.say(card, do="file", kind="csv", purpose=purpose)
    person.say(card, set="words", value="y" * 201)
    assert "file" not in person.say(card, do="file", kind="csv", purpose="own")
    assert "file" in person.say(card, do="file", kind="csv", purpose="team")
    events = [line.event for line in Looks(register).page(Asked(), Page(1, 7)).lines]
    assert events.count("file") == 1
    person.close()


def test_an_address_with_another_force_is_as_one_that_does_not_exist(service):
    url, _, _ = service
    one, other = Person(url, "?page=caseload&force=NORTH"), Person(url, "?page=caseload&force=NOWHERE")
    shown = [{key: part.get("html") for key, part in person.parts.items()} for person in (one, other)]
    assert shown[0] == shown[1]
    for person in (one, other):
        person.close()
