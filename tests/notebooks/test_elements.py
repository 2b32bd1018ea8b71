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
from dashboard.charts import KINDS, Drawn, chart, element
from dashboard.options import Options
from dashboard.state import Filters
from dashboard.view import View
from dashboard.views import VIEWS

PICTURED = [name for name, view in VIEWS.items() if issubclass(view, Board)]


@pytest.fixture(scope="module")
def reports(sample_store):
    return sample_store.reports(da.Scope.local(sample_store.force_codes(), "analyst"))


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


def columns_of(drawn: Drawn) -> dict[str, dict[str, list]]:
    return {
        renderer.name: {name: list(np.asarray(values)) for name, values in renderer.data_source.data.items()}
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


@pytest.mark.parametrize("name", da.MEASURES)
def test_a_patched_picture_holds_what_a_fresh_one_holds(reports, sample_store, name):
    measure = da.MEASURES[name]
    newest = max(reports.table("forces")["as_of"]).date()
    until = newest - timedelta(days=(newest.weekday() + 1) % 7) + timedelta(days=1)
    every = da.Slice(sample_store.force_codes(), until - timedelta(weeks=13), until)
    other = every.having(forces=("NORTH",), first=until - timedelta(weeks=26), until=until - timedelta(weeks=9))
    first, second = (chart(frame_of(reports, measure, slice_)).picture for slice_ in (every, other))
    drawn, fresh = Drawn(first), Drawn(second)
    before = columns_of(drawn)
    assert drawn.fits(second)
    drawn.patch(second)
    assert columns_of(drawn) == columns_of(fresh)
    assert columns_of(drawn) != before
    for one, two in ((drawn.figure.x_range, fresh.figure.x_range), (drawn.figure.y_range, fresh.figure.y_range)):
        assert (one.start, one.end) == (two.start, two.end)


@pytest.mark.parametrize("name", da.MEASURES)
def test_a_drawn_picture_holds_what_its_element_holds(reports, views, name):
    """The page draws a copy of a prototype; the analyst's element is rendered anew."""
    picture = chart(frame_of(reports, da.MEASURES[name], views["caseload"].filters.slice)).picture
    drawn = {r.name: r.data_source.data for r in Drawn(picture).figure.renderers}
    rendered = hv.render(element(picture), backend="bokeh")
    assert [renderer.name for renderer in rendered.renderers] == list(drawn)
    for renderer in rendered.renderers:
        shown = {len(np.asarray(values)) for values in renderer.data_source.data.values()}
        assert shown == {len(np.asarray(values)) for values in drawn[renderer.name].values()}


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
