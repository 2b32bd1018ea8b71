"""Fixtures for all tests: the sample, PostgreSQL on loopback, a browser, and the pages as a person serves them.

A component that is missing skips its tests with the reason. Where
NO_SKIPS=1 (continuous integration), it fails them.
"""

import os
import shutil

import pytest

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.browser"]

NO_SKIPS = os.environ.get("NO_SKIPS") == "1"


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory):
    """The tester's own settings and databases stay out of the tests."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("CASELIGHT_")}
    for name in kept:
        del os.environ[name]
    os.environ["CASELIGHT_DATA"] = str(tmp_path_factory.mktemp("data"))
    yield
    del os.environ["CASELIGHT_DATA"]
    os.environ.update(kept)


@pytest.fixture(autouse=True)
def _settings_of_one_test():
    """A server that is made in the process names its database in the settings: no other test is to meet it there."""
    before = {name: value for name, value in os.environ.items() if name.startswith("CASELIGHT_")}
    yield
    for name in [name for name in os.environ if name.startswith("CASELIGHT_")]:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="session")
def soffice() -> str:
    """Path of LibreOffice."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        pytest.skip("LibreOffice is not installed")
    return found


@pytest.fixture(scope="session")
def pdftoppm() -> str:
    """Path of pdftoppm (poppler-utils)."""
    found = shutil.which("pdftoppm")
    if not found:
        pytest.skip("pdftoppm (poppler-utils) is not installed")
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure where nothing may be skipped."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped where NO_SKIPS=1. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """The same for a module that skips itself."""
    report = yield
    if NO_SKIPS and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped where NO_SKIPS=1. {report.longrepr}"
    return report
