"""Mutations: every operator and constant of the sheets' formulas changed, and whether it is seen.

A mutant is one formula with one thing in it changed. It is computed for a fixed set of jobs, of
which only what depends on the formula is computed again. Of the mutants that change anything that a
person reads (`readable`, told from the workbook), the outcomes must see nearly all.

Formulas that differ only in their number, such as those of the twenty lines for plans, are one:
their first, second and last copy are changed. What is said in words is no constant: text counts
where it is compared or looked up.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from edges import edge_jobs, jobs_of_the_long_card, long_card
from openpyxl.utils import get_column_letter
from outcomes import Outcome, Reader, outcomes
from outcomes.said import is_close
from random_inputs import CARD, EN, cells_of, job, random_inputs
from readable import readable
from shown import TABLES, built_with

from workbook_templates.formulas.calculation import Calculation, Sheets, _Filled
from workbook_templates.formulas.compiler import Compiler
from workbook_templates.formulas.parse import Call, Constant, Node, Part, parse
from workbook_templates.formulas.references import Body, Cell, Column, Reference
from workbook_templates.formulas.scope import Scope
from workbook_templates.formulas.values import CellValue, FormulaError
from xl_pricing.rates.card import RateCard

ROWS = 12
JOBS = 12

Place = Cell | Column
SWAPS = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "^": "*",
    "=": "<>",
    "<>": "=",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "AND": "OR",
    "OR": "AND",
    "MIN": "MAX",
    "MAX": "MIN",
    "ROUNDUP": "ROUND",
    "ROUND": "ROUNDUP",
}
_TAKES_WORDS = {"=", "<>", "MATCH", "SUMIFS", "COUNTIF", "COUNTIFS", "FIND", "LEFT", "SUBSTITUTE"}
"""Where a text is no word for a reader but takes part in the computation."""


def jobs() -> list[dict[str, Any]]:
    """Return the jobs by which mutants are judged: the prefilled one, random ones, and edges."""
    rng = random.Random("mutations")
    return [job(), *(random_inputs(rng, EN, ROWS, 0.04) for _ in range(JOBS)), *edge_jobs()]


def benches() -> tuple["Bench", "Bench"]:
    """Return the benches that judge: the shipped card's, and that of a longer card."""
    return Bench.of(CARD, jobs()), Bench.of(long_card(), jobs_of_the_long_card())


def judged(part: int, of: int) -> list["Verdict"]:
    """Return what becomes of the mutants of every ``of``-th formula.

    What changes nothing in the first bench is judged in the second.
    """
    first, second = benches()
    found = []
    for place in first.places()[part::of]:
        others = second.judge(place)
        for one, other in zip(first.judge(place), others, strict=True):
            found.append(other if one.result == "same" else one)
    return found


def mutants(node: Node, parent: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every tree that differs from one in one operator or constant, with what was done."""
    if isinstance(node, Constant):
        yield from _moved(node, parent)
    if not isinstance(node, Call):
        return
    name, given = node.function, node.given
    if name in SWAPS:
        yield f"{name} to {SWAPS[name]}", Call(SWAPS[name], given)
    if name == "IF":
        yes, no = (*given[1:], Constant(value=False))[:2]
        yield "branches of IF", Call(name, (given[0], no, yes))
    if name == "&":
        yield "& without its second", given[0]
    if name == "IFERROR":
        yield "IFERROR without its first", given[1]
    for place, part in enumerate(given):
        for said, changed in mutants(part, name):
            yield said, Call(name, (*given[:place], changed, *given[place + 1 :]))


def _moved(constant: Constant, parent: str) -> Iterator[tuple[str, Node]]:
    value = constant.value
    if isinstance(value, bool):
        yield f"{value} to {not value}", Constant(not value)
    elif isinstance(value, float):
        yield f"{value:g} to {value + 1:g}", Constant(value + 1)
    elif parent in _TAKES_WORDS:
        yield f"{value!r} changed", Constant(f"{value}!")


class Verdict(NamedTuple):
    """What became of a mutant."""

    sheet: str
    place: str
    said: str
    result: str
    """``same``: nothing that is read changes; ``seen``; ``unseen``; ``stopped``: not computed."""


@dataclass
class Case:
    """A job with what it shows, and what the core says of it."""

    calculation: Calculation
    expected: Mapping[str, Outcome]
    shown: Mapping[str, CellValue]


@dataclass
class Bench:
    """A workbook, jobs, and which of its places depend on which."""

    sheets: Sheets
    names: Sequence[str]
    cases: list[Case] = field(default_factory=list)
    _of_reference: dict[Reference, frozenset[Place]] = field(default_factory=dict)
    _of_shared: dict[tuple[str, str, Node], frozenset[Place]] = field(default_factory=dict)

    @classmethod
    def of(cls, card: RateCard, jobs: Iterable[Mapping[str, Any]]) -> "Bench":
        """Compute jobs in a workbook of a card, with tables of `ROWS` rows."""
        built = built_with("en", ROWS, card)
        bench = cls(built._sheets, [*readable(built, EN)])
        for typed in map(_padded, jobs):
            calculation = Calculation(bench.sheets, cells_of(typed), today=card.checked)
            shown = {name: bench.value(calculation, name) for name in bench.names}
            bench.cases.append(Case(calculation, outcomes(typed, card), shown))
        return bench

    def places(self) -> list[Place]:
        """Return the places whose formulas are changed."""
        copies: dict[str, list[Place]] = defaultdict(list)
        formulas = self.sheets.names.formulas
        for cell in formulas:
            copies[_NUMBER.sub("#", self._called.get(cell, formulas[cell]))].append(cell)
        columns = [
            (table.name, name)
            for table in self.sheets.names.tables.values()
            for name in table.formulas
        ]
        return [*columns, *(c for same in copies.values() for c in {*same[:2], same[-1]})]

    @cached_property
    def _called(self) -> Mapping[Cell, str]:
        named = {cell: name for name, cell in self.sheets.names.cells.items()}
        return named | {cell: name for name, cell in self.sheets.places.items()}

    def called(self, place: Place) -> str:
        """Return what a place is called."""
        if len(place) == 2:
            return f"{place[0]}.{place[1]}"
        return self._called.get(place, f"{place[0]}!{get_column_letter(place[2])}{place[1]}")

    def sheet_of(self, place: Place) -> str:
        """Return the sheet of a place."""
        return self.sheets.names.tables[place[0]].sheet if len(place) == 2 else place[0]

    def judge(self, place: Place) -> Iterator[Verdict]:
        """Yield what becomes of every mutant of a formula."""
        sheet, called = self.sheet_of(place), self.called(place)
        affected = Affected.of(self, place)
        for case in self.cases if affected.names else ():
            _values(case.calculation, place)[place]  # known before anything is changed
        for said, tree in mutants(self._tree(place)):
            yield Verdict(sheet, called, said, self._result(affected, tree))

    def _result(self, affected: "Affected", tree: Node) -> str:
        if not affected.names:
            return "same"
        try:
            with _Put(self.sheets, affected.place, tree):
                return self._judged(affected)
        except (FormulaError, LookupError, TypeError, ValueError, RecursionError):
            return "stopped"

    def _judged(self, affected: "Affected") -> str:
        found = "same"
        for case in self.cases:
            if not self._changes(case.calculation, affected.place):
                continue
            with _Again(self, case.calculation, affected):
                for name in affected.names:
                    value = self.value(case.calculation, name)
                    if not _differs(case.shown[name], value):
                        continue
                    found = "unseen"
                    if name in case.expected and not _ENGLISH.agrees(case.expected[name], value):
                        return "seen"
        return found

    def value(self, known: Calculation, name: str) -> CellValue:
        """Return the value of a name, where it is computed and not repeated."""
        cell = self.sheets.names.cells.get(name)
        return known.cells[cell] if cell else known[name]

    def _changes(self, known: Calculation, place: Place) -> bool:
        """Tell whether a mutant gives anything else in its own place."""
        values = _values(known, place)
        values.asked.clear()
        before = values.pop(place, None)
        try:
            after = values[place]
        finally:
            values[place] = before
        both = zip(before, after, strict=True) if len(place) == 2 else ((before, after),)
        return any(_differs(one, other) for one, other in both)

    def _tree(self, place: Place) -> Node:
        names = self.sheets.names
        if len(place) == 2:
            return parse(names.tables[place[0]].formulas[place[1]])
        return parse(names.formulas[place])

    @cached_property
    def _readers(self) -> Mapping[Place, set[Place]]:
        """Which formulas read a place themselves."""
        found: dict[Place, set[Place]] = defaultdict(set)
        names = self.sheets.names
        for cell in names.formulas:
            for read in self.read_by(self._tree(cell), Scope(names, cell)):
                found[read].add(cell)
        for table in names.tables.values():
            for name in table.formulas:
                scope = Scope(names, (table.sheet, table.top, table.columns[name]), table)
                for read in self.read_by(self._tree((table.name, name)), scope):
                    found[read].add((table.name, name))
        return found

    def read_by(self, node: Node, scope: Scope) -> Iterator[Place]:
        """Yield the places that a formula reads."""
        if isinstance(node, Call):
            for part in node.given:
                yield from self.read_by(part, scope)
        elif isinstance(node, Part) and node.of == "#This Row":
            yield from ((node.table, name) for name in scope.own_fields(node))
        elif not isinstance(node, Constant):
            yield from self.within(scope.reference(node))

    def within(self, reference: Reference) -> Iterator[Place]:
        """Yield the computed places of a range."""
        if isinstance(reference, Body):
            yield from ((reference.table, name) for name in reference.fields)
            return
        for column in range(reference.left, reference.right + 1):
            for row in range(reference.top, reference.bottom + 1):
                yield self.place_at((reference.sheet, row, column))

    def reference_reads(self, reference: Reference) -> frozenset[Place]:
        """Return the computed places of a range, remembered."""
        if reference not in self._of_reference:
            self._of_reference[reference] = frozenset(self.within(reference))
        return self._of_reference[reference]

    def shared_reads(self, key: tuple[str, str, Node]) -> frozenset[Place]:
        """Return what an expression reads that formulas share, remembered."""
        if key not in self._of_shared:
            sheet, table, node = key
            scope = Scope(self.sheets.names, (sheet, 1, 1), self.sheets.names.tables.get(table))
            self._of_shared[key] = frozenset(self.read_by(node, scope))
        return self._of_shared[key]

    def place_at(self, cell: Cell) -> Place:
        """Return a cell, or the column of the table that it is in."""
        for table in self.sheets.names.tables.values():
            column = table.column_at(cell)
            if column is not None:
                return column
        return cell

    def dependents(self, place: Place) -> dict[Place, int]:
        """Return a place and all that depends on it, the nearest first."""
        found, todo = {place: 0}, [place]
        for at in todo:
            for reader in self._readers.get(at, ()):
                if reader not in found:
                    found[reader] = len(found)
                    todo.append(reader)
        return found

    @cached_property
    def named_places(self) -> Mapping[str, Place]:
        """The place of every cell that is read."""
        found: dict[str, Place] = {}
        for name in self.names:
            # Not where another sheet repeats it.
            place = self.sheets.names.cells.get(name) or self.sheets.place(name)
            found[name] = place if len(place) == 3 else place[0]
        return found


class Affected(NamedTuple):
    """What a formula may change: the cells that are read, the nearest first, and all places."""

    place: Place
    names: list[str]
    cells: list[Cell]
    columns: list[Column]
    places: frozenset[Place]

    @classmethod
    def of(cls, bench: Bench, place: Place) -> "Affected":
        """Find all that depends on a place."""
        found, tables = bench.dependents(place), bench.sheets.names.tables
        at = bench.named_places
        names = sorted((name for name in at if at[name] in found), key=lambda n: found[at[n]])
        columns = [one for one in found if len(one) == 2]
        cells = [one for one in found if len(one) == 3]
        for table, name in columns:
            known = tables[table]
            rows = range(known.top, known.top + known.rows)
            cells += [(known.sheet, row, known.columns[name]) for row in rows]
        return cls(place, names, cells, columns, frozenset(found))


class _Put:
    """Puts another formula into a place, for a while."""

    def __init__(self, sheets: Sheets, place: Place, tree: Node) -> None:
        self.sheets, self.place, self.tree = sheets, place, tree

    def __enter__(self) -> None:
        names, place = self.sheets.names, self.place
        if len(place) == 3:
            self.before: Any = self.sheets.compiled(place)
            self.sheets._compiled[place] = Compiler(Scope(names, place)).value(self.tree)
            return
        self.before = self.sheets.filled(place)
        table = names.tables[place[0]]
        scope = Scope(names, (table.sheet, table.top, table.columns[place[1]]), table)
        compute = Compiler(scope).value(self.tree)
        asks = tuple((table.name, name) for name in scope.asks)
        self.sheets._filled[place] = _Filled(compute, asks, scope.placed)

    def __exit__(self, *_: object) -> None:
        if len(self.place) == 3:
            self.sheets._compiled[self.place] = self.before
        else:
            self.sheets._filled[self.place] = self.before


class _Again:
    """Forgets what depends on a place, and puts it back afterwards."""

    def __init__(self, bench: Bench, calculation: Calculation, affected: Affected) -> None:
        self.bench, self.known, self.affected = bench, calculation, affected

    def __enter__(self) -> None:
        known, affected = self.known, self.affected
        self.cells = {at: known.cells.pop(at) for at in affected.cells if at in known.cells}
        self.columns = {at: known.columns.pop(at) for at in affected.columns if at in known.columns}
        self.shared, self.arrays = known.shared, known._arrays
        bench, places = self.bench, affected.places
        known.shared = {
            number: self.shared[number]
            for number, key in enumerate(bench.sheets.names.arrays)
            if number in self.shared and places.isdisjoint(bench.shared_reads(key))
        }
        reads = bench.reference_reads
        known._arrays = {r: v for r, v in self.arrays.items() if places.isdisjoint(reads(r))}

    def __exit__(self, *_: object) -> None:
        known, affected = self.known, self.affected
        for cells, places, before in (
            (known.cells, affected.cells, self.cells),
            (known.columns, affected.columns, self.columns),
        ):
            cells.asked.clear()
            for at in places:
                cells.pop(at, None)
            cells.update(before)
        known.shared, known._arrays = self.shared, self.arrays


def _values(known: Calculation, place: Place) -> Any:
    """Return the values among which a place has its own."""
    return known.columns if len(place) == 2 else known.cells


_ENGLISH = Reader()
_NUMBER = re.compile(r"\d+")


def _differs(before: CellValue, after: CellValue) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return not is_close(before, after)
    return type(before) is not type(after) or before != after


def _padded(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs with blank rows up to the end of the tables."""
    found = dict(typed)
    for table, fields in TABLES.items():
        rows = [*typed[table], *[dict.fromkeys(fields)] * ROWS]
        found[table] = rows[:ROWS]
    return found
