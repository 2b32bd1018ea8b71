"""Signing in and out over the wire: what cookies and tokens hold, what ends a sign-in, who has to wait."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from bokeh.util.token import get_token_payload
from sqlalchemy import select

from data_access.register import tables as t
from tests.attack.client import Client
from tests.attack.matrix import LIST
from tests.attack.world import PASSWORD, SEES, seen
from tests.fixtures.databases import wait_for

COOKIE = "caselight-sign-in"


def lines(service, event: str) -> list[tuple[str, str]]:
    """Person and role of the lines of the audit about an event."""
    asked = select(t.audit.c.person, t.audit.c.role).where(t.audit.c.event == event).order_by(t.audit.c.seq)
    with service.accounts.register.reading() as connection:
        return [tuple(row) for row in connection.execute(asked)]


def opened(service, name: str):
    """A client with an open page, and its socket."""
    client = service.client(name)
    socket = client.socket(client.page(LIST).token)
    assert seen(socket.pull()) == SEES[name]
    return client, socket


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_is_new_each_time(shared):
    client = Client(shared.url, cookies={COOKIE: "chosen-by-somebody-else"})
    first = client.sign_in("ann", PASSWORD)
    (cookie,) = [line for line in first.header("Set-Cookie").splitlines() if line.startswith(COOKIE)]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "chosen" not in cookie
    before = dict(client.cookies)
    client.cookies.pop(COOKIE)
    client.sign_in("ann", PASSWORD)
    assert client.cookies[COOKIE] != before[COOKIE]
    assert first.header("Cache-Control") == "no-store"


def test_the_token_of_a_page_holds_no_cookie_and_no_header(shared):
    client = shared.client("ann", more=[("X-Secret", "canary")])
    client.cookies |= {"caselight-scheme": "dark", "other": "canary"}
    page = client.page()
    claims = get_token_payload(page.token)
    assert claims["headers"] == {}
    assert claims["cookies"] == {"caselight-scheme": "dark"}
    assert set(claims) == {"session_expiry", "headers", "cookies", "arguments"} | (
        set(claims) & {"route_params", "app_path"}
    )
    assert "canary" not in page.text
    assert client.cookies[COOKIE] not in page.text


def test_signing_out_ends_it_everywhere_at_once(own_service):
    client, socket = opened(own_service, "ann")
    other = Client(own_service.url, cookies=dict(client.cookies))
    kept = dict(client.cookies)
    assert client.sign_out().status == 200
    assert socket.closed
    client.cookies.update(kept)
    for one in (client, other):
        assert one.page().status == 303
    assert lines(own_service, "logout") == [("ann", "service_manager")]


def test_somebody_signed_out_while_their_page_is_made_gets_nothing_of_it(own_service):
    ann, hold = own_service.client("ann"), own_service.folder / "hold"
    assert seen(ann.page(LIST).text)
    hold.touch()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ann.page, LIST)
        wait_for((own_service.folder / "held").exists, 20, "the page was not made")
        own_service.accounts.disable("ann")
        again = Client(own_service.url, cookies=dict(ann.cookies))
        wait_for(lambda: again.ask("/login").status == 200, 20, "still signed in")  # the form, and no way on
        hold.unlink()
        got = asked.result()
    assert got.status == 403
    assert "not signed in any more" in got.text
    assert seen(got.text) == set()


@pytest.mark.parametrize("change", ["disable", "grant", "take", "password"])
def test_what_is_taken_away_closes_open_pages(own_service, change):
    accounts = own_service.accounts
    client, socket = opened(own_service, "ann")
    untouched, still = opened(own_service, "bob")
    if change == "disable":
        accounts.disable("ann")
    elif change == "grant":
        accounts.grant("ann", "analyst", "MERLIN")
    elif change == "take":
        accounts.take("ann", "service_manager", "KESTREL")
    else:
        accounts.add("ann", PASSWORD + " now")
    assert socket.closed, "within a look round, without a message"
    assert client.page().status == 303
    assert still.answers, "nobody else is touched"
    assert untouched.page().status == 200
    again = client.sign_in("ann", PASSWORD).status
    assert again == (303 if change in ("grant", "take") else 401)


def test_doing_nothing_ends_it(own_service):
    client, socket = opened(own_service, "ann")
    own_service.later(14 * 60)
    assert socket.answers, "and that is doing something"
    own_service.later(14 * 60)
    assert client.page().status == 200
    own_service.later(15 * 60)
    assert not socket.answers
    assert socket.closed
    assert client.page().status == 303


def test_eight_hours_end_it_however_busy(own_service):
    client = own_service.client("ann")
    for _ in range(47):
        own_service.later(10 * 60)
        assert client.ask("/login").status == 303, "signed in: it leads to the page"
    own_service.later(10 * 60)
    assert client.page().status == 303
    assert "/login" in client.page().header("Location")


def test_somebody_who_tries_too_often_waits_even_with_the_right_password(own_service):
    client, bystander = Client(own_service.url), Client(own_service.url)
    bodies = {re.sub(r'value="[^"]*"', "", client.sign_in("ann", f"wrong {i}").text) for i in range(100)}
    assert len(bodies) == 1, "the answer says nothing about why"
    assert client.sign_in("ann", PASSWORD).status == 401
    looked_at = lines(own_service, "turned_away")  # four, then waits of 1 to 32 s, and then a quarter of an hour
    assert set(looked_at) == {("ann", "")}
    assert 4 <= len(looked_at) <= 10
    assert lines(own_service, "login") == []
    assert bystander.sign_in("bob", PASSWORD).status == 303, "somebody else at the same address"
    own_service.later(15 * 60 + 1)
    assert client.sign_in("ann", PASSWORD).status == 303


def test_a_wrong_name_and_a_disabled_one_get_the_same_answer(own_service):
    own_service.accounts.disable("bob")
    answers = []
    for name, password in (("ann", "wrong"), ("nobody", PASSWORD), ("bob", PASSWORD), ("'; --", PASSWORD), ("", "")):
        got = Client(own_service.url).sign_in(name, password)
        answers.append((got.status, re.sub(r'value="[^"]*"| autofocus', "", got.text)))
    assert {status for status, _ in answers} == {401}
    assert len({text for _, text in answers}) == 1


def test_a_form_of_somebody_elses_making_signs_nobody_in_or_out(shared):
    sent = {"name": "ann", "password": PASSWORD, "next": "/"}
    client = Client(shared.url)
    assert client.ask("/login", "POST", urlencode(sent)).status == 200, "the form once more"
    form = client.ask("/login")
    assert client.ask("/login", "POST", urlencode(sent | {"token": "0" * 64})).status == 200
    assert COOKIE not in client.cookies
    right = urlencode(sent | {"token": form.form_token})
    for headers in (
        [("Origin", "https://other.example")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ):
        assert client.ask("/login", "POST", right, headers).status == 403
    assert COOKIE not in client.cookies
    assert client.ask("/login", "POST", right, [("Origin", shared.url)]).status == 303
    for body in ("", urlencode({"token": "0" * 64})):
        client.ask("/logout", "POST", body)
        client.ask("/logout")
        assert client.page().status == 200, "still signed in"


@pytest.mark.parametrize(
    "wanted", ["//other.example", "https://other.example", "/\\other.example", "javascript:alert(1)", "/a\r\nX: y", "x"]
)
def test_signing_in_leads_to_a_page_of_ours(shared, wanted):
    got = Client(shared.url).sign_in("ann", PASSWORD, wanted)
    assert (got.status, got.header("Location")) == (303, "/")


def test_signing_in_leads_to_the_page_that_was_wanted(shared):
    client = Client(shared.url)
    where = client.page(LIST).header("Location")
    form = client.ask(where)
    wanted = re.search(r'name="next" value="([^"]*)"', form.text)[1].replace("&amp;", "&")
    got = client.sign_in("ann", PASSWORD, wanted)
    assert got.header("Location") == "/" + LIST


def test_another_persons_token_is_one_line_of_the_audit(shared):
    ann, bob = shared.client("ann"), shared.client("bob")
    token, before = ann.page(LIST).token, lines(shared, "refused")
    assert bob.socket(token) is None
    assert lines(shared, "refused") == [*before, ("bob", "analyst")]
    assert seen(ann.socket(token).pull()) == SEES["ann"], "it still is its owner's"


def test_another_sign_in_of_the_same_person_is_not_the_owner(shared):
    first, second = shared.client("ann"), shared.client("ann")
    assert second.socket(first.page(LIST).token) is None


def test_somebody_with_two_roles_has_one_at_a_time(shared):
    client = shared.client("two")
    assert seen(client.page(LIST).text) == {"merlinone", "force merlin"}
    assert seen(client.page(LIST + "&as=analyst").text) == {"kestrelone", "kestreltwo", "force kestrel"}
    assert seen(client.page(LIST).text) == {"kestrelone", "kestreltwo", "force kestrel"}, "it is kept"
    assert seen(client.page(LIST + "&as=auditor").text) == {"kestrelone", "kestreltwo", "force kestrel"}


def test_the_log_holds_no_secret(own_service):
    client = own_service.client("ann")
    page = client.page(LIST)
    client.socket(page.token)
    client.sign_in("ann", "a wrong secret word")
    client.ask("/login", "POST", "\xff")
    client.sign_out()
    log = own_service.log.read_text()
    held = [PASSWORD, "a wrong secret word", page.token, page.form_token, *client.cookies.values()]
    assert [secret for secret in held if secret and secret in log] == []
    assert "Traceback" not in log


def test_a_message_that_is_too_long_closes_the_socket_and_nothing_else(shared):
    client, socket = opened(shared, "ann")
    assert socket.say(do="address", query="x" * (3 << 20)) == ""
    assert socket.closed
    assert client.page().status == 200
