"""What a page gives is recorded before it leaves, one line for each answer; what cannot be recorded does not leave."""

import hashlib
import json
import sqlite3
from base64 import b64decode
from contextlib import closing
from pathlib import Path

import pytest

from dashboard.listing import SIZE
from dashboard.options import Options
from dashboard.shell import Shell
from dashboard.state import Filters
from dashboard.views import VIEWS
from dashboard.witness import Witness, network, register, short_sum, who_of
from data_access.register.audit import Audit, AuditUnwritable
from data_access.register.looks import Asked, Looks
from data_access.register.opened import Register
from data_access.scope import Scope
from data_access.slice import Page

SENTENCE = "This look could not be recorded, so nothing is shown (reference "


class Session:
    """A person's page without a browser: sends messages, keeps what came."""

    def __init__(self, store, path: Path, address: str = "", **scope):
        self.path = path
        self.register = Register(f"sqlite:///{path.as_posix()}")
        given = {"identity": "ann", "role": "service_manager", "forces": frozenset(store.force_codes()), **scope}
        reports = store.reports(Scope(**given))
        filters = Filters(Options.of(reports), pages=tuple(VIEWS))
        filters.from_query({"page": [b"caseload"]} if not address else {k: [v] for k, v in json.loads(address).items()})
        witness = Witness(Audit(self.register, "0.1"), who_of(reports.scope, "198.51.100.77", "a session's id"))
        self.shell = Shell(reports=reports, filters=filters, views=VIEWS, witness=witness)
        self.shell.open_page()
        self.told: list[dict] = []

    def begin(self) -> dict:
        """The first answer."""
        whole = json.loads(self.shell.paper.whole())
        self.shell.paper.links.append(lambda text: self.told.append(json.loads(text)))
        return whole

    def say(self, part=None, **message) -> dict:
        """Send a message and give what came of it."""
        before = len(self.told)
        key = {} if part is None else {"part": getattr(part, "key", part)}
        self.shell.paper.received(json.dumps({**key, **message, "count": "1"}))
        assert len(self.told) == before + 1, "one answer for one message"
        return self.told[-1]

    def lines(self):
        return Looks(self.register).page(Asked(), Page(1, 500)).lines[::-1]

    def raw(self, statement: str) -> list:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def session(sample_store, tmp_path) -> Session:
    return Session(sample_store, tmp_path / "r.sqlite")


def test_each_answer_is_one_line_with_what_stands_on_the_page(session):
    session.begin()
    view = session.shell.views["caseload"]
    session.say(session.shell._bar, set="level", value="high", checked=True)
    session.say(view._top, do="list", list="open_cases")
    session.say(view._list, do="turn", to="2")
    session.say(do="page", page="definitions")
    session.say(do="scheme", value="dark")
    found = session.lines()
    assert [line.event for line in found] == ["page", "filter", "list", "list", "page", "look"]
    assert [line.page for line in found] == ["caseload"] * 4 + ["definitions"] * 2
    assert [line.rows for line in found] == [None, None, SIZE, SIZE, None, None]
    assert found[3].filters == "page=caseload&level=high&list=open_cases&at=2"
    for line in found:
        assert (line.person, line.role, line.forces, line.teams) == ("ann", "service_manager", "EAST,NORTH,WEST", None)
        assert line.address == "198.51.100.0/24"
        assert line.session == hashlib.sha256(b"a session's id").hexdigest()[:16]
        assert line.version == "0.1"
        assert line.reference == ""


def test_no_reference_name_or_value_stands_in_a_line(session, sample_url):
    session.begin()
    session.say(session.shell.views["caseload"]._top, do="list", list="open_cases")
    shown = json.dumps(session.told)
    with closing(sqlite3.connect(sample_url.removeprefix("sqlite:///"))) as connection:
        references = [row[0] for row in connection.execute("SELECT case_ref FROM cases")]
        names = [row[0] for row in connection.execute("SELECT name FROM force UNION SELECT name FROM team")]
    assert sum(reference in shown for reference in references) >= SIZE, "the list shows them"
    told = json.dumps(session.raw("SELECT * FROM audit"))
    assert [word for word in (*references, *names) if word in told] == []


def test_the_line_is_there_before_the_answer_leaves(session):
    session.begin()
    seen: list[int] = []
    session.shell.paper.links.insert(0, lambda _: seen.append(session.raw("SELECT count(*) FROM audit")[0][0]))
    session.say(session.shell.views["caseload"]._top, do="list", list="open_cases")
    session.say(do="page", page="risk")
    assert seen == [2, 3], "another connection sees the line when the answer is on its way"


def test_the_first_page_does_not_leave_when_it_cannot_be_recorded(sample_store, tmp_path):
    (tmp_path / "folder").write_text("a file where the folder should be")
    session = Session(sample_store, tmp_path / "folder" / "r.sqlite")
    with pytest.raises(AuditUnwritable, match="nothing is shown"):
        session.begin()


def test_nothing_leaves_until_it_can_be_recorded_again(session):
    whole = session.begin()
    root = whole["root"]
    view = session.shell.views["caseload"]
    session.raw("ALTER TABLE audit RENAME TO elsewhere")
    told = session.say(view._top, do="list", list="open_cases")
    assert SENTENCE in told["parts"]["said"]["html"]
    assert told["parts"].keys() == {"instead", "said"}
    assert told["root"] == "instead"
    assert told["done"] is True
    assert told["about"] == {}
    assert len(json.dumps(told)) < 1_500, "the sentence and nothing else"
    again = session.say(part=None, do="again")
    assert again["parts"].keys() == {"instead", "said"}
    session.shell.paper.received('{"do": "seen", "n": -1}')
    assert session.told[-1]["parts"].keys() == {"instead", "said"}
    session.raw("ALTER TABLE elsewhere RENAME TO audit")
    back = session.say(do="again")
    assert back["root"] == root
    assert any('data-land="open_cases"' in part.get("html", "") for part in back["parts"].values())
    last = session.lines()[-1]
    assert (last.event, last.rows, last.filters) == ("page", SIZE, "page=caseload&list=open_cases&at=1")
    assert [line.event for line in session.lines()] == ["page", "page"], "what did not leave is in no line"


def test_a_file_does_not_leave_when_it_cannot_be_recorded(session):
    session.begin()
    card = session.shell.views["caseload"].cards[0]
    session.raw("ALTER TABLE audit RENAME TO elsewhere")
    told = session.say(card.content, do="file", kind="csv", purpose="supervision")
    assert "file" not in told
    session.raw("ALTER TABLE elsewhere RENAME TO audit")
    assert "file" not in session.say(do="again"), "nor later"
    given = session.say(card.content, do="file", kind="csv", purpose="supervision")["file"]
    line = session.lines()[-1]
    assert (line.event, line.file) == ("file", given["name"])
    assert line.sha256 == hashlib.sha256(b64decode(given["base64"])).hexdigest()


REFUSED = {
    "a part that is not there": {"part": "p999", "do": "list", "list": "open_cases"},
    "something that nobody does": {"do": "destroy"},
    "a page that is not there": {"do": "page", "page": "admin"},
    "another force": {"set": "force", "value": "NOWHERE", "checked": True},
    "an address with another force": {"do": "address", "query": "?page=caseload&force=NOWHERE"},
    "a value of another type": {"set": "level", "value": ["high"]},
    "a long text": {"set": "level", "value": "x" * 5_000},
    "a day that is none": {"set": "from", "value": "2026-13-45"},
    "a list that is not there": {"do": "list", "list": "everybody"},
}


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_a_line_that_says_so_and_changes_nothing(session, message):
    session.begin()
    before = session.shell.filters.to_query()
    session.say(**message)
    assert session.shell.filters.to_query() == before
    assert [line.event for line in session.lines()] == ["page", "refused"]
    session.say(session.shell.views["caseload"]._top, do="list", list="open_cases")
    assert session.lines()[-1].event == "list", "and the next is not refused for it"


def test_a_first_address_with_something_foreign_in_it_says_so(sample_store, tmp_path):
    session = Session(sample_store, tmp_path / "r.sqlite", '{"page": "risk", "force": "NOWHERE"}')
    session.begin()
    (line,) = session.lines()
    assert (line.event, line.page, line.filters) == ("refused", "risk", "page=risk")


def test_what_somebody_typed_as_a_list_does_not_get_into_a_line(sample_store, tmp_path):
    session = Session(sample_store, tmp_path / "r.sqlite", '{"page": "risk", "list": "jane.doe.12-mill-lane"}')
    session.begin()
    (line,) = session.lines()
    assert (line.event, line.filters) == ("refused", "page=risk")
    session.shell.filters.listing = "jane.doe.12-mill-lane"  # no way leads here, and it is not written all the same
    session.say(set="grain", value="month")
    assert session.lines()[-1].filters == "page=risk&by=month&list=unknown&at=1"


def test_a_hidden_button_cannot_be_pressed(session):
    session.begin()
    card = session.shell.views["caseload"].cards[0]
    session.say(do="page", page="risk")
    told = session.say(card.content, do="file", kind="csv", purpose="supervision")
    assert "file" not in told
    assert session.lines()[-1].event == "refused"


def test_a_fault_is_a_line_with_its_reference(session, monkeypatch):
    session.begin()
    view = session.shell.views["caseload"]

    def fault(*_: object) -> None:
        raise KeyError("a value")

    monkeypatch.setattr(view, "refresh", fault)
    session.say(session.shell._bar, set="level", value="high", checked=True)
    line = session.lines()[-1]
    assert line.event == "failed"
    assert f"(reference {line.reference})" in session.shell.failure
    assert len(line.reference) == 6


def test_addresses_are_shortened_and_sessions_are_sums():
    assert network("192.0.2.77") == "192.0.2.0/24"
    assert network("2001:db8:1:2::9") == "2001:db8:1::/48"
    assert network("::ffff:192.0.2.77") == "192.0.2.0/24"
    assert network("not an address") == ""
    assert short_sum("") == ""
    assert short_sum("a") != short_sum("b")
    assert len(short_sum("a")) == 16
    assert register("sqlite:///x.sqlite") is register("sqlite:///x.sqlite")
