"""Walls between the forces: row-level security, on PostgreSQL only"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A login's forces. One that serves many people (narrowed) reads of them what its transaction names. A transaction
# that names none has no setting or an empty one: no array, or an array of nothing, and no row.
MINE = """
SELECT granted.force_id FROM row_grant AS granted JOIN row_reader AS reader USING (login)
WHERE granted.login = current_user AND (
    NOT reader.narrowed
    OR granted.force_id = ANY (string_to_array(current_setting('caselight.forces', true), ',')::int[])
)
"""
SERVES_MANY = "(SELECT narrowed FROM row_reader WHERE login = current_user)"
READS = {
    "alembic_version": "true",
    "bank_holiday": "true",
    "load_run": SERVES_MANY,  # names files of any force
    "published_figure": "run_id IN (SELECT run_id FROM published_run)",
    "row_reader": "login = current_user",
    "row_grant": "login = current_user",
    "set_aside": "false",
    # What holds for every force that has none of its own has no force.
    "standard": f"force_id IS NULL OR force_id IN ({MINE})",
    "target": f"force_id IS NULL OR force_id IN ({MINE})",
}


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE TABLE row_reader (login name PRIMARY KEY, every_force boolean NOT NULL, narrowed boolean NOT NULL)"
    )
    op.execute("COMMENT ON TABLE row_reader IS 'Logins that read; narrowed: only the forces that a transaction names.'")
    op.execute(
        "CREATE TABLE row_grant (login name REFERENCES row_reader ON DELETE CASCADE, "
        "force_id integer REFERENCES force ON DELETE CASCADE, PRIMARY KEY (login, force_id))"
    )
    op.execute("COMMENT ON TABLE row_grant IS 'The forces whose rows a login may read.'")
    _keep_grants_of_every_force()
    tables = op.get_bind().exec_driver_sql(
        "SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'force_id') "
        "FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"
    )
    for name, of_force in tables.all():
        reads = READS.get(name) or f"force_id IN ({MINE})" if of_force else READS[name]
        op.execute(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY loads ON "{name}" TO CURRENT_USER USING (true) WITH CHECK (true)')
        op.execute(f'CREATE POLICY reads ON "{name}" FOR SELECT USING ({reads})')


def _keep_grants_of_every_force() -> None:
    """A login of every force is granted each force that is there, and each that comes; with the right of who loads."""
    op.execute(
        "CREATE FUNCTION grant_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO row_grant SELECT r.login, f.force_id FROM row_reader r CROSS JOIN force f WHERE r.every_force "
        "ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    )
    for table in ("force", "row_reader"):
        op.execute(
            f"CREATE TRIGGER grants AFTER INSERT OR UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION grant_rows()"
        )


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the copy made before the upgrade.")
