"""The three lists of packages agree, the settings are read as they say, and the generated docs are fresh."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from dashboard.settings import SETTINGS, settings
from data_access.errors import CaselightError

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA_NAMES = {"python-tzdata": "tzdata"}
PYTHONS = ("3.11.0", "3.12.0", "3.13.0", "3.14.0")


def floors() -> dict[str, SpecifierSet]:
    """What pyproject.toml asks for, all extras and the build included."""
    listed = [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]]
    listed += [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, listed)}


def locked() -> dict[str, list[tuple[str, Marker | None]]]:
    """Versions of the lock with the systems for which each stands."""
    found: dict[str, list] = {}
    for line in re.findall(r"^[A-Za-z0-9][^\\\n]*", LOCK, re.M):
        one = Requirement(line.strip())
        (pin,) = one.specifier
        assert pin.operator == "=="
        found.setdefault(canonicalize_name(one.name), []).append((pin.version, one.marker))
    return found


def conda() -> dict[str, SpecifierSet]:
    """What environment.yml asks for, the packages that pip adds included."""
    lines = re.findall(
        r"^ +- ([A-Za-z0-9._-]+)([<>=!~][^\s#]*)?\s*$", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.M
    )
    named = {CONDA_NAMES.get(name, canonicalize_name(name)): SpecifierSet(spec) for name, spec in lines}
    return {name: spec for name, spec in named.items() if name not in ("conda-forge", "pip", "python")}


def test_conda_asks_for_the_same_as_pip():
    assert conda() == floors()


def test_conda_and_pip_ask_for_the_same_python():
    assert f"- python{PROJECT['requires-python']}\n" in (ROOT / "environment.yml").read_text(encoding="utf-8")


def test_the_lock_satisfies_every_floor():
    lock = locked()
    missing = [name for name in floors() if name not in lock and name != "tzdata"]
    assert missing == []
    wrong = [
        f"{name}=={version}"
        for name, spec in floors().items()
        for version, _ in lock.get(name, ())
        if version not in spec
    ]
    assert wrong == []


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_one_version_of_each_package(python, system):
    here = {
        "python_version": python[:4],
        "python_full_version": python,
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    valid = {
        name: [v for v, marker in pins if marker is None or marker.evaluate(here)] for name, pins in locked().items()
    }
    assert {name: versions for name, versions in valid.items() if len(versions) > 1} == {}
    assert [name for name in floors() if not valid.get(name) and (name != "tzdata" or system == "win32")] == []


def test_every_locked_package_has_hashes_and_no_registry_is_named():
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert len(blocks) == sum(map(len, locked().values()))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links|-e |@", LOCK)


def test_what_the_packages_import_is_declared():
    """An import that only another package brings would break when that one changes."""
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    own = {"data_access", "dashboard", "sample_data"}
    homes = packages_distributions()
    undeclared = set()
    for path in (p for package in own for p in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for top in {name.split(".")[0] for name in names} - own - sys.stdlib_module_names:
                if not declared & {canonicalize_name(home) for home in homes.get(top, [top])}:
                    undeclared.add(f"{path.relative_to(ROOT).as_posix()} imports {top}")
    assert undeclared == set()


def test_the_generated_docs_are_fresh():
    ran = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_readme_has_the_two_commands_and_the_windows_lines():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for line in ("make serve", "make test", "py -m venv .venv", "http://localhost:5006/"):
        assert line in readme


def test_settings_come_from_the_environment_and_empty_means_the_default(tmp_path):
    found = settings({"CASELIGHT_DATA": str(tmp_path), "CASELIGHT_PORT": " "})
    assert (found.port, found.debug) == (5006, False)
    assert found.database == found.sample == f"sqlite:///{tmp_path.as_posix()}/sample.sqlite"
    assert found.shows_sample
    other = settings({"CASELIGHT_DATABASE": "postgresql://somebody@localhost/service", "CASELIGHT_PORT": "80"})
    assert (other.database, other.port, other.shows_sample) == ("postgresql://somebody@localhost/service", 80, False)


@pytest.mark.parametrize("port", ["0", "65536", "five", "-1", "٥"])
def test_a_port_that_is_none_is_refused_with_what_to_do(port):
    with pytest.raises(CaselightError, match="from 1 to 65535"):
        settings({"CASELIGHT_PORT": port})


def test_a_checkout_keeps_its_sample_in_itself():
    assert settings({}).data == ROOT / ".state"


def test_every_setting_has_a_sentence():
    assert [s.name for s in SETTINGS if not s.sentence.endswith(".") or not s.name.startswith("CASELIGHT_")] == []
