"""What a measure is: its words, what it counts, and a worked example that proves it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from data_access.measures.kinds import Kind

Direction = Literal["up", "down", "none"]


@dataclass(frozen=True)
class Example:
    """A handful of source rows, a question, and the answer with its reason.

    ``rows``: table name -> rows, each only with the columns that matter.
    ``answer``: keys of the row asked for -> expected columns of ``Reports.frame``.
    """

    rows: dict[str, list[dict[str, Any]]]
    first: date
    until: date
    as_of: date
    answer: dict[tuple, dict[str, Any]]
    because: str
    by: tuple[str, ...] = ()
    grain: str = "whole"


@dataclass(frozen=True)
class Measure:
    """A figure, said once. Page, notebook, workbook, command line, docs and tests read it from here."""

    name: str
    id: str
    title: str
    definition: str
    unit: str
    direction: Direction
    topic: Literal["caseload", "engagement", "risk", "support", "justice"]
    noun: str
    kind: Kind
    chart: str
    by: tuple[str, ...]
    caution: str
    benchmark: str
    owner: str
    review_by: date
    changed: tuple[tuple[date, str], ...]
    example: Example = field(repr=False)
    grain: str = ""
    shown: bool = True  # False keeps it off pages and workbook until a service asks for it

    @property
    def keys(self) -> tuple[str, ...]:
        """Names by which the figure can be broken down."""
        return tuple(key.name for key in self.kind.keys)

    @property
    def is_share(self) -> bool:
        """Whether the value is a share, 0 to 1."""
        return self.unit == "%"

    def words(self) -> dict[str, str]:
        """Everything about the measure that a person may read, as text, in reading order."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "definition": self.definition,
            "unit": self.unit,
            "direction": {"up": "higher is better", "down": "lower is better", "none": "neither"}[self.direction],
            "topic": self.topic,
            "kind": type(self.kind).__name__,
            "keys": ", ".join(self.keys),
            "caution": self.caution,
            "benchmark": self.benchmark,
            "owner": self.owner,
            "review_by": self.review_by.isoformat(),
            "changed": "; ".join(f"{day.isoformat()}: {what}" for day, what in self.changed),
            "example": self.example.because,
        }
