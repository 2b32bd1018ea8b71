"""The file around the workbook: the same content gives the same bytes, and every picture has its words."""

import hashlib
import io
from datetime import date, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import tostring

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_LEVEL = 6  # of compression; fixed, because the default may change


class _Archive(ZipFile):
    """A ZIP file whose entries carry no clock, no file mode and no operating system."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Add a part under its name."""
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        entry = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.create_system, entry.external_attr, entry.compress_type = 3, 0o600 << 16, ZIP_DEFLATED
        super().writestr(entry, data, ZIP_DEFLATED, _LEVEL)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a part that openpyxl had laid down in a temporary file."""
        with open(filename, "rb") as part:
            self.writestr(arcname, part.read())


class _Writer(ExcelWriter):
    """openpyxl's writer, with alternative text on each chart."""

    def _write_drawing(self, drawing: Any) -> None:
        # openpyxl has no public way to ``descr``. A subclass of SpreadsheetDrawing would be written
        # empty without an error (it loses __elements__), so the instance is patched.
        framed = drawing._chart_frame

        def described(place: int) -> Any:
            frame = framed(place)
            frame.nvGraphicFramePr.cNvPr.descr = drawing.charts[place - 1].alternative_text
            return frame

        drawing._chart_frame = described
        super()._write_drawing(drawing)

    def _write_charts(self) -> None:
        for chart in self._charts:
            self._archive.writestr(chart.path[1:], _prefixed(tostring(chart._write())))
            self.manifest.append(chart)


def package(book: Workbook) -> bytes:
    """The workbook as a file. Unlike ``Workbook.save`` it does not stamp the clock."""
    out = io.BytesIO()
    with _Archive(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        _Writer(book, archive).write_data()
    return out.getvalue()


def content_digest(file: bytes, audit: str) -> str:
    """SHA-256 over names and content of the parts, in the order of names.

    ``audit`` names the part of the worksheet that states the digest; it and
    the document properties stay out. The bytes of a ZIP file differ between
    builds of zlib, this does not.
    """
    digest = hashlib.sha256()
    with ZipFile(io.BytesIO(file)) as archive:
        for name in sorted(archive.namelist()):
            if name != audit and not name.startswith("docProps/"):
                digest.update(name.encode() + b"\0" + hashlib.sha256(archive.read(name)).digest())
    return digest.hexdigest()


def with_digest(file: bytes, audit: str, placeholder: str) -> bytes:
    """The file with its content digest in place of a text of the part ``audit``.

    The parts are copied, not written again: openpyxl leaves its marks on a
    workbook that it has written once.
    """
    stated, out = content_digest(file, audit).encode(), io.BytesIO()
    with ZipFile(io.BytesIO(file)) as archive, _Archive(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as copy:
        for name in archive.namelist():
            part = archive.read(name)
            copy.writestr(name, part.replace(placeholder.encode(), stated) if name == audit else part)
    return out.getvalue()


def set_properties(book: Workbook, title: str, subject: str, on: date, own: dict[str, str]) -> None:
    """Title, subject, language and dates of the document; ``on`` is the day up to which the data go."""
    properties = book.properties
    properties.title, properties.subject, properties.language = title, subject, "en-GB"
    properties.creator, properties.keywords = "caselight", "weekly workbook; contains case references"
    properties.created = properties.modified = datetime(on.year, on.month, on.day)
    for name, text in own.items():
        book.custom_doc_props.append(StringProperty(name=name, value=text))


def _prefixed(chart: bytes) -> bytes:
    """A chart's XML with the usual prefix ``c:``, so that its references cannot be taken for a cell's formula."""
    root = etree.fromstring(chart)
    named = etree.Element(root.tag, root.attrib, nsmap={"c": _CHART})
    named.extend(list(root))
    etree.cleanup_namespaces(named, top_nsmap={"c": _CHART})
    return etree.tostring(named, xml_declaration=True, encoding="UTF-8", standalone=True)
