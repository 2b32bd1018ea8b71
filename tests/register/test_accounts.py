"""Accounts: how they are made, what they are given, when they open a door, and that nothing tells why not."""

from collections import Counter

import argon2
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from dashboard.cli import app
from data_access.errors import CaselightError
from data_access.register import passwords
from data_access.register import tables as t
from data_access.register.accounts import Accounts, Line, tidy
from data_access.register.opened import Register

PASSWORD = "seven quiet herons wade"


@pytest.fixture(params=["sqlite", "postgresql"])
def accounts(request, tmp_path):
    """Accounts of an empty register."""
    url = f"sqlite:///{tmp_path}/r.sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    register = Register(url)
    yield Accounts(register)
    register.close()


def test_an_account_opens_with_its_password_only(accounts):
    accounts.add("Ann", PASSWORD)
    accounts.grant("ann", "supervisor", "NORTH", ["T2", "T1"])
    found = accounts.signed_in(" ANN ", PASSWORD)
    assert found.name == "ann"
    assert found.grants == (Line("supervisor", "NORTH", frozenset({"T1", "T2"})),)
    for name, password in (("ann", PASSWORD + " "), ("ann", ""), ("bob", PASSWORD), ("", PASSWORD), ("'--", PASSWORD)):
        assert accounts.signed_in(name, password) is None


def test_a_disabled_account_opens_nothing_until_it_is_added_again(accounts):
    accounts.add("ann", PASSWORD)
    accounts.grant("ann", "analyst", "NORTH")
    accounts.disable("ann")
    assert accounts.signed_in("ann", PASSWORD) is None
    assert accounts.known(["ann"])["ann"].disabled_at is not None
    accounts.add("ann", "another long password")
    assert accounts.signed_in("ann", PASSWORD) is None
    assert accounts.signed_in("ann", "another long password").grants == (Line("analyst", "NORTH", None),)


def test_a_name_that_others_vouch_for_can_be_closed(accounts):
    accounts.disable("eve@force.example")
    assert accounts.known(["eve@force.example"])["eve@force.example"].disabled_at is not None
    assert accounts.signed_in("eve@force.example", "") is None


def test_the_password_is_kept_as_argon2id_only(accounts):
    accounts.add("ann", PASSWORD)
    with accounts.register.reading() as connection:
        kept = connection.execute(select(t.account.c.password_hash)).scalar()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept
    assert not passwords.outdated(kept)


def test_one_hash_is_made_whatever_is_wrong(accounts, monkeypatch):
    accounts.add("ann", PASSWORD)
    accounts.add("bob", PASSWORD)
    accounts.disable("bob")
    passwords.fits(None, "so that the one of nobody is made")
    made = Counter()
    plain = argon2.PasswordHasher.verify
    monkeypatch.setattr(
        argon2.PasswordHasher, "verify", lambda self, *given: made.update(["verify"]) or plain(self, *given)
    )
    for name, password in (("ann", PASSWORD), ("ann", "wrong"), ("bob", PASSWORD), ("nobody", "x"), ("'", "x")):
        made.clear()
        accounts.signed_in(name, password)
        assert made["verify"] == 1, name


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 257, "aaaaaaaaaaaaaaaa", "abababababababab"])
def test_a_weak_password_is_refused(accounts, password):
    with pytest.raises(CaselightError):
        accounts.add("ann", password)
    assert accounts.listed() == []


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a'b", "-a", "x" * 65, "a\n", "a\x00", "<b>"])
def test_a_strange_name_is_refused(name):
    if name.strip() == "a":
        assert tidy(name) == "a"
        return
    with pytest.raises(CaselightError):
        tidy(name)


@pytest.mark.parametrize(
    ("role", "force", "teams", "said"),
    [
        ("boss", "NORTH", None, "no role called"),
        ("analyst", "", None, "Say in which force"),
        ("supervisor", "NORTH", None, "bound to teams"),
        ("supervisor", "NORTH", [], "bound to teams"),
        ("auditor", "NORTH", None, "without --force"),
        ("admin", "", ["T1"], "without --force"),
        ("supervisor", "NORTH", ["T1,T2"], "no comma"),
        ("analyst", "NO/RTH", None, "no stroke"),
    ],
)
def test_a_grant_that_does_not_fit_its_role_is_refused(accounts, role, force, teams, said):
    accounts.add("ann", PASSWORD)
    with pytest.raises(CaselightError, match=said):
        accounts.grant("ann", role, force, teams)
    assert accounts.known(["ann"])["ann"].grants == ()


def test_nobody_is_admin_and_auditor(accounts):
    accounts.add("ann", PASSWORD)
    accounts.grant("ann", "admin")
    with pytest.raises(CaselightError, match="at once"):
        accounts.grant("ann", "auditor")
    accounts.take("ann", "admin")
    accounts.grant("ann", "auditor")
    assert accounts.known(["ann"])["ann"].grants == (Line("auditor", "", None),)


def test_a_role_is_bound_to_teams_everywhere_or_nowhere(accounts):
    accounts.add("ann", PASSWORD)
    accounts.grant("ann", "analyst", "NORTH", ["T1"])
    with pytest.raises(CaselightError, match="bound to teams in one force"):
        accounts.grant("ann", "analyst", "EAST")
    accounts.grant("ann", "analyst", "NORTH", ["T2"])
    assert accounts.known(["ann"])["ann"].grants == (Line("analyst", "NORTH", frozenset({"T2"})),)


def test_there_is_no_grant_without_an_account(accounts):
    with pytest.raises(CaselightError, match="no account 'ann'"):
        accounts.grant("ann", "analyst", "NORTH")


@pytest.fixture
def command(tmp_path, monkeypatch):
    """A function that runs a `caselight user` command with a register of its own."""
    monkeypatch.setenv("CASELIGHT_REGISTER", f"sqlite:///{tmp_path}/c.sqlite")
    monkeypatch.setenv("CASELIGHT_DATABASE", f"sqlite:///{tmp_path}/none.sqlite")
    return lambda *words, **given: CliRunner().invoke(app, ["user", *words], **given)


def test_the_commands_make_list_grant_and_disable_and_each_is_recorded(command, tmp_path):
    made = command("add", "Ann", "--password-stdin", input=PASSWORD + "\n")
    assert made.exit_code == 0
    assert "ann can sign in" in made.output
    assert PASSWORD not in made.output
    assert command("grant", "ann", "--role", "supervisor", "--force", "NORTH", "--team", "T1").exit_code == 0
    assert command("list").output == "ann: supervisor in NORTH, teams T1\n"
    assert command("grant", "ann", "--role", "supervisor", "--force", "NORTH", "--take").exit_code == 0
    assert command("disable", "ann").exit_code == 0
    assert command("list").output.startswith("ann: disabled since 20")
    register = Register(f"sqlite:///{tmp_path}/c.sqlite")
    with register.reading() as connection:
        lines = connection.execute(select(t.audit.c.event, t.audit.c.filters)).all()
    assert [event for event, _ in lines] == ["account"] * 4
    assert "do=grant&user=ann&role=supervisor&force=NORTH&teams=T1" in [filters for _, filters in lines]
    register.close()


def test_nobody_types_a_password_into_the_list_of_commands(command):
    ended = command("add", "ann", input="")
    assert isinstance(ended.exception, CaselightError)
    assert "Use --password-stdin" in str(ended.exception)
    assert command("add", "ann", "--password", PASSWORD).exit_code == 2
