"""From which day a force's data tell of everybody, and not only of the cases that were still open at the beginning."""

from datetime import date
from weakref import WeakKeyDictionary

from data_access import facts
from data_access.days import NEVER, day
from data_access.directory import Directory
from data_access.tally import DAY, Counter, Tally

# An extract often begins with the cases that are open on a day. Earlier weeks then hold no closings, and only those
# openings that lasted: they look like few, and would make every later week look like many.
_kept: WeakKeyDictionary[Counter, dict[tuple, dict[str, date]]] = WeakKeyDictionary()


def told_from(counter: Counter, directory: Directory, reach: tuple) -> dict[str, date]:
    """Force code -> Monday of the week of its first closing; for a force without one its first day of data.

    For somebody bound to teams the first closing of these teams.

    ``reach`` is what the asker may see, with the version of the data.
    """
    known = _kept.setdefault(counter, {})
    if reach not in known:
        known.clear()
        known[reach] = _counted(counter, directory, reach)
    return known[reach]


def _counted(counter: Counter, directory: Directory, reach: tuple) -> dict[str, date]:
    path = facts.case_path
    mine = [force.id for force in directory.forces]
    where: tuple = (path.c.force_id.in_(mine), path.c.closed_on < NEVER)
    if reach[1] is not None:
        where = (*where, path.c.closed_team.in_([team.id for team in directory.teams]))
    counts = counter.count(Tally(path, (("force", path.c.force_id),), where, path.c.closed_on, 7), reach)
    found = {}
    for force in directory.forces:
        weeks = counts.columns[DAY][counts.columns["force"] == force.id]
        found[force.code] = day(int(weeks.min())) if len(weeks) else force.first_on
    return found
