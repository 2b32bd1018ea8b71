"""Colours by meaning, in a light and a dark form, and the one stylesheet that uses them."""

from functools import cache
from pathlib import Path

# name -> (on white paper, on dark paper). Data colours: Government Analysis Function palette,
# lightened or darkened where a mark would have had less than 3:1 against its paper.
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#16181c"),
    "ink": ("#1d1d1b", "#e8e6e3"),
    "quiet": ("#595955", "#a9a7a2"),
    "rule": ("#dededa", "#33363c"),
    "wash": ("#f5f5f2", "#1e2126"),
    "field": ("#868682", "#7c7f85"),
    "accent": ("#12436d", "#6bace6"),
    "standard": ("#7397c0", "#4a7fb5"),
    "medium": ("#2f6ca8", "#86b6e4"),
    "high": ("#0b2d50", "#dcebfa"),
    "not_assessed": ("#8c8c88", "#85888e"),
    "reached": ("#12436d", "#6bace6"),
    "not_reached": ("#28a197", "#2fa99f"),
    "other_outcome": ("#8c8c88", "#85888e"),
    "referred": ("#12436d", "#6bace6"),
    "closed": ("#28a197", "#2fa99f"),
    "first_series": ("#12436d", "#6bace6"),
    "second_series": ("#28a197", "#2fa99f"),
    "third_series": ("#801650", "#d987b4"),
    "fourth_series": ("#e0571a", "#f08a55"),
    "marker": ("#595955", "#a9a7a2"),
    "band": ("#12436d", "#6bace6"),
}
SHADES = ("paper", "rule", "wash")  # surfaces and hairlines: nothing is read from them
TEXTS = ("ink", "quiet", "accent")
HATCHED = ("not_assessed",)
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def colour(name: str, dark: bool = False) -> str:
    """The colour of a meaning, as ``#rrggbb``."""
    return COLOURS[name][1 if dark else 0]


def luminance(hex_colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    channels = [int(hex_colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def variables(selector: str) -> str:
    """The colours as custom properties of CSS, for both colour schemes; paper is always light."""

    def block(place: int) -> str:
        return "".join(f"--{name.replace('_', '-')}:{pair[place]};" for name, pair in COLOURS.items())

    return (
        f"{selector}{{color-scheme:light dark;{block(0)}}}"
        f"@media screen and (prefers-color-scheme:dark){{{selector}{{{block(1)}}}}}"
    )


@cache
def stylesheet(selector: str = ":host") -> str:
    """The stylesheet of a paper: ``:root`` for a page, ``:host`` for a cell of a notebook."""
    return variables(selector) + (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def mix(one: str, other: str, share: float, dark: bool = False) -> str:
    """A colour between two meanings; ``share`` 0 is the first, 1 the second."""
    ends = [colour(name, dark) for name in (one, other)]
    channels = [[int(end[place : place + 2], 16) for place in (1, 3, 5)] for end in ends]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*channels, strict=True))
