"""Write docs/generated from the code: settings, commands, tables and measures; `--check` only says what is stale."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Table

FOLDER = Path(__file__).parent / "generated"
NOTE = "<!-- Made by docs/generate.py from the code; change it there, then `make docs`. -->\n"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(header: tuple[str, ...], rows: list[tuple]) -> str:
    return "\n".join([_row(*header), _row(*("---" for _ in header)), *(_row(*row) for row in rows)])


def settings_page() -> str:
    """The settings with their defaults and sentences."""
    from dashboard.settings import SETTINGS

    rows = [(f"`{s.name}`", f"`{s.default}`" if s.default else "", s.sentence) for s in SETTINGS]
    return "# Settings\n\nEnvironment variables, read once when a process begins.\n\n" + _table(
        ("Name", "Default", "What it does"), rows
    )


def commands_page() -> str:
    """The commands with their options and examples."""
    from dashboard.cli import app

    parts = ["# The command line\n\n`caselight --help` and `caselight COMMAND --help` say the same."]
    for name, command in _commands(typer.main.get_command(app)):
        rows = []
        for option in command.params:
            given = (
                ", ".join(f"`{o}`" for o in option.opts) if option.param_type_name == "option" else f"`{option.name}`"
            )
            if given != "`--help`":
                rows.append((given, option.metavar or "", getattr(option, "help", "") or ""))
        parts.append(
            f"## `caselight {name}`\n\n{_paragraphs(command.help or '')}\n\n"
            + (_table(("Option", "Value", "Meaning"), rows) + "\n\n" if rows else "")
            + (command.epilog or "")
        )
    return "\n\n".join(parts)


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, those of a group after the group."""
    for name, command in group.commands.items():
        yield before + name, command
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def tables_page() -> str:
    """The data dictionary: every table and column with its comment, first the source data, then the facts."""
    from data_access.facts import FACTS
    from data_access.tables import schema

    sources = [table for table in schema.sorted_tables if table not in FACTS]
    parts = ["# Tables\n\nDays are whole numbers, days since 1970-01-01; moments are minutes since then, UTC."]
    parts += ["# Source data", *map(_dictionary, sources)]
    parts += ["# Facts\n\nBuilt from the source data at the end of each load.", *map(_dictionary, FACTS)]
    return "\n\n".join(parts)


def _dictionary(table: Table) -> str:
    rows = [(f"`{c.name}`", "no" if c.nullable else "yes", c.comment or "") for c in table.columns]
    return f"## `{table.name}`\n\n{table.comment or ''}\n\n" + _table(("Column", "Always there", "Meaning"), rows)


def measures_page() -> str:
    """Every measure in words, as the pages, notebooks and workbooks have them."""
    from data_access.measures import MEASURES

    parts = ["# Measures"]
    for measure in MEASURES.values():
        words = measure.words()
        rows = [(name.replace("_", " "), text) for name, text in words.items() if name not in ("title", "definition")]
        parts.append(f"## {words['title']}\n\n{words['definition']}\n\n" + _table(("", ""), rows))
    return "\n\n".join(parts)


def questions_page() -> str:
    """The fifteen questions with the way to each answer."""
    from dashboard.questions import QUESTIONS

    rows = [
        (q.who, q.text, " > ".join(step.words for step in q.steps), q.read, ", ".join(q.measures)) for q in QUESTIONS
    ]
    return (
        "# Fifteen questions of a week\n\nEach is answered in at most three steps from the overview; "
        "`tests/browser/test_questions.py` takes every way and checks the figure.\n\n"
        + _table(("Who asks", "Question", "Steps", "What to read", "Measures"), rows)
    )


PAGES = {
    "questions.md": questions_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "tables.md": tables_page,
    "measures.md": measures_page,
}


def main(check: bool) -> int:
    """Write the pages, or name those that differ from the code. Gives the exit code."""
    stale = []
    for name, page in PAGES.items():
        text = NOTE + "\n" + page().rstrip() + "\n"
        path = FOLDER / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if check and stale:
        print(f"Stale: {', '.join(stale)} in docs/generated. Run 'make docs' and commit what it writes.")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
