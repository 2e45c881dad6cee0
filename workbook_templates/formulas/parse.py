"""Reading a formula: its text into a tree. The grammar is what the sheets write, no more."""

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from workbook_templates.formulas.values import FormulaError

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<rows>\$?\d+:\$?\d+)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w$])
  | (?P<text>"(?:[^"]|"")*")
  | (?P<cells>(?:(?:'(?:[^']|'')+'|\w+)!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?(?![\w(\[.]))
  | (?P<table>[A-Za-z_]\w*\[(?:[^\[\]]|\[[^\[\]]*\])*\])
  | (?:_xlfn\.)?(?P<call>[A-Z][A-Z0-9.]*)\(
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark><=|>=|<>|[-+*/^&=<>(),])
    )\s*""",
    re.VERBOSE,
)
_BINDS = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1}
_BINDS |= {"&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_ITEM = re.compile(r"[^\[\],:]+")
_CACHED = 4096


class Constant(NamedTuple):
    """A number or a text; TRUE and FALSE are calls. It equals no name and no TRUE in a look-up."""

    value: float | str
    kind: str = "constant"


class Name(NamedTuple):
    """A named cell."""

    name: str


class Cells(NamedTuple):
    """A cell or a range as it is written: ``$B$2:$B$9``, ``$1:$9``; the sheet, "" for its own."""

    sheet: str
    address: str


class Part(NamedTuple):
    """A part of a table: its first and last field; ``of`` is #Data, #Headers or #This Row."""

    table: str
    of: str
    first: str
    last: str


class Call(NamedTuple):
    """A function or an operator with what it is given."""

    function: str
    given: "tuple[Node, ...]"


Node: TypeAlias = Constant | Name | Cells | Part | Call


@lru_cache(_CACHED)
def parse(text: str) -> Node:
    """Return the tree of a formula, without its equals sign; `FormulaError` where it has none."""
    return _Reader(text).all()


class _Reader:
    """Reads tokens from left to right, operators by how tightly they bind."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0
        self.kinds: list[str] = []
        self.words: list[str] = []
        self._split()

    def _split(self) -> None:
        """Split the text into tokens: the kind and the word of each, and an end."""
        place = 0
        for found in _TOKEN.finditer(self.text):
            if found.start() > place:
                break
            kind = found.lastgroup or ""
            self.kinds.append(kind)
            self.words.append(found[kind])
            place = found.end()
        if place < len(self.text):
            raise FormulaError(f"cannot read {self.text[place:]!r} in {self.text!r}")
        self.kinds.append("end")
        self.words.append("")

    def all(self) -> Node:
        node = self.expression()
        if self.kinds[self.place] != "end":
            raise self.refusal()
        return node

    def refusal(self) -> FormulaError:
        word = self.words[self.place]
        return FormulaError(f"{word or 'the end'!r} is out of place in {self.text!r}")

    def take(self) -> tuple[str, str]:
        self.place += 1
        return self.kinds[self.place - 1], self.words[self.place - 1]

    def took(self, mark: str) -> bool:
        """Take a mark where it comes next."""
        found = self.words[self.place] == mark and self.kinds[self.place] == "mark"
        self.place += found
        return found

    def expression(self, tighter_than: int = 0) -> Node:
        left = self.operand()
        while _BINDS.get(self.words[self.place], 0) > tighter_than:
            if self.kinds[self.place] != "mark":
                raise self.refusal()
            mark = self.take()[1]
            left = Call(mark, (left, self.expression(_BINDS[mark])))
        return left

    def operand(self) -> Node:
        """Read what stands between operators; a sign binds tightest: -2^2 is 4."""
        if self.took("-"):
            return Call("-", (Constant(0.0), self.operand()))
        return self.closed(self.expression()) if self.took("(") else self.simple()

    def closed(self, node: Node) -> Node:
        if not self.took(")"):
            raise self.refusal()
        return node

    def simple(self) -> Node:
        kind, word = self.take()
        match kind:
            case "number":
                return Constant(float(word))
            case "text":
                return Constant(word[1:-1].replace('""', '"'))
            case "call":
                return Call(word, self.given())
            case "name":
                return Call(word, ()) if word in {"TRUE", "FALSE"} else Name(word)
            case "cells" | "rows":
                sheet, _, address = word.rpartition("!")
                return Cells(sheet.strip("'").replace("''", "'"), address)
            case "table":
                return self.part(word)
        self.place -= 1
        raise self.refusal()

    def given(self) -> tuple[Node, ...]:
        if self.took(")"):
            return ()
        found = [self.expression()]
        while self.took(","):
            found.append(self.expression())
        self.closed(found[0])
        return tuple(found)

    def part(self, word: str) -> Part:
        """Read a reference such as ``tblRates[[#Headers],[low]:[max]]``."""
        table, _, inside = word.partition("[")
        items = _ITEM.findall(inside)
        of = [item for item in items if item.startswith("#")] or ["#Data"]
        fields = [item for item in items if not item.startswith("#")]
        if (
            "@" in word
            or of[0] not in {"#Data", "#Headers", "#This Row"}
            or len(of) > 1
            or not fields
        ):
            raise FormulaError(f"the part {word!r} of a table is not known in {self.text!r}")
        return Part(table, of[0], fields[0], fields[-1])
