"""A bench on which formulas are changed: only what depends on one is computed again."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from dependence import Dependence, Place
from mutants import mutants
from openpyxl.utils import get_column_letter
from outcomes import Outcome, Reader, outcomes
from outcomes.said import is_close
from random_inputs import EN, cells_of
from readable import readable

from workbook_templates.build import Built
from workbook_templates.formulas.calculation import Calculation, Sheets, _Filled
from workbook_templates.formulas.compiler import Compiler
from workbook_templates.formulas.parse import Node
from workbook_templates.formulas.references import Cell, Column
from workbook_templates.formulas.scope import Scope
from workbook_templates.formulas.values import CellValue, FormulaError
from xl_pricing.rates.card import RateCard

MOST = 60
"""Mutants of one formula that are judged: the searches of sizes have hundreds, each of a second."""


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
    """A workbook, and jobs that are computed in it."""

    sheets: Sheets
    names: Sequence[str]
    cases: list[Case] = field(default_factory=list)
    _known_numbers: dict[Place, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, built: Built, card: RateCard, jobs: Iterable[Mapping[str, Any]]) -> "Bench":
        """Compute jobs in a workbook of a card, all of whose tables have as many rows."""
        bench = cls(built._sheets, [*readable(built, EN)])
        bench.compile_all()
        for typed in jobs:
            calculation = Calculation(bench.sheets, cells_of(typed), today=card.checked)
            shown = {name: bench.value(calculation, name) for name in bench.names}
            bench.cases.append(Case(calculation, outcomes(typed, card), shown))
        return bench

    def compile_all(self) -> None:
        """Compile every formula, so that what a mutant adds to what they share is its own."""
        for cell in self.sheets.names.formulas:
            self.sheets.compiled(cell)
        for table in self.sheets.names.tables.values():
            for name in table.formulas:
                self.sheets.filled((table.name, name))

    @cached_property
    def depends(self) -> Dependence:
        """Which of its places depend on which."""
        return Dependence(self.sheets)

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
        some = (dict.fromkeys((*same[:2], same[-1])) for same in copies.values())
        return [*columns, *(cell for same in some for cell in same)]

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

    def judge(self, place: Place, then: "Bench | None" = None) -> Iterator[Verdict]:
        """Yield what becomes of every mutant of a formula.

        What changes nothing here is judged on the bench ``then``, of the same formulas.
        """
        sheet, called = self.sheet_of(place), self.called(place)
        benches = [(one, one.affected(place)) for one in (self, then) if one]
        for said, tree in _spread([*mutants(self.depends.tree(place))]):
            result = "same"
            for bench, affected in benches:
                result = bench.result(affected, tree) if result == "same" else result
            yield Verdict(sheet, called, said, result)

    def affected(self, place: Place) -> "Affected":
        """Return what a formula may change, its own values known in every case."""
        found = Affected.of(self, place)
        for case in found.cases if found.names else ():
            _values(case.calculation, place)[place]
        return found

    def result(self, affected: "Affected", tree: Node) -> str:
        """Return what becomes of a mutant."""
        if not affected.names:
            return "same"
        try:
            with _Put(self, affected.place, tree):
                return self._judged(affected)
        except (FormulaError, LookupError, TypeError, ValueError, RecursionError):
            return "stopped"

    def _judged(self, affected: "Affected") -> str:
        found = "same"
        for case in affected.cases:
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

    def unlike(self, places: Iterable[Place]) -> list[Case]:
        """Return the cases between which formulas differ that read these places and no others."""
        numbers = zip(*map(self._numbers, places), strict=True)
        unlike = dict(zip(numbers, self.cases, strict=False))
        return [*unlike.values()] or self.cases[:1]

    def _numbers(self, place: Place) -> Sequence[int]:
        if place not in self._known_numbers:
            first: dict[object, int] = {}
            values = (_values(case.calculation, place)[place] for case in self.cases)
            keys = (_typed(value) for value in values)
            numbers = [first.setdefault(key, len(first)) for key in keys]
            self._known_numbers[place] = numbers
        return self._known_numbers[place]

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
    cases: list[Case]
    """Those among which these places differ, for what they read of others differs."""

    @classmethod
    def of(cls, bench: Bench, place: Place) -> "Affected":
        """Find all that depends on a place."""
        found, tables = bench.depends.dependents(place), bench.sheets.names.tables
        at = bench.named_places
        names = sorted((name for name in at if at[name] in found), key=lambda n: found[at[n]])
        columns = [one for one in found if len(one) == 2]
        cells = [one for one in found if len(one) == 3]
        for table, name in columns:
            known = tables[table]
            rows = range(known.top, known.top + known.rows)
            cells += [(known.sheet, row, known.columns[name]) for row in rows]
        read = frozenset().union(*map(bench.depends.reads, found)) - found.keys() if names else ()
        return cls(place, names, cells, columns, frozenset(found), bench.unlike(read))


def _spread(found: list[tuple[str, Node]]) -> list[tuple[str, Node]]:
    """Return at most `MOST` mutants of a formula, from all its parts alike."""
    step = max(len(found) / MOST, 1)
    return [found[int(i * step)] for i in range(min(len(found), MOST))]


class _Put:
    """Puts another formula into a place, for a while."""

    def __init__(self, bench: Bench, place: Place, tree: Node) -> None:
        self.bench, self.sheets, self.place, self.tree = bench, bench.sheets, place, tree

    def __enter__(self) -> None:
        names, place = self.sheets.names, self.place
        self.arrays, self.values = len(names.arrays), len(names.values)
        if len(place) == 3:
            self.before: Any = self.sheets.compiled(place)
            self.sheets._compiled[place] = Compiler(Scope(names, place)).value(self.tree)
            return
        self.before = self.sheets.filled(place)
        table = names.tables[place[0]]
        scope = Scope(names, (table.sheet, table.top, table.columns[place[1]]), table)
        compute = Compiler(scope).value(self.tree)
        self.sheets._filled[place] = _Filled(compute, tuple(scope.asks), scope.placed)

    def __exit__(self, *_: object) -> None:
        if len(self.place) == 3:
            self.sheets._compiled[self.place] = self.before
        else:
            self.sheets._filled[self.place] = self.before
        self._forget()

    def _forget(self) -> None:
        """Forget what the mutant added to what formulas share, for it would grow without end."""
        names = self.sheets.names
        added = range(self.arrays, len(names.arrays))
        for known, before in ((names.arrays, self.arrays), (names.values, self.values)):
            while len(known) > before:
                known.popitem()
        for case in self.bench.cases:
            for number in added:
                case.calculation.shared.pop(number, None)


class _Again:
    """Forgets what depends on a place, and puts it back afterwards."""

    def __init__(self, bench: Bench, calculation: Calculation, affected: Affected) -> None:
        self.bench, self.known, self.affected = bench, calculation, affected

    def __enter__(self) -> None:
        known, affected = self.known, self.affected
        self.cells = {at: known.cells.pop(at) for at in affected.cells if at in known.cells}
        self.columns = {at: known.columns.pop(at) for at in affected.columns if at in known.columns}
        self.shared, self.arrays = known.shared, known._arrays
        depends, places = self.bench.depends, affected.places
        known.shared = {
            number: self.shared[number]
            for number, key in enumerate(depends.sheets.names.arrays)
            if number in self.shared and places.isdisjoint(depends.shared_reads(key))
        }
        reads = depends.block_reads
        known._arrays = {r: v for r, v in self.arrays.items() if places.isdisjoint(reads(r))}

    def __exit__(self, *_: object) -> None:
        known, affected = self.known, self.affected
        undone: Sequence[tuple[Any, Sequence[Place], Mapping[Any, Any]]] = (
            (known.cells, affected.cells, self.cells),
            (known.columns, affected.columns, self.columns),
        )
        for cells, places, before in undone:
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


def _typed(value: object) -> object:
    """Return a value, or the values of a column, such that 1 is not TRUE."""
    cells = value if isinstance(value, list) else [value]
    return tuple((type(cell), cell) for cell in cells)


def _differs(before: CellValue, after: CellValue) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return not is_close(before, after)
    return type(before) is not type(after) or before != after
