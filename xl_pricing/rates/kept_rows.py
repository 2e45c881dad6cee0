"""A table's rows and the card's made one: what comes, what changes, what the user keeps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from xl_pricing.errors import XlPricingError
from xl_pricing.rates.rows import read_date

Row = Mapping[str, Any]
Key = tuple[str, ...]

_EVIDENCE = {"source", "checked", "basis"}


class Identity(NamedTuple):
    """The columns that tell rows of a table apart, and those by which the card replaces rows.

    A plan or a model is replaced as a whole: a row that it no longer has would go on to price.
    """

    row: Key
    group: Key


_ONE_RATE = ("model", "meter", "tier", "effective_from")
IDENTITIES = {
    "tblRates": Identity(_ONE_RATE, _ONE_RATE),
    "tblModels": Identity(("model",), ("model",)),
    "tblFixed": Identity(("model", "size"), ("model",)),
    "tblPlans": Identity(("plan", "model", "size_tier", "quality"), ("plan",)),
}


@dataclass(frozen=True)
class Merged:
    """The rows that a table will hold, and how they differ from those that it holds."""

    name: str
    rows: list[Row]
    added: list[str]
    changed: list[str]
    removed: list[str]
    checked_again: int
    kept: int

    @property
    def is_news(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.changed or self.removed or self.checked_again)

    def report(self) -> Iterator[str]:
        """Yield the counts in one line, then a line each for what changed."""
        counts = {
            "added": len(self.added),
            "changed": len(self.changed),
            "removed": len(self.removed),
            "checked again": self.checked_again,
            "of your own kept": self.kept,
        }
        if any(counts.values()):
            said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
            yield f"{self.name.removeprefix('tbl')}: {said}."
        yield from (f"  changed: {line}" for line in self.changed)
        yield from (f"  added: {line}" for line in self.added)
        yield from (f"  removed: {line}" for line in self.removed)


def merge(
    name: str, old: Sequence[Row], new: Sequence[Row], identity: Identity | None = None
) -> Merged:
    """Replace what the card knows, keep what it does not; columns of the user's own stay.

    The kept rows come last. ``identity`` is that of a table that is none of the card's.
    """
    identity = identity or IDENTITIES[name]
    groups = {_key(row, identity.group) for row in new}
    kept = [row for row in old if _key(row, identity.group) not in groups]
    known = {_key(row, identity.row): row for row in old}
    coming = {_key(row, identity.row): row for row in new}
    rows = [{**known.get(_key(row, identity.row), {}), **row} for row in new]
    both = [(known[key], row) for key, row in coming.items() if key in known]
    return Merged(
        name=name,
        rows=[*rows, *kept],
        added=[" ".join(key) for key in coming if key not in known],
        changed=[line for pair in both if (line := _change(*pair, identity.row))],
        removed=[
            " ".join(key)
            for key, row in known.items()
            if key not in coming and _key(row, identity.group) in groups
        ],
        checked_again=sum(_is_checked_again(*pair) for pair in both),
        kept=len(kept),
    )


def _key(row: Row, columns: Key) -> Key:
    return tuple(_word(row.get(column), column) for column in columns)


def _word(value: Any, column: str) -> str:  # noqa: ANN401 - a cell's value
    """Write a cell so that two that mean the same are the same."""
    if column == "effective_from":
        try:
            return read_date(value).isoformat()
        except XlPricingError:
            pass
    return _show(value).strip().lower()


def _show(value: Any) -> str:  # noqa: ANN401 - a cell's value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "nothing" if value is None else str(value)


def _differing(old: Row, new: Row) -> set[str]:
    return {column for column, value in new.items() if old.get(column) != value}


def _change(old: Row, new: Row, identity: Key) -> str:
    """Say what changed in a row but for its evidence; nothing if nothing did."""
    columns = _differing(old, new) - _EVIDENCE - {*identity}
    said = [f"{c} from {_show(old.get(c))} to {_show(new[c])}" for c in new if c in columns]
    return f"{' '.join(_key(new, identity))}: {', '.join(said)}" if said else ""


def _is_checked_again(old: Row, new: Row) -> bool:
    columns = _differing(old, new)
    return bool(columns) and columns <= _EVIDENCE
