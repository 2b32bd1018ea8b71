"""No file without a purpose: one of the list, or a few words of one's own that the server has checked."""

from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from dashboard import purposes
from dashboard.paper import Paper
from dashboard.purposes import LONGEST, NoPurpose, Stamp, own_words, purpose
from dashboard.sheet import Group, Sheet

EVIL = "<img src=x onerror=alert(1)> {{7*7}} </script>"


@pytest.mark.parametrize("name", purposes.PURPOSES)
def test_a_purpose_of_the_list_is_its_words(name):
    assert purpose(name) == purposes.PURPOSES[name]


@pytest.mark.parametrize("given", ["", "Team meeting", "TEAM", "nothing", "own "])
def test_what_is_not_in_the_list_is_no_purpose(given):
    with pytest.raises(NoPurpose, match="Choose what the file is for"):
        purpose(given, "good words")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Rota of next week", "Rota of next week"), ("  two\n lines\t here ", "two lines here"),
     ("x" * LONGEST, "x" * LONGEST), ("Übergabe", "Übergabe"), (EVIL, EVIL),
     ("=1+1 for the board", "=1+1 for the board")],
)  # fmt: skip
def test_own_words_are_kept_as_one_line(typed, kept):
    assert purpose("own", typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "abc", "1234567", "x" * (LONGEST + 1), "bad\x00word", "right\u202eleft"])
def test_too_few_too_many_and_odd_letters_are_refused_in_words(typed):
    with pytest.raises(NoPurpose) as refused:
        own_words(typed)
    assert str(refused.value).endswith((".", str(len(typed)) + "."))


class Asked:
    """A sheet that gives one file."""

    def __init__(self):
        self.given: list[str] = []
        self.shown: list[Markup | None] = []
        self.sheet = Sheet(answer=self.answer)
        self.paper = Paper(Group(self.sheet))

    def answer(self, message) -> bool:
        return purposes.answered(self.sheet, message, "csv", self.shown.append, self.given.append)


def test_a_file_is_asked_for_then_its_purpose_then_it_is_given():
    asked = Asked()
    assert asked.answer({"do": "file", "kind": "csv"})
    assert asked.given == []
    assert asked.shown[-1].count("<button") == len(purposes.PURPOSES) + 2
    assert asked.answer({"do": "file", "kind": "csv", "purpose": "team"})
    assert asked.given == ["Team meeting"]
    assert asked.shown[-1] is None, "the buttons are back"


def test_own_words_are_typed_first_and_what_is_wrong_is_said():
    asked = Asked()
    asked.answer({"do": "file", "kind": "csv", "purpose": "own"})
    assert asked.given == []
    assert "Say in a few words" in asked.shown[-1]
    asked.answer({"set": "words", "value": EVIL})
    asked.answer({"do": "file", "kind": "csv"})
    assert "<img" not in asked.shown[-1]
    assert "&lt;img src=x onerror=alert(1)&gt;" in asked.shown[-1], "what was typed stands there as text"
    asked.answer({"do": "file", "kind": "csv", "purpose": "own"})
    assert asked.given == [EVIL]


def test_whoever_changes_their_mind_gets_nothing():
    asked = Asked()
    asked.answer({"do": "file", "kind": "csv"})
    asked.answer({"do": "keep"})
    assert (asked.given, asked.shown[-1]) == ([], None)
    assert asked.answer({"do": "list", "list": "open_cases"}) is False


def test_a_stamp_says_who_when_and_what_for():
    stamp = Stamp("ann", "Team meeting", datetime(2026, 11, 23, 2, 31, 59, tzinfo=UTC))
    assert stamp.rows() == (("Taken by", "ann"), ("Taken at", "2026-11-23 02:31 UTC"), ("Taken for", "Team meeting"))
    assert stamp.sentence() == "Taken by ann at 2026-11-23 02:31 UTC for: Team meeting"
    assert Stamp("", "", stamp.at).rows()[0] == ("Taken by", "not said")
