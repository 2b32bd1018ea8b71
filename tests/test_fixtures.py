"""The components that other tests stand on answer at all."""

import psycopg


def test_each_postgres_database_is_new(new_postgres):
    first, second = new_postgres(), new_postgres()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE here (n integer)")
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('here')").fetchone() == (None,)
        assert connection.info.server_version >= 150_000


def test_a_browser_opens_a_page_and_sees_errors_and_other_hosts(page, watch):
    page.route("https://elsewhere.invalid/**", lambda route: route.abort())
    page.goto("data:text/html,<title>here</title>")
    assert page.title() == "here"
    watch.assert_quiet()
    page.evaluate("console.error('oh'); fetch('https://elsewhere.invalid/x').catch(() => 0)")
    page.wait_for_function("true")
    assert "oh" in watch.errors
    assert watch.foreign == ["https://elsewhere.invalid/x"]
