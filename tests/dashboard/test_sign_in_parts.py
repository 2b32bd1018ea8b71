"""Parts of the gate by themselves: sign-ins, pages and owners, waits, grants, groups, cookies, claims of a provider."""

import base64
import json
import time
from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders

from dashboard.gate.groups import GroupMap
from dashboard.gate.held import SOON, Held
from dashboard.gate.login import own_path
from dashboard.gate.provider import NotBelieved, Provider, believed, claims, identity
from dashboard.gate.proxy import Proxy, client
from dashboard.gate.sign_ins import CHECKED_WITHIN, SignIns
from dashboard.gate.signed import Signer, cookie, set_cookie
from dashboard.gate.throttle import ADDRESS, NAME, Throttle
from dashboard.people import Person, at_this_machine, grants
from data_access.errors import CaselightError
from data_access.register.accounts import Line

SECRET = "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56"


class Clock:
    """A time that stands until it is set forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_sign_in_ends_by_idleness_by_age_and_when_it_cannot_be_checked(clock):
    for ahead, checked, goes_on in ((59, False, True), (60, False, False), (899, True, True), (900, True, False)):
        sign_ins = SignIns(900, 28_800, clock)
        made = sign_ins.begin(Person("ann", ()), None)
        clock.now += ahead
        made.checked = clock.now if checked else made.checked
        assert (sign_ins.found(made.id) is made) is goes_on, ahead
    assert CHECKED_WITHIN == 60
    sign_ins = SignIns(900, 28_800, clock)
    made = sign_ins.begin(Person("ann", ()), None)
    for _ in range(32):
        clock.now += 899
        made.checked = clock.now
        assert sign_ins.found(made.id)
    clock.now += 32
    made.checked = clock.now
    assert sign_ins.found(made.id) is None
    assert sign_ins.over(made)


def test_an_unchecked_sign_in_answers_again_when_it_was_checked(clock):
    sign_ins = SignIns(900, 28_800, clock)
    made = sign_ins.begin(Person("ann", ()), None)
    clock.now += 100
    assert not sign_ins.goes_on(made)
    assert not sign_ins.over(made)
    made.checked = clock.now
    assert sign_ins.goes_on(made)
    sign_ins.end(made)
    assert sign_ins.over(made)
    assert sign_ins.found(made.id) is None


def test_a_page_is_opened_by_its_owner_once_and_soon(clock):
    ann, other = Person("ann", (), "s1"), Person("bob", (), "s2")
    held = Held(clock)
    for session in ("one", "two", "three", "four"):
        held.add(session, ann)
    held.add("one", other)  # whoever names a known session does not get it
    assert not held.opens("one", other)
    assert not held.opens("one", Person("ann", (), "another sign-in"))
    assert not held.opens("unknown", ann)
    assert held.opens("one", ann)
    assert not held.opens("one", ann)
    clock.now += SOON
    assert held.opens("two", ann)
    clock.now += 1
    assert not held.opens("three", ann)
    held.forget({"one", "four"})
    assert not held.opens("one", ann), "opened before"


def test_the_wait_for_a_socket_begins_when_the_page_is_made(clock):
    ann, other = Person("ann", (), "s1"), Person("bob", (), "s2")
    held = Held(clock)
    for session in ("slow", "waited"):
        held.add(session, ann)
    clock.now += SOON
    held.add("slow", ann)  # it took so long to make it
    held.add("waited", other)  # nobody else makes it last
    clock.now += 1
    assert held.opens("slow", ann)
    assert not held.opens("waited", ann)
    held.add("slow", ann)
    assert not held.opens("slow", ann), "opened before"


def test_the_waits_double_and_then_are_a_quarter_of_an_hour(clock):
    throttle, name, address = Throttle(clock), (NAME, "ann"), (ADDRESS, "192.0.2.1")
    waits = []
    for _ in range(10):
        before = clock.now
        while not throttle.may(name, address):
            clock.now += 0.5
        waits.append(clock.now - before)
        throttle.begun(name, address)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32]
    clock.now += 899
    assert not throttle.may(name, address)
    clock.now += 1
    assert throttle.may(name, address)


def test_many_names_from_one_address_make_the_address_wait(clock):
    throttle, address = Throttle(clock), (ADDRESS, "192.0.2.1")
    tried = 0
    for number in range(100):
        if throttle.may((NAME, f"name{number}"), address):
            throttle.begun((NAME, f"name{number}"), address)
            tried += 1
    assert tried == 11
    assert throttle.may((NAME, "name1"), (ADDRESS, "192.0.2.2"))


def test_many_people_who_get_it_right_do_not_make_their_address_wait(clock):
    throttle, address = Throttle(clock), (ADDRESS, "192.0.2.1")
    for number in range(100):
        name = (NAME, f"name{number}")
        assert throttle.may(name, address)
        throttle.begun(name, address)
        throttle.right(name, address)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {}),
        ([("analyst", "A", None), ("analyst", "B", None)], {"analyst": ({"A", "B"}, None)}),
        ([("supervisor", "A", {"T1"}), ("supervisor", "B", {"T1"})], {"supervisor": ({"A", "B"}, {"A/T1", "B/T1"})}),
        ([("supervisor", "A", None)], {}),
        ([("analyst", "A", None), ("analyst", "B", {"T1"})], {"analyst": ({"B"}, {"B/T1"})}),
        ([("supervisor", "A", set())], {"supervisor": ({"A"}, set())}),
        ([("boss", "A", None)], {}),
        ([("auditor", "", None)], {"auditor": (set(), None)}),
        ([("auditor", "", None), ("admin", "", None), ("analyst", "A", None)], {}),
    ],
)
def test_what_lines_of_grants_give_together(lines, expected):
    made = grants(Line(role, force, None if teams is None else frozenset(teams)) for role, force, teams in lines)
    assert {one.role: (set(one.forces), None if one.teams is None else set(one.teams)) for one in made} == expected


def test_a_scope_holds_only_forces_that_are_there_and_granted():
    person = Person("ann", grants([Line("analyst", "A", None), Line("analyst", "GONE", None)]))
    assert person.scope("analyst", ("A", "B")).forces == {"A"}
    assert person.scope("analyst", ("A", "B")).identity == "ann"
    assert at_this_machine().scope("service_manager", ("A", "B")).forces == {"A", "B"}
    with pytest.raises(CaselightError, match="nobody has given you a role"):
        person.scope("service_manager", ("A", "B"))
    assert person.chosen("service_manager") == "analyst"
    assert Person("non", ()).chosen("analyst") == ""


def test_a_cookie_is_signed_sent_once_and_kept_from_scripts():
    signer = Signer(SECRET.encode())
    sealed = signer.sealed("cookie", "abc")
    assert signer.opened("cookie", sealed) == "abc"
    for wrong in (sealed[:-1], "abc.", "abd" + sealed[3:], "", ".", sealed + "0", "\u00e9." + sealed):
        assert signer.opened("cookie", wrong) == ""
    assert signer.opened("form", sealed) == ""
    assert cookie(["a=1; caselight=x"], "caselight") == "x"
    assert cookie(["caselight=x; caselight=y"], "caselight") == ""
    assert cookie(["caselight=x", "caselight=y"], "caselight") == ""
    made = {part.strip() for part in set_cookie("__Host-c", "v", secure=True).split(";")}
    assert made == {"__Host-c=v", "HttpOnly", "Secure", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize("wanted", ["/", "/?page=caseload&force=NORTH", "/app?x=//y"])
def test_a_wanted_path_of_ours_is_kept(wanted):
    assert own_path(wanted) == wanted


@pytest.mark.parametrize("wanted", ["", "x", "//x", "/\\x", "https://x", "/a\nb", "javascript:x", "\\\\x", "/\tx"])
def test_any_other_leads_to_the_first_page(wanted):
    assert own_path(wanted) == "/"


def asked(address: str | None, *headers: tuple[str, str]) -> SimpleNamespace:
    """A request on a connection from an address; None: a Unix socket."""
    import socket

    given = HTTPHeaders()
    for name, value in headers:
        given.add(name, value)
    family = socket.AF_UNIX if address is None else socket.AF_INET
    context = SimpleNamespace(address_family=family, address=(address, 1) if address else "")
    return SimpleNamespace(connection=SimpleNamespace(context=context), remote_ip="0.0.0.0", headers=given)


@pytest.fixture
def proxy(tmp_path) -> Proxy:
    path = tmp_path / "proxy"
    path.write_text(SECRET)
    path.chmod(0o600)
    return Proxy(str(path))


RIGHT = (("X-Caselight-Proxy", SECRET), ("X-Caselight-User", "Ann.B@force.example"), ("X-Caselight-Groups", "a, b"))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", None])
def test_a_proxy_of_this_machine_with_the_secret_is_believed(proxy, address):
    assert proxy.vouched(asked(address, *RIGHT)) == ("ann.b@force.example", frozenset({"a", "b"}))
    assert proxy.vouched(asked(address, *RIGHT[:2])) == ("ann.b@force.example", frozenset())


@pytest.mark.parametrize(
    "headers",
    [
        RIGHT[1:],
        (("X-Caselight-Proxy", SECRET[:-1]), *RIGHT[1:]),
        (("X-Caselight-Proxy", ""), *RIGHT[1:]),
        (RIGHT[0], RIGHT[2]),
        (*RIGHT, ("X-Caselight-User", "bob")),
        (*RIGHT, ("X-Caselight-Groups", "admins")),
        (*RIGHT, ("X-Caselight-Proxy", SECRET)),
        (*RIGHT, ("X_Caselight_User", "bob")),
        (*RIGHT, ("x-caselight-user", "bob")),
        (RIGHT[0], ("X-Caselight-User", "ann,bob"), RIGHT[2]),
        (RIGHT[0], ("X-Caselight-User", "ann bob"), RIGHT[2]),
        (RIGHT[0], ("X-Caselight-User", ""), RIGHT[2]),
        (RIGHT[0], ("X-Forwarded-User", "ann"), RIGHT[2]),
    ],
)
def test_in_any_doubt_nobody_is_vouched_for(proxy, headers):
    assert proxy.vouched(asked("127.0.0.1", *headers)) is None


def test_a_proxy_elsewhere_is_not_believed(proxy):
    assert proxy.vouched(asked("192.0.2.1", *RIGHT)) is None


def test_the_address_is_what_the_last_proxy_saw():
    seen = (("X-Forwarded-For", "203.0.113.9, 198.51.100.7"),)
    assert client(asked("127.0.0.1", *seen)) == "198.51.100.7"
    assert client(asked("192.0.2.1", *seen)) == "192.0.2.1"
    assert client(asked("127.0.0.1")) == "127.0.0.1"


def test_groups_mean_what_the_file_says_and_an_unknown_one_nothing(tmp_path):
    path = tmp_path / "groups.toml"
    path.write_text('[groups."north sups"]\nrole = "supervisor"\nforces = ["NORTH"]\nteams = ["CITY"]\n')
    found = GroupMap(str(path))
    assert found.lines({"north sups", "domain users"}) == [Line("supervisor", "NORTH", frozenset({"CITY"}))]
    assert found.lines({"domain users"}) == []
    path.write_text("this is no TOML at all")
    found.renew()
    assert found.lines({"north sups"}) == [], "a file that cannot be read gives nothing"


PROVIDER = Provider("https://id.example", "caselight", "s")
TOLD = {"iss": "https://id.example", "aud": "caselight", "nonce": "n", "sub": "7", "preferred_username": "Ann"}


def test_claims_are_read_and_give_name_and_groups():
    told = TOLD | {"exp": time.time() + 60, "groups": ["a"]}
    token = ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b"{}", json.dumps(told).encode(), b"x")
    )
    assert claims(token) == told
    believed(PROVIDER, told, "n")
    assert identity(PROVIDER, told) == ("ann", frozenset({"a"}))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"}, {"aud": "other"}, {"aud": ["caselight", "other"]}, {"aud": None}, {"exp": 0},
        {"exp": None}, {"exp": "soon"}, {"nonce": "m"}, {"nonce": None}, {"sub": ""},
    ],
)  # fmt: skip
def test_claims_of_another_flow_client_issuer_or_time_are_not_believed(change):
    with pytest.raises(NotBelieved):
        believed(PROVIDER, TOLD | {"exp": time.time() + 60} | change, "n")


@pytest.mark.parametrize("token", [None, "", "a.b", "a.!!.c", "a.W10.c", 7])
def test_a_token_that_is_none_is_not_believed(token):
    with pytest.raises(NotBelieved):
        claims(token)


@pytest.mark.parametrize("change", [{"preferred_username": None}, {"preferred_username": "a b"}, {"groups": "a"}])
def test_claims_without_a_name_or_with_strange_groups_are_not_believed(change):
    with pytest.raises(NotBelieved):
        identity(PROVIDER, TOLD | change)
