"""The commands that let people in and out: `user add`, `user list`, `user grant` and `user disable`."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer

from dashboard.cli_output import complain, say
from dashboard.settings import settings
from data_access.errors import CaselightError

if TYPE_CHECKING:
    from data_access.register.accounts import Account, Accounts, Line

commands = typer.Typer(
    no_args_is_help=True,
    help="Who may sign in with a name and a password, and what they see.\n\nUsed where CASELIGHT_SIGN_IN=accounts; "
    "`user disable` also closes a name that a proxy or provider vouches for.",
)
Name = Annotated[str, typer.Argument(help="Name to sign in with: small letters, digits and . _ @ + -")]
Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        show_default=False,
        help="Address of the database whose register it is; without it CASELIGHT_DATABASE, else the sample.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(commands, name="user")


def _accounts(database: str) -> "Accounts":
    from dashboard.witness import register_of
    from data_access.register.accounts import Accounts

    return Accounts(register_of(settings(), database))


def _record(database: str, **done: str) -> None:
    """One line of the audit for what was done to an account. Raises AuditUnwritable."""
    from dashboard.witness import at_the_command_line, audit_of

    audit_of(settings(), database).write("account", person=at_the_command_line(), filters=urlencode(done))


def _password(from_stdin: bool) -> str:
    """A password, never from the list of arguments, which others on the machine can read."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CaselightError("Nobody is there to type a password. Use --password-stdin to read it from a pipe.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise CaselightError("The two passwords are not the same. Nothing was changed.")
    return first


@commands.command(epilog="Example: `caselight user add ann`")
def add(
    name: Name,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
    ] = False,
    database: Database = "",
) -> None:
    """Make an account, or give one a new password.

    The password is asked for without being shown. A new password, or an
    account that was disabled and is added again, ends what was signed in.
    """
    from data_access.register.accounts import tidy

    tidied = tidy(name)
    accounts = _accounts(database)
    password = _password(password_stdin)
    _record(database, do="add", user=tidied)
    accounts.add(tidied, password)
    held = accounts.known([tidied])[tidied].grants
    say(f"{tidied} can sign in.")
    if not held:
        say(f"There is nothing to see yet: 'caselight user grant {tidied} --role analyst --force NORTH'.")


@commands.command("list", epilog="Example: `caselight user list`")
def listed(database: Database = "") -> None:
    """Print the accounts with what they may see."""
    found = _accounts(database).listed()
    if not found:
        say("There are no accounts. Make one with 'caselight user add NAME'.")
    for account in found:
        say(_line(account))


def _line(account: "Account") -> str:
    if account.disabled_at is not None:
        return f"{account.name}: disabled since {account.disabled_at.date().isoformat()}"
    return f"{account.name}: {'; '.join(map(_grant, account.grants)) or 'no role yet'}"


def _grant(line: "Line") -> str:
    where = f" in {line.force}" if line.force else ""
    bound = f", teams {', '.join(sorted(line.teams))}" if line.teams is not None else ""
    return line.role + where + bound


@commands.command(epilog="Example: `caselight user disable ann`")
def disable(name: Name, database: Database = "") -> None:
    """Let nobody in under this name, from now on.

    Pages that are open are closed within a minute. `user add` lets the name in
    again, with a new password.
    """
    from data_access.register.accounts import tidy

    tidied = tidy(name)
    _record(database, do="disable", user=tidied)
    _accounts(database).disable(tidied)
    say(f"{tidied} is disabled. Open pages are closed within a minute.")


@commands.command(epilog="Example: `caselight user grant bea --role supervisor --force NORTH --team CITY --team COAST`")
def grant(
    name: Name,
    role: Annotated[
        str,
        typer.Option(metavar="ROLE", help="analyst, supervisor, service_manager, auditor or admin (docs/sign-in.md)."),
    ],
    force: Annotated[str, typer.Option(metavar="CODE", show_default=False, help="Code of the force.")] = "",
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="CODE", show_default=False, help="Code of a team; may be given several times."),
    ] = None,
    take: Annotated[bool, typer.Option("--take", help="Take this role away instead.")] = False,
    database: Database = "",
) -> None:
    """Give an account a role in a force, or take it away.

    Whoever is signed in signs in again: what they may see has changed. A
    supervisor is bound to teams, which are named.
    """
    from data_access.register.accounts import tidy

    tidied, accounts = tidy(name), _accounts(database)
    teams = ",".join(team or ())
    _record(database, do="take" if take else "grant", user=tidied, role=role, force=force, teams=teams)
    if take:
        accounts.take(tidied, role, force)
        say(f"{tidied} has no longer the role {role}" + (f" in {force}." if force else "."))
        return
    accounts.grant(tidied, role, force, team)
    say(_line(accounts.known([tidied])[tidied]))
    for missing in _not_there(database, force, team or []):
        complain(f"No {missing} is in the database: until it is loaded there is nothing to see of it.")


def _not_there(database: str, force: str, teams: list[str]) -> list[str]:
    """Codes that no row has yet, each with what it should be; nothing where the database cannot be asked."""
    import data_access as da

    try:
        known = da.connect(database or settings().database, arrays="memory").directory()
    except CaselightError:
        return []
    codes = {one.code for one in known.forces}
    there = {one.code for one in known.teams if one.force == force}
    missing = [f"force {force}"] if force and force not in codes else []
    return missing + [f"team {team} of {force}" for team in teams if team not in there]
