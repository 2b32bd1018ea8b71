"""How a mapping fills one of our columns, for many rows at a time: each distinct text is worked out once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from data_access.ingest.mapping import Column, Condition

Cells = Mapping[str, Sequence[str]]
MOST_KEPT = 65_536  # distinct texts that are remembered; then anew, so that memory stays flat
YOUNGEST = 16
BANDS = (
    (18, "16-17"),
    (21, "18-20"),
    (25, "21-24"),
    (30, "25-29"),
    (40, "30-39"),
    (50, "40-49"),
    (60, "50-59"),
    (75, "60-74"),
)


def age_band(born: str, on: str) -> str:
    """Age band on a day; the day of birth goes no further than this. Under 16 or unreadable is not_recorded."""
    try:
        birth, day = date.fromisoformat(born[:10]), date.fromisoformat(on[:10])
    except ValueError:
        return "not_recorded"
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    if not YOUNGEST <= years <= 110:
        return "not_recorded"
    return next((band for below, band in BANDS if years < below), "75+")


class Answers(dict):
    """A function's answers by what it was asked, worked out when first wanted."""

    def __init__(self, answer: Callable):
        super().__init__()
        self._answer = answer

    def __missing__(self, asked: object) -> object:
        if len(self) >= MOST_KEPT:
            self.clear()
        found = self[asked] = self._answer(asked)
        return found


def holds(condition: Condition) -> tuple[tuple[str, ...], Callable[[tuple[str, ...]], bool]]:
    """The columns that a condition looks at, and whether cells of theirs answer it."""
    wanted = tuple(condition.when.values())
    unwanted = tuple(condition.unless.values())

    def answers(cells: tuple[str, ...]) -> bool:
        return all(cell in texts for cell, texts in zip(cells, wanted, strict=False)) and not any(
            cell in texts for cell, texts in zip(cells[len(wanted) :], unwanted, strict=True)
        )

    return (*condition.when, *condition.unless), answers


class Filler:
    """Fills one of our columns; an answer of None is a code that the mapping's list does not hold."""

    def __init__(self, column: Column):
        self.column = column
        self._names, answer = _how(column)
        self._answers = Answers(answer)

    def __call__(self, cells: Cells, rows: int) -> Sequence[str | None]:
        """The texts of that many rows; a column that no cells are given for is empty."""
        if not self._names:
            return [self.column.constant or self.column.otherwise or ""] * rows
        given = [cells.get(name) or [""] * rows for name in self._names]
        if len(given) > 1:
            return list(map(self._answers.__getitem__, zip(*given, strict=True)))
        if self.column.copy and self.column.codes is None:
            prefix, empty = self.column.prefix, self.column.empty or ""
            if not prefix and not empty:
                return given[0]
            return [prefix + text if text else empty for text in given[0]]
        return list(map(self._answers.__getitem__, zip(given[0], strict=True)))


def _how(column: Column) -> tuple[tuple[str, ...], Callable[[tuple[str, ...]], str | None]]:
    """The columns that it reads, and its text from their cells."""
    if column.constant is not None:
        return (), lambda _: column.constant
    if column.age_band:
        return column.age_band, lambda cells: age_band(*cells)
    if column.choose:
        return _chosen(column)
    return column.copy, lambda cells: _copied(column, ":".join(cells))


def _copied(column: Column, text: str) -> str | None:
    if not text.strip(":"):
        return column.empty or ""
    if column.codes is not None:
        return column.codes.get(text, column.otherwise)
    return column.prefix + text


def _chosen(column: Column) -> tuple[tuple[str, ...], Callable[[tuple[str, ...]], str]]:
    names: list[str] = []
    cases = []
    for condition, then in column.choose:
        wanted, answers = holds(condition)
        cases.append((slice(len(names), len(names) + len(wanted)), answers, then))
        names.extend(wanted)

    def chosen(cells: tuple[str, ...]) -> str:
        return next((then for part, answers, then in cases if answers(cells[part])), column.otherwise or "")

    return tuple(names), chosen
