"""Pictures as native charts of the workbook, with alternative text, below the table of their worksheet."""

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from dashboard import theme
from dashboard.workbook.cells import clean_cell
from dashboard.workbook.pictures import Picture, Run

WIDTH, HEIGHT = 24.5, 8.4  # centimetres; two pictures and their gaps fill an A4 page
ROWS_A_PICTURE = 18


def place_charts(page: Worksheet, drawn: Sequence[Picture]) -> None:
    """Draw the charts below the table of their worksheet, two to a printed page."""
    row = page.max_row + 2
    for place, picture in enumerate(p for p in drawn if p.runs):
        if place % 2 == 0:
            page.row_breaks.append(Break(id=row - 1))
        chart = _chart(picture, page.parent[picture.name])
        chart.anchor = f"A{row}"
        page.add_chart(chart)
        row += ROWS_A_PICTURE
    page.print_title_rows = "1:1"  # the charts need the room of the rows below


def _chart(picture: Picture, data: Worksheet) -> Any:
    line = picture.kind == "line"
    chart: Any = LineChart() if line else BarChart()
    if not line:
        chart.type, chart.grouping = "col", "stacked" if picture.kind == "stacked" else "clustered"
        chart.overlap = 0 if picture.kind == "columns" else 100
        chart.gapWidth = 50
    for run in picture.runs:
        chart.series.append(_series(run, data, line))
    labels = picture.labels
    chart.set_categories(Reference(data, min_col=labels.column, min_row=labels.first, max_row=labels.last))
    chart.title = _words(picture.title, 1200, bold=True)
    chart.x_axis.title = _words("Week beginning" if labels.name else "Level now", 1000)
    chart.y_axis.title = _words(picture.up, 1000)
    chart.y_axis.scaling.min = 0
    chart.y_axis.number_format = "#,##0"
    chart.x_axis.number_format = "d mmm" if labels.name else "General"
    chart.x_axis.delete = chart.y_axis.delete = False  # openpyxl hides axes unless told otherwise
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_hex("rule")))
    chart.width, chart.height = WIDTH, HEIGHT
    if len(picture.runs) > 1:
        chart.legend.position = "r"
    else:
        chart.legend = None
    chart.alternative_text = f"{clean_cell(picture.title)}. {picture.sentence} Figures: worksheet {picture.name}."
    return chart


def _series(run: Run, data: Worksheet, line: bool) -> Any:
    series = Series(Reference(data, min_col=run.column, min_row=run.first, max_row=run.last))
    series.tx = SeriesLabel(v=run.name)
    if line:
        series.graphicalProperties.line.solidFill, series.graphicalProperties.line.width = _hex(run.colour), 28_000
        series.marker.symbol, series.marker.size, series.smooth = "circle", 7, False
        series.marker.graphicalProperties = GraphicalProperties(solidFill=_hex(run.colour))
    else:
        series.graphicalProperties.solidFill = _hex(run.colour)
        series.graphicalProperties.line.solidFill = _hex("paper")
        series.invertIfNegative = False
    return series


def _words(text: str, size: int, bold: bool = False) -> Title:
    look = CharacterProperties(sz=size, b=bold, solidFill=_hex("ink"))
    run = RegularTextRun(rPr=look, t=str(clean_cell(text)))
    rich = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), r=[run])])
    return Title(tx=Text(rich=rich), overlay=False)


def _hex(name: str) -> str:
    return theme.colour(name).lstrip("#").upper()
