"""What answers leave in circles goes at their end, and not while another answer would hand it on."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from dashboard.circles import ANSWERS, Circles


class Circle:
    """Keeps itself alive."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def by_hand() -> Iterator[None]:
    """No collection comes by itself, and the counts begin at nothing."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _age(one: object) -> int:
    return next(age for age in range(3) if any(other is one for other in gc.get_objects(age)))


def test_what_an_answer_left_goes_with_it():
    with Circles().answer():
        left = ref(Circle())
        assert left() is not None
    assert left() is None


def test_an_answer_that_failed_collects_too():
    circles = Circles()

    def failing() -> None:
        with circles.answer():
            raise ValueError("gone wrong")

    with pytest.raises(ValueError, match="gone wrong"):
        failing()
    with circles.answer():
        left = ref(Circle())
    assert left() is None, "the failed answer still counts as under way"


def test_beside_another_answer_nothing_of_its_own_grows_old():
    circles = Circles()
    with circles.answer():
        statement = Circle()  # still in use when another answer ends
        with circles.answer():
            left = ref(Circle())
        assert _age(statement) == 0
        assert left() is not None, "whoever ends last collects for all"
    assert left() is None


def test_each_twentieth_collection_is_a_full_one():
    old = Circle()
    gc.collect()
    assert _age(old) == 2
    gone, circles = ref(old), Circles()
    del old  # only a full collection finds it
    for _ in range(ANSWERS + 1):
        assert gone() is not None
        with circles.answer():
            pass
    with circles.answer():
        pass
    assert gone() is None
