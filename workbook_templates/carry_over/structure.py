"""How a workbook is made up: its sheets, the cells that have names, and the outlines of tables."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from workbook_templates.carry_over.cells import Held, Place, place_of, read_cells
from workbook_templates.carry_over.package import Package

_MOST_HEAD_ROW = 100
"""No table begins below this row."""
_NAMED = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?\d{1,7})")


@dataclass(slots=True)
class Sheet:
    """A sheet: its title and part, the cells of it that have a name, and its tables' outlines."""

    title: str
    part: str
    named: dict[str, Place] = field(default_factory=dict)
    tables: list["Outline"] = field(default_factory=list)


class Outline(NamedTuple):
    """A table as its part tells it: name, header, fields by column, and its last row."""

    name: str
    header_row: int
    fields: Mapping[int, str]
    last_row: int


def sheets_of(package: Package) -> tuple[list[Sheet], list[str]]:
    """Return the sheets with their named cells, and the names that have no cell of their own."""
    listed: list[tuple[str, str]] = []
    names: list[tuple[str, str]] = []
    attributes_: Mapping[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal attributes_
        attributes_ = attributes
        if name == "sheet":
            listed.append((attributes.get("name", ""), attributes.get("id", "")))

    def end(name: str, text: str) -> None:
        if name == "definedName" and "localSheetId" not in attributes_:
            names.append((attributes_.get("name", ""), text))

    package.parse("xl/workbook.xml", start, end)
    parts = _related(package, "xl/workbook.xml")
    sheets = {
        title: Sheet(title, parts[key])
        for title, key in listed
        if key in parts and parts[key] in package
    }
    lost = [name for name, target in names if not _put(sheets, name, target)]
    return list(sheets.values()), [name for name in lost if not name.startswith("_")]


def _put(sheets: Mapping[str, Sheet], name: str, target: str) -> bool:
    """Give a sheet a named cell; tell whether the name has one."""
    found = _NAMED.fullmatch(target.lstrip("="))
    if not found:
        return False
    sheet = sheets.get((found[1] or found[2]).replace("''", "'"))
    place = place_of(found[3])
    if sheet is None or place is None:
        return False
    sheet.named[name] = place
    return True


def _related(package: Package, part: str) -> dict[str, str]:
    """Return the parts that a part refers to inside the file, by the reference's id."""
    folder, name = PurePosixPath(part).parent, PurePosixPath(part).name
    found: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        target = attributes.get("Target", "")
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            found[attributes.get("Id", "")] = _resolved(folder, target)

    relations = f"{folder}/_rels/{name}.rels"
    if relations in package:
        package.parse(relations, start, _nothing)
    return found


def _resolved(folder: PurePosixPath, target: str) -> str:
    """Return the name of a part as another refers to it."""
    if target.startswith("/"):
        return target[1:]
    parts = list(folder.parts)
    for step in PurePosixPath(target).parts:
        if step == "..":
            del parts[-1:]
        else:
            parts.append(step)
    return "/".join(parts)


def _nothing(_name: str, _text: str) -> None:
    """Hear the end of an element."""


def outlines(package: Package, sheet: Sheet) -> Iterator[Outline]:
    """Yield the tables of a sheet."""
    for part in _related(package, sheet.part).values():
        if "/tables/" in f"/{part}" and part in package:
            outline = _outline(package, part)
            if outline:
                yield outline


def _outline(package: Package, part: str) -> Outline | None:
    """Return a table as its part tells it; a row of totals is none of its rows."""
    table: dict[str, str] = {}
    fields: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            table.update(attributes)
        elif name == "tableColumn":
            fields.append(attributes.get("name", ""))

    package.parse(part, start, _nothing)
    first, _, last = table.get("ref", "").partition(":")
    top, bottom = place_of(first), place_of(last)
    if top is None or bottom is None:
        return None
    totals = 1 if table.get("totalsRowCount", "0") == "1" else 0
    by_column = dict(enumerate(fields, start=top[1]))
    name = table.get("displayName") or table.get("name", "")
    return Outline(name, top[0], by_column, bottom[0] - totals)


def find_lost_tables(
    package: Package,
    sheets: Iterable[Sheet],
    tables: Mapping[str, Sequence[str]],
    texts: list[str],
) -> None:
    """Find the tables that have no part of their own by the fields in their header."""
    known = {table.name for sheet in sheets for table in sheet.tables}
    missing = {name: set(fields) for name, fields in tables.items() if name not in known}
    for sheet in sheets if missing else ():
        held = read_cells(package, sheet.part, texts, lambda row, _column: row <= _MOST_HEAD_ROW)
        for row, run in _runs(held):
            for name, wanted in missing.items():
                if wanted <= {*run.values()}:
                    sheet.tables.append(Outline(name, row, run, row))


def _runs(held: Mapping[Place, Held]) -> Iterator[tuple[int, dict[int, str]]]:
    """Yield texts that stand beside each other, by column, and their row."""
    last: Place = (0, 0)
    run: dict[int, str] = {}
    for (row, column), cell in sorted(held.items()):
        if not isinstance(cell.value, str) or not cell.value:
            continue
        if (row, column - 1) != last and run:
            yield last[0], run
            run = {}
        run[column], last = cell.value, (row, column)
    if run:
        yield last[0], run
