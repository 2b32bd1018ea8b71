"""From a picture to a HoloViews element, and to what a browser needs to draw it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from operator import mul
from threading import Lock
from typing import Any, cast

import holoviews as hv
import holoviews.plotting.bokeh
import numpy as np
from bokeh.core.json_encoder import serialize_json
from bokeh.document import Document
from bokeh.models import (
    BasicTicker,
    CategoricalTickFormatter,
    CustomJSTickFormatter,
    DatetimeTickFormatter,
    FixedTicker,
    HoverTool,
    LinearAxis,
    NumeralTickFormatter,
    Range1d,
    TickFormatter,
)
from bokeh.plotting import figure as Figure

from dashboard import theme
from dashboard.charts.picture import Axis, Layer, Picture

hv.Store.set_current_backend("bokeh")

# Bokeh escapes what it puts in place of @said; the words are those of the table, never more.
SAID = '<div style="font: 14px/20px sans-serif; max-width: 240px">@said</div>'
EXACT = 2**53  # up to which a browser knows each whole number
BOXES = ["x0", "y0", "x1", "y1"]
DAYS = DatetimeTickFormatter(
    days="%e %b",
    months="%b %Y",
    years="%Y",
    hours="%e %b",
    hourmin="%e %b",
    minutes="%e %b",
    seconds="%e %b",
    milliseconds="%e %b",
)


def _element(layer: Layer, dark: bool, said: Sequence[str]) -> hv.Element:
    """One layer as an element, styled by its meaning; ``said`` under the pointer."""
    c, colour, paper = layer.columns, theme.colour(layer.colour, dark), theme.colour("paper", dark)
    fill = paper if layer.hollow else colour
    match layer.mark:
        case "band":
            fade = 0.18 if layer.colour == "band" else 0.45 if layer.hollow else 1.0
            made = hv.Area((c["x"], c["lower"], c["upper"]), "x", ["lower", "upper"])
            return made.opts(color=colour, line_color=paper, line_width=0 if fade < 1 else 0.7, fill_alpha=fade)
        case "bars":
            made = hv.Rectangles(tuple(c[n] for n in BOXES), BOXES)
            return made.opts(color=fill, line_color=colour, line_width=1)
        case "cells":
            made = hv.Rectangles((*(c[n] for n in BOXES), c["value"]), BOXES, "value")
            scale = [theme.mix("paper", "first_series", share / 10, dark) for share in range(1, 11)]
            return made.opts(color="value", cmap=scale, clim=(0, 1), line_color=paper, line_width=2)
        case "hover":
            words = np.array(said or [""] * len(c["x0"]), dtype=object)
            made = hv.Rectangles((*(c[n] for n in BOXES), words), BOXES, "said")
            return made.opts(fill_alpha=0, line_alpha=0, tools=[HoverTool(tooltips=SAID)])
        case "line":
            dash = "dashed" if layer.dashed else "solid"
            return hv.Curve((c["x"], c["y"]), "x", "y").opts(color=colour, line_width=2, line_dash=dash)
        case "points":
            made = hv.Scatter((c["x"], c["y"]), "x", "y")
            return made.opts(color=fill, line_color=colour, line_width=2, size=4 if layer.small else 8)
        case "labels":
            made = hv.Labels((c["x"], c["y"], c["text"]), ["x", "y"], "text")
            return made.opts(text_color=colour, text_font_size="13px")
        case _:
            made = hv.Segments(tuple(c[n] for n in BOXES), BOXES)
            dash = "dashed" if layer.mark == "rules" else "solid"
            width = 1 if layer.mark == "rules" or layer.small else 2
            return made.opts(color=colour, line_width=width, line_dash=dash)


def element(picture: Picture, dark: bool = False, said: Sequence[str] = ()) -> hv.Overlay:
    """The picture as a HoloViews overlay: show it in a cell, overlay it, lay it out, restyle it.

    ``said`` are the words under the pointer, one for each box of a layer "hover".

    The layers carry the look, not the overlay: HoloViews drops an overlay's options when something is laid over it.
    """
    look = {
        "xlim": (picture.x.start, picture.x.end), "ylim": (picture.y.start, picture.y.end), "xlabel": picture.x.label,
        "ylabel": picture.y.label, "height": picture.height, "responsive": True, "toolbar": None, "show_legend": False,
        "show_frame": False, "default_tools": [], "active_tools": [],
    }  # fmt: skip
    last = picture.layers[-1]
    layers = [
        _element(layer, dark, said).opts(
            **look, hooks=[_name(layer, dark), *([_finish(picture, dark)] if layer is last else [])]
        )
        for layer in picture.layers
    ]
    return reduce(mul, layers) if len(layers) > 1 else hv.Overlay(layers)


def _name(layer: Layer, dark: bool) -> Callable[[Any, Any], None]:
    """What HoloViews has no option for in a layer: its name, which tells its source, and hatching."""

    def name(plot: Any, _element: Any) -> None:
        renderer = plot.handles["glyph_renderer"]
        renderer.name = layer.name
        if layer.mark == "hover":
            for tool in plot.state.select(HoverTool):
                tool.renderers = [renderer]
        if layer.mark == "labels":
            renderer.glyph.text_font = {"value": "sans-serif"}
        if layer.hatched:
            renderer.glyph.update(
                hatch_pattern="right_diagonal_line",
                hatch_color=theme.colour("paper", dark),
                hatch_weight=1,
                hatch_scale=7,
            )

    return name


def _finish(picture: Picture, dark: bool) -> Callable[[Any, Any], None]:
    """What HoloViews has no option for in the whole: ticks in words, words at the right edge, quiet axes."""

    def finish(plot: Any, _element: Any) -> None:
        drawn = plot.state
        _quiet(drawn, dark)
        beside = LinearAxis(
            ticker=FixedTicker(),
            axis_line_color=None,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_color=theme.colour("ink", dark),
            major_label_text_font_size="13px",
            major_label_text_font=theme.FONT,
        )
        drawn.add_layout(beside, "right")
        _set_axes(drawn, picture)

    return finish


def _quiet(drawn: Figure, dark: bool) -> None:
    """Ink on paper: no box, hairlines only."""
    paper, quiet, rule = (theme.colour(name, dark) for name in ("paper", "quiet", "rule"))
    drawn.update(
        background_fill_color=paper, border_fill_color=paper, outline_line_color=None, min_border=4, min_border_right=12
    )
    drawn.toolbar.logo = None
    for axis in drawn.axis:
        axis.update(
            axis_line_color=rule,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_color=quiet,
            major_label_text_font_size="13px",
            major_label_text_font=theme.FONT,
            axis_label_text_color=quiet,
            axis_label_text_font_style="normal",
            axis_label_text_font_size="13px",
            axis_label_text_font=theme.FONT,
        )
    drawn.xgrid.grid_line_color = None
    drawn.ygrid.grid_line_color = rule


def _set_axes(drawn: Figure, picture: Picture) -> None:
    """Ranges, ticks and words. Models are changed, not replaced: each new one makes Bokeh search the whole document."""
    for range_, axis in ((drawn.x_range, picture.x), (drawn.y_range, picture.y)):
        range_.update(start=_number(axis.start), end=_number(axis.end), bounds=None)
        if isinstance(range_, Range1d):
            range_.update(reset_start=_number(axis.start), reset_end=_number(axis.end))
    for model, axis in ((drawn.xaxis[0], picture.x), (drawn.yaxis[0], picture.y)):
        kind = _kind(axis)
        if model.formatter.name != kind:
            model.formatter = _formatter(axis, kind)
            if kind in ("count", "both ways"):
                model.ticker = BasicTicker(min_interval=1)
        if axis.ticks:
            if not isinstance(model.ticker, FixedTicker):
                model.ticker = FixedTicker()
            model.ticker.ticks = [place for place, _ in axis.ticks]
            model.major_label_overrides = dict(axis.ticks)
        if axis.kind == "names":
            drawn.ygrid.grid_line_color = None
            if axis is picture.x:
                model.major_label_text_font_size = "12px"  # five words stay apart in 273 pixels, a phone's picture
    beside = drawn.right[-1]
    beside.ticker.ticks = [place for place, _ in picture.beside]
    beside.major_label_overrides = dict(picture.beside)
    drawn.height = picture.height


def _kind(axis: Axis) -> str:
    """What its formatter is chosen by."""
    if axis.ticks and axis.kind != "days":
        return "words"
    return "both ways" if axis.kind == "count" and isinstance(axis.start, float | int) and axis.start < 0 else axis.kind


def _formatter(axis: Axis, kind: str) -> TickFormatter:
    """The browser asks it several times for each drawing: what is written in JavaScript is compiled each time."""
    match kind:
        case "days":
            return DAYS.clone(name=kind)
        case "words":
            return CategoricalTickFormatter(name=kind)
        case "both ways":  # counts below zero are counts of what went out
            said = "return Number.isInteger(tick) ? Math.abs(tick).toLocaleString('en-GB') : ''"
            return CustomJSTickFormatter(code=said, name=kind)
        case "share":
            return NumeralTickFormatter(format="0 %", name=kind)
        case _:
            return NumeralTickFormatter(format="0,0", name=kind)


def _number(value: Any) -> float:
    """Days are milliseconds for the browser."""
    return value.astype("datetime64[ms]").astype("int64").item() if isinstance(value, np.datetime64) else float(value)


def source_columns(layer: Layer) -> dict[str, np.ndarray]:
    """The columns of the layer as the drawn source holds them."""
    c = layer.columns
    match layer.mark:
        case "band":
            return {"x": np.concatenate([c["x"], c["x"][::-1]]), "y": np.concatenate([c["upper"], c["lower"][::-1]])}
        case "bars" | "hover":
            return {"left": c["x0"], "bottom": c["y0"], "right": c["x1"], "top": c["y1"]}
        case "cells":
            return {"left": c["x0"], "bottom": c["y0"], "right": c["x1"], "top": c["y1"], "color": c["value"]}
        case _:
            return dict(c)


@dataclass(frozen=True)
class Drawing:
    """A picture on its way to a browser: which prototype it is drawn with, and what is put into that, as JSON."""

    prototype: str
    said: str

    def told(self) -> dict[str, str]:
        """Its two words."""
        return {"prototype": self.prototype, "said": self.said}

    def model(self) -> str:
        """The prototype: a Bokeh document of one figure without any data, as JSON."""
        return _prototypes[self.prototype]


_json = json.JSONEncoder(separators=(",", ":")).encode  # one for all: to make it took longer than a short column
_prototypes: dict[str, str] = {}
_rendering = Lock()  # HoloViews keeps its options for the whole process


def drawing(picture: Picture, dark: bool = False) -> Drawing:
    """The picture for a browser. HoloViews renders each kind once for the process; browsers draw copies of that.

    Measured: a rendering takes 60 to 250 ms of processor time; what is put into a copy, 0.3 ms.
    """
    shape = repr((dark, [(x.name, x.mark, x.colour, x.hollow, x.hatched, x.small, x.dashed) for x in picture.layers],
                  [(_kind(a), a.label, bool(a.ticks)) for a in (picture.x, picture.y)]))  # fmt: skip
    name = sha256(shape.encode()).hexdigest()[:16]
    if name not in _prototypes:
        with _rendering:
            if name not in _prototypes:
                _prototypes[name] = _rendered(picture, dark)
    columns, values = _columns(picture)
    said = {
        "columns": columns, "x": _told(picture.x), "y": _told(picture.y), "beside": picture.beside,
        "height": picture.height,
    }  # fmt: skip
    return Drawing(name, f'{_json(said)[:-1]},"values":[{",".join(values)}]}}')


def _columns(picture: Picture) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Where each column of each layer stands among the values, and the values, as JSON, each once.

    Layers share their days and edges: that halves what travels. ``said`` stands nowhere (-1): it is the words of the
    table, which the browser has.
    """
    places: dict[Any, int] = {}
    written: list[str] = []

    def place(values: np.ndarray) -> int:
        key = values.tolist() if values.dtype == object else (values.dtype.str, values.tobytes())
        key = tuple(key)
        if key not in places:
            places[key] = len(written)
            written.append(_json(plain(values)))
        return places[key]

    columns = {
        layer.name: {name: place(values) for name, values in source_columns(layer).items()}
        | ({"said": -1} if layer.mark == "hover" else {})
        for layer in picture.layers
    }
    return columns, written


def _rendered(picture: Picture, dark: bool) -> str:
    """A figure of the picture's kind, rendered by HoloViews, without the picture's data."""
    made: Figure = hv.render(element(picture, dark), backend="bokeh")
    made.update(sizing_mode="stretch_width", height=picture.height, width=None)
    for renderer in made.renderers:
        renderer.data_source.data = {column: [] for column in renderer.data_source.data}
    for axis in (*made.axis, *made.right):
        axis.major_label_overrides = {}
        if isinstance(axis.ticker, FixedTicker):
            axis.ticker.ticks = []
            axis.formatter = CategoricalTickFormatter()  # every tick has its words
    for range_ in (made.x_range, made.y_range):
        range_.update(start=0, end=1, reset_start=0, reset_end=1)
    document = Document()
    document.add_root(made)
    return str(serialize_json(document.to_json(deferred=False)))


def _told(axis: Axis) -> dict[str, Any]:
    return {"start": _number(axis.start), "end": _number(axis.end), "ticks": axis.ticks}


def plain(values: np.ndarray) -> list[Any]:
    """A column as JSON has it: days as milliseconds, None where there is no number."""
    if np.issubdtype(values.dtype, np.datetime64):
        return cast(list[Any], values.astype("datetime64[ms]").astype("int64").tolist())
    if np.issubdtype(values.dtype, np.floating):
        if np.isnan(values).any():
            return [None if value != value else value for value in values.tolist()]
        if not (values % 1).any() and abs(values).max(initial=0) < EXACT:  # counts: shorter, and written sooner
            return cast(list[Any], values.astype("int64").tolist())
    return cast(list[Any], values.tolist())
