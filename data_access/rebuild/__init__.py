"""Build the facts of one force from its source rows: portable INSERT .. SELECT, nothing else.

Ties of one day are ordered by the source's own id, which is the same in every
database; surrogate keys are not.
"""

from sqlalchemy import Connection, delete, insert

from data_access import facts
from data_access.rebuild.paths import case_paths
from data_access.rebuild.rows import contacts, posts, referrals
from data_access.rebuild.spans import lead_spans, level_spans
from data_access.rebuild.states import case_states


def rebuild(connection: Connection, force_id: int) -> None:
    """Replace every fact of the force, inside the caller's transaction."""
    for table in facts.FACTS:
        connection.execute(delete(table).where(table.c.force_id == force_id))
    for table, rows in (
        (facts.level_span, level_spans(force_id)),
        (facts.lead_span, lead_spans(force_id)),
        (facts.case_state, case_states(force_id)),
        (facts.case_path, case_paths(force_id)),
        (facts.contact, contacts(force_id)),
        (facts.referred, referrals(force_id)),
        (facts.post, posts(force_id)),
    ):
        connection.execute(insert(table).from_select([c.name for c in rows.selected_columns], rows))
