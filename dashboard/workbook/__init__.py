"""The weekly workbook: accessible, reproducible, the same from the page and from the command line."""

from dashboard.workbook.export import Exported, book, export, file_name, write_week

__all__ = ["Exported", "book", "export", "file_name", "write_week"]
