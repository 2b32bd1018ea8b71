"""The reference values, the data that they were computed from, and when a figure agrees with a printed one."""

import csv
import math
import re
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


REFERENCE = rows("reference_values.csv")


def of(*methods: str) -> list[dict[str, str]]:
    """The rows whose method begins with one of these."""
    return [row for row in REFERENCE if row["method"].startswith(methods)]


def given(row: dict[str, str], key: str) -> float:
    """The number after ``key=`` in the input of a row."""
    return float(re.search(rf"\b{key}=([\d.]+)", row["input"]).group(1))


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


def label(row: dict[str, str]) -> str:
    return f"{row['method']}-{row['input'][:40]}-{row['expected']}"


def agree(found: float, printed: str) -> bool:
    """Equal in every digit that the source prints."""
    if printed in ("NA", "NaN"):
        return math.isnan(found)
    half_of_last_digit = 0.5 * 10.0 ** Decimal(printed).as_tuple().exponent
    return abs(found - float(printed)) <= max(half_of_last_digit, 1e-13 * max(1.0, abs(found))) * (1 + 1e-6)


# Methods whose rows test_reference_charts.py takes; test_reference_values.py takes all others.
CHARTS = (
    *("imr_", "xmr_", "p_chart", "c_chart", "u_chart", "laney", "g_chart", "t_chart", "spc_", "anhoej"),
    "funnel_",
)
