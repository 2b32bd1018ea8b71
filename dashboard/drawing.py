"""A picture as an SVG file that stands alone: title, sentence, what was asked, marks, source; light colours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap
from zlib import crc32

import numpy as np
from markupsafe import Markup

from dashboard import theme
from dashboard.charts.picture import Axis, Layer, Picture
from dashboard.sheet import html, joined

WIDTH, EDGE = 960, 28
# DejaVu and Verdana, the widest usual fonts, take 0.53 of their size for a letter on average (measured on sentences).
LETTER = 0.56
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has no way to write them
SMALL = 13


def drawn(picture: Picture, title: str, sentence: str, about: str, below: tuple[str, ...]) -> str:
    """The picture as the text of an SVG file, 960 units wide.

    ``about`` is the line over the picture (what was asked), ``below`` those under it, the source last.
    """
    head = [*_text(title, 20, EDGE + 8, weight="600"), *_text(sentence, 15, 0), *_text(about, SMALL, 0, "quiet")]
    said: list[Markup] = []
    y = float(EDGE)
    for line in head:
        y += line.gap
        said.append(line.at(EDGE, y))
    # Two files on one page of somebody's report share its names: so each has its own.
    frame = Frame.of(picture, y + 20, f"{crc32(f'{title} {about}'.encode()):x}")
    y = (
        frame.bottom
        + 26
        + (20 + 15 * picture.x.label.count("\n") if picture.x.label else 0)
        + 14 * max(_lines(picture.x) - 1, 0)
    )
    for line in (line for words in below for line in _text(words, SMALL, 0, "quiet")):
        y += line.gap
        said.append(line.at(EDGE, y))
    size = f"0 0 {WIDTH} {round(y + EDGE)}"
    return str(
        html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" width="{width}" height="{height}" '
            'font-family="{font}" role="img"><title>{title}</title><desc>{sentence}</desc>{defs}'
            '<rect width="100%" height="100%" fill="{paper}"/>{said}{axes}<g>{marks}</g></svg>\n',
            size=size, width=WIDTH, height=round(y + EDGE), font=theme.FONT, title=_clean(title),
            sentence=_clean(sentence), paper=theme.colour("paper"), said=joined(said), defs=_defs(picture, frame),
            axes=_axes(picture, frame), marks=joined(_layer(layer, frame) for layer in picture.layers),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of text and how far below the one before it stands."""

    words: str
    size: int
    gap: int
    colour: str
    weight: str

    def at(self, x: float, y: float) -> Markup:
        """The line as markup."""
        return _words(self.words, x, y, self.size, self.colour, weight=self.weight)


def _text(words: str, size: int, before: int, colour: str = "ink", weight: str = "400") -> list[Line]:
    most = int((WIDTH - 2 * EDGE) / (LETTER * size))
    gap = round(size * 1.45)
    lines = wrap(_clean(words), most) or []
    return [Line(part, size, (before or gap + 2) if not i else gap, colour, weight) for i, part in enumerate(lines)]


def _clean(words: str) -> str:
    return UNPRINTABLE.sub("", words)


def _words(
    words: str, x: float, y: float, size: int, colour: str, anchor: str = "start", weight: str = "400"
) -> Markup:
    return html(
        '<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" font-weight="{weight}">'
        "{w}</text>",
        x=_n(x), y=_n(y), size=size, fill=theme.colour(colour), anchor=anchor, weight=weight, w=_clean(words),
    )  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Frame:
    """Where the two axes lie in the file."""

    left: float
    top: float
    right: float
    bottom: float
    xs: tuple[float, float]
    ys: tuple[float, float]
    mark: str

    @classmethod
    def of(cls, picture: Picture, top: float, mark: str) -> "Frame":
        """Room for the words at both sides; a trend is drawn higher than on the page, because it is wider."""
        height = picture.height if picture.y.kind == "names" else round(picture.height * 1.3)
        left = max([_width(said) for _, said in ticks(picture.y)], default=0) + EDGE + 10
        right = WIDTH - EDGE - max([_width(said) + 12 for _, said in picture.beside], default=8)
        xs, ys = ((_number(axis.start), _number(axis.end)) for axis in (picture.x, picture.y))
        return cls(left, top, right, top + height - 40, xs, ys, mark)

    def x(self, value: np.ndarray | float) -> np.ndarray:
        """Places across."""
        low, high = self.xs
        return self.left + (np.asarray(value, dtype=float) - low) / (high - low) * (self.right - self.left)

    def y(self, value: np.ndarray | float) -> np.ndarray:
        """Places down."""
        low, high = self.ys
        return self.bottom - (np.asarray(value, dtype=float) - low) / (high - low) * (self.bottom - self.top)


def _width(words: str) -> float:
    return max(len(part) for part in words.split("\n")) * LETTER * SMALL


def _lines(axis: Axis) -> int:
    return max((said.count("\n") + 1 for _, said in axis.ticks), default=1)


def _number(value: object) -> float:
    return float(_floats(np.array([value]))[0])


def _floats(values: np.ndarray) -> np.ndarray:
    """Numbers; days as milliseconds, as the ticks of their axis."""
    found = np.asarray(values)
    if found.dtype.kind == "M":
        return found.astype("datetime64[ms]").astype("int64").astype(float)
    return found.astype(float)


def ticks(axis: Axis) -> tuple[tuple[float, str], ...]:
    """The words of an axis and their places: its own, or about five round numbers."""
    if axis.ticks or axis.kind in ("days", "names"):
        return tuple(axis.ticks)
    low, high = _number(axis.start), _number(axis.end)
    rough = (high - low) / 5
    size = 10 ** np.floor(np.log10(rough))
    step = next(nice * size for nice in (1, 2, 2.5, 5, 10) if nice * size >= rough * 0.999)
    if axis.kind == "count":
        step = max(1.0, float(np.ceil(step)))
    places = np.arange(np.ceil(low / step), np.floor(high / step + 1e-9) + 1) * step
    return tuple((float(place), _said(float(place), axis.kind)) for place in places)


def _said(value: float, kind: str) -> str:
    if kind == "share":
        return f"{round(100 * value)} %"
    # Counts below zero are counts of what went out.
    return f"{abs(value) if kind == 'count' else value:,.10g}"


def _axes(picture: Picture, frame: Frame) -> Markup:
    parts: list[Markup] = []
    for place, said in ticks(picture.y):
        y = float(frame.y(place))
        if picture.y.kind != "names":
            parts.append(_line(frame.left, y, frame.right, y, "rule"))
        lines = said.split("\n")
        for i, part in enumerate(lines):
            down = 4.5 + 15 * (i - (len(lines) - 1) / 2)
            parts.append(_words(part, frame.left - 8, y + down, SMALL, "quiet", "end"))
    for place, said in ticks(picture.x):
        for i, part in enumerate(said.split("\n")):
            parts.append(_words(part, float(frame.x(place)), frame.bottom + 20 + 15 * i, SMALL, "quiet", "middle"))
    for i, said in enumerate(filter(None, picture.x.label.split("\n"))):
        down = frame.bottom + 40 + 15 * (_lines(picture.x) - 1 + i)
        parts.append(_words(said, (frame.left + frame.right) / 2, down, SMALL, "quiet", "middle"))
    parts += [_words(s, frame.right + 8, float(frame.y(p)) + 4.5, SMALL, "ink") for p, s in picture.beside]
    parts.append(_line(frame.left, frame.bottom, frame.right, frame.bottom, "field"))
    return joined(parts)


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, width: float = 1, dash: str = "") -> Markup:
    return html(
        '<line x1="{a}" y1="{b}" x2="{c}" y2="{d}" stroke="{colour}" stroke-width="{width}"{dash}/>',
        a=_n(x0), b=_n(y0), c=_n(x1), d=_n(y1), colour=theme.colour(colour), width=width,
        dash=html(' stroke-dasharray="{dash}"', dash=dash) if dash else "",
    )  # fmt: skip


def _defs(picture: Picture, frame: Frame) -> Markup:
    """The place that curves may not leave, and the hatchings."""
    place = html(
        '<clipPath id="place-{mark}"><rect x="{x}" y="{y}" width="{width}" height="{height}"/></clipPath>',
        mark=frame.mark, x=_n(frame.left), y=_n(frame.top - 2), width=_n(frame.right - frame.left),
        height=_n(frame.bottom - frame.top + 4),
    )  # fmt: skip
    return html("<defs>{place}{patterns}</defs>", place=place, patterns=joined(
        html(
            '<pattern id="hatch-{name}-{mark}" width="7" height="7" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect width="7" height="7" fill="{colour}"/>'
            '<rect width="2" height="7" fill="{paper}"/></pattern>',
            name=name, mark=frame.mark, colour=theme.colour(name), paper=theme.colour("paper"),
        )
        for name in sorted({layer.colour for layer in picture.layers if layer.hatched})
    ))  # fmt: skip


def _layer(layer: Layer, frame: Frame) -> Markup:
    """One layer's marks; places that are not known are left out."""
    if layer.mark == "hover":
        return Markup("")
    if layer.mark in ("band", "line"):
        shown = _band(layer, frame) if layer.mark == "band" else _curve(layer, frame)
        return html('<g clip-path="url(#place-{mark})">{shown}</g>', mark=frame.mark, shown=joined(shown))
    return joined(_single(layer, frame))


def _runs(*columns: np.ndarray) -> Iterator[slice]:
    """Stretches in which every column is known."""
    known = np.concatenate([[False], np.all([~np.isnan(c) for c in columns], axis=0), [False]])
    edges = np.flatnonzero(np.diff(known.astype(int)))
    return (slice(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))


def _points(x: np.ndarray, y: np.ndarray) -> str:
    return " ".join(f"{_n(a)},{_n(b)}" for a, b in zip(x, y, strict=True))


def _fill(layer: Layer, frame: Frame) -> str:
    if layer.hatched:
        return f"url(#hatch-{layer.colour}-{frame.mark})"
    return theme.colour("paper" if layer.hollow and layer.mark != "band" else layer.colour)


def _band(layer: Layer, frame: Frame) -> Iterator[Markup]:
    x, lower, upper = (_floats(layer.columns[name]) for name in ("x", "lower", "upper"))
    for run in _runs(x, lower, upper):
        around = _points(
            np.concatenate([frame.x(x[run]), frame.x(x[run])[::-1]]),
            np.concatenate([frame.y(upper[run]), frame.y(lower[run])[::-1]]),
        )
        # The page's own fading of a band of limits, and of one that is still filling up (charts/draw.py).
        share = 0.18 if layer.colour == "band" else 0.45 if layer.hollow else 1
        fade = html(' fill-opacity="{share}"', share=share) if share < 1 else ""
        yield html(
            '<polygon points="{around}" fill="{fill}"{fade}/>', around=around, fill=_fill(layer, frame), fade=fade
        )


def _curve(layer: Layer, frame: Frame) -> Iterator[Markup]:
    x, y = (_floats(layer.columns[name]) for name in ("x", "y"))
    for run in _runs(x, y):
        yield html(
            '<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>',
            dash=Markup(' stroke-dasharray="6 4"') if layer.dashed else "",
            points=_points(frame.x(x[run]), frame.y(y[run])), colour=theme.colour(layer.colour),
        )  # fmt: skip


def _single(layer: Layer, frame: Frame) -> Iterator[Markup]:
    c = layer.columns
    names = ("x", "y") if layer.mark in ("points", "labels") else ("x0", "y0", "x1", "y1")
    places = [_floats(c[name]) for name in names]
    for i in np.flatnonzero(np.all([~np.isnan(p) for p in places], axis=0)):
        at = [float(p[i]) for p in places]
        xs, ys = (frame.x(np.array(at[0::2])), frame.y(np.array(at[1::2])))
        if layer.mark == "points":
            yield html(
                '<circle cx="{x}" cy="{y}" r="{size}" fill="{fill}" stroke="{colour}" stroke-width="2"/>',
                size=2.5 if layer.small else 4.5, x=_n(xs[0]), y=_n(ys[0]), fill=_fill(layer, frame),
                colour=theme.colour(layer.colour),
            )  # fmt: skip
        elif layer.mark == "labels":
            yield _words(str(c["text"][i]), xs[0], ys[0] + 4.5, SMALL, layer.colour, "middle")
        elif layer.mark in ("bars", "cells"):
            yield _box(layer, frame, xs, ys, float(c["value"][i]) if layer.mark == "cells" else np.nan)
        else:
            rule = layer.mark == "rules"
            yield _line(
                xs[0], ys[0], xs[1], ys[1], layer.colour, 1 if rule or layer.small else 2, "4 4" if rule else ""
            )


def _box(layer: Layer, frame: Frame, xs: np.ndarray, ys: np.ndarray, share: float) -> Markup:
    fill, edge = _fill(layer, frame), theme.colour(layer.colour)
    if layer.mark == "cells":  # ten steps, as on the page
        edge = theme.colour("paper")
        fill = edge if np.isnan(share) else theme.mix("paper", layer.colour, min(1, np.floor(share * 10 + 1) / 10))
    return html(
        '<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{edge}"/>',
        x=_n(xs.min()), y=_n(ys.min()), width=_n(np.ptp(xs)), height=_n(np.ptp(ys)), fill=fill, edge=edge,
    )  # fmt: skip
