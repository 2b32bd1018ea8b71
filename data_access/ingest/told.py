"""What the file ``extract`` says: up to which day the data of each force go, and when they were taken."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from data_access.days import LOCAL
from data_access.ingest.accounts import UNCHANGED, Accounts, Origin
from data_access.ingest.layout import LAYOUT
from data_access.ingest.offered import Extract, Offered, offers
from data_access.ingest.rows import BadRowCell, Known, RowReader

MOST_AHEAD = timedelta(days=366)


class Told(NamedTuple):
    """A force's last day, the local time at which its data were taken, and the rows that say so."""

    as_of: date
    taken: datetime | None
    origins: tuple[Origin, ...]


def told(extract: Extract, known: Known, accounts: Accounts) -> dict[int, Told]:
    """What is said of each force, by its id; rows that say different things of one are all set aside."""
    reader = RowReader(LAYOUT.file("extract"), extract.columns("extract"), known)
    found: dict[int, list[Told]] = {}
    for offered in offers(extract, "extract"):
        try:
            force_id, said = _read(offered, reader, known)
            found.setdefault(force_id, []).append(said)
        except BadRowCell as bad:
            accounts.refuse(offered.origins[0], bad.column, bad.reason)
    for force_id, rows in list(found.items()):
        if extract.first_of_repeats("extract") or len({row[:2] for row in rows}) == 1:
            for row in rows[1:]:
                accounts.note(row.origins, UNCHANGED)
        else:
            for row in found.pop(force_id):
                accounts.refuse(row.origins[0], "force_code", f"stands in {len(rows)} rows with different contents")
    return {force_id: rows[0] for force_id, rows in found.items()}


def _read(offered: Offered, reader: RowReader, known: Known) -> tuple[int, Told]:
    if offered.fault:
        raise BadRowCell(*offered.fault)
    row = reader.read(offered)
    if row["as_of"] > date.today() + MOST_AHEAD:
        raise BadRowCell("as_of", "a day more than a year ahead")
    taken = row.get("extract_at")
    if taken is not None and taken.tzinfo is not None:
        try:
            taken = taken.astimezone(UTC).astimezone(known.zones.get(row["force_id"], LOCAL)).replace(tzinfo=None)
        except OverflowError:
            raise BadRowCell("extract_at", "a time that does not exist") from None
    return row["force_id"], Told(row["as_of"], taken, offered.origins)
