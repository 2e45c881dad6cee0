"""Finish the file that openpyxl wrote: cached values, alt text, valid order, the same bytes always.

Every part is brought into canonical XML first, so the few edits below meet one spelling only.
"""

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from html import escape
from io import BytesIO
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import canonicalize

from openpyxl.utils import get_column_letter

from workbook_templates.book import chart_caches
from workbook_templates.book.chart_caches import Shown
from workbook_templates.book.page import Book
from workbook_templates.book.raw import raw_bytes
from workbook_templates.book.rows import computed_cell, grow, leave_out_addresses

_FORMULA = re.compile(r'<c r="([A-Z]+\d+)"( s="\d+")?>(<f>.*?</f>)<v></v></c>', re.DOTALL)
_FONT = re.compile(r"<font>(.*?)</font>")
_FONT_PART = re.compile(r"<(\w+)[^>]*></\1>")
_TYPE = re.compile("<Default [^>]*></Default>")
# The order that the schema asks for; openpyxl writes another one.
_FONT_ORDER = ("b", "i", "u", "sz", "color", "name", "family", "scheme")
_NO_TITLE = '<autoTitleDeleted val="1"></autoTitleDeleted>'
_FIRST_PARTS = ("[Content_Types].xml", "_rels/.rels")


Values = Mapping[str, Any]
Columns = Mapping[tuple[str, str], Sequence[Any]]


def finish(book: Book, values: Values, columns: Columns = MappingProxyType({})) -> bytes:
    """Return the workbook's file with what its computed cells show.

    ``values`` are those of cells by name, ``columns`` those of growing tables by table and field.
    """
    edits: dict[str, Callable[[str], str]] = {
        "[Content_Types].xml": _order_types,
        "xl/styles.xml": lambda xml: _FONT.sub(_order_font, xml),
        "docProps/core.xml": partial(_fix_modified, book.workbook.properties.created),
    }
    for i, title in enumerate(book.workbook.sheetnames, start=1):
        edits[f"xl/worksheets/sheet{i}.xml"] = partial(_finish_sheet, book, title, values, columns)
    for i, description in enumerate(book.descriptions, start=1):
        edits[f"xl/drawings/drawing{i}.xml"] = partial(_describe_chart, description)
        edits[f"xl/charts/chart{i}.xml"] = _delete_automatic_title
    _keep_in_charts(book, values)
    with zipfile.ZipFile(raw_bytes(book.workbook)) as archive:
        return _zip({name: _part(archive, name, edits) for name in archive.namelist()})


def _part(archive: zipfile.ZipFile, name: str, edits: Mapping[str, Callable[[str], str]]) -> bytes:
    """Return a part as it is kept: XML in canonical form and edited, anything else as it is."""
    content = archive.read(name)
    if name.endswith(".bin"):
        return content
    edited = edits.get(name, str)(_canonical(content))
    return (_DECLARATION + edited).encode()


@lru_cache(128)
def _canonical(content: bytes) -> str:
    """Return XML in canonical form; most parts are the same in the next workbook."""
    return canonicalize(content.decode())


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Pack the parts in a fixed order with a fixed date."""
    packed = BytesIO()
    first = [name for name in _FIRST_PARTS if name in parts]
    with zipfile.ZipFile(packed, "w") as archive:
        for name in (*first, *sorted(parts.keys() - set(first))):
            info = zipfile.ZipInfo(name)  # dated 1980-01-01
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            archive.writestr(info, parts[name], compresslevel=9)
    return packed.getvalue()


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _keep_in_charts(book: Book, values: Values) -> None:
    """Keep in every chart what its cells show."""
    computed = {place: name for table in book.grown for name, place in table.places(held=False)}
    computed = book.formulas | computed

    def shown(sheet: str, row: int, column: int) -> Shown:
        at = f"{get_column_letter(column)}{row}"
        cell, name = book.workbook[sheet][at], computed.get((sheet, at))
        return Shown(values[name] if name else cell.value, cell.number_format)

    for worksheet in book.workbook.worksheets:
        chart_caches.keep(worksheet, shown)


def _finish_sheet(book: Book, title: str, values: Values, columns: Columns, xml: str) -> str:
    tables = [table for table in book.grown if table.sheet == title]
    grown = grow(_cache_values(book, title, values, xml), tables, columns, book.progress)
    return leave_out_addresses(grown)


def _cache_values(book: Book, title: str, values: Values, xml: str) -> str:
    """Write each computed cell's value beside its formula."""

    def cached(cell: re.Match[str]) -> str:
        at, style, formula = cell.groups()
        if (title, at) not in book.formulas:
            return cell[0]
        return computed_cell(f' r="{at}"{style or ""}', formula, values[book.formulas[title, at]])

    return _FORMULA.sub(cached, xml)


def _order_types(xml: str) -> str:
    """Sort the types by extension, which openpyxl takes from a set where there are macros."""
    types = sorted(_TYPE.findall(xml))
    return _TYPE.sub(lambda _type: types.pop(0), xml)


def _order_font(font: re.Match[str]) -> str:
    parts = sorted(_FONT_PART.finditer(font[1]), key=lambda part: _FONT_ORDER.index(part[1]))
    return f"<font>{''.join(part[0] for part in parts)}</font>"


def _describe_chart(text: str, xml: str) -> str:
    quoted = escape(text)
    return re.sub(r"<([\w:]*cNvPr) id=", rf'<\1 descr="{quoted}" id=', xml, count=1)


def _delete_automatic_title(xml: str) -> str:
    """Say that a chart without a title has none: Excel gives one to a chart of one series."""
    return xml.replace("<chart><plotArea>", f"<chart>{_NO_TITLE}<plotArea>")


def _fix_modified(created: datetime, xml: str) -> str:
    """Undo openpyxl's stamp of the moment of saving."""
    return re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{created:%Y-%m-%dT%H:%M:%SZ}", xml)
