"""What every formula of a workbook gives: computed when it is asked for, once.

`Sheets` is what stands in the workbook, `Calculation` what it shows for some inputs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from math import isfinite
from typing import Any, NamedTuple, TypeVar

from openpyxl.utils import get_column_letter

from workbook_templates.formulas.compiler import Compiler
from workbook_templates.formulas.parse import parse
from workbook_templates.formulas.references import Block, Cell, Column, Table
from workbook_templates.formulas.scope import Names, Scope, Shared, Value
from workbook_templates.formulas.values import (
    NUM,
    Array,
    CellValue,
    Error,
    FormulaError,
    RaisedError,
    days,
    typed_value,
)

Key = TypeVar("Key")
Found = TypeVar("Found")


class _Filled(NamedTuple):
    """A column's formula: what it computes, what it reads of its row, whether the row matters."""

    compute: Value
    asks: tuple[Column, ...]
    placed: bool


class _Functions(NamedTuple):
    """What formulas were made into, and what they have in common; see `Names`."""

    cells: dict[Cell, Value]
    columns: dict[Column, _Filled]
    values: Shared
    arrays: Shared


@lru_cache(8)
def _functions(_layout: tuple[object, ...]) -> _Functions:
    """Return the functions of all formulas that stand at the same places among the same names."""
    return _Functions({}, {}, {}, {})


def _items(by_key: Mapping[Any, object]) -> tuple[object, ...]:
    return tuple(by_key.items())


def _layout(table: Table) -> tuple[object, ...]:
    """Return all of a table that its formulas, and those that read it, are made by."""
    place = (table.name, table.sheet, table.top, table.rows)
    return (*place, _items(table.columns), _items(table.formulas))


class Sheets:
    """The cells of a workbook; its formulas are compiled when they are first computed, or all."""

    def __init__(
        self,
        typed: Mapping[Cell, CellValue],
        formulas: Mapping[Cell, str],
        names: Mapping[str, Cell],
        tables: Mapping[str, Table],
        places: Mapping[str, Cell] | None = None,
    ) -> None:
        """Take what is typed, the formulas without their equals sign, and what they may name.

        ``places`` are the cells whose values are asked for by name; if omitted, the named ones.
        """
        last_rows: dict[str, int] = {}
        for sheet, row, _column in (*typed, *formulas):
            last_rows[sheet] = max(row, last_rows.get(sheet, 1))
        for table in tables.values():
            last = table.top + table.rows - 1
            last_rows[table.sheet] = max(last, last_rows.get(table.sheet, 1))
        self.places = names if places is None else places
        layout = (
            _items(formulas),
            _items(names),
            _items(last_rows),
            *map(_layout, tables.values()),
        )
        self._compiled, self._filled, values, arrays = _functions(layout)
        self.typed = typed
        self.names = Names(names, tables, formulas, last_rows, values, arrays)

    def place(self, name: str) -> Cell | tuple[Column, int]:
        """Return where a name is: a cell, or a table's column and the row from 0 on."""
        if name in self.places:
            return self.places[name]
        table, _, rest = name.partition(".")
        field, _, row = rest.partition(".")
        known = self.names.tables.get(table)
        if known is None or field not in known.columns or not 0 <= int(row) < known.rows:
            raise KeyError(name)
        return (table, field), int(row)

    def compile(self) -> None:
        """Compile every formula."""
        for cell in self.names.formulas:
            self.compiled(cell)
        for table in self.names.tables.values():
            for field in table.formulas:
                self.filled((table.name, field))

    def compiled(self, cell: Cell) -> Value:
        """Return the function of a cell's formula."""
        if cell not in self._compiled:
            node = parse(self.names.formulas[cell])
            self._compiled[cell] = Compiler(Scope(self.names, cell)).value(node)
        return self._compiled[cell]

    def filled(self, column: Column) -> _Filled:
        """Return the function of a column's formula."""
        if column not in self._filled:
            table = self.names.tables[column[0]]
            here = (table.sheet, table.top, table.columns[column[1]])
            scope = Scope(self.names, here, table)
            compute = Compiler(scope).value(parse(table.formulas[column[1]]))
            self._filled[column] = _Filled(compute, tuple(scope.asks), scope.placed)
        return self._filled[column]

    def called(self, place: Cell | Column) -> str:
        """Return what to call a cell or a column in a message."""
        if len(place) == 2:
            return f"{place[0]}[{place[1]}]"
        sheet, row, column = place
        name = next((n for n, cell in self.names.cells.items() if cell == place), "a cell")
        return f"{name}, '{sheet}'!{get_column_letter(column)}{row}"


class _Lazy(dict[Key, Found]):
    """Computes what is missing, and refuses what depends on itself; an error names its place."""

    def __init__(
        self,
        known: Mapping[Key, Found],
        compute: Callable[[Key], Found],
        called: Callable[[Key], str],
    ) -> None:
        super().__init__(known)
        self.compute, self.called = compute, called
        self.asked: set[Key] = set()

    def __missing__(self, key: Key) -> Found:
        if key in self.asked:
            raise FormulaError("this depends on itself")
        self.asked.add(key)
        try:
            found = self[key] = self.compute(key)
        except FormulaError as error:
            raise error if error.placed else error.at(self.called(key)) from error
        finally:
            self.asked.discard(key)
        return found


class Calculation(Mapping[str, CellValue]):
    """Every value by its cell's name; a table's by ``table.field.row``, rows from 0 on."""

    def __init__(
        self,
        sheets: Sheets,
        changes: Mapping[str, CellValue | date] | None = None,
        *,
        today: date,
    ) -> None:
        """Take inputs that differ from what the sheets hold, by name, and the day of TODAY()."""
        self.sheets, self.today = sheets, today
        tables = sheets.names.tables.values()
        typed = {(t.name, name): list(cells) for t in tables for name, cells in t.typed.items()}
        self.day = days(today)
        self.cells = _Lazy(sheets.typed, self._cell, sheets.called)
        self.columns = _Lazy[Column, list[CellValue]](typed, self._column, sheets.called)
        for name, value in (changes or {}).items():
            self._change(name, typed_value(value))
        self.shared: dict[int, Array | CellValue] = {}
        self._arrays: dict[Block, Array] = {}

    def array(self, block: Block) -> Array:
        """Return the values of a range; the same array for the same range."""
        found = self._arrays.get(block)
        if found is None:
            found = self._arrays[block] = Array(self._read(block), block.width)
        return found

    def _read(self, block: Block) -> Sequence[CellValue]:
        """Return the values row by row; in a table its columns are read."""
        sheet, top, left, bottom, right = block
        table, across = self.sheets.names.table_of(block), range(left, right + 1)
        if table is None:
            return [self.cells[sheet, y, x] for y in range(top, bottom + 1) for x in across]
        some = slice(top - table.top, bottom + 1 - table.top)
        fields = [field for field, number in table.columns.items() if number in across]
        columns = [self.columns[table.name, field][some] for field in fields]
        return (
            columns[0]
            if len(columns) == 1
            else list(chain.from_iterable(zip(*columns, strict=True)))
        )

    def __getitem__(self, name: str) -> CellValue:
        """Return the value of a name; `KeyError` for a name that there is not."""
        place = self.sheets.place(name)
        if len(place) == 3:
            return self.cells[place]
        column, row = place
        return self.columns[column][row]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the cells, then those of the tables' cells."""
        yield from self.sheets.places
        for table in self.sheets.names.tables.values():
            for field in table.columns:
                yield from (f"{table.name}.{field}.{row}" for row in range(table.rows))

    def __len__(self) -> int:
        """Return how many names there are."""
        return sum(1 for _name in self)

    def _change(self, name: str, value: CellValue) -> None:
        """Put a value into an input; `KeyError` for a name that is none."""
        place = self.sheets.names.cells.get(name) or self.sheets.place(name)
        if len(place) == 3:
            if place in self.sheets.names.formulas:
                raise KeyError(name)
            self.cells[place] = value
            return
        column, row = place
        if column not in self.columns:
            raise KeyError(name)
        self.columns[column][row] = value

    def _cell(self, cell: Cell) -> CellValue:
        """Compute a cell, or find that it is a table's, or blank."""
        if cell in self.sheets.names.formulas:
            return _shown(self.sheets.compiled(cell), self, 0)
        for table in self.sheets.names.tables.values():
            column = table.column_at(cell)
            if column is not None:
                return self.columns[column][cell[1] - table.top]
        return None

    def _column(self, column: Column) -> list[CellValue]:
        """Compute all rows of a column; once for rows in which it reads the same."""
        compute, asks, placed = self.sheets.filled(column)
        rows = range(self.sheets.names.tables[column[0]].rows)
        if placed:
            return [_shown(compute, self, row) for row in rows]
        columns = [_distinct(self.columns[ask]) for ask in asks]
        read = zip(*columns, strict=True) if asks else [()] * len(rows)
        known: dict[tuple[object, ...], CellValue] = {}
        found: list[CellValue] = []
        for row, values in enumerate(read):
            if values not in known:
                known[values] = _shown(compute, self, row)
            found.append(known[values])
        return found


def _shown(compute: Value, known: Calculation, row: int) -> CellValue:
    """Return what a formula's cell shows: an error that stopped it, 0 for a blank."""
    try:
        found = compute(known, row)
    except RaisedError as raised:
        return raised.error
    if type(found) is float:
        return found if isfinite(found) else NUM
    return 0.0 if found is None else found


def _distinct(cells: Sequence[CellValue]) -> Sequence[object]:
    """Return cells such that those alone are equal that a formula reads alike: 1 is not TRUE."""
    if any(type(cell) is bool or type(cell) is Error for cell in cells):
        return [(type(cell), cell) for cell in cells]
    return cells
