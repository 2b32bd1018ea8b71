"""One supervisor for each team, who leads no cases."""

from sample_data.draw import Draw
from sample_data.rows import APART, Rows
from sample_data.settings import BEGIN, Force


def add(force: Force, rows: Rows, draw: Draw) -> None:
    """Add them; their keys lie apart, so that every other row keeps its own."""
    for place, team in enumerate(list(rows.tables["team"]), 1):
        key = APART + 100 * force.place + place
        started = BEGIN - draw.between(200, 1200)
        rows.add(
            "advocate",
            advocate_id=key,
            team_id=team["team_id"],
            code=f"SUP-{10 * force.place + place}",
            role="supervisor",
            started_on=started,
            left_on=None,
        )
        rows.add(
            "advocate_fte",
            advocate_fte_id=key,
            advocate_id=key,
            since=started,
            until=None,
            fte_hundredths=(100, 80)[draw.chance(0.4)],
        )
