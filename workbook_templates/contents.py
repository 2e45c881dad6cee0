"""What stands in a written book, as its formulas see it."""

from collections.abc import Iterator, Mapping
from datetime import date

from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from workbook_templates.book.page import Book, Grown
from workbook_templates.formulas.calculation import Sheets
from workbook_templates.formulas.references import Cell, Table
from workbook_templates.formulas.values import CellValue, typed_value


def sheets_of(book: Book, instead: Mapping[str, str] | None = None) -> Sheets:
    """Return the cells, names and tables of a book.

    ``instead`` are formulas, by the cell's name, for cells that ask a program beside the workbook.
    """
    names = {name: next(_cells(book, name)) for name in book.workbook.defined_names}
    typed: dict[Cell, CellValue] = {}
    formulas: dict[Cell, str] = {}
    for sheet in book.workbook.worksheets:
        for (row, column), cell in sheet._cells.items():  # noqa: SLF001 - iter_rows makes cells
            value = cell.value
            if cell.data_type == "f":
                formulas[sheet.title, row, column] = str(value)[1:]
            elif isinstance(value, str | float | int | date):
                typed[sheet.title, row, column] = typed_value(value)
    tables = {table.name: table for table in _tables(book, typed, formulas)}
    formulas |= {names[name]: formula for name, formula in (instead or {}).items()}
    return Sheets(typed, formulas, names, tables, _places(book))


def _places(book: Book) -> dict[str, Cell]:
    """Return the inputs and the computed cells by name; tables have theirs by field.

    A cell that repeats an input is computed: it shows 0 where that is blank.
    """
    inputs = {place: name for name, place in book.inputs.items()}
    found = {}
    for (sheet, at), name in (inputs | book.formulas).items():
        column, row = coordinate_from_string(at)
        found[name] = (sheet, row, column_index_from_string(column))
    return found


def _cells(book: Book, name: str) -> Iterator[Cell]:
    """Yield the only cell of a name."""
    for sheet, address in book.workbook.defined_names[name].destinations:
        left, top, _right, _bottom = range_boundaries(address)
        if top is not None and left is not None:
            yield sheet, top, left


def _tables(book: Book, typed: dict[Cell, CellValue], formulas: dict[Cell, str]) -> Iterator[Table]:
    """Yield the tables; what is in them is taken out of the cells."""
    grown = {table.name: table for table in book.grown}
    for sheet in book.workbook.worksheets:
        for name in sheet.tables:
            found = grown.get(name)
            if found is None:
                yield _typed_table(sheet, name, typed)
            else:
                yield _grown_table(found, typed, formulas)


def _typed_table(sheet: Worksheet, name: str, typed: dict[Cell, CellValue]) -> Table:
    """Return a table in which nothing is computed."""
    table = sheet.tables[name]
    left, top, _right, bottom = range_boundaries(table.ref)
    columns = {column.name: int(left or 1) + i for i, column in enumerate(table.tableColumns)}
    rows = range(int(top or 1) + 1, int(bottom or 1) + 1)
    held = {
        field: [typed.pop((sheet.title, row, number), None) for row in rows]
        for field, number in columns.items()
    }
    return Table(name, sheet.title, rows[0], len(rows), columns, held, {})


def _grown_table(table: Grown, typed: dict[Cell, CellValue], formulas: dict[Cell, str]) -> Table:
    """Return a table whose rows are yet to be written from its first."""
    columns = {field: column_index_from_string(at) for field, at in table.columns.items()}
    held, computed = {}, {}
    for place, (field, number) in enumerate(columns.items()):
        first = (table.sheet, table.first_row, number)
        if field in table.held:
            typed.pop(first, None)
            held[field] = [typed_value(row[place]) for row in table.rows]
        else:
            computed[field] = formulas.pop(first)
    rows = len(table.rows)
    return Table(table.name, table.sheet, table.first_row, rows, columns, held, computed)
