"""Every chart is a HoloViews element for the analyst, and a patched picture is the freshly drawn one."""

from datetime import timedelta

import holoviews as hv
import numpy as np
import panel as pn
import param
import pytest

import data_access as da
from dashboard import notebook
from dashboard.board import Board
from dashboard.charts import KINDS, chart, element
from dashboard.options import Options
from dashboard.state import Filters
from dashboard.view import View
from dashboard.views import VIEWS
from tests.dashboard.drawn import Drawn

PICTURED = [name for name, view in VIEWS.items() if issubclass(view, Board)]


@pytest.fixture(scope="module")
def reports(sample_store):
    return sample_store.reports(da.Scope.local(sample_store.force_codes(), "service_manager"))


@pytest.fixture(scope="module")
def views(reports):
    """Every view, each with filters of its own."""
    options = Options.of(reports)
    return {
        name: made(reports=reports, filters=Filters(options, pages=tuple(VIEWS), page=name))
        for name, made in VIEWS.items()
    }


def frame_of(reports, measure: da.Measure, slice_: da.Slice):
    return reports.frame(measure, slice_.having(grain=measure.grain or slice_.grain), measure.by)


def gaps(values) -> list:
    """The values of a column, with a word for a gap in a line, which as a number is not even equal to itself."""
    return ["gap" if isinstance(value, float) and value != value else value for value in np.asarray(values)]


def columns_of(drawn: Drawn) -> dict[str, dict[str, list]]:
    return {
        renderer.name: {
            name: ["missing" if value != value else value for value in np.asarray(values)]  # nan is not equal to nan
            for name, values in renderer.data_source.data.items()
        }
        for renderer in drawn.figure.renderers
    }


@pytest.mark.parametrize("name", PICTURED)
def test_every_card_is_an_element_that_can_be_drawn_overlaid_and_laid_out(views, name):
    cards = views[name].cards
    assert cards
    for card in cards:
        element = card.element
        assert isinstance(element, hv.core.Dimensioned)
        alone = hv.render(element, backend="bokeh")
        assert all(renderer.name for renderer in alone.renderers)
        own = hv.HLine(1, label="own")
        over = element * own
        assert isinstance(over, hv.Overlay)
        drawn = hv.render(over, backend="bokeh")
        # What is laid over it leaves it as it was: axes, ticks, height, names.
        assert {renderer.name for renderer in alone.renderers} <= {renderer.name for renderer in drawn.renderers}
        assert (drawn.height, drawn.sizing_mode) == (alone.height, alone.sizing_mode)
        assert (drawn.y_range.start, drawn.y_range.end) == (alone.y_range.start, alone.y_range.end)
        assert drawn.right[-1].major_label_overrides == alone.right[-1].major_label_overrides
    assert isinstance(cards[0].element + cards[-1].element, hv.Layout)
    hv.render(cards[0].element + cards[-1].element, backend="bokeh")


ALIKE = ("handover_gap",)  # in the sample each new lead begins on the day the old one ends: one step at day 0


def charts_of(reports, sample_store, name: str, *weeks: tuple[int, int]) -> list:
    """Charts of a measure for weeks before the end of the data, long enough ago for every window to be over.

    The first is of all forces, or of one where the measure refuses to show them together; the others are of NORTH.
    """
    measure = da.MEASURES[name]
    newest = max(reports.table("forces")["as_of"]).date()
    until = newest - timedelta(days=(newest.weekday() + 1) % 7) + timedelta(days=1)
    made = []
    for first, last in weeks:
        forces = ("NORTH",) if made else sample_store.force_codes()
        asked = da.Slice(forces, until - timedelta(weeks=first), until - timedelta(weeks=last))
        try:
            made.append(chart(frame_of(reports, measure, asked)))
        except da.Refused:
            made.append(chart(frame_of(reports, measure, asked.having(forces=("EAST",)))))
    return made


@pytest.mark.parametrize("name", da.MEASURES)
def test_a_patched_picture_holds_what_a_fresh_one_holds(reports, sample_store, name):
    charts = charts_of(reports, sample_store, name, (86, 56), (100, 60))
    first, second = (made.picture for made in charts)
    if first is None or second is None:
        # The sample has nothing of it (it has no supervisors): the sentence says so.
        assert all(made.picture is not None or made.sentence.endswith(".") for made in charts)
        return
    drawn, fresh = Drawn(first), Drawn(second)
    before = columns_of(drawn)
    assert drawn.fits(second)
    drawn.patch(second)
    assert columns_of(drawn) == columns_of(fresh)
    assert columns_of(drawn) != before or name in ALIKE
    for one, two in ((drawn.figure.x_range, fresh.figure.x_range), (drawn.figure.y_range, fresh.figure.y_range)):
        assert (one.start, one.end) == (two.start, two.end)


@pytest.mark.parametrize("name", da.MEASURES)
def test_a_drawn_picture_holds_what_its_element_holds(reports, sample_store, name):
    """The page draws a copy of a prototype; the analyst's element is rendered anew."""
    (made,) = charts_of(reports, sample_store, name, (86, 56))
    if made.picture is None:
        assert made.sentence.endswith(".")
        return
    drawn = {r.name: r.data_source.data for r in Drawn(made.picture).figure.renderers}
    rendered = hv.render(made.element(), backend="bokeh")
    assert [renderer.name for renderer in rendered.renderers] == list(drawn)
    for renderer in rendered.renderers:
        shown = {len(np.asarray(values)) for values in renderer.data_source.data.values()}
        assert shown == {len(np.asarray(values)) for values in drawn[renderer.name].values()}


def test_an_element_says_the_rows_of_its_table_under_the_pointer(reports, sample_store):
    (made,) = charts_of(reports, sample_store, "open_cases", (86, 56))
    rendered = hv.render(made.element(), backend="bokeh")
    (boxes,) = [r.data_source.data for r in rendered.renderers if r.name == "under the pointer"]
    assert len(boxes["said"]) == len(made.table.rows) == len(boxes["left"])
    for said, (day, *cells) in zip(boxes["said"], made.table.rows, strict=True):
        pairs = zip(made.table.header[1:], cells, strict=True)
        assert said.split("; ") == [day, *(f"{name} {cell}" for name, cell in pairs)]


def test_the_measures_use_every_kind_of_chart():
    assert {measure.chart for measure in da.MEASURES.values()} == set(KINDS)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_a_viewer_with_typed_params_and_says_what_it_shows(views, name):
    view = views[name]
    assert isinstance(view, pn.viewable.Viewer)
    assert isinstance(view, View)
    assert isinstance(view.param.filters, param.ClassSelector)
    assert view.param.filters.class_ is Filters
    assert isinstance(view.param.shown, param.Boolean)
    assert all(view.param[one].doc for one in ("filters", "reports", "shown"))
    with pytest.raises(ValueError, match="filters"):
        type(view)(reports=view.reports, filters={"forces": ["NORTH"]})
    asked = view.filters.slice
    assert repr(view) == f"{VIEWS[name].__name__} of EAST, NORTH, WEST; {asked.first} to {asked.last} by week"
    pn.panel(view).get_root()


def test_a_page_for_a_cell_begins_as_asked_and_refuses_what_does_not_exist(reports):
    page = notebook.page(reports, "risk", forces=["NORTH"], grain="month")
    assert page.filters.slice.forces == ("NORTH",)
    assert page.filters.slice.grain == "month"
    assert type(page.view) is VIEWS["risk"]
    assert repr(page).startswith("Page: Risk of NORTH; ")
    with pytest.raises(da.UnknownName, match="risk"):
        notebook.page(reports, "risks")
    with pytest.raises(ValueError, match="SOUTH"):
        notebook.page(reports, "risk", forces=["SOUTH"])


def test_a_force_that_does_not_exist_is_said_in_the_cell_and_changes_nothing(reports):
    page = notebook.page(reports, "caseload")
    before = page.filters.slice
    page._bar.answer({"set": "force", "value": "<b>SOUTH", "checked": True})
    assert page.filters.slice == before
    assert "notice" in page._notes.html
    assert "SOUTH" not in page._notes.html
