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

# On paper one below the other, and no card is cut: its parts stand in this shadow tree.
PRINTED = "@media print{:host{display:block !important;}*{break-inside:avoid;margin-bottom:24px !important;}}"
# Layouts of Panel are shadow trees of their own. Pictures: two columns where there is room, else one.
# A layout with one of these cannot be hidden by itself (its display would win); hide what it stands in.
PICTURES = (
    ":host{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));"
    "gap:24px 32px;align-items:start;}" + PRINTED
)
# A page is sent with light pictures; where the browser asks for dark ones (sheet.js) they wait for those.
# Bokeh makes each canvas a stop of the Tab key and draws nothing for it; paper asks for light colours (sheet.js).
PICTURE = (
    ":host{visibility:var(--pictures,visible);}"
    ":host(:focus-within){outline:3px solid var(--accent);outline-offset:2px;}"
    "@media print{:host{filter:var(--printed,none);}}"
)
# Small multiples: three beside each other where there is room.
MULTIPLES = (
    ":host { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 350px), 1fr)); gap: 8px 24px; }"
    + PRINTED
)
FRAME = (
    ":host{display:block;padding:0 24px;}"
    "@media (max-width:700px){:host{padding:0 16px;}}@media print{:host{padding:0;}}"
)
MAIN = (
    ":host{display:block;padding:24px 0 48px;outline:none;min-height:60vh;transition:opacity 150ms;}"
    ":host([aria-busy=true]){opacity:.55;}@media print{:host{padding:0;min-height:0;}}"
)


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
def stylesheet() -> str:
    """The stylesheet of every sheet: each is a shadow tree and needs its own."""
    return variables(":host") + (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def mix(one: str, other: str, share: float, dark: bool = False) -> str:
    """A colour between two meanings; ``share`` 0 is the first, 1 the second."""
    ends = [colour(name, dark) for name in (one, other)]
    channels = [[int(end[place : place + 2], 16) for place in (1, 3, 5)] for end in ends]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*channels, strict=True))
