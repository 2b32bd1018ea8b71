"""The sample's raw rows, read once, and its reports."""

import pytest

import data_access as da
from tests.recount.raw import Raw


@pytest.fixture(scope="session")
def raw(sample_url) -> Raw:
    """The source tables."""
    return Raw(sample_url)


@pytest.fixture(scope="session")
def reports(sample_store):
    """An analyst's reports over the three forces."""
    return sample_store.reports(da.Scope.local(sample_store.force_codes(), "service_manager"))
