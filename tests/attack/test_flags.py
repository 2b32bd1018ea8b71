"""What can be asked of `panel serve` besides the pages stays closed where people sign in."""

import pytest

from tests.attack.client import Client
from tests.attack.conftest import serving
from tests.attack.matrix import LIST
from tests.attack.world import PASSWORD, SEES, seen


def test_more_addresses_are_closed(tmp_path):
    for service in serving(tmp_path, "panel serve", "--rest-session-info", "--session-history", "-1", "--liveness"):
        client = service.client("ann")
        assert seen(client.page(LIST).text) == SEES["ann"]
        for path in (
            "/rest/session_info",
            "/liveness",
            "/liveness?endpoint=/app",
            "/components/a/b/c/d",
            "/app/metadata",
        ):
            got = client.ask(path)
            assert (got.status, seen(got.text)) == (404, set()), path


@pytest.mark.parametrize("flag", ["--admin", "--reuse-sessions"])
def test_a_flag_that_would_share_pages_shuts_everything(tmp_path, flag):
    for service in serving(tmp_path, "panel serve", flag):
        client = Client(service.url, service.path)
        for _ in range(2):
            page = client.page(LIST)
            assert page.status == 403
            assert f"without {flag}" in page.text
            assert (seen(page.text), page.token) == (set(), "")
        assert client.ask("/admin").status in (403, 404)
        assert client.sign_in("ann", PASSWORD).status == 403
