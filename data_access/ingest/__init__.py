"""Real input: reading, mapping, checking and loading of extracts."""

from data_access.ingest.accounts import LoadReport, SetAside
from data_access.ingest.load import load
from data_access.ingest.mapping import presets

__all__ = ["LoadReport", "SetAside", "load", "presets"]
