"""The named styles of the workbook; no cell has any other look, and none has a fill."""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side

from dashboard.theme import colour

FONT = "Arial"
TITLE, NORMAL, LINK, CAUTION = "Heading 1", "Normal", "Hyperlink", "Caution"
HEADER, NUMBER_HEADER, TEXT, NUMBER = "Table header", "Table number header", "Table text", "Table number"
HEADER_AFTER, TEXT_AFTER = "Table header after number", "Table text after number"
_TOP = Alignment(vertical="top")
_WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)
_APART = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
# No indent on the right: LibreOffice keeps it in some cells of a column and drops it in others.
_RIGHT = Alignment(horizontal="right", vertical="top", wrap_text=True)


def add_styles(book: Workbook) -> None:
    """Give a new workbook its styles. Heading 1, Normal and Hyperlink are the program's own, by their numbers."""
    ink = colour("ink").lstrip("#").upper()
    normal = book._named_styles["Normal"]
    normal.font, normal.alignment = Font(name=FONT, size=12, color=ink), _TOP
    normal.bind(book)
    line = Border(bottom=Side(style="thin", color=colour("quiet").lstrip("#").upper()))
    link = Font(name=FONT, size=12, color=colour("accent").lstrip("#").upper(), underline="single")
    plain, bold = Font(name=FONT, size=12, color=ink), Font(name=FONT, size=12, bold=True, color=ink)
    italic = Font(name=FONT, size=12, italic=True, color=ink)
    for style in (
        NamedStyle(TITLE, font=Font(name=FONT, size=16, bold=True, color=ink), alignment=_TOP, builtinId=16),
        NamedStyle(LINK, font=link, alignment=_WRAPPED, builtinId=8),
        NamedStyle(HEADER, font=bold, alignment=_WRAPPED, border=line),
        NamedStyle(NUMBER_HEADER, font=bold, alignment=_RIGHT, border=line),
        NamedStyle(TEXT, font=plain, alignment=_WRAPPED),
        NamedStyle(HEADER_AFTER, font=bold, alignment=_APART, border=line),
        NamedStyle(TEXT_AFTER, font=plain, alignment=_APART),
        NamedStyle(NUMBER, font=plain, alignment=_RIGHT),
        NamedStyle(CAUTION, font=italic, alignment=_WRAPPED),
    ):
        book.add_named_style(style)
