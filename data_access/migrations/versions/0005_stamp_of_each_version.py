"""Two states of one version number are told apart by a stamp; purposes of a contact have room for all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STAMP = "Drawn anew with every version. After a backup was put back, the same number may come round again."


def upgrade() -> None:
    op.add_column("data_version", sa.Column("stamp", sa.String(32), nullable=False, server_default="", comment=STAMP))
    _room_for_purposes(400)


def downgrade() -> None:
    _room_for_purposes(200)
    op.drop_column("data_version", "stamp")


def _room_for_purposes(letters: int) -> None:
    # SQLite keeps to no length, and would write the whole table anew.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("contacts", "purposes", type_=sa.String(letters), existing_nullable=False)
