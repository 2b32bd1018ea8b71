"""A workbook as a file."""

from openpyxl import Workbook

from dashboard.purposes import Stamp
from dashboard.workbook.charts import place_charts
from dashboard.workbook.export import Made
from dashboard.workbook.front import DIGEST_NOT_YET, product_version, stamped, title_of
from dashboard.workbook.package import package, set_properties, with_digest
from dashboard.workbook.styles import add_styles
from dashboard.workbook.writing import add_sheet


def file_of(told: Made, stamp: Stamp | None) -> bytes:
    """The bytes of a workbook, with who takes it and what for. The same data and stamp give the same bytes."""
    book = Workbook()
    book.remove(book.active)
    add_styles(book)
    for sheet in (*told.sheets[:-1], stamped(told.sheets[-1], stamp)):
        add_sheet(book, sheet)
    place_charts(book["Charts"], told.pictures)
    own = {
        "week_ending": told.issue.sunday.isoformat(),
        "data_up_to": told.issue.force.as_of.isoformat(),
        "product_version": product_version(),
        **({"taken": stamp.sentence()} if stamp else {}),
    }
    subject = "Caseload, engagement and risk of one week"
    set_properties(book, title_of(told.issue), subject, told.issue.force.as_of, own)
    return with_digest(package(book), told.audit_part, DIGEST_NOT_YET)
