"""``xl-pricing bill --into``: a workbook with the Actuals and the Bill sheet of what was read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_pricing.bills.actual_rows import ActualRow, actual_rows
from xl_pricing.bills.bill_lines import bill_lines, few_lines
from xl_pricing.bills.compared import Compared
from xl_pricing.bills.parts import Part
from xl_pricing.bills.plan import NAMES, AgainstPlan, PlanPart
from xl_pricing.bills.reading import Reading
from xl_pricing.bills.reconcile import Explained, gather
from xl_pricing.bills.total import Totals
from xl_pricing.cli.bill_drawn import SHARES, UNITS
from xl_pricing.cli.bill_report import Bill
from xl_pricing.cli.carried import read_old
from xl_pricing.cli.console import Given
from xl_pricing.cli.drawing import show_figure, show_percent
from xl_pricing.cli.workbook_files import check_path, progress_of, read_language
from xl_pricing.cli.written_files import write_file
from xl_pricing.errors import InvalidValueError
from xl_pricing.rates.card import RateCard

if TYPE_CHECKING:
    from workbook_templates.sheets.bill.content import BillContent, FileRead, PlanStep, PlanWay

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Into:
    """The workbook that is asked for: its path, the older one, its language."""

    path: str
    old: str | None
    lang: str
    force: bool


def read_into(into: Given, old: Given, lang: Given, *, force: bool) -> Into | None:
    """Read what is asked for; nothing where it is no workbook. Refuses what cannot be written."""
    if into is None:
        if old or lang:
            raise InvalidValueError(
                "--workbook and --lang say what --into writes; accepted: --into new.xlsx"
            )
        return None
    check_path(into, force=force)
    return Into(into, old, read_language(lang) if lang else "", force)


def write_bill(
    into: Into,
    totals: Totals,
    reading: Reading,
    compared: Compared,
    bill: Bill,
    card: RateCard,
    against: AgainstPlan | None = None,
) -> Iterator[str]:
    """Write the workbook, whole or not at all; yield what is told of it."""
    from workbook_templates.build import BLANK_ROWS, TABLES, build  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.formulas.constants import MOST_ROWS  # noqa: PLC0415 - the same
    from workbook_templates.sheets.actuals.rows import TABLE  # noqa: PLC0415 - the same

    before = read_old(Path(into.old), into.lang, card) if into.old else None
    lang = into.lang or (before.lang if before else read_language(None))
    old_rows = [row for row in before.rows.get(TABLE, ()) if row] if before else []
    first, last = _span(totals)
    kept = [row for row in old_rows if not first <= _day(row) <= last]
    found, period = actual_rows(totals, MOST_ROWS - len(kept))
    made = [row for row in found if row.billed >= 0]
    rows = [*kept, *_typed(made, old_rows, lang)]
    content = _content(totals, reading, compared, bill, period)._replace(plan=_plan_way(against))
    tables = {**dict.fromkeys(TABLES, BLANK_ROWS), **(before.rows if before else {})}
    tables[TABLE] = rows or BLANK_ROWS
    with progress_of(len(rows) + len(content.lines)) as progress:
        built = build(
            lang,
            card,
            macros=into.path.lower().endswith(".xlsm"),
            inputs=before.inputs if before else {},
            rows=tables,
            bill=content,
            progress=progress,
        )
        data = built.data
    write_file(Path(into.path), data, force=into.force)
    yield from _told(into, made, period, kept, content)
    if below := len(found) - len(made):
        yield f"sums below 0 are in no Actuals, {below:,} of them: see the sheet Bill"
    yield from (f"{into.old}: {line}" for line in (before.lines if before else ()))


def _told(
    into: Into, made: Sequence[ActualRow], period: str, kept: Sequence[Row], content: "BillContent"
) -> Iterator[str]:
    yield f"{into.path} is written: {len(made):,} rows of Actuals by {period}, and the sheet Bill"
    if period != "day":
        yield f"the days of the Actuals are grouped by {period}, for more would not fit"
    if content.period != "day":
        yield f"the days of the sheet Bill are grouped by {content.period}, for more would not fit"
    if kept:
        yield f"{len(kept):,} rows of the older workbook are of other days and stay"
    untold = sum(row.images is not None for row in made)
    if untold:
        yield "accepted finals stand in no file: type them in Actuals, and retries are measured"


def _span(totals: Totals) -> tuple[date, date]:
    """Return the first and the last day that the files tell of."""
    sums = (*totals.used.sums.values(), *totals.bill.sums.values())
    days = [each.series.day for each in sums if each.series.day]
    days += [key.day for key in totals.charges.lots if key.day]
    return (min(days), max(days)) if days else (date.max, date.min)


def _day(row: Row) -> date:
    """Return the day of a row of an older workbook; that of none is never replaced."""
    told = row.get("date")
    with suppress(ValueError, OverflowError):
        if isinstance(told, int | float):
            return date(1899, 12, 30) + timedelta(days=int(told))
        return date.fromisoformat(str(told).strip()[:10])
    return date.max


def _alike(day: date, row: Row) -> tuple[object, ...]:
    words = (str(row.get(name) or "").strip().lower() for name in ("model", "size", "quality"))
    return (day, *words)


def _typed(made: Sequence[ActualRow], old: Sequence[Row], lang: str) -> Iterator[dict[str, Any]]:
    """Yield rows of the table; accepted finals are those that an older one has of like images."""
    from workbook_templates.book.words import Words  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.sheets.bill.texts import plain  # noqa: PLC0415 - the same

    words = Words(lang)
    accepted = {_alike(_day(row), row): row.get("accepted") for row in old}
    for one in made:
        row = {
            "date": one.day,
            "model": plain(one.model),
            "size": plain(one.size) or None,
            "quality": one.quality or None,
            "generations": one.images,
            "input_tokens": one.input_tokens,
            "output_tokens": one.output_tokens,
            "billed": float(one.billed),
            "note": plain("; ".join(map(words.data, one.notes))) or None,
        }
        yield {**row, "accepted": accepted.pop(_alike(one.day, row), None)}


def _content(
    totals: Totals,
    reading: Reading,
    compared: Compared,
    bill: Bill,
    rows_period: str,
) -> "BillContent":
    from workbook_templates.formulas.constants import MOST_ROWS  # noqa: PLC0415 - loads openpyxl
    from workbook_templates.sheets.bill import content  # noqa: PLC0415 - the same

    lines, period = few_lines(bill_lines(totals, compared.lines), MOST_ROWS, totals)
    extra, none = gather(compared.beside), Explained()
    parts = [
        content.PartOf(part, each.about, each.count, extra.get(part, none).usd)
        for part, each in compared.parts.items()
    ]
    return content.BillContent(
        lines=lines,
        billed=compared.billed,
        parts=parts,
        not_priced=[
            content.NotPriced(
                each.reason,
                each.about,
                each.rows,
                sum(each.tokens.values()),
                [f"{amount} {currency.upper()}" for currency, amount in each.billed.items()],
                each.places,
            )
            for each in bill.unpriced
        ],
        files=[*_files(reading)],
        rows=bill.rows,
        priced=bill.priced,
        in_doubt=bool(bill.unconfirmed or bill.doubts or bill.other_currencies),
        period=period,
        rows_period=rows_period,
    )


def _files(reading: Reading) -> "Iterator[FileRead]":
    """Yield the files with what they were known as, and the hash of their bytes."""
    from workbook_templates.sheets.bill.content import FileRead  # noqa: PLC0415 - loads openpyxl

    for file in reading.files:
        try:
            with reading.paths[file.name].open("rb") as opened:
                digest = file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise InvalidValueError(
                f"{file.name} cannot be read again: {error.strerror}; accepted: files that stay"
            ) from None
        yield FileRead(file.name, [*file.shapes], sum(file.shapes.values()), digest)


_PARTS = {NAMES.get(part, str(part)): part for part in Part}
"""The parts of a bill by what they are called in the way from a plan."""


def _plan_way(against: AgainstPlan | None) -> "PlanWay | None":
    from workbook_templates.sheets.bill.content import PlanWay  # noqa: PLC0415 - loads openpyxl

    if against is None:
        return None
    parts = (part for part in against.parts if part.usd or part.name == Part.UNEXPLAINED)
    return PlanWay(against.expected_usd, [*map(_plan_step, parts)])


def _plan_step(part: PlanPart) -> "PlanStep":
    from workbook_templates.sheets.bill.content import PlanStep  # noqa: PLC0415 - loads openpyxl

    show = show_percent if part.name in SHARES else show_figure
    figures = (part.planned, part.actual)
    planned, actual = map(show, figures) if None not in figures else ("", "")
    step = PlanStep(part.name, part.usd, _PARTS.get(part.name), planned, actual)
    return step._replace(unit=UNITS.get(part.name, ""), about=part.about)
