"""A sheet while it is written: text, inputs, formulas, tables. Text never becomes a formula."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule, Rule
from openpyxl.styles import Border, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string, range_to_tuple
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbook_templates.book.theme import AMBER, Style, Theme
from workbook_templates.book.words import Words, breadth

# Number formats of conditions need an id above those of cells.
_FIRST_FREE_FORMAT = 300


Typed = str | float | date | None
"""What may be typed in a cell."""

_SAME_ROW = re.compile(r"\[@(\w+)\]")
_COLUMN = re.compile(r"(tbl\w+)\[(\w+)\]")


def named(formula: str) -> str:
    """Write ``[@field]`` as the name of a cell, for a formula that stands in no table."""
    return _SAME_ROW.sub(r"\1", formula)


def _say_nothing(_rows: int) -> None:
    """Show no progress."""


class Grown(NamedTuple):
    """A table whose rows are alike, so that thousands are written from the first.

    ``columns`` maps field to column letters; ``held`` are those whose cells hold what is typed,
    and ``rows`` that, in the order of the columns. The cell of a field in row i, from 0, is named
    ``name.field.i``.
    """

    sheet: str
    name: str
    first_row: int
    columns: Mapping[str, str]
    held: Collection[str]
    rows: Sequence[Sequence[Any]]

    def places(self, *, held: bool) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield name, sheet and address of every cell that is typed, or that is computed."""
        for name, column in self.columns.items():
            if (name in self.held) == held:
                for i in range(len(self.rows)):
                    yield f"{self.name}.{name}.{i}", (self.sheet, f"{column}{self.first_row + i}")


@dataclass
class Book:
    """A workbook while it is written; ``formulas`` maps each computed cell to its name."""

    workbook: Workbook
    words: Words
    theme: Theme
    formulas: dict[tuple[str, str], str] = field(default_factory=dict)
    inputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    """What is typed instead of what a sheet prefills, by input name, and the rows of tables."""
    descriptions: list[str] = field(default_factory=list)
    formats: dict[str, int] = field(default_factory=dict)
    looks: dict[Style, StyleArray] = field(default_factory=dict)
    grown: list[Grown] = field(default_factory=list)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where a column of a table stands, by table and field."""
    progress: Callable[[int], None] = _say_nothing
    """Told how many rows of a growing table were written."""

    def held(self, table: str, field: str) -> list[object]:
        """Return what stands in a column of a table that is written already."""
        sheet, (left, top, _right, bottom) = range_to_tuple(self.columns[table, field])
        rows = self.workbook[sheet].iter_rows(top, bottom, left, left, values_only=True)
        return [value for (value,) in rows]

    def page(self, title: str, widths: Sequence[float]) -> "Page":
        """Add a sheet with a translated title and column widths; two rows stay in view."""
        sheet = self.workbook.create_sheet(self.words(title))
        for i, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(i)].width = width
        sheet.sheet_view.showGridLines = False
        sheet.freeze_panes = "A3"
        return Page(self, sheet)


class Page:
    """One sheet: every cell is written by one of these methods."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        """Write on ``sheet`` of ``book``."""
        self.book, self.sheet, self.words = book, sheet, book.words

    def put(self, at: str, value: Typed, style: Style) -> Cell:
        """Write a value as it is: text stays text, whatever it starts with."""
        cell: Cell = self.sheet[at]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        if "«" in f"{style.number}{style.fraction}":
            number, fraction = map(self.words.fill, (style.number, style.fraction or ""))
            style = replace(style, number=number, fraction=fraction or None)
        self._dress(cell, style)
        if style.fraction:
            self.show_fractions(at, style.fraction)
        return cell

    def _dress(self, cell: Cell, style: Style) -> None:
        """Give a cell its look; from the second cell of a style on by openpyxl's numbers of it."""
        looks = self.book.looks
        if style not in looks:
            for name, part in self.book.theme.parts(style).items():
                setattr(cell, name, part)
            looks[style] = cell._style  # type: ignore[attr-defined]  # noqa: SLF001 - as openpyxl says
        cell._style = copy(looks[style])  # type: ignore[attr-defined]  # noqa: SLF001 - how to copy

    def say(self, at: str, text: str, style: Style) -> None:
        """Write translated text."""
        self.put(at, self.words(text), style)

    def input(self, at: str, name: str, value: Typed, style: Style) -> None:
        """Write an input cell and give it a name."""
        self.put(at, value, style)
        self.book.inputs[name] = (self.sheet.title, at)
        self.define(name, at)

    def formula(self, at: str, name: str, formula: str, style: Style) -> None:
        """Write a computed cell; its name is how formulas and cached values refer to it."""
        cell = self.put(at, None, style)
        cell.value = "=" + self.words.fill(named(formula))
        self.book.formulas[self.sheet.title, at] = name
        self.define(name, at)

    def head(self, at: str, text: str, style: Style) -> None:
        """Write the translated head of a column; a Chinese unit in brackets is not torn apart."""
        said = self.words(text)
        column, _row = coordinate_from_string(at)
        room = self.sheet.column_dimensions[column].width
        self.put(at, said.replace("（", "\n（", 1) if breadth(said) > room else said, style)

    def same(self, at: str, name: str, style: Style) -> None:
        """Write a cell that repeats a named one."""
        cell = self.put(at, None, style)
        cell.value = "=" + name
        self.book.formulas[self.sheet.title, at] = name

    def fill(self, cells: str, style: Style) -> None:
        """Give blank cells of a range a look."""
        for row in self.sheet[cells]:
            for cell in row:
                self.put(cell.coordinate, cell.value, style)

    def validate(self, at: str, title: str, message: str, **rule: Any) -> None:  # noqa: ANN401
        """Attach an input message, and a rule where one is given (openpyxl's keywords).

        ``tblModels[model]`` in a rule is a column of a table that is written already.
        """
        rule = {key: self._addressed(self.words.fill(str(part))) for key, part in rule.items()}
        validation = DataValidation(
            allow_blank=True,
            showInputMessage=True,
            showErrorMessage=bool(rule),
            promptTitle=self.words(title)[:32],
            prompt=self.words(message)[:255],
            errorTitle=self.words(title)[:32],
            error=self.words(message)[:225],
            **rule,
        )
        validation.add(at)
        self.sheet.add_data_validation(validation)

    def _addressed(self, rule: str) -> str:
        """Write a table's column as an address: rules of cells cannot name one."""
        return _COLUMN.sub(lambda found: self.book.columns[found[1], found[2]], rule)

    def flag_errors(self, cells: str) -> None:
        """Make error cells stand out as what they are, in amber."""
        first = cells.split(":", maxsplit=1)[0]
        self.mark(cells, f"ISERROR({first})", AMBER)

    def mark(
        self,
        cells: str,
        condition: str,
        color: str | None = None,
        fill: str | None = None,
        border: Border | None = None,
        *,
        bold: bool = True,
    ) -> None:
        """Give cells (bold) text of a color, a fill or a border where the condition holds.

        The condition is one of the first cell; words must say the same, for no color carries it.
        """
        look = {
            "font": Font(color=color, bold=bold) if color else None,
            "fill": PatternFill(bgColor=fill) if fill else None,
            "border": border,
        }
        rule = FormulaRule(formula=[condition], **look)  # type: ignore[no-untyped-call]  # openpyxl's helper has no types
        self.sheet.conditional_formatting.add(cells, rule)

    def link(self, at: str, target: str) -> None:
        """Let a click on a cell lead to a named one, or to the first of a table's column.

        Or to an address, such as ``'Checks'!C4``, where it is yet to be written.
        """
        names = self.book.workbook.defined_names
        address = names[target].attr_text if target in names else self._addressed(target)
        location = address.split(":")[0].replace("$", "")
        self.sheet[at].hyperlink = Hyperlink(ref=at, location=location)

    def heights(self, rows: Mapping[int, float]) -> None:
        """Set row heights in points."""
        for row, height in rows.items():
            self.sheet.row_dimensions[row].height = height

    def describe_chart(self, text: str) -> None:
        """Give the sheet's only chart its alternative text, which openpyxl cannot write."""
        self.book.descriptions.append(self.words(text))

    def define(self, name: str, at: str) -> None:
        """Give a cell a name for formulas."""
        column, row = coordinate_from_string(at)
        target = f"'{self.sheet.title}'!${column}${row}"
        self.book.workbook.defined_names[name] = DefinedName(name, attr_text=target)

    def absolute(self, first: int, last: int, column: int) -> str:
        """Return the absolute address of a part of a column, with its sheet."""
        letter = get_column_letter(column)
        return f"'{self.sheet.title}'!${letter}${first}:${letter}${last}"

    @staticmethod
    def at(row: int, column: int) -> str:
        """Return a cell's address."""
        return f"{get_column_letter(column)}{row}"

    def print_setup(
        self,
        *areas: str,
        title_rows: str = "1:2",
        title_columns: str | None = None,
        pages: int = 0,
        upright: bool = False,
    ) -> None:
        """Print areas, each one page wide on A4 or Letter, with what is repeated and a footer.

        All that is printed fits on so many ``pages``, or on as many as it takes where that is 0.
        Pages lie on their side unless they are ``upright``.
        """
        sheet = self.sheet
        sheet.print_area = ",".join(areas)
        sheet.print_title_rows, sheet.print_title_cols = title_rows, title_columns
        sheet.page_setup.orientation = "portrait" if upright else "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, pages
        sheet.page_margins = PageMargins(left=0.25, right=0.25, top=0.4, bottom=0.6, footer=0.3)
        sheet.oddFooter = HeaderFooterItem(
            left=_HeaderFooterPart(text="&A"), right=_HeaderFooterPart(text="&P / &N")
        )

    def protect(self) -> None:
        """Lock all but the inputs, without a password; filters would be dead on a locked sheet."""
        self.sheet.protection.sheet = True
        self.sheet.protection.formatColumns = False
        self.sheet.protection.formatRows = False
        for table in self.sheet.tables.values():
            table.autoFilter = None

    def show_fractions(self, cells: str, number: str) -> None:
        """Show the numbers of cells by another format where they are not whole."""
        at, formats = cells.split(":", maxsplit=1)[0], self.book.formats
        known = formats.setdefault(number, _FIRST_FREE_FORMAT + len(formats))
        look = DifferentialStyle(numFmt=NumberFormat(numFmtId=known, formatCode=number))
        fraction = f"IF(ISNUMBER({at}),{at}<>INT({at}),FALSE)"
        rule = Rule(type="expression", dxf=look, formula=[fraction])
        self.sheet.conditional_formatting.add(cells, rule)
