"""What a bill says line by line, in USD, laid beside what was used."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.rule import Series, usd
from xl_pricing.estimation.usage import METER_NAMES, Metered


class Key(NamedTuple):
    """What is compared: a day, project, model and meter; no meter is all meters of a model."""

    day: date | None
    project: str
    model: str
    meter: str
    origin: str = ""
    """Who bills it, where that is another one than that of the usage beside it."""

    @property
    def text(self) -> str:
        """The key as it is named to people."""
        day = self.day.isoformat() if self.day else ""
        told = filter(None, (self.model, day, self.project, self.meter))
        return ", ".join([*told, f"with {self.origin}"] if self.origin else told)


class Kind(NamedTuple):
    """Tokens of one rate: a meter and a tier."""

    meter: str
    tier: str


@dataclass(slots=True)
class Lot:
    """Tokens used with their exact USD, and tokens billed with their amount, of one key."""

    series: Series
    """By which the tokens are priced; of the bill where it is told there."""
    used: int = 0
    used_usd: Fraction = Fraction(0)
    billed: int = 0
    amount: Fraction = Fraction(0)
    listed: Fraction = Fraction(0)
    """What the billed tokens cost by the rates in force."""
    lines: int = 1
    """Lines of the bill."""
    zoned: int = 0
    """Lines that themselves name a data zone."""
    by_rows: int = 0
    """Lines that tell several meters and one amount: their causes are asked row by row."""
    alone: int = 0
    """Lines that tell an amount and no tokens."""
    used_by: Counter[Kind] = field(default_factory=Counter)
    """Tokens used, by what has a rate of its own."""
    billed_by: Counter[Kind] = field(default_factory=Counter)

    @property
    def quantity(self) -> int:
        """Tokens that the amount is for; those used where the bill does not tell."""
        return self.used if self.alone else self.billed

    def take(self, amount: Fraction, zoned: int) -> None:
        """Take the amount of a line."""
        self.amount += amount
        self.lines += 1
        self.zoned += zoned

    def add(self, lot: "Lot") -> None:
        """Add what another one of the same key says of the bill."""
        self.billed += lot.billed
        self.amount += lot.amount
        self.listed += lot.listed
        self.lines += lot.lines
        self.zoned += lot.zoned
        self.alone += lot.alone
        self.by_rows += lot.by_rows
        self.billed_by += lot.billed_by


@dataclass(slots=True)
class Charges:
    """The lines of a bill by key; amounts in USD."""

    lots: dict[Key, Lot] = field(default_factory=dict)
    beside: dict[tuple[Reason, Key], Fraction] = field(default_factory=dict)
    """Amounts for images of lines that are not priced, by why and of what."""
    last_day: date | None = None
    """The last day of which anything was billed."""
    origins: set[str] = field(default_factory=set)
    """Who billed; empty text where a line does not tell."""

    def add(self, row: Row, series: Series, reason: Reason | None) -> None:
        """Add a line with an amount."""
        amount, zoned = row.billed or Fraction(0), int(row.zoned)
        if reason is Reason.AMOUNT_ALONE and series.tariff is not None:
            lot = self._lot(_key(row, series, row.meter or ""), series)
            lot.alone += 1
            lot.take(amount, zoned)
        elif reason is not None:
            of = (reason, _key(row, series, row.meter or ""))
            self.beside[of] = self.beside.get(of, Fraction(0)) + amount
        else:
            tokens = row.tokens or Metered()
            kinds = [(name, n) for name, n in zip(METER_NAMES, tokens, strict=True) if n]
            lot = self._lot(_key(row, series, kinds[0][0] if len(kinds) == 1 else ""), series)
            lot.billed += sum(tokens)
            lot.listed += usd(series, tokens)
            lot.by_rows += row.meter is None
            for name, n in kinds:
                lot.billed_by[Kind(name, series.tier)] += n
            lot.take(amount, zoned)

    def note_day(self, row: Row) -> None:
        """Note of which day something was billed."""
        if row.day is not None:
            self.last_day = max(self.last_day or row.day, row.day)

    def _lot(self, key: Key, series: Series) -> Lot:
        self.origins.add(key.origin)
        lot = self.lots.get(key)
        if lot is None:
            lot = self.lots[key] = Lot(series, lines=0)
        return lot


def price(series: Series, meter: str, tokens: int) -> Fraction:
    """Return exact USD of tokens of one meter, 0 where the series has no rate for it."""
    if series.tariff is None or meter not in series.tariff.usd:
        return Fraction(0)
    return Metered()._replace(**{meter: tokens}).usd(series.tariff)


def _key(row: Row, series: Series, meter: str) -> Key:
    return Key(series.day, row.project or "", series.model, meter, row.origin)
