"""The files of a card: numbers stay numbers, nothing becomes a formula, a drawn mark stands where its value says."""

import csv
import io
from datetime import date
from typing import get_args

import numpy as np
import pytest
from lxml import etree

from dashboard import downloads, theme
from dashboard.charts import Chart
from dashboard.charts.chart import Table
from dashboard.charts.picture import Axis, Layer, Mark, Picture
from dashboard.drawing import drawn, ticks
from data_access.measures import MEASURES
from data_access.slice import Slice

EVIL = "</text><script>alert(1)</script>\x0b&\"'"
SVG = {"s": "http://www.w3.org/2000/svg"}
ASKED = Slice(("NORTH", "WEST"), date(2026, 8, 24), date(2026, 11, 23), levels=("high",))
OF = {"as_of": {"NORTH": date(2026, 11, 22)}, "first": ASKED.first, "until": ASKED.until}


def about(heading: str = "Open cases by level") -> downloads.About:
    return downloads.About(
        "force-W/st", heading, MEASURES["open_cases"], ASKED, OF, "as of Sun 22 Nov 2026", "cases, allocations"
    )


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def boxes(*rows: tuple[float, float, float, float]) -> dict[str, np.ndarray]:
    return dict(zip(("x0", "y0", "x1", "y1"), map(np.array, zip(*rows, strict=True)), strict=True))


def svg(*layers: Layer, x: Axis | None = None, y: Axis | None = None, **more) -> etree._Element:
    picture = Picture(layers, x or Axis(0, 10), y or Axis(0, 100), **more)
    return etree.fromstring(drawn(picture, "Title", "Sentence.", "Asked.", ("Source.",)).encode())


def found(tree: etree._Element, what: str) -> list[etree._Element]:
    return tree.xpath(f"s:g//s:{what}", namespaces=SVG)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1,234", "1234"), ("24.8", "24.8"), ("0", "0"), ("-14", "-14"), ("+6", "6"), ("1,234,567.5", "1234567.5"),
        ("007", "007"), ("1,23", "1,23"), ("37 %", "37 %"), ("3 of 8", "3 of 8"), ("fewer than 5", "fewer than 5"),
        ("not known", "not known"), ("ADV-01", "ADV-01"), ("", ""),
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"), ("\n=1", "'\n=1"), ("＝1", "'＝1"), ("-", "'-"), ("--1", "'--1"), ("-1e5", "'-1e5"),
    ],
)  # fmt: skip
def test_a_cell_is_a_number_or_text_and_never_a_formula(said, kept):
    assert downloads.cell(said) == kept


def test_a_table_says_what_it_is_about_and_excel_reads_its_letters():
    table = Table(
        ("On", "high", "=cmd|' /C calc'!A0"), (("24 Aug 2026", "1,204", 'Müller, "A"'), ("31 Aug 2026", "-3", ""))
    )
    content = downloads.table_csv(Chart("3 cases.", None, table, "1,204", ("Marked: =1",)), about("=Title"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["Title", "'=Title"],
        ["Measure", "CL1 Open cases"],
        ["Says", "3 cases."],
        ["Period", "24 Aug to 22 Nov 2026"],
        ["Forces", "NORTH"],
        ["Filters", "only risk level high"],
        ["As of", "Sun 22 Nov 2026"],
        ["Source", "cases, allocations (caselight)"],
        ["n", "1204"],
        ["Note", "Marked: =1"],
        [],
        ["On", "high", "'=cmd|' /C calc'!A0"],
        ["24 Aug 2026", "1204", 'Müller, "A"'],
        ["31 Aug 2026", "-3", ""],
    ]


def test_a_file_name_holds_nothing_that_a_system_refuses():
    assert about().file_name("csv") == "caselight-force-w-st-2026-11-22.csv"


def test_text_stays_text_in_a_picture():
    labels = Layer("l", "labels", {"x": numbers(1), "y": numbers(1), "text": np.array([EVIL], dtype=object)})
    picture = Picture((labels,), Axis(0, 2), Axis(0, 2, "names", ((1.0, EVIL),)), ((1.0, EVIL),))
    said = downloads.picture_svg(Chart(EVIL, picture, Table((), ()), EVIL, (EVIL,)), about(EVIL))
    tree = etree.fromstring(said.encode())
    assert not tree.xpath("//*[local-name()='script']")
    assert said.count("<script") == 0
    kept = EVIL.replace("\x0b", "")
    assert [t.text for t in found(tree, "text")] == [kept]
    assert kept in tree.xpath("string(s:title)", namespaces=SVG)
    assert "NORTH; only risk level high." in "".join(tree.itertext())
    assert "http" not in said.replace("http://www.w3.org/2000/svg", ""), "no other host"


@pytest.mark.parametrize("mark", get_args(Mark))
def test_every_mark_is_drawn(mark):
    columns = boxes((1, 10, 3, 40)) | {
        "x": numbers(1, 3), "y": numbers(10, 40), "lower": numbers(0, 10), "upper": numbers(10, 40),
        "value": numbers(0.4), "text": np.array(["a", "b"], dtype=object),
    }  # fmt: skip
    tree = svg(Layer("one", mark, columns))
    assert bool(found(tree, "*[self::s:rect or self::s:polygon or self::s:polyline or self::s:circle or "
                           "self::s:line or self::s:text]")) == (mark != "hover")  # fmt: skip


def test_bars_stand_on_zero_and_are_as_high_as_their_values():
    tree = svg(Layer("b", "bars", boxes((0, 0, 1, 25), (1, 0, 2, 50), (2, -50, 3, 0))), y=Axis(-100, 100))
    first, second, third = ({k: float(r.get(k)) for k in ("x", "y", "width", "height")} for r in found(tree, "rect"))
    assert second["height"] == pytest.approx(2 * first["height"], abs=0.02) == pytest.approx(third["height"], abs=0.02)
    assert first["y"] + first["height"] == pytest.approx(third["y"], abs=0.02)
    assert second["x"] == pytest.approx(first["x"] + first["width"], abs=0.02)


def test_a_gap_stays_a_gap_and_days_are_places():
    days = np.array(["2026-08-24", "2026-08-31", "2026-09-07", "2026-09-14", "2026-09-21"], dtype="datetime64[s]")
    line = Layer("l", "line", {"x": days, "y": numbers(1, 2, np.nan, 3, 4)})
    dots = Layer("p", "points", {"x": days, "y": numbers(1, 2, np.nan, 3, 4)}, hollow=True)
    tree = svg(line, dots, x=Axis(days[0], days[-1], "days"), y=Axis(0, 4))
    assert len(found(tree, "polyline")) == 2
    across = [float(c.get("cx")) for c in found(tree, "circle")]
    assert len(across) == 4
    assert across[3] - across[2] == pytest.approx(across[1] - across[0], abs=0.02)
    assert across[2] - across[1] == pytest.approx(2 * (across[1] - across[0]), abs=0.02)
    assert {c.get("fill") for c in found(tree, "circle")} == {theme.colour("paper")}


def test_a_hatched_layer_has_its_pattern_and_two_pictures_do_not_share_names():
    band = {"x": numbers(0, 1), "lower": numbers(0, 0), "upper": numbers(1, 1)}
    layer = Layer("not_assessed", "band", band, "not_assessed", hatched=True)
    tree = svg(layer)
    (fill,) = {p.get("fill") for p in found(tree, "polygon")}
    assert tree.xpath(f"//s:pattern[@id='{fill[5:-1]}']", namespaces=SVG)
    other = drawn(Picture((layer,), Axis(0, 1), Axis(0, 1)), "Other", "", "", ())
    assert fill not in other


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (Axis(0, 300), ["0", "100", "200", "300"]),
        (Axis(-25, 25), ["20", "10", "0", "10", "20"]),
        (Axis(0, 5), ["0", "1", "2", "3", "4", "5"]),
        (Axis(0, 1, "share"), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        (Axis(0, 0.5, "share"), ["0 %", "10 %", "20 %", "30 %", "40 %", "50 %"]),
        (Axis(0, 1.2, "number"), ["0", "0.25", "0.5", "0.75", "1"]),
        (Axis(0, 6000), ["0", "2,000", "4,000", "6,000"]),
    ],
)
def test_an_axis_has_about_five_round_ticks(axis, words):
    assert [said for _, said in ticks(axis)] == words


def test_long_words_are_broken_into_lines_that_fit():
    tree = etree.fromstring(drawn(Picture((), Axis(0, 1), Axis(0, 1)), "T", "word " * 80, "", ()).encode())
    lines = [t.text for t in tree.findall("s:text", SVG) if t.text.startswith("word")]
    assert len(lines) >= 4
    assert max(map(len, lines)) * 0.53 * 15 < 960 - 28


def test_without_a_picture_there_is_the_table_alone():
    assert downloads.buttons("k", "H", True).count("<button") == 3
    assert downloads.buttons("k", "H", False).count("<button") == 1
    with pytest.raises(ValueError, match="no picture"):
        downloads.picture_svg(Chart("Nothing.", None, Table((), ()), "0"), about())


def test_what_is_not_complete_looks_as_it_does_on_the_page():
    band = {"x": numbers(0, 1), "lower": numbers(0, 0), "upper": numbers(1, 1)}
    line = {"x": numbers(0, 1), "y": numbers(0, 1)}
    tree = svg(
        Layer("whole", "band", band, "high"),
        Layer("filling", "band", band, "high", hollow=True),
        Layer("few", "line", line, dashed=True),
        Layer("one", "points", {"x": numbers(1), "y": numbers(1)}, small=True),
        Layer("other", "points", {"x": numbers(1), "y": numbers(1)}),
    )
    whole, filling = found(tree, "polygon")
    assert whole.get("fill") == filling.get("fill") == theme.colour("high")
    assert (whole.get("fill-opacity"), filling.get("fill-opacity")) == (None, "0.45")
    assert found(tree, "polyline")[0].get("stroke-dasharray")
    small, usual = (float(c.get("r")) for c in found(tree, "circle"))
    assert small < usual
