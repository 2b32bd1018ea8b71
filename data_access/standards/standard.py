"""What a service holds itself to: days until something is due, weights, and targets, by force."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data_access.codes import label

# The numbers of a kind go by these names. A day count is whole days; a weight is in hundredths of a point.
BY_LEVEL = ("high", "medium", "standard", "not_assessed")
DAYS = {"contact_within": BY_LEVEL, "review_within": BY_LEVEL[:3], "untouched_after": BY_LEVEL}
FIRST_CALL = ("working_days", "hours")
WEIGHTS = (*BY_LEVEL, "on_hold")
KINDS = {"first_call": FIRST_CALL, **DAYS, "weights": WEIGHTS}
SERVICES_OWN = "this service's own"


@dataclass(frozen=True)
class Target:
    """A target or band of one measure: the value shall be at least, at most, or between. ``source`` says whose it is.

    Values in the measure's own unit; a share is 0 to 1.
    """

    measure: str
    at_least: float | None
    at_most: float | None
    source: str = SERVICES_OWN

    def words(self) -> str:
        """What the target asks for, without its source."""
        if self.at_least is not None and self.at_most is not None:
            return f"between {self.at_least:g} and {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"


@dataclass(frozen=True)
class Standards:
    """The standards of one force, or of every force that has none of its own.

    ``numbers``: kind -> name -> whole days, hours or hundredths of a point.
    ``own``: the kinds of which a number is the service's own and not the package's.
    """

    numbers: Mapping[str, Mapping[str, int]]
    targets: Mapping[str, Target] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def with_(self, numbers: Mapping[str, Mapping[str, int]], targets: Mapping[str, Target]) -> "Standards":
        """These standards, with others in the place of those named. Hours and working days replace each other."""
        merged = {
            kind: dict(numbers[kind])
            if kind == "first_call" and numbers.get(kind)
            else {**old, **numbers.get(kind, {})}
            for kind, old in self.numbers.items()
        }
        changed = {kind for kind in merged if merged[kind] != dict(self.numbers[kind])}
        return Standards(merged, {**self.targets, **targets}, self.own | changed)

    def days(self, kind: str) -> dict[str, int]:
        """Days by level of a kind: ``contact_within``, ``review_within`` or ``untouched_after``."""
        return dict(self.numbers[kind])

    def words(self) -> dict[str, str]:
        """Each kind as a sentence for a definition, in reading order."""
        call = self.numbers["first_call"]
        within = _days(call["working_days"], "working day") if "working_days" in call else f"{call['hours']} hours"
        return {
            "first_call": f"First call within {within} of the referral.",
            "contact_within": f"A substantive contact within {_by_level(self.numbers['contact_within'])}.",
            "review_within": f"The risk is reviewed within {_by_level(self.numbers['review_within'])}.",
            "untouched_after": f"Nothing done for more than {_by_level(self.numbers['untouched_after'])}.",
            "weights": "Weights: "
            + ", ".join(f"{_name(name)} {hundredths / 100:g}" for name, hundredths in self.numbers["weights"].items())
            + ".",
        }


def _days(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _name(name: str) -> str:
    return label(name)


def _by_level(days: Mapping[str, int]) -> str:
    return ", ".join(f"{_days(number, 'day')} ({_name(name)})" for name, number in days.items())
