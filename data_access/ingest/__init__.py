"""Real input: reading, mapping, checking and loading of extracts."""

from data_access.ingest.accounts import LoadReport, SetAside
from data_access.ingest.loading import load
from data_access.ingest.mapping import presets
from data_access.ingest.offered import readable_name
from data_access.ingest.template import dictionary_rows, write_template

__all__ = ["LoadReport", "SetAside", "dictionary_rows", "load", "presets", "readable_name", "write_template"]
