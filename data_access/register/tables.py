"""Tables of the register: its version, accounts, their grants, and the audit."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

VERSION = 1
SCHEMA = "register"  # of the tables in PostgreSQL; in SQLite they are a file of their own

register = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s"})


class Moment(TypeDecorator):
    """An aware ``datetime`` in UTC, in Python and in every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment of the register has its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


mark = Table("register_version", register, Column("version", Integer, primary_key=True, autoincrement=False))

account = Table(
    "account",
    register,
    Column("name", String(64), primary_key=True, comment="Name to sign in with, in small letters."),
    Column("password_hash", String(300), nullable=False, comment="Argon2id, with its salt and costs."),
    Column("made_at", Moment, nullable=False, comment="When the account was made."),
    Column("password_at", Moment, nullable=False, comment="When its password was last set."),
    Column("disabled_at", Moment, comment="Since when nobody can sign in with it."),
    comment="People of a small service who sign in with a password.",
)

account_grant = Table(
    "account_grant",
    register,
    Column("name", ForeignKey("account.name"), primary_key=True),
    Column("role", String(40), primary_key=True, comment="A role of data_access.permissions."),
    Column("force", String(40), primary_key=True, comment="Code of the force; empty for a role that sees no force."),
    Column("teams", Text, comment="Codes of teams with a comma between; nothing: not bound to teams."),
    Column("made_at", Moment, nullable=False),
    comment="What an account may see: a role in a force, for some of its teams or all.",
)

audit = Table(
    "audit",
    register,
    Column(
        "seq", BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True,
        comment="Order of the lines.",
    ),
    Column("at", Moment, nullable=False, comment="When, UTC."),
    Column("event", String(40), nullable=False, comment="What was done: page, filter, list, file, login, refused ..."),
    Column("person", String(200), nullable=False, comment="Who: the name of the sign-in; empty when nobody is known."),
    Column("role", String(40), nullable=False, default="", comment="The role in which it was done."),
    Column("forces", Text, nullable=False, default="", comment="Codes of the forces that could be seen."),
    Column("teams", Text, comment="Codes of the teams that could be seen; nothing: not bound to teams."),
    Column("page", String(40), nullable=False, default="", comment="Page that was looked at."),
    Column("filters", Text, nullable=False, default="", comment="What was chosen, as codes."),
    Column("rows", Integer, comment="Rows of a list or file."),
    Column("purpose", String(300), nullable=False, default="", comment="What a file was taken for."),
    Column("file", String(300), nullable=False, default="", comment="Name of the file."),
    Column("sha256", String(64), nullable=False, default="", comment="Sum of the file."),
    Column("address", String(60), nullable=False, default="", comment="First part of the network address."),
    Column("session", String(40), nullable=False, default="", comment="Sum of the id of the sign-in."),
    Column("reference", String(40), nullable=False, default="", comment="Reference that the person was told."),
    Column("version", String(40), nullable=False, default="", comment="Version of caselight."),
    Index(None, "at"),
    Index(None, "person", "at"),
    comment="One line for each look; lines are added and never changed.",
    sqlite_autoincrement=True,
)  # fmt: skip
