"""The mapping language: a TOML file that says how another export becomes our layout.

``docs/load-your-data.md`` describes it with an example. Everything is checked
when the file is read, so that a mistake is told before any row is.
"""

import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Set
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from data_access.errors import CaselightError, UnknownName
from data_access.ingest.layout import LAYOUT

PRESETS = resources.files("data_access.ingest") / "presets"
_COLUMN_FORMS = {
    "constant": set(),
    "copy": {"prefix", "codes", "otherwise", "empty"},
    "choose": {"otherwise"},
    "age_band": set(),
}


@dataclass(frozen=True)
class Condition:
    """All of ``when`` hold and none of ``unless``: reference -> accepted texts."""

    when: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Skip:
    """Rows of source files that are set aside, with the reason."""

    files: tuple[str, ...]
    condition: Condition
    reason: str


@dataclass(frozen=True)
class Lookup:
    """Another source file, one row of which belongs to ours: by ``its`` column equal to ``ours``.

    Without columns the file has a single row that belongs to all.
    """

    file: str
    its: str = ""
    ours: str = ""
    required: bool = False


@dataclass(frozen=True)
class Column:
    """How one of our columns is filled. References are "Column" or "File.Column"."""

    constant: str | None = None
    copy: tuple[str, ...] = ()
    prefix: str = ""
    codes: Dict[str, str] | None = None
    codes_name: str = ""
    otherwise: str | None = None
    empty: str | None = None
    choose: tuple[tuple[Condition, str], ...] = ()
    age_band: tuple[str, str] | None = None


@dataclass(frozen=True)
class Rule:
    """One source file becomes rows of one file of our layout."""

    target: str
    source: str
    columns: Dict[str, Column]
    lookups: Dict[str, Lookup]
    optional: bool = False
    first_by: str = ""


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    skips: tuple[Skip, ...]
    expect: tuple[str, str, str] | None = None  # file, column, start of its first value


class _Reader:
    """Reads one mapping; every error names the file and the place."""

    def __init__(self, name: str):
        self.name = name

    def fail(self, place: str, words: str) -> CaselightError:
        return CaselightError(f"Mapping {self.name}, {place}: {words}")

    def only(self, place: str, given: dict, known: Set[str], needed: Set[str] = frozenset()) -> None:
        if not isinstance(given, dict):
            raise self.fail(place, "a table of settings is expected here.")
        for key in given:
            if key not in known:
                raise UnknownName(f"setting in mapping {self.name}, {place},", key, known)
        lacking = needed - given.keys()
        if lacking:
            raise self.fail(place, f"the setting {', '.join(sorted(lacking))} is missing.")

    def texts(self, place: str, given: object) -> tuple[str, ...]:
        values = given if isinstance(given, list) else [given]
        if not all(isinstance(value, str) for value in values):
            raise self.fail(place, "a text in quotation marks, or a list of such texts, is expected here.")
        return tuple(values)

    def condition(self, place: str, given: dict) -> Condition:
        def side(key: str) -> dict[str, tuple[str, ...]]:
            return {name: self.texts(f"{place}.{key}", value) for name, value in given.get(key, {}).items()}

        found = Condition(side("when"), side("unless"))
        if not found.when and not found.unless:
            raise self.fail(place, "a condition needs 'when' or 'unless'.")
        return found

    def column(self, place: str, given: dict, lists: dict[str, dict[str, str]]) -> Column:
        self.only(place, given, {*_COLUMN_FORMS, *set().union(*_COLUMN_FORMS.values())})
        forms = [form for form in _COLUMN_FORMS if form in given]
        if len(forms) != 1:
            raise self.fail(place, f"exactly one of {', '.join(_COLUMN_FORMS)} is needed.")
        form = forms[0]
        self.only(place, given, {form, *_COLUMN_FORMS[form]})
        if form == "age_band":
            self.only(place, given[form], {"born", "on"}, {"born", "on"})
            return Column(age_band=(given[form]["born"], given[form]["on"]))
        if form == "choose":
            cases = []
            for entry in given[form]:
                self.only(place, entry, {"when", "unless", "then"}, {"then"})
                cases.append((self.condition(place, entry), entry["then"]))
            return Column(choose=tuple(cases), otherwise=given.get("otherwise"))
        if form == "constant":
            return Column(constant=self.texts(place, given[form])[0])
        named = given.get("codes", "")
        if named and named not in lists:
            raise UnknownName(f"code list in mapping {self.name}, {place},", named, lists)
        return Column(
            copy=self.texts(place, given["copy"]),
            prefix=given.get("prefix", ""),
            codes=lists[named] if named else None,
            codes_name=named,
            otherwise=given.get("otherwise"),
            empty=given.get("empty"),
        )

    def rule(self, number: int, given: dict, lists: dict[str, dict[str, str]]) -> Rule:
        place = f"table {number}"
        self.only(
            place,
            given,
            {"target", "source", "columns", "lookup", "optional", "first_by"},
            {"target", "source", "columns"},
        )
        spec = LAYOUT.file(given["target"])
        place = f"table {number} ({given['source']} to {spec.name})"
        columns = {}
        for name, how in given["columns"].items():
            if name not in spec.by_name:
                raise UnknownName(f"column of {spec.name} (mapping {self.name}, {place})", name, spec.by_name)
            columns[name] = self.column(f"{place}, column {name}", how, lists)
            self.known_codes(f"{place}, column {name}", columns[name], spec.by_name[name].codes)
        lacking = [name for name in spec.required if name not in columns]
        if lacking:
            raise self.fail(place, f"the column {', '.join(lacking)} is missing; every row needs it.")
        lookups = {}
        for file, how in given.get("lookup", {}).items():
            self.only(f"{place}, lookup {file}", how, {"its", "ours", "required"})
            lookups[file] = Lookup(file, how.get("its", ""), how.get("ours", ""), how.get("required", False))
        return Rule(
            spec.name,
            given["source"],
            columns,
            lookups,
            optional=given.get("optional", False),
            first_by=given.get("first_by", ""),
        )

    def known_codes(self, place: str, column: Column, known: tuple[str, ...]) -> None:
        if not known:
            return
        said = [
            column.constant,
            column.otherwise,
            column.empty,
            *(then for _, then in column.choose),
            *(column.codes or {}).values(),
        ]
        for code in said:
            if code:
                for part in code.split(","):
                    if part not in known:
                        raise UnknownName(f"code ({self.name}, {place})", part, known)


def _parse(name: str, text: str) -> Mapping:
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaselightError(f"Mapping {name} is not TOML: {error}.") from None
    reader = _Reader(name)
    reader.only("the top", given, {"name", "title", "expect", "skip", "codes", "table"}, {"name", "title", "table"})
    lists = given.get("codes", {})
    for key, entries in lists.items():
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise reader.fail(f"codes.{key}", 'a table of "code" = "our code" is expected here.')
    skips = []
    for number, entry in enumerate(given.get("skip", []), start=1):
        reader.only(f"skip {number}", entry, {"files", "when", "unless", "reason"}, {"files", "reason"})
        skips.append(
            Skip(
                reader.texts(f"skip {number}", entry["files"]),
                reader.condition(f"skip {number}", entry),
                entry["reason"],
            )
        )
    expect = given.get("expect")
    if expect is not None:
        reader.only("expect", expect, {"file", "column", "starts_with"}, {"file", "column", "starts_with"})
        expect = (expect["file"], expect["column"], expect["starts_with"])
    rules = tuple(reader.rule(number, rule, lists) for number, rule in enumerate(given["table"], start=1))
    return Mapping(given["name"], given["title"], rules, tuple(skips), expect)


def presets() -> tuple[str, ...]:
    """Names of the mappings that are shipped."""
    return tuple(sorted(item.name.removesuffix(".toml") for item in PRESETS.iterdir() if item.name.endswith(".toml")))


def read_mapping(name_or_path: str) -> Mapping:
    """A shipped mapping by its name, or one of your own by its path. Raises CaselightError."""
    if name_or_path in presets():
        return _parse(name_or_path, (PRESETS / f"{name_or_path}.toml").read_text(encoding="utf-8"))
    path = Path(name_or_path)
    if path.suffix != ".toml" or not path.is_file():
        raise UnknownName("mapping", name_or_path, presets(), "Or give the path of a .toml file of your own.")
    try:
        return _parse(path.name, path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, OSError):
        raise CaselightError(f"Mapping {path.name} cannot be read: it has to be UTF-8 text.") from None
