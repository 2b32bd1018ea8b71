"""Another export seen through a mapping: its rows as rows of our layout."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from data_access.errors import CaselightError
from data_access.ingest.accounts import READ, Accounts, Origins
from data_access.ingest.filling import Answers, Filler, holds
from data_access.ingest.layout import LAYOUT
from data_access.ingest.mapping import Column, Lookup, Mapping, Rule, Skip
from data_access.ingest.offered import Part
from data_access.ingest.reading import BLOCK, BadRow, Sheet

Cells = dict[str, Sequence[str]]
Numbered = tuple[Sequence[int], Cells]


@dataclass
class Index:
    """Rows of a looked-up file by their key: the place of each, its number, and the columns that are read.

    The last place of all is that of a row which is not there.
    """

    places: dict[str, int] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Skipping:
    """Rows that are set aside: the columns looked at, and whether cells of theirs answer the condition."""

    skip: Skip
    names: tuple[str, ...]
    answers: Answers


class MappedExtract:
    """A source read through a mapping."""

    def __init__(self, mapping: Mapping, sheets: dict[str, Sheet], accounts: Accounts):
        self.mapping, self.layout = mapping, mapping.name
        self._sheets, self._accounts = sheets, accounts
        self._indexes: dict[tuple[str, str], Index] = {}
        skips = [_Skipping(skip, *_answered(skip)) for skip in mapping.skips]
        self._skips = {file: [some for some in skips if file in some.skip.files] for file in sheets}
        self._expect()
        self.rules = tuple(rule for rule in mapping.rules if self._present(rule))
        self._sources = {rule.source for rule in self.rules}
        self.missing = tuple(sorted({rule.source for rule in mapping.rules} - {rule.source for rule in self.rules}))
        for rule in self.rules:
            self._check(rule)

    def _expect(self) -> None:
        if self.mapping.expect is None:
            return
        file, column, start = self.mapping.expect
        if file not in self._sheets or column not in self._sheets[file].header:
            raise CaselightError(f"This is no export for mapping {self.layout}: {file}.csv with {column} is missing.")
        place = self._sheets[file].header.index(column)
        first = next((cells for _, cells in self._sheets[file].rows() if not isinstance(cells, BadRow)), None)
        if first is None or not first[place].strip().startswith(start):
            raise CaselightError(
                f"Mapping {self.layout} expects {column} in {file}.csv to start with {start!r}. "
                "This export is of another version."
            )

    def _present(self, rule: Rule) -> bool:
        if rule.source in self._sheets:
            return True
        if rule.optional:
            return False
        raise CaselightError(f"The source has no {rule.source}.csv, which mapping {self.layout} needs.")

    def _check(self, rule: Rule) -> None:
        for lookup in rule.lookups.values():
            if lookup.file not in self._sheets:
                raise CaselightError(f"The source has no {lookup.file}.csv, which mapping {self.layout} needs.")
            self._has(lookup.file, lookup.its)
        for name in _references(rule):
            file, _, column = name.rpartition(".")
            if file and file not in rule.lookups:
                raise CaselightError(
                    f"Mapping {self.layout}, {rule.source} to {rule.target}: {name!r} needs a lookup of {file}."
                )
            self._has(file or rule.source, column)
        for file in (rule.source, *rule.lookups):
            for skipping in self._skips[file]:
                for name in skipping.names:
                    self._has(file, name)

    def _has(self, file: str, column: str) -> None:
        if column and column not in self._sheets[file].header:
            raise CaselightError(f"{file}.csv lacks the column {column!r}, which mapping {self.layout} needs.")

    def files(self) -> tuple[str, ...]:
        """Files of our layout that the mapping makes, parents first."""
        made = {rule.target for rule in self.rules}
        return tuple(name for name in LAYOUT.names if name in made)

    def columns(self, file: str) -> tuple[str, ...]:
        """Columns that any rule fills."""
        filled = {name for rule in self.rules if rule.target == file for name in rule.columns}
        return tuple(name for name in LAYOUT.file(file).by_name if name in filled)

    def first_of_repeats(self, file: str) -> bool:
        """Whether a rule says which of several rows counts."""
        return any(rule.first_by for rule in self.rules if rule.target == file)

    def about(self, file: str) -> int | None:
        """The rows of the sources of its rules."""
        found = [self._sheets[rule.source].about() for rule in self.rules if rule.target == file]
        return None if None in found else sum(rows or 0 for rows in found)

    def begin_again(self) -> None:
        """Read the looked-up files again, which accounts for their rows."""
        self._indexes.clear()

    def parts(self, file: str, only: tuple[str, ...] = ()) -> Iterator[Part]:
        """The rows of every rule for the file."""
        for rule in self.rules:
            if rule.target == file:
                yield from self._rule_parts(rule, only)

    def _rule_parts(self, rule: Rule, only: tuple[str, ...]) -> Iterator[Part]:
        wanted = {name for name in _references(rule) if "." not in name}
        blocks = self._blocks(rule.source, wanted)
        if rule.first_by:
            blocks = _in_order(blocks, rule.first_by)
        joins = [(lookup, self._index(lookup)) for lookup in rule.lookups.values()]
        fillers = [(name, column, Filler(column)) for name, column in rule.columns.items() if not only or name in only]
        for numbers, cells in blocks:
            faults: dict[int, tuple[str, str]] = {}
            joined = self._join(cells, len(numbers), joins, faults)
            columns: dict[str, Sequence[str]] = {}
            for name, column, fill in fillers:
                columns[name] = _filled(fill(cells, len(numbers)), column, faults)
            yield Part(Origins(self._sheets[rule.source].name, numbers, joined), columns, faults)

    def _join(
        self, cells: Cells, rows: int, joins: list[tuple[Lookup, Index]], faults: dict[int, tuple[str, str]]
    ) -> tuple[tuple[str, Sequence[int]], ...]:
        """Add the columns of the looked-up rows; which row it was, for files that have no accounts of their own."""
        joined: list[tuple[str, Sequence[int]]] = []
        for lookup, index in joins:
            absent = len(index.numbers) - 1
            keys = (cells.get(lookup.ours) or [""] * rows) if lookup.its else [""] * rows
            places = [index.places.get(key, absent) for key in keys]
            if lookup.required and absent in places:
                for place, found in enumerate(places):
                    if found == absent:
                        faults.setdefault(place, (lookup.ours, f"there is no usable row of {lookup.file} for it"))
            if lookup.file not in self._sources:  # a file with rules of its own has its own accounts
                joined.append((self._sheets[lookup.file].name, [index.numbers[place] for place in places]))
            for name, column in index.columns.items():
                cells[name] = [column[place] for place in places]
        return tuple(joined)

    def _index(self, lookup: Lookup) -> Index:
        known = self._indexes.get((lookup.file, lookup.its))
        if known is not None:
            return known
        wanted = {
            reference.rpartition(".")[2]
            for rule in self.rules
            for reference in _references(rule)
            if reference.startswith(f"{lookup.file}.")
        }
        index, same = Index(columns={f"{lookup.file}.{column}": [] for column in wanted}), Answers(str)
        name = self._sheets[lookup.file].name
        for numbers, cells in self._blocks(lookup.file, {*wanted, lookup.its}):
            keys = cells[lookup.its] if lookup.its else [""] * len(numbers)
            fresh = []
            for place, (number, key) in enumerate(zip(numbers, keys, strict=True)):
                if key in index.places:
                    self._accounts.refuse((name, number), lookup.its, "another row of the file has the same key")
                else:
                    index.places[key] = len(index.numbers)
                    index.numbers.append(number)
                    fresh.append(place)
            for column in wanted:
                found = cells[column]
                index.columns[f"{lookup.file}.{column}"].extend(same[found[place]] for place in fresh)
        for texts in index.columns.values():
            texts.append("")
        index.numbers.append(0)
        self._indexes[lookup.file, lookup.its] = index
        return index

    def _blocks(self, file: str, wanted: set[str]) -> Iterator[Numbered]:
        """Columns of the rows that no skip sets aside; each row is noted as read."""
        sheet, skips = self._sheets[file], self._skips[file]
        needed = wanted.union(*(skipping.names for skipping in skips))
        for block in sheet.blocks():
            self._accounts.note_all(Origins(sheet.name, block.numbers), READ)
            for number, reason in block.bad:
                self._accounts.note(((sheet.name, number),), READ)
                self._accounts.refuse((sheet.name, number), "", str(reason))
            cells: Cells = {
                name: list(map(str.strip, column))
                for name, column in zip(sheet.header, block.columns, strict=True)
                if name in needed
            }
            yield self._unskipped(sheet.name, block.numbers, cells, skips)

    def _unskipped(self, name: str, numbers: Sequence[int], cells: Cells, skips: list[_Skipping]) -> Numbered:
        skipped: set[int] = set()
        for skipping in skips:
            rows = zip(*(cells[column] for column in skipping.names), strict=True)
            for place in [place for place, row in enumerate(rows) if skipping.answers[row]]:
                skipped.add(place)
                self._accounts.refuse((name, numbers[place]), skipping.names[0], skipping.skip.reason)
        if not skipped:
            return numbers, cells
        kept = [place for place in range(len(numbers)) if place not in skipped]
        return [numbers[p] for p in kept], {name: [column[p] for p in kept] for name, column in cells.items()}


def _answered(skip: Skip) -> tuple[tuple[str, ...], Answers]:
    names, answers = holds(skip.condition)
    return names, Answers(answers)


def _filled(texts: Sequence[str | None], column: Column, faults: dict[int, tuple[str, str]]) -> Sequence[str]:
    """The texts; a code that the mapping's list lacks is a fault of its row."""
    if column.codes is None or None not in texts:
        return texts  # type: ignore[return-value]
    for place, text in enumerate(texts):
        if text is None:
            faults.setdefault(place, (column.copy[0], f"a code that the mapping's list {column.codes_name!r} lacks"))
    return [text or "" for text in texts]


def _in_order(blocks: Iterator[Numbered], by: str) -> Iterator[Numbered]:
    """The rows by a column and their number: these stand in memory all at once."""
    held = list(blocks)
    numbers = list(chain.from_iterable(some for some, _ in held))
    cells = {name: list(chain.from_iterable(part[name] for _, part in held)) for name in (held[0][1] if held else ())}
    del held
    keys = cells.get(by) or [""] * len(numbers)
    order = sorted(range(len(numbers)), key=lambda place: (keys[place], numbers[place]))
    for start in range(0, len(order), BLOCK):
        places = order[start : start + BLOCK]
        yield [numbers[p] for p in places], {name: [column[p] for p in places] for name, column in cells.items()}


def _references(rule: Rule) -> set[str]:
    """Every column that the rule's columns read."""
    found: set[str] = {rule.first_by} if rule.first_by else set()
    found.update(lookup.ours for lookup in rule.lookups.values() if lookup.ours)
    for column in rule.columns.values():
        found.update(column.copy)
        found.update(column.age_band or ())
        for condition, _ in column.choose:
            found.update((*condition.when, *condition.unless))
    return found
