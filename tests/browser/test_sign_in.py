"""Signing in and out in a browser: as a person does, with the keyboard."""

from urllib.parse import urlsplit

import pytest

from tests.attack.conftest import serving
from tests.attack.world import PASSWORD


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory):
    """A service with accounts."""
    yield from serving(tmp_path_factory.mktemp("sign-in"), "caselight serve")


def fill(page, name: str, password: str) -> None:
    """Fill in the form and press Enter."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_somebody_signs_in_sees_their_force_and_signs_out(page, watch, signed_in):
    page.goto(f"{signed_in.url}/?page=caseload")
    page.wait_for_url("**/login**")
    assert page.get_by_role("heading", name="Sign in").is_visible()
    fill(page, "ann", PASSWORD)
    page.wait_for_selector("[data-linked]")
    assert urlsplit(page.url).query == "page=caseload", "the page that was asked for"
    assert page.get_by_text("Signed in as ann").is_visible()
    page.get_by_role("button", name="Sign out").or_(page.get_by_role("link", name="Sign out")).click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    page.goto(f"{signed_in.url}/?page=caseload")
    page.wait_for_url("**/login**")
    watch.assert_quiet()


def test_a_wrong_password_is_told_and_the_name_stays(page, signed_in):
    page.goto(signed_in.url)
    fill(page, "ann", "not the password at all")
    assert "did not work" in page.get_by_role("alert").text_content()
    assert page.get_by_label("Name").input_value() == "ann"
    assert page.get_by_label("Password").input_value() == ""
    fill(page, "ann", PASSWORD)
    page.wait_for_selector("[data-linked]")


def test_the_form_fits_a_phone(new_page, signed_in):
    page = new_page(390, 844)
    page.goto(signed_in.url)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for control in ("#name", "#password", "button"):
        assert page.locator(control).bounding_box()["height"] >= 40, control
