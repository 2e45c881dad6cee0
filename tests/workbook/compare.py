"""What differs between two workbooks? One line a difference, whatever a person could see.

python tests/workbook/compare.py OLD NEW            two files, .xlsx or .xlsm
python tests/workbook/compare.py --build FOLDER     write today's four workbooks there
python tests/workbook/compare.py --against FOLDER   compare today's four with those
"""
# ruff: noqa: T201 - the differences are printed

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import isclose
from pathlib import Path
from typing import NamedTuple

from workbook_facts import Facts, facts

FILES = {
    f"{lang}.{kind}": (lang, kind == "xlsm")
    for lang in ("en", "zh-CN")
    for kind in ("xlsx", "xlsm")
}
"""The four workbooks: language, and whether there are macros."""


class Difference(NamedTuple):
    """A fact that is not the same in both; `old` or `new` is None where there is no such fact."""

    kind: str
    place: str
    detail: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        """Say it in one line."""
        where = f"{self.place} {self.detail}".strip()
        return f"{self.kind}: {where}: {_shown(self.old, self.new)}"


def differences(old: Facts, new: Facts, tolerance: float = 0) -> list[Difference]:
    """Return what differs; numbers of cells are equal if they are within a relative tolerance."""
    keys = dict.fromkeys([*old, *new])
    found = [Difference(*key, old.get(key), new.get(key)) for key in keys]
    return [one for one in found if one.old != one.new and not _near(one, tolerance)]


def _near(one: Difference, tolerance: float) -> bool:
    if not tolerance or one.kind not in {"value", "cached value"}:
        return False
    try:
        return isclose(float(one.old or ""), float(one.new or ""), rel_tol=tolerance)
    except ValueError:
        return False


_AROUND, _LONGEST = 30, 120


def _shown(old: str | None, new: str | None) -> str:
    """Show both; of long texts, the place where they part."""
    same = 0
    if old and new and max(len(old), len(new)) > _LONGEST:
        same = next(
            (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
            min(len(old), len(new)),
        )
    return " → ".join(_excerpt(text, max(0, same - _AROUND)) for text in (old, new))


def _excerpt(text: str | None, start: int) -> str:
    if text is None:
        return "(none)"
    line = re.sub(r"\s", " ", text)
    end = start + _LONGEST
    return f"{'…' if start else ''}{line[start:end]}{'…' if len(line) > end else ''}"


def build_all() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each of the four workbooks, as the code builds them now."""
    from workbook_templates.build import build

    for name, (lang, macros) in FILES.items():
        yield name, build(lang, macros=macros).data


def _report(name: str, found: Sequence[Difference], most: int) -> None:
    """Print the differences, at most so many of a kind, and how many there are of each kind."""
    numbers: Counter[str] = Counter()
    for one in found:
        numbers[one.kind] += 1
        if numbers[one.kind] <= most:
            print(one)
    kinds = ", ".join(f"{number} of {kind}" for kind, number in numbers.items())
    print(f"{name}: {len(found)} differences{f' ({kinds})' if kinds else ''}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where there are differences."""
    parser = argparse.ArgumentParser(description="Compare workbooks, one line a difference.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="OLD and NEW")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="write the four workbooks")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="compare with those there")
    parser.add_argument("--tolerance", type=float, default=0, help="of numbers, relative (0)")
    parser.add_argument("--most", type=int, default=50, help="lines a kind and file (50)")
    given = parser.parse_args(arguments)
    pairs: list[tuple[str, Path | bytes, Path | bytes]] = []
    if given.build:
        given.build.mkdir(parents=True, exist_ok=True)
        for name, data in build_all():
            (given.build / name).write_bytes(data)
    if given.against:
        pairs += [(name, given.against / name, data) for name, data in build_all()]
    if given.files:
        if len(given.files) != len(("OLD", "NEW")):
            parser.error("give two files, OLD and NEW")
        pairs.append((given.files[1].name, *given.files))
    if not pairs and not given.build:
        parser.error("give OLD and NEW, --build FOLDER or --against FOLDER")
    different = False
    for name, old, new in pairs:
        found = differences(facts(old), facts(new), given.tolerance)
        _report(name, found, given.most)
        different |= bool(found)
    return int(different)


if __name__ == "__main__":
    sys.exit(main())
