"""Everybody who sees anything reads what was recorded of them; of others, only whoever manages their forces."""

import json
import re

import pytest

from tests.faults.people import TREE

WHO = re.compile(r'<td data-column="Who">([^<]*)<')


def named(page) -> set[str]:
    """Who stands in the lines of the page."""
    parts = json.loads(TREE.search(page.text)[1])["parts"].values()
    return set(WHO.findall("".join(part.get("html", "") for part in parts)))


@pytest.fixture(scope="module")
def looked(shared):
    """Three people have looked at a page: two of KESTREL, one of MERLIN."""
    people = {name: shared.client(name) for name in ("ann", "sue", "bob")}
    for client in people.values():
        assert client.page("?page=caseload").status == 200
    return people


@pytest.mark.parametrize(("name", "seen"), [("ann", {"ann", "sue"}), ("sue", {"sue"}), ("bob", {"bob"})])
def test_whose_lines_somebody_reads(looked, name, seen):
    page = looked[name].page("?page=audit")
    assert page.status == 200
    assert named(page) == seen
    assert "Back to the pages" in page.text
    assert "What was recorded" in looked[name].page().text
    words = {"kestrelone", "kestreltwo", "merlinone"}
    assert not [word for word in words if word in page.text.lower()], "no case stands there"


def test_reading_ones_lines_is_a_line(looked, shared):
    looked["bob"].page("?page=audit")
    assert "page=audit" in looked["bob"].page("?page=audit").text


@pytest.mark.parametrize(
    ("name", "why"), [("nat", "exact counts"), ("adm", "manages accounts"), ("non", "given you a role")]
)
def test_whoever_sees_nothing_is_told_so_with_a_way_out(shared, name, why):
    page = shared.client(name).page()
    assert page.status == 403
    assert why in page.text
    assert ">Sign out<" in page.text
    assert f"Signed in as <b>{name}</b>" in page.text
