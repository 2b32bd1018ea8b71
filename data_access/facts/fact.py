"""What every fact has in common: whole numbers, nothing NULL, the force in front."""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table

from data_access.tables import schema


def fact(
    name: str, comment: str, *columns: tuple[str, str], index: tuple[str, ...], of_case: tuple[str, ...] = ()
) -> Table:
    """A fact table; ``columns`` are names with their words, ``of_case`` a second index, mostly by case."""
    small = {"level", "band", "source", "decision", "outcome", "channel"}
    built = [
        Column(column, SmallInteger if column in small else Integer, nullable=False, comment=words)
        for column, words in (("force_id", "Force."), *columns)
    ]
    indexes = [Index(f"ix_{name}", "force_id", *index)]
    if of_case:
        indexes.append(Index(f"ix_{name}_case", "force_id", *of_case))
    return Table(name, schema, *built, *indexes, comment=comment, info={"fact": True})
