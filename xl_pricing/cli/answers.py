"""What a command answers, as people or programs read it: within a terminal, or as JSON."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

SPREAD = MappingProxyType({"spread": True})
"""Marks a field whose own fields stand in its place: ``evidence`` as source, checked, basis."""


def facts(record: object) -> dict[str, object]:
    """Return what a record (a dataclass, a named tuple, a mapping) holds by its names in JSON."""
    if isinstance(record, Mapping):
        return {**record}
    if isinstance(record, tuple) and hasattr(record, "_asdict"):
        return {**record._asdict()}
    if not is_dataclass(record):
        raise TypeError(f"{record!r} has no place in an answer")
    held: dict[str, object] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        held |= facts(value) if "spread" in field.metadata else {field.name: value}
    return held


def to_json(answer: object, warning: str | None = None) -> str:
    """Write an answer as JSON: exact numbers as floats, days in ISO, what is not known as null.

    A warning is one of its notes, where it is no mere list.
    """
    document = _plain(answer)
    if warning and isinstance(document, dict):
        document["notes"] = [*document.get("notes", []), warning]
    return json.dumps(document, indent=2)


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Fraction | Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [*map(_plain, value)]
    return {name: _plain(part) for name, part in facts(value).items()}


def terminal_width() -> int | None:
    """Return the characters of a line, ``None`` where nothing limits it, as in a file."""
    if os.environ.get("COLUMNS", "").isdecimal() or sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return None


def within_terminal(text: str) -> str:
    """Let sentences go on below where a line is too long for the terminal."""
    width = terminal_width()
    if width is None:
        return text
    lines = (
        textwrap.wrap(line, width, subsequent_indent="  ", break_long_words=False)
        if len(line.rstrip()) > width
        else [line]
        for line in text.splitlines()
    )
    return "\n".join(part for parts in lines for part in parts)
