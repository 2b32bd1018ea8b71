"""Another export seen through a mapping: its rows as rows of our layout."""

from collections.abc import Callable, Iterator
from datetime import date

from data_access.errors import CaselightError
from data_access.ingest.accounts import READ, Accounts, Origin
from data_access.ingest.layout import LAYOUT
from data_access.ingest.mapping import Column, Condition, Lookup, Mapping, Rule
from data_access.ingest.offered import Offered
from data_access.ingest.reading import BadRow, Sheet

Values = dict[str, str]
Index = dict[str, tuple[int, Values]]
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


def holds(condition: Condition, values: Values) -> bool:
    """Whether the row answers the condition."""
    return all(values.get(name, "") in texts for name, texts in condition.when.items()) and not any(
        values.get(name, "") in texts for name, texts in condition.unless.items()
    )


def fill(column: Column, values: Values) -> str:
    """The text of one of our columns. Raises KeyError for a code that the mapping's list does not hold."""
    if column.constant is not None:
        return column.constant
    if column.age_band:
        return age_band(*(values.get(name, "") for name in column.age_band))
    if column.choose:
        return next((then for condition, then in column.choose if holds(condition, values)), column.otherwise or "")
    text = ":".join(values.get(name, "") for name in column.copy)
    if not text.strip(":"):
        return column.empty or ""
    if column.codes is not None:
        if column.otherwise is not None:
            return column.codes.get(text, column.otherwise)
        return column.codes[text]
    return column.prefix + text


class MappedExtract:
    """A source read through a mapping."""

    def __init__(self, mapping: Mapping, sheets: dict[str, Sheet], accounts: Accounts):
        self.mapping, self.layout = mapping, mapping.name
        self._sheets, self._accounts = sheets, accounts
        self._indexes: dict[tuple[str, str], Index] = {}
        self._skips = {file: [skip for skip in mapping.skips if file in skip.files] for file in sheets}
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
            for skip in self._skips[file]:
                for name in (*skip.condition.when, *skip.condition.unless):
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

    def rows(self, file: str) -> Iterator[Offered]:
        """The rows of every rule for the file."""
        for rule in self.rules:
            if rule.target == file:
                yield from self._rule_rows(rule)

    def _rule_rows(self, rule: Rule) -> Iterator[Offered]:
        rows = self._source_rows(rule.source)
        if rule.first_by:
            rows = iter(sorted(rows, key=lambda row: (row[1].get(rule.first_by, ""), row[0])))
        joins = [(lookup, self._index(lookup)) for lookup in rule.lookups.values()]
        filled = [(name, column, self._filler(column)) for name, column in rule.columns.items()]
        for number, values in rows:
            origins: list[Origin] = [(self._sheets[rule.source].name, number)]
            fault = self._join(values, joins, origins)
            cells: Values = {}
            for name, column, how in filled:
                try:
                    cells[name] = how(values)
                except KeyError:
                    fault = fault or (column.copy[0], f"a code that the mapping's list {column.codes_name!r} lacks")
            yield Offered(tuple(origins), cells, fault)

    def _filler(self, column: Column) -> Callable[[Values], str]:
        return lambda values: fill(column, values)

    def _join(self, values: Values, joins: list[tuple[Lookup, Index]], origins: list[Origin]) -> tuple[str, str] | None:
        fault = None
        for lookup, index in joins:
            found = index.get(values.get(lookup.ours, "") if lookup.its else "")
            if found is None:
                if lookup.required:
                    fault = fault or (lookup.ours, f"there is no usable row of {lookup.file} for it")
                continue
            if lookup.file not in self._sources:  # a file with rules of its own has its own accounts
                origins.append((self._sheets[lookup.file].name, found[0]))
            values.update(found[1])
        return fault

    def _index(self, lookup: Lookup) -> Index:
        known = self._indexes.get((lookup.file, lookup.its))
        if known is not None:
            return known
        index: Index = {}
        name = self._sheets[lookup.file].name
        wanted = {
            reference.rpartition(".")[2]
            for rule in self.rules
            for reference in _references(rule)
            if reference.startswith(f"{lookup.file}.")
        }
        for number, values in self._source_rows(lookup.file):
            key = values.get(lookup.its, "") if lookup.its else ""
            if key in index:
                self._accounts.refuse((name, number), lookup.its, "another row of the file has the same key")
                continue
            index[key] = (number, {f"{lookup.file}.{column}": values[column] for column in wanted})
        self._indexes[lookup.file, lookup.its] = index
        return index

    def _source_rows(self, file: str) -> Iterator[tuple[int, Values]]:
        """Rows that no skip sets aside; each is noted as read."""
        sheet = self._sheets[file]
        for number, cells in sheet.rows():
            self._accounts.note(((sheet.name, number),), READ)
            if isinstance(cells, BadRow):
                self._accounts.refuse((sheet.name, number), "", str(cells))
                continue
            values = {name: cell.strip() for name, cell in zip(sheet.header, cells, strict=True)}
            skip = next((skip for skip in self._skips[file] if holds(skip.condition, values)), None)
            if skip is None:
                yield number, values
            else:
                names = (*skip.condition.when, *skip.condition.unless)
                self._accounts.refuse((sheet.name, number), names[0], skip.reason)


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
