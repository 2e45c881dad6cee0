"""JSON in files: a value a line, one after the other, or in one list; whole or cut off.

Numbers with a point are decimals, so that an amount keeps its digits.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import chain
from typing import Any

from xl_pricing.bills.opened import CHUNK, Opened, peek, read_lines, read_thinned

MOST_DOCUMENT = 128 * 2**20
"""Of a document, and of a value in one; lists and lines may be longer."""


class Bad(Enum):
    """What stands for a value that is not whole."""

    BAD = "bad"


BAD = Bad.BAD
Values = Iterator[tuple[int, Any]]
"""Values, or `BAD`, with their place: the line, or how many came before."""

_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder(parse_float=Decimal))[
    "scan_once"  # it is not in the types; the methods around it cost half as much again
]
_FAULTS = (ValueError, StopIteration, RecursionError, InvalidOperation)
_LIST = re.compile(rb"\s*\[[ \t]*[^\s]")
_SPACE = re.compile(r"[\s,\x1e]*")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_CLOSE = {"{": "}", "[": "]"}
_OF_EVENTS = ("event:", "id:", "retry:", ":", "data: [DONE]", "data:[DONE]")


def json_values(source: Opened) -> tuple[str, Values]:
    """Return what the places are called, and the values; raise `InvalidValueError`."""
    if _LIST.match(peek(source)):
        return "record", _of_document(read_thinned(source, MOST_DOCUMENT * 32))
    lines = read_lines(source)
    begun = list(_until_told(lines))
    if _are_lines(begun):
        listed = any(line.strip() == b"[" for line in begun)
        every = chain(begun, lines)
        return "line", values_of(enumerate(_closed_list(every) if listed else every, start=1))
    return "record", _of_document(chain(begun, read_thinned(source, MOST_DOCUMENT * 32)))


def _until_told(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the first two lines that are not blank, and the blank ones before."""
    count = 0
    for line in lines:
        yield line
        count += bool(line.strip())
        if count == 2:
            return


def _are_lines(begun: Iterable[bytes]) -> bool:
    filled = [line.strip() for line in begun if line.strip()]
    if filled[0] == b"[" and filled[1:]:
        return filled[1].startswith(b"{") and _read_line(filled[1]) is not BAD
    if filled[0].startswith((b"data:", b"event:", b":", b"id:")):
        return True
    if not filled[0].startswith(b"{"):
        return False
    return _read_line(filled[0]) is not BAD or (len(filled) == 2 and filled[1].startswith(b"{"))


def _closed_list(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a list, and one that is no JSON where its end is missing."""
    last = b""
    for line in lines:
        last = line.strip() or last
        yield line
    if last != b"]":
        yield b"-"


def values_of(lines: Iterable[tuple[int, bytes]]) -> Values:
    """Yield the values of lines with their numbers; a line that is blank has none."""
    for i, line in lines:
        try:
            value, end = _scan(text := str(line, "utf-8", "replace"), 0)
        except _FAULTS:
            value, end = None, 0
        if not end or text[end:].strip(" \t\r\n,"):
            value = _read_line(line)
        if value is not None:
            yield i, value


def _read_line(line: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return a value of a line, `BAD`, or ``None`` where the line is blank or frames an event."""
    text = str(line, "utf-8", "replace").strip().strip("\x1e\ufeff").rstrip(",")
    if not text or text in "[]" or text.startswith(_OF_EVENTS):
        return None
    text = text.removeprefix("data:").lstrip()
    try:
        value, end = _scan(text, 0)
    except _FAULTS:
        return BAD
    return BAD if end < len(text) else value


def _of_document(parts: Iterable[bytes]) -> Values:
    text, place, inside = _Text(parts), 0, False
    while char := text.next():
        if char in "[]" and inside is (char == "]"):
            inside = char == "["
            text.skip()
            continue
        place += 1
        value = text.value()
        if value is BAD:
            whole = text.whole_part()
            if whole is not None:
                yield place, whole
            yield place, BAD
            return
        yield place, value
    if inside:
        yield place + 1, BAD


class _Text:
    """Text that comes in parts, and values in it."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts = (decoder.decode(part) for part in parts)
        self._text, self._at, self._fault = "", 0, 0

    def next(self) -> str:
        """Return the letter that comes next but for space and commas; none at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(CHUNK):
                return ""

    def skip(self) -> None:
        """Go on behind a letter."""
        self._at += 1

    def value(self) -> Any:  # noqa: ANN401 - JSON
        """Return the value that comes next, or `BAD`."""
        step = CHUNK
        while True:
            try:
                value, end = _scan(self._text, self._at)
            except _FAULTS as error:
                told = error.value if isinstance(error, StopIteration) else getattr(error, "pos", 0)
                self._fault = int(told or 0)
            else:
                if isinstance(value, dict | list) or end < len(self._text):
                    self._at = end
                    return value
            if not self._more(step):
                return BAD
            step *= 2

    def whole_part(self) -> Any:  # noqa: ANN401 - JSON
        """Return a page or bucket that is cut off with the rows in it that are whole, or none."""
        text = self._text[self._at : self._fault]
        value = _closed(text)
        if isinstance(value, dict) and any(isinstance(value.get(k), list) for k in _LISTS):
            return value
        return None

    def _more(self, least: int) -> bool:
        if self._at > CHUNK:
            self._text, self._at = self._text[self._at :], 0
        if len(self._text) - self._at > MOST_DOCUMENT:
            return False
        parts, size = [self._text], 0
        for part in self._parts:
            parts.append(part)
            size += len(part)
            if size >= least:
                break
        self._text = "".join(parts)
        return size > 0


_LISTS = ("data", "results")


def _closed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return what is whole of a value that is cut off: lists end after their last whole member."""
    open_, whole = [], ""
    for found in _BRACKETS.finditer(text):
        mark = found[0]
        if mark in _CLOSE:
            open_.append(mark)
        elif mark in ("}", "]"):
            if not open_ or _CLOSE[open_.pop()] != mark:
                break
            if open_ and open_[-1] == "[":
                whole = text[: found.end()] + "".join(_CLOSE[each] for each in reversed(open_))
    try:
        return _scan(whole, 0)[0] if whole else None
    except _FAULTS:
        return None
