"""What is kept of answers: bounded by what it weighs, the latest ones stay."""

from dashboard.kept import CARD, Kept
from data_access.arrays.asked import Asked
from data_access.arrays.counter import _words


class Reach:
    reach = ("somebody",)


def _made(kept: Kept, name: str, answer: object, calls: list[str]) -> object:
    return kept.answer(Reach(), (name,), lambda: (calls.append(name), answer)[1])


def test_markup_weighs_its_length_and_the_oldest_answer_goes_first():
    kept, calls = Kept(100), []
    for name in ("a", "b", "a", "c"):  # 40 each: the third pushes out the one that was not asked for again
        _made(kept, name, "x" * 40, calls)
    assert calls == ["a", "b", "c"]
    _made(kept, "a", "x" * 40, calls)
    assert calls == ["a", "b", "c"]
    _made(kept, "b", "x" * 40, calls)
    assert calls == ["a", "b", "c", "b"]


def test_any_other_answer_weighs_as_much_as_a_card():
    kept, calls = Kept(2 * CARD), []
    for name in ("a", "b", "c", "b", "a"):
        _made(kept, name, {}, calls)
    assert calls == ["a", "b", "c", "a"]


def test_an_answer_larger_than_the_room_is_given_and_not_kept():
    kept, calls = Kept(10), []
    assert [_made(kept, "a", "x" * 11, calls) for _ in range(2)] == ["x" * 11] * 2
    assert calls == ["a", "a"]


def test_equal_questions_have_one_key_whoever_holds_their_parts():
    one, other = (Asked("fact", (("level", ("column", name)),), (("=", ("column", name), 3),), None, 0, None)
                  for name in ("level", "".join(["le", "vel"])))  # fmt: skip
    assert _words(one) == _words(other)
    assert _words(one) != _words(one._replace(step=7))
