"""Who is given rows of whom, at every address, under both ways to serve: only what the grants say."""

import pytest

from tests.attack.matrix import ROUTES, STRANGERS, fits, row, table
from tests.attack.world import PEOPLE

FOUND: dict[str, dict[str, dict[str, set[str]]]] = {}


@pytest.mark.parametrize("name", [*STRANGERS, *PEOPLE])
def test_rows_go_to_whom_they_may(service, name):
    given = row(service, name)
    FOUND.setdefault(service.url, {})[name] = given
    wrong = {route: given[route] for route in ROUTES if not fits(given[route], name, route)}
    assert wrong == {}


def test_the_table_is_whole_and_printed(service):
    found = FOUND[service.url]
    assert set(found) == {*STRANGERS, *PEOPLE}
    text = table(found)
    print(f"\n{text}")  # pytest -s shows it
    assert "WRONG" not in text
    assert text.count("own rows") == 4 * 8
