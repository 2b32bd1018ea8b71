"""Charts along time, from frames made by hand: what is drawn, what is said, and what must never be."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from dashboard.charts import Chart, Mark, chart, element
from dashboard.charts.picture import spread
from dashboard.verdicts import Expected, Series, Words
from data_access.statistics.verdicts import Kind, Verdict
from tests.dashboard.drawn import Drawn
from tests.dashboard.hand_made import FIRST, frame, parts, shares

STEP = np.datetime64("2026-01-14")


def drawn(found: Chart, name: str) -> dict:
    return next(layer.columns for layer in found.picture.layers if layer.name == name)


def expected(rate: float, share: bool = False, points: int = 52, wider: float = 1.0) -> Words:
    of = Expected(share, rate, wider, points, date(2025, 1, 6), date(2026, 1, 5))
    series = Series("", Verdict(Kind.NONE, baseline=points), (FIRST,), of)
    return Words("No sign of real change.", "no sign of real change", Kind.NONE, None, (series,))


def test_weeks_that_still_fill_up_are_hollow_and_the_sentence_says_how_late_entries_come():
    # Data to Sunday 1 February, nine days late: settled on 23 January, so the weeks to 25 January and 1 February fill.
    found = chart(frame([{"week": i, "numerator": 10, "n": 10, "value": 10} for i in range(4)], late={"NORTH": 9},
                        measure="referrals"))  # fmt: skip
    assert len(drawn(found, "counts")["x0"]) == 2
    assert len(drawn(found, "filling")["x0"]) == 2
    assert "still filling up: entries reach us up to 9 days late." in found.sentence


def test_without_days_of_entry_only_the_unfinished_week_is_hollow_and_nothing_is_said_of_delay():
    rows = [{"week": i, "numerator": 10, "n": 10, "value": 10} for i in range(4)]
    found = chart(frame(rows, measure="referrals", as_of={"NORTH": date(2026, 1, 28)}))
    assert len(drawn(found, "filling")["x0"]) == 1
    assert "late" not in found.sentence
    assert "still filling up." in found.sentence


def test_a_force_whose_data_end_sooner_makes_its_weeks_hollow_and_is_named():
    rows = [{"week": i, "numerator": 10, "n": 10, "value": 10} for i in range(4)]
    found = chart(frame(rows, measure="referrals", as_of={"NORTH": date(2026, 2, 1), "WEST": date(2026, 1, 20)}))
    assert len(drawn(found, "filling")["x0"]) == 2
    assert "still filling up: the data end sooner for WEST on 20 Jan 2026." in found.sentence


def test_limits_of_a_count_are_those_of_the_baseline_three_standard_deviations_wide():
    found = chart(frame([{"week": i, "numerator": 16, "n": 16, "value": 16} for i in range(4)], measure="referrals"),
                  verdict=expected(16.0))  # fmt: skip
    assert list(drawn(found, "expected")["y0"]) == [16.0] * 4
    assert list(drawn(found, "lower limit")["y0"]) == [4.0] * 4  # 16 - 3 * 4
    assert list(drawn(found, "upper limit")["y0"]) == [28.0] * 4
    assert "Expected in a week: 16.0, by chance 4 to 28 (dashed)." in found.sentence
    assert found.verdict == "No sign of real change."


def test_limits_on_few_weeks_are_called_trial_limits():
    rows = [{"week": i, "numerator": 16, "n": 16, "value": 16} for i in range(4)]
    found = chart(frame(rows, measure="referrals"), verdict=expected(16.0, points=9))
    assert "trial limits: they rest on 9 weeks" in found.sentence


def test_under_five_a_week_there_are_no_limits_but_the_days_between():
    rows = [{"week": i, "numerator": 2, "n": 2, "value": 2} for i in range(4)]
    found = chart(frame(rows, measure="referrals"), verdict=expected(2.0))
    assert len(drawn(found, "expected")["x0"]) == 0
    assert "Under five in a week have no limits" in found.sentence
    assert "one every 4 days" in found.sentence  # 7 / 2, rounded


def test_the_limits_of_a_share_follow_its_n():
    found = chart(frame(shares((32, 64), (8, 16), (8, 16), (8, 16))), kind="share_points", verdict=expected(0.5, True))
    # 0.5 +- 3 * sqrt(0.25 / n): 0.1875 for 64, 0.375 for 16
    assert drawn(found, "upper limit")["y0"] == pytest.approx([0.6875, 0.875, 0.875, 0.875])
    assert "Expected: 50 %" in found.sentence


def test_a_share_that_cannot_be_judged_has_no_limits_drawn():
    of = Expected(True, 0.5, 1.0, 52, date(2025, 1, 6), date(2026, 1, 5))
    verdict = Words("x.", "x", Kind.NOT_SUITABLE, None, (Series("", Verdict(Kind.NOT_SUITABLE), (FIRST,), of),))
    found = chart(frame(shares(*[(20, 40)] * 4)), kind="share_points", verdict=verdict)
    assert len(drawn(found, "expected")["x0"]) == 0
    assert "Expected" not in found.sentence


def test_limits_are_not_drawn_for_periods_before_the_day_from_which_the_figure_can_be_compared():
    of = Expected(False, 16.0, 1.0, 52, date(2026, 1, 19), date(2026, 2, 2))
    verdict = Words("x.", "x", Kind.NONE, None, (Series("", Verdict(Kind.NONE), (FIRST,), of),))
    rows = [{"week": i, "numerator": 16, "n": 16, "value": 16} for i in range(4)]
    assert len(drawn(chart(frame(rows, measure="referrals"), verdict=verdict), "expected")["x0"]) == 2


def test_few_are_small_points_and_no_percentage():
    found = chart(frame(shares((3, 8), (20, 40), (7, 14), (2, 4))), kind="share_points")
    assert len(drawn(found, "few")["x"]) == 1  # 4 are too few even for a point
    assert len(drawn(found, "values")["x"]) == 2
    assert [row[1] for row in found.table.rows] == ["3 of 8", "50 %", "50 %", "2 of 4"]
    assert found.sentence.startswith("2 of 4 in the week from 26 Jan 2026.")
    assert "Small points rest on fewer than ten." in found.sentence


def test_a_share_of_fewer_than_twenty_says_in_words_on_how_many_it_is_based():
    found = chart(frame(shares((20, 40), (20, 40), (20, 40), (7, 14))), kind="share_points")
    assert found.sentence.startswith("50 % (40 to 60 %, based on 14 attempts) in the week from 26 Jan 2026.")
    many = chart(frame(shares((20, 40), (20, 40), (20, 40), (20, 40))), kind="share_points")
    assert many.sentence.startswith("50 % (40 to 60 %, n = 40) in the week")


def test_a_rate_has_its_limits_and_is_small_under_twenty_events():
    rows = [
        {"week": 0, "numerator": 30, "denominator": 600, "n": 30, "value": 1.4, "lower": 0.9, "upper": 2.0},
        {"week": 1, "numerator": 6, "denominator": 600, "n": 6, "value": 0.3, "lower": 0.1, "upper": 0.6},
        {"week": 2, "numerator": 0, "denominator": 0, "n": 0},
        {"week": 3, "numerator": 25, "denominator": 500, "n": 25, "value": 1.4, "lower": 0.9, "upper": 2.1},
    ]
    found = chart(frame(rows), kind="rate_points")
    assert len(drawn(found, "values")["x"]) == 2
    assert len(drawn(found, "few")["x"]) == 1
    assert found.sentence.startswith("1.4 % in the week from 26 Jan 2026 (0.9 to 2.1, n = 25).")
    assert found.table.rows[2][1] == "nothing to divide"


def test_a_ratio_is_a_line_without_limits_and_gaps_stay_gaps():
    rows = [
        {"week": 0, "numerator": 12, "denominator": 2, "n": 12, "value": 6.0},
        {"week": 1, "numerator": 12, "denominator": 0, "n": 12, "note": "nobody in post"},
        {"week": 2, "numerator": 9, "denominator": 2, "n": 9, "value": 4.5},
        {"week": 3, "numerator": 9, "denominator": 1.5, "n": 9, "value": 6.0},
    ]
    found = chart(frame(rows), kind="ratio_line")
    assert np.isnan(drawn(found, "ratio")["y"][1])
    assert "(9 for 1.5)" in found.sentence
    assert found.table.rows[1][1] == "nobody to divide by"


@pytest.mark.parametrize("kind", ["bars", "mirrored", "share_points", "rate_points", "ratio_line", "mix", "outcome"])
def test_a_marked_day_is_a_rule_and_a_sentence_in_every_trend(kind):
    mark = Mark(STEP, "WEST", "threshold", "The least score for high went from 14 to 12.")
    week = {"high": 20, "medium": 20, "standard": 20, "not_assessed": 5}
    made = (
        frame(parts("level", *[week] * 4), ["level"]) if kind in ("mix", "outcome") else frame(shares(*[(9, 20)] * 4))
    )
    more = {"good": ("high",), "missing": ("not_assessed",)} if kind == "outcome" else {}
    found = chart(made, (mark,), kind, **more)
    assert list(drawn(found, "marks")["x0"]) == [STEP]
    assert found.notes == ("Marked 14 Jan 2026, WEST: The least score for high went from 14 to 12.",)


def every_kind() -> list[tuple[str, list, list[str]]]:
    """A frame with something in it for each kind that the page can be asked for."""
    week = {"high": 20.0, "medium": 12, "standard": 6, "not_assessed": 2}
    flows = [{"week": i, "numerator": 9, "denominator": 20, "n": 20, "value": 0.45, "lower": 0.3, "upper": 0.6}
             for i in range(4)]  # fmt: skip
    curve = [{"days": d, "numerator": 5, "denominator": 40 - 5 * d, "n": 40, "value": 0.125 * (d + 1), "lower": 0.1,
              "upper": 0.9} for d in range(6)]  # fmt: skip
    ends = [{"days": d, "ending": e, "numerator": 2, "denominator": 40 - 4 * d, "n": 40, "value": 0.05 * (d + 1),
             "lower": 0.01, "upper": 0.4} for e in ("closed_as_planned", "disengaged") for d in range(6)]  # fmt: skip
    square = [{"from_level": a, "to_level": b, "numerator": 6, "denominator": 24, "n": 24, "value": 0.25,
               "lower": 0.1, "upper": 0.4} for a in week for b in week]  # fmt: skip
    return [
        ("stacked_stock", parts("level", *[week] * 4), ["level"]),
        ("bars", flows, []),
        ("mirrored", flows, []),
        ("share_points", flows, []),
        ("rate_points", flows, []),
        ("ratio_line", flows, []),
        ("mix", parts("level", *[week] * 4), ["level"]),
        ("outcome", parts("level", *[week] * 4), ["level"]),
        ("waiting_curve", curve, ["days"]),
        ("survival", curve, ["days"]),
        ("endings", ends, ["ending", "days"]),
        ("matrix", square, ["from_level", "to_level"]),
        ("agreement", square, ["from_level", "to_level"]),
    ]


@pytest.mark.parametrize(("kind", "rows", "keys"), every_kind(), ids=[kind for kind, *_ in every_kind()])
def test_every_kind_can_be_drawn_patched_and_survives_nothing_and_the_unknown(kind, rows, keys):
    more = {"good": ("high",), "missing": ("not_assessed",)} if kind == "outcome" else {}
    full = chart(frame(rows, keys), kind=kind, **more)
    assert full.picture is not None
    figure = Drawn(full.picture)
    sooner = frame(rows, keys, late={"NORTH": 9}, as_of={"NORTH": date(2026, 1, 30), "WEST": date(2026, 1, 12)})
    other = chart(sooner, kind=kind, **more)
    assert figure.fits(other.picture)
    figure.patch(other.picture)
    assert len(element(full.picture)) == len(full.picture.layers)
    empty = chart(frame(rows, keys).iloc[:0].pipe(with_attrs, frame(rows, keys)), kind=kind, **more)
    assert empty.picture is None or isinstance(empty, Chart)
    assert empty.sentence.endswith(".")
    unknown = [{k: v for k, v in row.items() if k not in ("numerator", "value", "lower", "upper")} for row in rows]
    half = chart(frame(unknown, keys), kind=kind, **more)  # denominators only, as while windows are open
    assert half.sentence.endswith(".")
    assert "nan" not in half.sentence.lower()
    nothing = [{k: v for k, v in row.items() if k in ("week", *keys)} for row in rows]
    gone = chart(frame(nothing, keys), kind=kind, **more)
    assert gone.picture is None
    assert "Nothing is known" in gone.sentence


def with_attrs(cut, whole):
    cut.attrs = whole.attrs
    return cut


def test_words_at_the_edge_keep_apart_and_inside():
    moved = spread([0.1, 0.12, 0.95, 0.99], ["a", "b", "c", "d"], 0.1, 1.0)
    places = [place for place, _ in moved]
    assert [said for _, said in moved] == ["a", "b", "c", "d"]
    assert places[-1] <= 1.0
    assert min(b - a for a, b in pairwise(places)) >= 0.1 - 1e-9


def test_a_point_at_100_per_cent_is_drawn_whole_and_the_ticks_stay_round():
    found = chart(frame(shares((20, 20), (19, 20), (20, 20), (20, 20))), kind="share_points")
    assert found.picture.y.end == pytest.approx(1.03)
    assert [said for _, said in found.picture.y.ticks] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    low = chart(frame(shares(*[(2, 40)] * 4)), kind="share_points")
    assert (low.picture.y.end, low.picture.y.ticks[-1]) == (pytest.approx(0.515), (0.5, "50 %"))
    drawn_by_browser = Drawn(found.picture).figure
    assert (drawn_by_browser.y_range.start, drawn_by_browser.y_range.end) == (0, pytest.approx(1.03))
