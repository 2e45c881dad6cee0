"""A workbook as facts: texts by kind, place and detail, whatever a person could see.

A cell has its value, formula, cached value and, one by one, its number format, font, fill, border,
alignment and protection, whatever the numbers of the styles are. Parts are known by the sheet that
they belong to, names and tables by their names, rules by their cells: their order in the file is no
fact. Every other part is read attribute by attribute, and what is no XML by its bytes.
"""
# ruff: noqa: S314 - the XML is the project's own

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from posixpath import join, normpath
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from openpyxl.utils import coordinate_to_tuple

Facts = dict[tuple[str, str, str], str]
"""Texts by kind ("font"), place ("Worksheet!C4") and detail, which may be empty."""

_LOOKS = {
    "number format": "numFmt",
    "font": "font",
    "fill": "fill",
    "border": "border",
    "alignment": "alignment",
    "protection": "protection",
}
_SHEET_KINDS = {
    "sheetViews": "view",
    "sheetProtection": "sheet protection",
    "printOptions": "print set-up",
    "pageMargins": "print set-up",
    "pageSetup": "print set-up",
    "headerFooter": "print set-up",
    "rowBreaks": "print set-up",
    "colBreaks": "print set-up",
}
_IN_A_SHEET_BY_ITSELF = {
    "sheetData", "cols", "dataValidations", "conditionalFormatting", "hyperlinks", "tableParts",
}  # fmt: skip
_IN_THE_BOOK_BY_ITSELF = {"sheets", "definedNames"}
_IN_THE_STYLES_OF_A_CELL = {
    "numFmts", "fonts", "fills", "borders", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs",
}  # fmt: skip
_STYLE_NUMBERS = {"dxfId", "dataDxfId", "headerRowDxfId", "totalsRowDxfId", "headerRowBorderDxfId",
                  "tableBorderDxfId"}  # fmt: skip
_PART_KINDS = {
    "theme": "theme",
    "chart": "chart",
    "drawing": "drawing",
    "vmlDrawing": "drawing",
    "image": "drawing",
    "comments": "comment",
    "vbaProject": "VBA project",
    "core-properties": "document properties",
    "extended-properties": "document properties",
    "custom-properties": "document properties",
    "extensibility": "ribbon",
}


class _Part(NamedTuple):
    """A part of the file: its path, what it is to the part that links to it, and its name here."""

    path: str
    kind: str
    label: str


def facts(file: Path | bytes) -> Facts:
    """Return all facts of a workbook, from its path or its bytes."""
    with zipfile.ZipFile(BytesIO(file) if isinstance(file, bytes) else file) as archive:
        return _Reader({name: archive.read(name) for name in archive.namelist()}).facts()


class _Reader:
    """The parts of one file, and the styles and texts that its sheets refer to by number."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.styles = self._root("xl/styles.xml")
        self.strings = [
            _text(item) if item.find("{*}r") is None else _written(item)
            for item in self._root("xl/sharedStrings.xml")
        ]
        formats = self.styles.iterfind("{*}numFmts/{*}numFmt")
        self.formats = {item.get("numFmtId"): item.get("formatCode", "") for item in formats}
        self.dxfs = [_written(item) for item in self.styles.iterfind("{*}dxfs/*")]
        self.looks = [self._look(xf) for xf in self.styles.iterfind("{*}cellXfs/*")]
        self.sheet_names = [
            item.get("name", "") for item in self._root("xl/workbook.xml").iterfind("{*}sheets/*")
        ]

    def facts(self) -> Facts:
        found: Facts = {}
        for part in self._walk():
            found.update(self._part_facts(part))
        return found

    def _root(self, path: str) -> Element:
        return fromstring(self.parts[path]) if path in self.parts else Element("none")

    def _links(self, path: str) -> Iterator[tuple[Element, str]]:
        """Yield the relationships of a part, and where each leads."""
        folder, _, name = path.rpartition("/")
        for link in self._root(f"{folder}/_rels/{name}.rels".lstrip("/")):
            target = link.get("Target", "")
            inside = link.get("TargetMode") != "External"
            yield link, normpath(join("/", folder, target))[1:] if inside else target

    def _walk(self) -> Iterator[_Part]:
        """Yield every part, each named by the one that leads to it; strays by their paths."""
        seen = {"[Content_Types].xml"}
        waiting = [_Part("", "package", "")]
        for part in waiting:
            numbers: Counter[str] = Counter()
            for link, path in self._links(part.path):
                kind = PurePosixPath(link.get("Type", "")).name
                numbers[kind] += 1
                if path in self.parts and path not in seen:
                    seen.add(path)
                    waiting.append(_Part(path, kind, self._label(part, path, kind, numbers[kind])))
        yield from waiting[1:]
        for path in sorted(self.parts.keys() - seen):
            if not path.endswith(".rels"):
                yield _Part(path, "stray part", path)

    def _label(self, parent: _Part, path: str, kind: str, number: int) -> str:
        if kind == "table":
            return self._root(path).get("displayName", "")
        if kind == "worksheet":
            links = {target: link.get("Id") for link, target in self._links(parent.path)}
            sheets = self._root(parent.path).iterfind("{*}sheets/*")
            return next(
                item.get("name", "") for item in sheets if links[path] in item.attrib.values()
            )
        if parent.kind in {"package", "officeDocument"}:
            return kind
        return f"{parent.label} {kind} {number}"

    def _part_facts(self, part: _Part) -> Facts:
        readers: dict[str, Callable[[_Part], Facts]] = {
            "officeDocument": self._book_facts,
            "worksheet": self._sheet_facts,
            "styles": self._style_facts,
            "sharedStrings": lambda _part: {},
            "table": self._table_facts,
        }
        return readers.get(part.kind, self._other_facts)(part)

    def _other_facts(self, part: _Part) -> Facts:
        kind = _PART_KINDS.get(part.kind, part.kind)
        content = self.parts[part.path]
        if content.lstrip()[:1] == b"<":
            return self._flat(kind, part.label, fromstring(content))
        digest = hashlib.sha256(content).hexdigest()[:16]
        return {(kind, part.label, "bytes"): f"{len(content)} bytes, SHA-256 {digest}"}

    def _book_facts(self, part: _Part) -> Facts:
        root = self._root(part.path)
        found = self._flat("workbook", "workbook", root, _IN_THE_BOOK_BY_ITSELF)
        found["sheet", "order", ""] = ", ".join(self.sheet_names)
        for item in root.iterfind("{*}sheets/*"):
            found["sheet", item.get("name", ""), "state"] = item.get("state", "visible")
        for item in root.iterfind("{*}definedNames/*"):
            scope = item.attrib.pop("localSheetId", None)
            name = item.attrib.pop("name", "")
            place = name if scope is None else f"{self.sheet_names[int(scope)]}!{name}"
            found["name", place, ""] = _text(item)
            found |= {("name", place, key): value for key, value in item.items()}
        return found

    def _style_facts(self, part: _Part) -> Facts:
        return self._flat("styles", "styles", self._root(part.path), _IN_THE_STYLES_OF_A_CELL)

    def _table_facts(self, part: _Part) -> Facts:
        root = self._root(part.path)
        root.attrib.pop("id", None)
        return self._flat("table", part.label, root)

    def _sheet_facts(self, part: _Part) -> Facts:
        root, sheet = self._root(part.path), part.label
        found: Facts = {}
        for child in root:
            tag = _tag(child)
            if tag not in _IN_A_SHEET_BY_ITSELF:
                kind = _SHEET_KINDS.get(tag, "sheet properties")
                found |= self._flat(kind, sheet, child, start=tag)
        found |= self._columns(sheet, root) | self._hyperlinks(part, root)
        for row in root.iterfind("{*}sheetData/*"):
            found |= self._row(sheet, row)
        for rule in root.iterfind("{*}dataValidations/*"):
            found |= self._flat("validation", f"{sheet}!{rule.attrib.pop('sqref', '')}", rule)
        return found | self._conditional_formats(sheet, root)

    def _columns(self, sheet: str, root: Element) -> Facts:
        found: Facts = {}
        for item in root.iterfind("{*}cols/*"):
            first, last = int(item.attrib.pop("min")), int(item.attrib.pop("max"))
            shown = self._attributes(item)
            found |= {
                ("column", f"{sheet}!{_letters(number)}", key): value
                for number in range(first, last + 1)
                for key, value in shown.items()
            }
        return found

    def _row(self, sheet: str, row: Element) -> Facts:
        number, column = row.attrib.pop("r"), 0
        place = f"{sheet}!{number}"
        row.attrib.pop("spans", None)
        found = {("row", place, key): value for key, value in self._attributes(row).items()}
        for cell in row:
            at = cell.get("r")
            column = coordinate_to_tuple(at)[1] if at else column + 1
            found |= self._cell(f"{sheet}!{_letters(column)}{number}", cell)
        return found

    def _cell(self, place: str, cell: Element) -> Facts:
        look = self.looks[int(cell.get("s", 0))]
        found = {(kind, place, ""): text for kind, text in look.items() if text}
        formula = cell.find("{*}f")
        if formula is not None:
            found |= {("formula", place, key): text for key, text in formula.items()}
            found["formula", place, ""] = f"={_text(formula)}"
        if value := self._value(cell):
            found["value" if formula is None else "cached value", place, ""] = value
        return found

    def _value(self, cell: Element) -> str:
        """Return what a cell holds: a number however it is spelt, a text in quotation marks."""
        kind, value = cell.get("t", "n"), cell.find("{*}v")
        if kind == "inlineStr":
            return repr(_text(cell))
        if value is None:
            return ""
        text = _text(value)
        if kind == "s":
            return repr(self.strings[int(text)])
        if kind == "str":
            return repr(text)
        if kind == "n" and text:
            return repr(float(text)).removesuffix(".0")
        return {"b": {"0": "FALSE", "1": "TRUE"}.get(text, text)}.get(kind, text)

    def _hyperlinks(self, part: _Part, root: Element) -> Facts:
        targets = {link.get("Id"): target for link, target in self._links(part.path)}
        found: Facts = {}
        for item in root.iterfind("{*}hyperlinks/*"):
            place = f"{part.label}!{item.attrib.pop('ref')}"
            found |= {
                ("hyperlink", place, _local(key)): targets.get(value, value)
                for key, value in item.items()
            }
        return found

    def _conditional_formats(self, sheet: str, root: Element) -> Facts:
        """Return the rules of each range in order of priority, and that order in a sheet."""
        found: Facts = {}
        areas = root.iterfind("{*}conditionalFormatting")
        rules = [(f"{sheet}!{area.get('sqref')}", rule) for area in areas for rule in area]
        rules.sort(key=lambda one: int(one[1].attrib.pop("priority", 0)))
        numbers: Counter[str] = Counter()
        for place, rule in rules:
            numbers[place] += 1
            found |= self._flat("conditional format", place, rule, start=str(numbers[place]))
        if rules:
            found["conditional format", sheet, "order"] = ", ".join(place for place, _ in rules)
        return found

    def _look(self, xf: Element) -> dict[str, str]:
        """Return the look of a cell by kind; the named style is part of none and a kind itself."""
        number = xf.get("numFmtId", "0")
        look = {"number format": self.formats.get(number, "" if number == "0" else f"#{number}")}
        for kind, tag in _LOOKS.items():
            if position := xf.get(f"{tag}Id"):
                if tag != "numFmt":
                    look[kind] = _written(self.styles.findall(f"{{*}}{tag}s/*")[int(position)])
            elif (own := xf.find(f"{{*}}{tag}")) is not None:
                look[kind] = _written(own)
        names = {item.get("xfId"): item.get("name", "") for item in
                 self.styles.iterfind("{*}cellStyles/*")}  # fmt: skip
        return {**look, "style": f"{names.get(xf.get('xfId'), '')}{_flags(xf)}"}

    def _attributes(self, item: Element) -> dict[str, str]:
        """Return the attributes; a style is told by its look, not its number."""
        found = {_local(key): value for key, value in item.items() if not key.endswith("}id")}
        for key in _STYLE_NUMBERS & found.keys():
            found[key] = self.dxfs[int(found[key])]
        for key in {"s", "style"} & found.keys() if _tag(item) in {"row", "col"} else ():
            found[key] = str(self.looks[int(found[key])])
        return found

    def _flat(
        self, kind: str, place: str, root: Element, without: set[str] | None = None, start: str = ""
    ) -> Facts:
        """Return an element as facts: its attributes and texts, by the path that leads there."""
        found: Facts = {}
        text = root.text or ""
        if text.strip() or (text and not len(root)):
            found[kind, place, start] = text
        found |= {
            (kind, place, f"{start}@{key}"): value for key, value in self._attributes(root).items()
        }
        numbers: Counter[str] = Counter()
        several = Counter(_tag(child) for child in root)
        for child in root:
            tag = _tag(child)
            numbers[tag] += 1
            if tag not in (without or ()):
                step = f"{tag}[{numbers[tag]}]" if several[tag] > 1 else tag
                found |= self._flat(kind, place, child, start=f"{start}/{step}".lstrip("/"))
        if len(root) == 0 and not root.attrib and not text:
            found[kind, place, start] = ""
        return found


def _flags(xf: Element) -> str:
    """Return the marks of a cell's style, such as a prefix shown as text."""
    shown = [f" {key}" for key in ("quotePrefix", "pivotButton") if xf.get(key) in {"1", "true"}]
    return "".join(shown)


def _written(item: Element) -> str:
    """Write an element down as short as it can be read."""
    attributes = "".join(f" {_local(key)}={value}" for key, value in sorted(item.items()))
    parts = [f"{_tag(item)}{attributes}", (item.text or "").strip(), *map(_written, item)]
    return f"[{' '.join(part for part in parts if part)}]"


def _text(item: Element) -> str:
    return "".join(item.itertext())


def _tag(item: Element) -> str:
    return _local(item.tag)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
