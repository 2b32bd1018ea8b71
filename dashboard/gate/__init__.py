"""The gate: one check in front of every page, token, socket and file, under either way to serve the pages."""

from typing import Any

from panel.io.state import state

from dashboard.gate import words
from dashboard.gate.header import above, asks_for_lines
from dashboard.gate.held import SOON
from dashboard.gate.here import refusal
from dashboard.gate.keeper import Keeper, keeper
from dashboard.gate.listening import listening
from dashboard.gate.routes import COOKIES, entrances, gated_routes, sweeping, take_over, under_panel_serve
from dashboard.people import Person

__all__ = [
    "COOKIES", "SOON", "Keeper", "above", "admitted", "answers", "asker", "asking", "asks_for_lines", "entrances",
    "gated_routes", "keeper", "listening", "made_before", "person_of", "refusal", "refused_page", "session_refusal",
    "sweeping", "take_over", "under_panel_serve", "words",
]  # fmt: skip


def person_of(request: Any) -> Person | None:
    """Who a request comes from; ``request`` is the connection's own (tornado's), never Bokeh's copy of it."""
    return keeper().person_of(request)


def asking() -> Any:
    """The request for which the session of now is being made; None outside of one."""
    context = getattr(state.curdoc, "session_context", None)
    return getattr(getattr(context, "request", None), "_request", None)  # Bokeh wraps the connection's own


def made_before() -> Any:
    """What was made of the request before its session; None when nothing was. Raises what was in its way."""
    request = asking()
    if fault := getattr(request, "caselight_fault", None):
        raise fault
    page = getattr(request, "caselight_page", None)
    if page is not None:
        request.caselight_page = None  # the session keeps its request, and need not keep this
    return page


def answers(status: int) -> None:
    """Let the page that is being made be sent with a status."""
    if (request := asking()) is not None:
        request.caselight_status = status


def session_refusal() -> str:
    """Why the session that is being made may not see data; empty when it may."""
    if admitted() is not None:
        return ""
    return keeper().refusal(asking()) or "nobody is signed in"


def asker(request: Any) -> Person | None:
    """Who a request is made for; None where nothing may be shown."""
    person: Person | None = getattr(request, "caselight", None)  # the gated page says so
    if person is None and not keeper().mode:
        person = person_of(request)  # the very first page under `panel serve` came before the gate stood
    return person


def admitted() -> Person | None:
    """Who the session of now is made for; it is theirs from now on. None where nothing may be shown."""
    person = asker(asking())
    if person is not None:
        keeper().held.add(state.curdoc.session_context.id, person)
    return person


def refused_page() -> str:
    """What a session shows to whoever is not let in; whoever may be is let in when it loads itself again."""
    gate = keeper()
    if gate.shut:
        return words.shut(gate.shut)
    if not gate.mode:
        return words.HERE
    return words.page("One moment", "The page loads itself again.", link="Load it", to="", again=True)
