"""Every address of a server stands in a table: public, gated or closed; one that nobody thought of is closed."""

import os

import pytest
from tornado.web import RequestHandler

from dashboard import gate
from dashboard.app import local_server
from dashboard.gate.routes import Closed, rules, take_over
from tests.fixtures.browser import free_port

PAGES = {
    (r"/ws$", "dashboard.gate.pages.GatedSocket", "gated"),
    (r"/?$", "dashboard.gate.pages.GatedPage", "gated"),
    (r"/?$", "panel.io.server.RootHandler", "gated"),
    (r"/health$", "dashboard.gate.routes.Health", "public"),
    (r"/ready$", "dashboard.app.Ready", "public"),
    (r"/favicon.ico$", "bokeh.server.views.ico_handler.IcoHandler", "public"),
    (r"/static/js/(bokeh\.min\.js)$", "dashboard.packed.PackedScript", "public"),
    (r"/static/(?!extensions/)(.*)$", "bokeh.server.views.static_handler.StaticHandler", "public"),
    (r"/static/extensions/(.*)$", "bokeh.server.views.multi_root_static_handler.MultiRootStaticHandler", "public"),
    (r"/static/(.*)$", "bokeh.server.views.static_handler.StaticHandler", "public"),
    (r"/components/(.*)$", "panel.io.server.ComponentResourceHandler", "closed"),
}
ENTRANCES = {
    "": set(),
    "accounts": {
        (r"/login$", "dashboard.gate.login.Login", "public"),
        (r"/logout$", "dashboard.gate.login.Logout", "public"),
    },
}


@pytest.fixture(params=["", "accounts"])
def made(request, tmp_path, monkeypatch):
    """How people sign in, and a server that was made and not started, with its routes."""
    kept = []
    monkeypatch.setenv("CASELIGHT_SIGN_IN", request.param)
    monkeypatch.setenv("CASELIGHT_DATA", str(tmp_path))
    gate.keeper.cache_clear()
    monkeypatch.setattr(gate, "take_over", lambda application: kept.extend(take_over(application)) or kept)
    server = local_server(lambda: None, free_port())
    yield request.param, server, kept
    server.unlisten()
    server.stop()
    gate.keeper.cache_clear()


def test_the_table_is_all_there_is(made):
    mode, _, routes = made
    assert {(one.pattern, one.handler, one.kind) for one in routes} == PAGES | ENTRANCES[mode]
    assert all(one.known for one in routes)


def test_what_is_gated_is_ours_and_what_is_closed_answers_nothing(made):
    _, server, routes = made
    targets = [rule.target for rule in rules(server._tornado)]
    assert len(targets) == len(routes)
    for target, route in zip(targets, routes, strict=True):
        assert target.__module__.startswith("dashboard.gate.pages") == (route.kind == "gated")
        assert (target is Closed) == (route.kind == "closed")


def test_an_address_that_nobody_thought_of_is_closed(made):
    _, server, _ = made

    class Strange(RequestHandler):
        """Another package's."""

    server._tornado.add_handlers(r".*", [(r"/strange", Strange)])
    (strange,) = [one for one in take_over(server._tornado) if one.pattern == "/strange$"]
    assert (strange.kind, strange.known) == ("closed", False)
    assert not any(rule.target is Strange for rule in rules(server._tornado))


def test_tokens_hold_nothing_and_messages_are_bounded(made):
    _, server, _ = made
    app = server._tornado
    assert (app.include_headers, app.include_cookies, app.sign_sessions) == ([], ["caselight-scheme"], True)
    assert app.session_token_expiration == 120
    assert app.settings["websocket_max_message_size"] == 2 << 20
    assert not any("*" in origin for origin in app.websocket_origins)
    assert os.environ.get("BOKEH_ALLOW_WS_ORIGIN") is None
