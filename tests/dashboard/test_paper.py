"""A paper sends everything once, then only what changed; whatever a browser says to it is taken as typed by anybody."""

import gc
import json
from collections.abc import Iterator
from threading import Event
from weakref import ref

import numpy as np
import pytest
from bokeh.document import Document
from markupsafe import Markup

from dashboard.charts import drawing
from dashboard.charts.picture import Axis, Layer, Picture
from dashboard.circles import ANSWERS
from dashboard.paper import Line, Paper, together
from dashboard.sheet import Group, Sheet, html
from tests.fixtures.databases import wait_for


def picture(heights: list[float]) -> Picture:
    """Bars of these heights."""
    n = len(heights)
    columns = {"x0": np.arange(n), "y0": np.zeros(n), "x1": np.arange(n) + 1.0, "y1": np.array(heights)}
    return Picture((Layer("bars", "bars", columns),), Axis(0, n), Axis(0, 10))


class Looking:
    """A browser that looks at a paper: what it was told, one message after another."""

    def __init__(self, paper: Paper):
        self.told: list[dict] = []
        paper.links.append(lambda text: self.told.append(json.loads(text)))


@pytest.fixture
def sheets() -> Iterator[tuple[Paper, Looking, Sheet, Sheet, Group]]:
    """A paper with a group of two sheets, and a browser that has seen the whole."""
    one, other = Sheet(Markup("<p>one</p>")), Sheet(Markup("<div data-slot='said'></div><div data-picture></div>"))
    group = Group(one, other, look="pictures")
    paper = Paper(group)
    looking = Looking(paper)
    whole = json.loads(paper.whole())
    assert [whole["parts"][key]["html"] for key in whole["parts"][whole["root"]]["parts"]] == [one.html, other.html]
    return paper, looking, one, other, group


def test_what_changed_goes_out_once_and_nothing_else(sheets):
    paper, looking, one, other, _ = sheets
    with together():
        one.html = Markup("<p>two</p>")
        other.fill({"said": Markup("<b>3</b>")}, drawing(picture([1, 2])), (("From", "Number"), ("5 Jan", "3")))
        one.html = Markup("<p>three</p>")
        assert looking.told == [], "nothing before the end"
    (news,) = looking.told
    assert news["n"] == 1 == paper.number
    assert news["parts"][one.key] == {"html": "<p>three</p>"}
    said = json.loads(news["parts"][other.key]["drawing"]["said"])
    assert said["values"][said["columns"]["bars"]["top"]] == [1, 2]
    assert news["parts"][other.key]["table"] == [["From", "Number"], ["5 Jan", "3"]]
    assert list(news["prototypes"]) == [news["parts"][other.key]["drawing"]["prototype"]]
    with together():
        one.html = Markup("<p>three</p>")
        other.fill({"said": Markup("<b>3</b>")}, drawing(picture([1, 2])), (("From", "Number"), ("5 Jan", "3")))
    assert len(looking.told) == 1, "the same again is no news"


def test_a_prototype_travels_once_and_holds_no_data(sheets):
    _, looking, _, other, _ = sheets
    other.fill({}, drawing(picture([7, 7.5])))
    other.fill({}, drawing(picture([8, 8.5, 9])))
    first, second = looking.told
    assert "prototypes" in first
    assert "prototypes" not in second
    (model,) = first["prototypes"].values()
    assert "7.5" not in model
    said = json.loads(second["parts"][other.key]["drawing"]["said"])
    assert said["values"][said["columns"]["bars"]["top"]] == [8, 8.5, 9]


def test_columns_that_are_alike_travel_once():
    same = np.array([3.0, 4.0])
    layers = tuple(Layer(name, "points", {"x": same, "y": same + i}) for i, name in enumerate(("one", "two", "three")))
    said = json.loads(drawing(Picture(layers, Axis(0, 9), Axis(0, 9))).said)
    assert said["values"] == [[3, 4], [4, 5], [5, 6]]
    assert said["columns"] == {"one": {"x": 0, "y": 0}, "two": {"x": 0, "y": 1}, "three": {"x": 0, "y": 2}}


def test_a_part_that_is_put_in_later_is_described_and_a_name_is_never_used_twice(sheets):
    _, looking, one, other, group = sheets
    late = Sheet(Markup("<p>late</p>"))
    group.append(late)
    (news,) = looking.told
    assert news["parts"][group.key]["parts"] == [one.key, other.key, late.key]
    assert news["parts"][late.key]["html"] == "<p>late</p>"
    assert len({one.key, other.key, late.key, group.key}) == 4


def test_whoever_missed_something_gets_the_whole(sheets):
    paper, looking, one, _, _ = sheets
    paper.received(json.dumps({"do": "seen", "n": paper.number}))
    assert looking.told == [], "nothing was missed"
    one.html = Markup("<p>two</p>")
    paper.received(json.dumps({"do": "seen", "n": 0}))
    assert looking.told[-1]["parts"][one.key]["html"] == "<p>two</p>"
    assert looking.told[-1]["root"]


NONSENSE = [
    "", "{", "[]", "7", '"do"', "null", '{"part": "p99", "do": "x"}', '{"part": {"a": 1}, "do": "x"}', '{"part": null}',
    json.dumps({str(i): "x" for i in range(30)}), json.dumps({"part": "p1", "do": "x" * 10_000}),
]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
def test_what_makes_no_sense_reaches_nobody(text):
    asked: list[dict] = []
    paper = Paper(Group(Sheet(answer=asked.append)), answer=asked.append)
    paper.received(text)
    assert all("do" not in message for message in asked)


def test_a_message_reaches_its_sheet_and_no_other():
    asked: list[dict] = []
    sheet, other = Sheet(answer=asked.append), Sheet(answer=lambda _: pytest.fail("another sheet was asked"))
    paper = Paper(Group(other, sheet))
    looking = Looking(paper)
    paper.received(json.dumps({"part": sheet.key, "count": "7", "do": "list", "list": "open_cases", "checked": True}))
    assert asked == [{"do": "list", "list": "open_cases", "checked": True}]
    assert looking.told[-1]["done"] is True


@pytest.mark.parametrize("odd", [{"n": 3}, {"deep": {"a": 1}}, {"none": None}, {"long": "x" * 4_001}])
def test_a_message_with_anything_but_short_texts_and_truths_reaches_nobody(odd):
    sheet = Sheet(answer=lambda _: pytest.fail("it was asked"))
    paper = Paper(Group(sheet))
    looking = Looking(paper)
    paper.received(json.dumps({"part": sheet.key, "do": "list", "list": "open_cases", **odd}))
    assert looking.told[-1] == {"n": 1, "done": True}, "and nobody waits"


def test_a_hidden_part_hears_nothing():
    sheet = Sheet(answer=lambda _: pytest.fail("it was asked"))
    group = Group(Group(sheet, visible=False))
    paper = Paper(group)
    looking = Looking(paper)
    paper.received(json.dumps({"part": sheet.key, "do": "x"}))
    assert looking.told[-1] == {"n": 1, "done": True}


def test_a_fault_is_told_and_the_page_is_not_left_waiting():
    def fault(_: dict) -> None:
        raise KeyError("somebody's secret")

    faults: list[Exception] = []
    sheet = Sheet(answer=fault)
    paper = Paper(Group(sheet), failed=faults.append)
    looking = Looking(paper)
    paper.received(json.dumps({"part": sheet.key, "do": "x"}))
    assert [type(error) for error in faults] == [KeyError]
    assert looking.told[-1] == {"n": 1, "done": True}


def test_messages_of_a_page_are_answered_one_after_another_off_the_loop():
    running, most, answered, gate = 0, 0, [], Event()

    def answer(message: dict) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        gate.wait(10)
        answered.append(message["do"])
        running -= 1

    sheet = Sheet(answer=answer)
    line = Line(Paper(Group(sheet)), Document())
    for i in range(20):
        line.channel.ask = json.dumps({"part": sheet.key, "do": str(i)})
    assert answered == [], "the one who asks does not wait"
    gate.set()
    wait_for(lambda: len(answered) == 20, 20, "Not every message was answered")
    assert answered == [str(i) for i in range(20)]
    assert most == 1


def test_what_an_answer_leaves_in_circles_goes_with_it_and_a_full_collection_comes_now_and_then():
    class Circle:
        """Keeps itself alive."""

        def __init__(self) -> None:
            self.itself = self

    left = []
    sheet = Sheet(answer=lambda _: left.append(ref(Circle())))
    line = Line(Paper(Group(sheet)), Document())
    gc.disable()  # none comes by itself
    try:
        full = gc.get_stats()[2]["collections"]
        for i in range(ANSWERS + 2):
            line.channel.ask = json.dumps({"part": sheet.key, "do": str(i)})
            wait_for(lambda i=i: len(left) > i and left[i]() is None, 20, "A circle was left behind")
        wait_for(lambda: gc.get_stats()[2]["collections"] > full, 20, "No full collection was made")
    finally:
        gc.enable()
    assert len(left) == ANSWERS + 2


def test_a_plain_string_is_no_markup_and_values_are_escaped():
    with pytest.raises(TypeError, match="Markup only"):
        Sheet("<b>from the database</b>")
    sheet = Sheet()
    with pytest.raises(TypeError, match="Markup only"):
        sheet.fill({"said": "<b>from the database</b>"}, None)
    assert html("<b title='{a}'>{b}{c}</b>", a="'>", b="<i>", c=Markup("<u>x</u>")) == Markup(
        "<b title='&#39;&gt;'>&lt;i&gt;<u>x</u></b>"
    )
    for template in ("{a.__class__}", "{a[0]}", "{a!r}", "{a:>9}"):
        with pytest.raises(ValueError, match="plain names"):
            html(template, a="x")
