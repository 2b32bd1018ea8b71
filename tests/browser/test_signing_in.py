"""Signing in with a browser: the form, who stands above the page, the way out, and what an open page says after it."""

import pytest

from tests.attack.conftest import serving
from tests.attack.world import PASSWORD
from tests.browser.reading import ready
from tests.browser.test_axe import findings


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A server with local accounts."""
    yield from serving(tmp_path_factory.mktemp("signing"), "caselight serve")


def sign_in(page, url: str, name: str, password: str = PASSWORD) -> None:
    """Fill in the form with the keyboard alone."""
    page.goto(url)
    page.get_by_role("heading", name="Sign in").wait_for()
    page.keyboard.type(name)  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [1440, 390])
def test_somebody_signs_in_looks_and_signs_out(service, new_page, watch, width):
    page = new_page(width=width)
    sign_in(page, f"{service.url}/?page=caseload", "two")
    ready(page, "Caseload")
    who = page.locator("#who")
    assert "Signed in as two, service manager" in who.inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    who.get_by_role("link", name="as analyst").click()
    page.wait_for_function("() => document.getElementById('who')?.textContent.includes('two, analyst')")
    ready(page)
    assert findings(page) == []
    other = page.context.new_page()
    other.goto(f"{service.url}/")
    ready(other)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    assert findings(page) == []
    other.get_by_role("heading", name="Sign in").wait_for()  # it loads itself again, and there is nobody
    page.go_back()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert not watch.foreign


def test_a_wrong_password_is_said_and_read_out(service, page, watch):
    sign_in(page, f"{service.url}/", "ann", "not the right one")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "That did not work" in alert.inner_text()
    assert page.get_by_label("Name").input_value() == "ann"
    assert page.evaluate("() => document.activeElement.id") == "password"
    assert findings(page) == []
    assert not watch.foreign


def test_the_form_needs_no_script(service, new_page):
    page = new_page(java_script_enabled=False)
    sign_in(page, f"{service.url}/", "ann")
    page.wait_for_url(f"{service.url}/")
    assert "Signed in as <b>ann</b>" in page.content()
