"""Reading a formula: its text into a tree. The grammar is what the sheets write, no more."""

import re
from collections.abc import Iterator
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
  | (?P<mark><=|>=|<>|[-+*/^&=<>(),%])
    )\s*""",
    re.VERBOSE,
)
_BINDS = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1}
_BINDS |= {"&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_ITEM = re.compile(r"[^\[\],:]+")
_CACHED = 4096


class Constant(NamedTuple):
    """A number, a text, TRUE or FALSE."""

    value: float | str | bool


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
        self.tokens = [*self._tokens(), ("end", "")]

    def _tokens(self) -> Iterator[tuple[str, str]]:
        place = 0
        while place < len(self.text):
            found = _TOKEN.match(self.text, place)
            if found is None or found.lastgroup is None:
                raise FormulaError(f"cannot read {self.text[place:]!r} in {self.text!r}")
            yield found.lastgroup, found[found.lastgroup]
            place = found.end()

    def all(self) -> Node:
        node = self.expression()
        if self.tokens[self.place][0] != "end":
            raise self.refusal()
        return node

    def refusal(self) -> FormulaError:
        word = self.tokens[self.place][1]
        return FormulaError(f"{word or 'the end'!r} is out of place in {self.text!r}")

    def take(self) -> tuple[str, str]:
        self.place += 1
        return self.tokens[self.place - 1]

    def took(self, mark: str) -> bool:
        """Take a mark where it comes next."""
        found = self.tokens[self.place] == ("mark", mark)
        self.place += found
        return found

    def expression(self, tighter_than: int = 0) -> Node:
        left = self.operand()
        while _BINDS.get(self.tokens[self.place][1], 0) > tighter_than:
            if self.tokens[self.place][0] != "mark":
                raise self.refusal()
            mark = self.take()[1]
            left = Call(mark, (left, self.expression(_BINDS[mark])))
        return left

    def operand(self) -> Node:
        """Read what stands between operators; a sign binds tightest: -2^2 is 4."""
        if self.took("-"):
            return Call("-", (Constant(0.0), self.operand()))
        if self.took("+"):
            return self.operand()
        node = self.closed(self.expression()) if self.took("(") else self.simple()
        while self.took("%"):
            node = Call("/", (node, Constant(100.0)))
        return node

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
                return Constant(word == "TRUE") if word in {"TRUE", "FALSE"} else Name(word)
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
