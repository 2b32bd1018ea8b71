"""Build the facts of one force from its source rows: portable INSERT .. SELECT, nothing else.

Ties of one day are ordered by the source's own id, which is the same in every
database; surrogate keys are not.
"""

from collections.abc import Callable

from sqlalchemy import Connection, Select, Table, delete, insert

from data_access import facts
from data_access.database import analyze
from data_access.rebuild import approach, continuity, levels, outcomes, support
from data_access.rebuild.calendar import working_days
from data_access.rebuild.due import dues
from data_access.rebuild.episodes import episodes
from data_access.rebuild.numbers import standards
from data_access.rebuild.paths import case_paths
from data_access.rebuild.rows import contacts, posts, referrals, undecided
from data_access.rebuild.spans import lead_spans, level_spans
from data_access.rebuild.states import case_states

# In this order: what stands below may read what stands above. Every fact but standards and calendar is one SELECT.
BUILT: tuple[tuple[Table, Callable[[int], Select]], ...] = (
    (facts.level_span, level_spans),
    (facts.lead_span, lead_spans),
    (facts.case_state, case_states),
    (facts.case_path, case_paths),
    (facts.contact, contacts),
    (facts.referred, referrals),
    (facts.post, posts),
    (facts.support_state, support.support_states),
    (facts.plan_trigger, support.plan_triggers),
    (facts.action, support.actions),
    (facts.change, support.changes),
    (facts.justice, support.justice),
    (facts.due, dues),
    (facts.undecided, undecided),
    (facts.episode, episodes),
    (facts.engaged, approach.engaged_cases),
    (facts.lead_count, continuity.lead_counts),
    (facts.approach, approach.approaches),
    (facts.closed_case, continuity.closed_cases),
    (facts.lead_state, continuity.lead_states),
    (facts.handover, continuity.handovers),
    (facts.outcome, outcomes.outcomes),
    (facts.exit_span, levels.exit_spans),
    (facts.assessment, levels.assessments),
    (facts.high_span, levels.high_spans),
    (facts.case_window, levels.case_windows),
)


def rebuild(connection: Connection, force_id: int) -> None:
    """Replace every fact of the force, inside the caller's transaction."""
    for table in facts.FACTS:
        connection.execute(delete(table).where(table.c.force_id == force_id))
    standards(connection, force_id)
    working_days(connection, force_id)
    for table, select_of in BUILT:
        rows = select_of(force_id)
        connection.execute(insert(table).from_select([c.name for c in rows.selected_columns], rows))
        analyze(connection, table)
