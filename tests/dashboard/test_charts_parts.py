"""Parts of a whole, outcomes with bounds, curves and matrices, from frames made by hand."""

import numpy as np
import pytest

from dashboard.charts import Chart, chart
from dashboard.drawing import drawn as svg
from tests.dashboard.hand_made import frame, parts

GOOD = {"good": ("reduced",), "missing": ("not_assessed",)}


def drawn(found: Chart, name: str) -> dict:
    return next(layer.columns for layer in found.picture.layers if layer.name == name)


def outcome(*weeks: dict[str, float]) -> Chart:
    return chart(frame(parts("result", *weeks), ["result"], weeks=len(weeks)), kind="outcome", **GOOD)


HALF_KNOWN = {"reduced": 30, "same": 10, "raised": 5, "not_assessed": 55}


def test_missing_outcomes_give_a_worst_and_a_best_case_and_a_caution():
    # 30 of the 45 who are known is 67 %; if none of the 55 were reduced 30 %, if all were 85 %; known of 45 %.
    found = outcome(HALF_KNOWN, HALF_KNOWN)
    assert found.sentence.startswith(
        "In the week from 12 Jan 2026, of those whose outcome is known: reduced 67 % (52 to 79 %, n = 45). "
        "Worst to best case 30 to 85 %. Careful: it is known of 45 % only: read the worst and the best case."
    )
    ranges = drawn(found, "worst to best")
    assert (list(ranges["y0"]), list(ranges["y1"])) == ([0.3, 0.3], [0.85, 0.85])
    assert list(drawn(found, "of the known")["y"]) == pytest.approx([30 / 45] * 2)
    assert found.table.header[-3:] == ("Of the known", "Worst to best case", "Known")
    assert found.table.rows[0][-3:] == ("67 %", "30 to 85 %", "45 %")


def test_a_gain_that_comes_from_fewer_being_asked_is_seen_in_the_bounds():
    # The same ten who are worse are not asked any more: the share of the known rises from 50 to 75 %, the bounds part.
    before = {"reduced": 15, "same": 5, "raised": 10, "not_assessed": 0}
    after = {"reduced": 15, "same": 5, "raised": 0, "not_assessed": 10}
    found = outcome(before, after)
    assert [row[-3:] for row in found.table.rows] == [("50 %", "50 to 50 %", "100 %"), ("75 %", "50 to 83 %", "67 %")]


def test_with_enough_known_there_is_no_caution():
    found = outcome(*[{"reduced": 60, "same": 10, "raised": 10, "not_assessed": 20}] * 2)
    assert "It is known of 80 %." in found.sentence
    assert "Careful" not in found.sentence


def test_below_ten_an_outcome_has_counts_and_no_bounds():
    found = outcome(*[{"reduced": 3, "same": 1, "raised": 1, "not_assessed": 3}] * 2)
    assert "of those whose outcome is known: reduced 3 of 5. Too few for best and worst case." in found.sentence
    assert "%" not in found.sentence
    assert all("%" not in cell for row in found.table.rows for cell in row)


def test_outcomes_by_question_are_bars_beside_each_other():
    rows = []
    for question in ("feels_safe", "isolated"):
        rows += [{**row, "question": question} for row in parts("result", HALF_KNOWN)]
    found = chart(frame(rows, ["question", "result"], weeks=1), kind="outcome", **GOOD)
    assert len(drawn(found, "worst to best")["x0"]) == 2
    assert "Careful: known of fewer than 60 % for feels safe, isolated" in found.sentence
    assert found.table.rows[0][0] == "feels safe"
    assert found.table.rows[0][-3:] == ("67 %", "30 to 85 %", "45 %")


def test_a_mix_draws_four_parts_the_rest_together_and_what_is_not_known_hatched_on_top():
    week = {"a": 40, "b": 30, "c": 20, "d": 10, "e": 6, "f": 4, "not_recorded": 10}
    found = chart(frame(parts("channel", *[week] * 4), ["channel"]), kind="mix")
    names = [layer.name for layer in found.picture.layers if layer.mark == "bars" and not layer.hollow]
    assert names == ["part 1", "part 2", "part 3", "part 4", "others", "not known"]
    assert [layer.name for layer in found.picture.layers if layer.hatched] == ["not known", "not known, filling"]
    assert list(drawn(found, "others")["y1"] - drawn(found, "others")["y0"]) == pytest.approx([10 / 120] * 4)
    assert list(drawn(found, "not known")["y1"]) == pytest.approx([1.0] * 4)
    assert "others 8 %" in [said for _, said in found.picture.beside]
    assert found.sentence.startswith("In the week from 26 Jan 2026: 33 % a, 25 % b, 17 % c, 8 % d, 8 % others")


def test_every_colour_that_is_drawn_has_its_name_also_where_the_newest_period_has_none_of_it():
    weeks = [{"lead": 30, "another": 8, "nobody_led": 2, "never": 0}] * 3 + [
        {"lead": 30, "another": 10, "nobody_led": 0, "never": 0}
    ]
    found = chart(frame(parts("who", *weeks), ["who"]), kind="mix")
    assert [said for _, said in found.picture.beside] == ["lead 75 %", "another 25 %", "nobody led 0 %"]
    rows = [{"week": i, "level": level, "numerator": count, "n": 40, "value": count}
            for i, week in enumerate([(30, 10)] * 3 + [(40, 0)])
            for level, count in zip(("high", "medium"), week, strict=True)]  # fmt: skip
    stock = chart(frame(rows, ["level"], measure="risk_of_open_cases"), kind="stacked_stock")
    assert [said for _, said in stock.picture.beside] == ["high 40", "medium 0"]


def test_in_a_mix_a_period_of_fewer_than_ten_is_narrow_and_says_counts():
    weeks = [{"high": 20, "medium": 20}, {"high": 4, "medium": 4}, {"high": 2, "medium": 1}, {"high": 20, "medium": 20}]
    found = chart(frame(parts("level", *weeks), ["level"]), kind="mix")
    wide = (drawn(found, "high")["x1"] - drawn(found, "high")["x0"]).astype(float)
    assert len(wide) == 3, "three cases are not drawn"
    assert wide[1] < wide[0] / 2
    assert found.table.rows[1][1:3] == ("4 of 8", "4 of 8")
    assert "Narrow bars rest on fewer than ten." in found.sentence


def test_a_mix_of_one_period_is_a_row_for_each_value_with_its_limits():
    rows = [
        {"age": "0_90_days", "numerator": 45, "denominator": 60, "n": 60, "value": 0.75, "lower": 0.63, "upper": 0.84},
        {"age": "over_365_days", "numerator": 15, "denominator": 60, "n": 60, "value": 0.25, "lower": 0.16,
         "upper": 0.37},
    ]  # fmt: skip
    found = chart(frame(rows, ["age"], weeks=1), kind="mix")
    assert list(drawn(found, "limits")["x0"]) == [0.63, 0.16]
    assert [said for _, said in found.picture.beside] == ["75 %  (45)", "25 %  (15)"]
    few = [{**row, "numerator": 4, "denominator": 8, "n": 8, "value": 0.5} for row in rows]
    small = chart(frame(few, ["age"], weeks=1), kind="mix")
    assert small.picture is None
    assert "%" not in small.sentence + str(small.table.rows[0][2])


def curve(steps: dict[int, float], n: int, per_step: int, last: int = 12) -> list[dict]:
    """A row for each day; ``steps`` says which share got there by which day, ``per_step`` how many at each."""
    rows, share, left = [], 0.0, n
    for day in range(last + 1):
        got = per_step if day in steps else 0
        share = steps.get(day, share)
        rows.append({"days": day, "numerator": got, "denominator": left, "n": n, "value": share,
                     "lower": max(share - 0.1, 0), "upper": min(share + 0.1, 1)})  # fmt: skip
        left -= got
    return rows


def test_quartiles_with_limits_in_the_sentence_and_the_number_followed_in_the_table():
    # 30 % by day 2, 55 % by day 5, 80 % by day 8; limits a tenth to each side: the upper one (40, 65, 90 %) passes a
    # quarter on day 2 and half on day 5, the lower one (20, 45, 70 %) a quarter on day 5, half on day 8, 75 % never.
    found = chart(frame(curve({2: 0.3, 5: 0.55, 8: 0.8}, 40, 10), ["days"], measure="case_length"), kind="survival")
    assert "a quarter: 2 days (2 to 5)" in found.sentence
    assert "half: 5 days (5 to 8)" in found.sentence
    assert "three quarters: 8 days (8 to not reached)" in found.sentence
    assert "(n = 40)" in found.sentence
    assert [row[-1] for row in found.table.rows if row[0] in ("0", "3", "7")] == ["40", "30", "20"]


def test_what_is_not_reached_is_said_so():
    found = chart(frame(curve({2: 0.3}, 40, 12), ["days"], measure="case_length"), kind="survival")
    assert "half: not reached" in found.sentence
    assert "three quarters: not reached" in found.sentence


def test_the_curve_is_dashed_where_fewer_than_ten_are_followed():
    # From day 9 on ten of the forty are left, from day 11 five.
    found = chart(frame(curve({2: 0.25, 5: 0.5, 8: 0.75, 10: 0.875}, 40, 10), ["days"], measure="case_length"),
                  kind="survival")  # fmt: skip
    assert drawn(found, "got there")["x"].max() <= drawn(found, "few followed")["x"].min() + 1
    assert "Dashed where fewer than ten are still followed." in found.sentence
    assert drawn(found, "limits")["x"].max() <= drawn(found, "got there")["x"].max(), "no band on few"


def test_of_fewer_than_ten_a_curve_says_no_percentage():
    found = chart(frame(curve({2: 0.5}, 8, 4), ["days"], measure="case_length"), kind="survival")
    assert "%" not in found.sentence
    # Half of them from day 2 to the last day, 12: the middle of a curve that runs level at one half.
    assert found.sentence == "8 cases: too few for a percentage; half by 7 days."
    assert all(row[1] == "too few" for row in found.table.rows)


def test_hours_are_told_in_hours():
    rows = [{**row, "hours": row.pop("days")} for row in curve({2: 0.6}, 40, 24)]
    found = chart(frame(rows, ["hours"], measure="case_length"), kind="survival")
    assert "half: 2 hours" in found.sentence
    assert found.table.header[0] == "Hour"


def test_ends_that_exclude_each_other_have_a_line_each_with_its_share_at_the_edge():
    rows = []
    for ending, daily in (("planned", 0.05), ("unplanned", 0.02)):
        rows += [{"ending": ending, "days": d, "numerator": 2, "denominator": 40 - 2 * d, "n": 40, "value": daily * d,
                  "lower": daily * d / 2, "upper": daily * d * 1.5} for d in range(11)]  # fmt: skip
    found = chart(frame(rows, ["ending", "days"], measure="case_length"), kind="endings")
    assert [said for _, said in found.picture.beside] == ["unplanned 20 %", "planned 50 %"]
    assert "planned 50 % (25 to 75 %)" in found.sentence


def matrix_rows(counts: list[list[int]]) -> list[dict]:
    levels = ("standard", "medium", "high")
    return [
        {"from_level": a, "to_level": b, "numerator": counts[i][j], "denominator": sum(counts[i]),
         "n": sum(counts[i]), "value": counts[i][j] / sum(counts[i])}
        for i, a in enumerate(levels) for j, b in enumerate(levels)
    ]  # fmt: skip


def test_agreement_says_how_many_agree_and_how_far_beyond_chance():
    # 19 pairs; SAS prints weighted kappa 0.4701, 0.1845 to 0.7558. The same level by both: 13 of 19, 68 %.
    rows = matrix_rows([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    found = chart(frame(rows, ["from_level", "to_level"], measure="agreement"))
    assert found.sentence.startswith("The same level by both: 68 % (46 to 85 %, based on 19 cases).")
    assert "0.47 (0.18 to 0.76; weighted kappa" in found.sentence
    assert found.n == "19"


def test_rows_of_fewer_than_ten_are_not_shaded_and_show_counts_only():
    rows = matrix_rows([[2, 4, 1], [1, 8, 3], [0, 1, 5]])
    found = chart(frame(rows, ["from_level", "to_level"], measure="agreement"))
    table = {row[0]: row[1:] for row in found.table.rows}
    assert table["standard"] == ("1", "4", "2", "7")
    assert table["medium"] == ("3 (25 %)", "8 (67 %)", "1 (8 %)", "12")
    shades = drawn(found, "cells")["value"]
    assert np.count_nonzero(shades) == 3
    assert "Rows of fewer than ten show counts only and are not shaded." in found.sentence


def test_the_same_figure_for_each_force_is_one_colour_each_in_their_own_order():
    rows = [
        {"week": week, "force": force, "numerator": 30, "denominator": 300, "n": 30, "value": value,
         "lower": value - 1, "upper": value + 1}
        for week in range(4) for force, value in (("EAST", 4.0), ("WEST", 6.0))
    ]  # fmt: skip
    found = chart(frame(rows, ["force"], measure="referrals_per_population"))
    assert [said for _, said in found.picture.beside] == ["EAST", "WEST"]
    assert list(drawn(found, "values 1")["y"]) == [4.0] * 4
    assert found.sentence.startswith("In the week from 26 Jan 2026: EAST 4.0 (3.0 to 5.0, n = 30), WEST 6.0")
    assert found.table.header == ("From", "EAST", "WEST")


def test_a_share_along_the_bottom_has_three_ticks_which_stay_apart_on_a_phone():
    of_one = chart(frame(parts("age", {"0-90 days": 30, "over 90 days": 70}), ["age"], weeks=1), kind="mix")
    assert of_one.picture.x.ticks == ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
    rows = [{"question": name, "result": result, "numerator": 10, "denominator": 20, "n": 20, "value": 0.5}
            for name in ("safe", "coping") for result in ("better", "worse")]  # fmt: skip
    beside = chart(frame(rows, ["question", "result"], weeks=1), kind="mix")
    by = [{"agency": name, "numerator": 12, "denominator": 12, "n": 12, "value": 1.0, "lower": 0.8, "upper": 1.0}
          for name in ("police", "cps")]  # fmt: skip
    of_each = chart(frame(by, ["agency"], weeks=1), kind="share_by")
    for found in (beside, of_each):
        assert [said for _, said in found.picture.x.ticks] == ["0 %", "50 %", "100 %"]
    assert (beside.picture.x.end, of_each.picture.x.end) == (1.0, 1.03)  # bars end there, points need room


def test_small_means_few_and_hollow_means_still_filling_up():
    def rate(week, force, n):
        return {"week": week, "force": force, "numerator": n, "denominator": 300, "n": n, "value": n / 10,
                "lower": 1.0, "upper": 6.0}  # fmt: skip

    rows = [rate(week, force, n) for week in range(4) for force, n in (("EAST", 30), ("WEST", 6))]
    found = chart(frame(rows, ["force"], measure="referrals_per_population", late={"NORTH": 3}))
    looks = {layer.name: (len(layer.columns["x"]), layer.small, layer.hollow)
             for layer in found.picture.layers if layer.mark == "points" and len(layer.columns["x"])}  # fmt: skip
    assert looks == {
        "values 1": (3, False, False), "filling 1": (1, False, True),
        "few 2": (3, True, False), "few and filling 2": (1, True, True),
    }  # fmt: skip
    assert "Small points rest on few. Hollow periods are still filling up" in found.sentence
    agencies = [{"agency": name, "numerator": n - 1, "denominator": n, "n": n, "value": 1 - 1 / n, "lower": 0.5,
                 "upper": 1.0} for name, n in (("police", 20), ("cps", 5))]  # fmt: skip
    by_value = chart(frame(agencies, ["agency"], weeks=1), kind="share_by")
    assert by_value.sentence.endswith("Small points rest on fewer than ten.")
    assert [layer.name for layer in by_value.picture.layers if layer.small] == ["few"]
    assert not any(layer.hollow for layer in by_value.picture.layers)


def test_a_matrix_says_which_side_is_which():
    rows = matrix_rows([[10, 2, 0], [3, 9, 1], [1, 4, 10]])
    for status, later in (("open", "level now"), ("closed", "level at exit")):
        of_one = [{**row, "status": status} for row in rows]
        found = chart(frame(of_one, ["status", "from_level", "to_level"], measure="level_movement"))
        assert found.picture.x.label == f"down: level at intake\nacross: {later}"
    found = chart(frame(rows, ["from_level", "to_level"], measure="agreement"))
    saved = svg(found.picture, "Agreement", "A sentence.", "Asked.", ("Source.",))
    assert ">down: referrer&#39;s level</text>" in saved
    assert ">across: our own first level</text>" in saved
