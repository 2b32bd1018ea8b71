"""The list of mutants fits the source: each wall that it takes down still stands there once, and its tests exist."""

import pytest

from tests.walls.mutants import ROOT, every

MUTANTS = every()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_wall_stands_where_the_list_says(mutant):
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    for file in mutant.tests.partition(" -k ")[0].split():
        assert (ROOT / file).is_file()


def test_there_are_enough_and_each_has_a_name_of_its_own():
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names) >= 15
