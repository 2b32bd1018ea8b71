"""The command line: what it prints, where, and with which exit code."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.cli_figures import default_period
from dashboard.cli_output import printable, write_csv
from dashboard.state import preset_days


@pytest.fixture
def run(capsys, monkeypatch):
    """A function that runs the command line and gives (exit code, output, errors)."""
    monkeypatch.delenv("CASELIGHT_DATABASE", raising=False)  # a server made in this process sets it

    def run_(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        code = ended.value.code
        return (0 if code is None else int(code)), said.out, said.err

    return run_


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def on_sqlite(url: str, query: str) -> list[tuple]:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        return connection.execute(query).fetchall()


def test_version_and_help(run):
    assert run("--version")[:2] == (0, "caselight 0.1.0\n")
    code, out, _ = run("--help")
    assert code == 0
    for command in ("demo", "serve", "load", "template", "measures", "measure", "cases", "export", "check"):
        assert f" {command} " in out
        assert "Example" in run(command, "--help")[1]


def test_wrong_usage_is_2_and_says_what_was_meant(run):
    code, _, err = run("measur")
    assert code == 2
    assert "measure" in err
    assert run("measure", "open_cases", "--from", "tomorrow")[0] == 2
    assert run("demo", "--scale", "5")[0] == 2


def test_the_measures_are_listed_in_three_formats(run):
    code, out, _ = run("measures", "--format", "json")
    listed = json.loads(out)
    assert code == 0
    assert [m["name"] for m in listed][:2] == ["open_cases", "referrals"]
    assert list(listed[0])[:6] == ["id", "name", "title", "definition", "unit", "direction"]
    assert all(m["owner"] and m["example"] and date.fromisoformat(m["review_by"]) for m in listed)
    # Every measure of the three dashboards, and of the single point of contact, by the numbers of their definitions.
    wanted = {*(f"CL{i}" for i in range(1, 15)), *(f"EN{i}" for i in range(1, 16)), *(f"RT{i}" for i in range(1, 15))}
    assert wanted | {"SPOC1", "SPOC2", "SPOC3"} <= {m["id"] for m in listed}
    assert [m["name"] for m in rows(run("measures", "--format", "csv")[1])] == [m["name"] for m in listed]
    assert all(f"{m['name']}  ({m['id']}" in run("measures")[1] for m in listed)


def test_a_measure_equals_a_count_of_the_raw_rows(run, sample_url):
    """Referrals of a month, counted by the day that the source table holds; the end day is not included."""
    code, out, _ = run("measure", "referrals", "--database", sample_url, "--from", "2026-09-01", "--to", "2026-10-01",
                       "--grain", "month", "--by", "force")  # fmt: skip
    first, end = (date(2026, 9, 1) - date(1970, 1, 1)).days, (date(2026, 10, 1) - date(1970, 1, 1)).days
    raw = on_sqlite(sample_url, f"SELECT f.code, count(*) FROM referral r JOIN force f USING (force_id) WHERE "
                                f"r.received_on >= {first} AND r.received_on < {end} AND r.decision <> 'duplicate' "
                                "GROUP BY f.code ORDER BY f.code")  # fmt: skip
    assert code == 0
    assert [(row["force"], int(row["numerator"])) for row in rows(out)] == raw
    assert len(raw) == 3
    assert list(rows(out)[0]) == [
        "period_start",
        "force",
        "numerator",
        "denominator",
        "value",
        "lower",
        "upper",
        "n",
        "note",
    ]
    assert {row["period_start"] for row in rows(out)} == {"2026-09-01"}


def test_json_and_csv_say_the_same(run, sample_url):
    given = ("measure", "review_overdue", "--database", sample_url, "--by", "level", "--grain", "4week")
    from_json = json.loads(run(*given, "--format", "json")[1])
    from_csv = rows(run(*given)[1])
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in from_json] == from_csv
    assert len(from_csv) > 4


def test_filters_narrow_and_repeat(run, sample_url):
    def total(*more: str) -> int:
        out = run(
            "measure", "open_cases", "--database", sample_url, "--from", "2026-10-12", "--to", "2026-10-19", *more
        )[1]
        return sum(int(row["numerator"]) for row in rows(out))

    levels = [total("--level", level) for level in ("high", "medium", "standard", "not_assessed")]
    assert all(levels)
    assert sum(levels) == total()
    assert total("--level", "high", "--level", "medium") == levels[0] + levels[1]
    assert total("--force", "NORTH") + total("--force", "EAST") + total("--force", "WEST") == total()


@pytest.mark.parametrize("as_of", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)])
def test_the_default_period_is_the_pages_default_and_ends_with_the_data(as_of):
    """Sunday 22 November ends a week; Saturday 21 does not."""
    first, until = default_period(as_of)
    assert until == (date(2026, 11, 16) if as_of.day == 21 else date(2026, 11, 23))
    assert (until - first).days == 91
    assert (first, until) == preset_days("last_13_weeks", as_of)


def test_without_days_the_last_13_complete_weeks_are_printed(run, sample_url):
    out = rows(run("measure", "referrals", "--database", sample_url)[1])
    newest = max(day for (day,) in on_sqlite(sample_url, "SELECT as_of FROM data_version"))
    last = date.fromordinal(date(1970, 1, 1).toordinal() + newest)
    starts = [date.fromisoformat(row["period_start"]) for row in out]
    assert len(starts) == 13
    assert all(start.weekday() == 0 for start in starts)
    assert 6 <= (last - starts[-1]).days <= 12


@pytest.mark.parametrize(("arguments", "said"), [
    (("measure", "open_case"), "Did you mean 'open_cases'?"),
    (("measure", "open_cases", "--force", "NORHT"), "Did you mean 'NORTH'?"),
    (("measure", "open_cases", "--by", "levels"), "Did you mean 'level'?"),
    (("measure", "open_cases", "--grain", "weeks"), "Did you mean 'week'?"),
    (("measure", "open_cases", "--team", "NOWHERE"), "no team called 'NOWHERE'"),
    (("measure", "open_cases", "--from", "2026-02-01", "--to", "2026-01-01"), "The period is empty"),
    (("cases", "review_overdu"), "Did you mean 'review_overdue'?"),
])  # fmt: skip
def test_a_mistake_is_one_message_on_standard_error_and_1(run, sample_url, arguments, said):
    code, out, err = run(*arguments, "--database", sample_url)
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err
    assert err.count("\n") == 1


def test_a_list_is_printed_whole_with_its_number(run, sample_url):
    code, out, err = run("cases", "review_overdue", "--database", sample_url, "--force", "NORTH")
    listed = rows(out)
    assert code == 0
    assert err == f"{len(listed):,} {'case' if len(listed) == 1 else 'cases'}\n"
    assert {row["force"] for row in listed} == {"NORTH"}
    assert len({row["reference"] for row in listed}) == len(listed)


def test_no_database_and_no_port_are_said_with_what_to_do(run, tmp_path, monkeypatch):
    code, _, err = run("measure", "open_cases", "--database", f"sqlite:///{tmp_path}/none.sqlite")
    assert (code, "caselight demo" in err) == (1, True)
    code, _, err = run("serve", "--database", f"sqlite:///{tmp_path}/none.sqlite")
    assert (code, "caselight demo" in err) == (1, True)
    monkeypatch.setenv("CASELIGHT_PORT", "none")
    code, _, err = run("measures")
    assert (code, "from 1 to 65535" in err) == (78, True)


def test_the_unforeseen_is_one_line_with_a_reference_and_no_data(tmp_path):
    """A file that only looks like SQLite: whatever it raises, no traceback reaches a person without being asked for."""
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"SQLite format 3\x00" + b"\x10\x00\x01\x01\x00@  " + b"secret" * 800)
    command = [sys.executable, "-m", "dashboard", "measure", "open_cases", "--database", f"sqlite:///{broken}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_debug_shows_where(run, monkeypatch):
    def broken(*_):
        raise RuntimeError("patient 17")

    monkeypatch.setattr("dashboard.cli_figures.write_json", broken)
    code, _, err = run("measures", "--format", "json")
    assert code == 1
    assert "(reference " in err
    assert "patient 17" not in err
    monkeypatch.setenv("CASELIGHT_DEBUG", "1")
    again = run("measures", "--format", "json")[2]
    assert "patient 17" in again
    assert err.split("(reference ")[1][:8] in again


def test_demo_keeps_away_from_a_service_s_own_database(tmp_path):
    own = tmp_path / "service.sqlite"
    environment = {**os.environ, "CASELIGHT_DATA": str(tmp_path / "data"), "CASELIGHT_DATABASE": f"sqlite:///{own}"}
    ended = subprocess.run([sys.executable, "-m", "dashboard", "demo"], capture_output=True, text=True, timeout=300,
                           env=environment, cwd=tmp_path)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert not own.exists()
    assert on_sqlite(f"sqlite:///{tmp_path / 'data' / 'sample.sqlite'}", "SELECT count(*) FROM force") == [(3,)]


def test_load_asks_which_database_when_none_is_named(run, tmp_path):
    code, _, err = run("load", str(tmp_path))
    assert (code, "--database" in err) == (1, True)


def test_no_text_becomes_a_formula_or_moves_the_cursor():
    stream = io.StringIO()
    write_csv(stream, ["reference"], [["=1+1"], ["@x"], ["-2"], ["\uff1dA1"], ["A-1"], [-2]])
    assert stream.getvalue().splitlines() == ["reference", "'=1+1", "'@x", "'-2", "'\uff1dA1", "A-1", "-2"]
    assert printable("a\x1b[2Jb\u202ec") == "a\ufffd[2Jb\ufffdc"


def test_an_own_layout_loads_with_a_closing_line_that_adds_up(run, tmp_path):
    """Two forces, of which one row has no name: 1 set aside; read again, nothing changes."""
    folder, url = tmp_path / "extract", f"sqlite:///{tmp_path}/own.sqlite"
    assert run("template", str(folder))[0] == 0
    assert run("template", str(folder))[0] == 1
    for name, lines in {
        "forces": "force_code,name,timezone\nA,Force A,Europe/London\nB,,Europe/London\n",
        "extract": "force_code,as_of\nA,2026-03-01\n",
        "teams": "force_code,team_code,name\nA,T1,Team One\n",
    }.items():
        (folder / f"{name}.csv").write_text(lines, encoding="utf-8")
    code, out, err = run("load", str(folder), "--database", url, "--set-aside", str(tmp_path / "aside.csv"))
    assert code == 0, err
    assert out == "read 4 = loaded 3 + unchanged 0 + set aside 1\n"
    assert "set aside: forces.csv, row 3, name:" in err
    (aside,) = rows((tmp_path / "aside.csv").read_text(encoding="utf-8"))
    assert (aside["file"], aside["row"], aside["column"]) == ("forces.csv", "3", "name")
    assert run("load", str(folder), "--database", url)[1] == "read 4 = loaded 0 + unchanged 3 + set aside 1\n"
    code, out, err = run("measure", "open_cases", "--database", url)
    assert code == 0, err
    assert {row["numerator"] for row in rows(out)} == {"0"}


def test_an_empty_layout_is_refused_and_names_what_is_missing(run, tmp_path):
    run("template", str(tmp_path / "empty.xlsx"))
    code, _, err = run("load", str(tmp_path / "empty.xlsx"), "--database", f"sqlite:///{tmp_path}/own.sqlite")
    assert code == 1
    assert "forces" in err


def test_an_export_writes_one_file_a_force_and_fails_when_one_fails(run, sample_url, tmp_path):
    code, out, err = run("export", "--week", "2026-W40", "--out", str(tmp_path), "--database", sample_url)
    assert (code, len(list(tmp_path.glob("*.xlsx")))) == (0, 3), err
    assert len(out.splitlines()) == 3
    later = tmp_path / "later"
    code, _, err = run("export", "--week", "2030-W01", "--out", str(later), "--database", sample_url)
    assert code == 1
    assert "3 of 3" in err
    assert not list(later.glob("*"))


def test_check_finds_the_planted_breaches(run, sample_url):
    """The sample's own account of the rows that it broke on purpose (truth.json)."""
    truth = json.loads((Path(__file__).parents[1] / "sample_data" / "truth.json").read_text(encoding="utf-8"))[
        "integrity"
    ]
    for rule, known in (("two_leads", "3_one_lead_at_a_time"), ("duration", "6_duration_1_to_480")):
        code, out, err = run("check", "--database", sample_url, "--rule", rule)
        assert code == 0, err
        assert sorted({row["case_ref"] for row in rows(out)}) == truth[known]
    assert len(truth["3_one_lead_at_a_time"]) > 1
