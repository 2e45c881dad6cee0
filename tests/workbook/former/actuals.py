"""What the Actuals' computed cells must hold: each row judged, the sums, what was measured."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from math import ceil, prod
from typing import Any

from former import sentence
from former.bills import Bill, Images, images_of, in_cell
from former.line import Reader, number
from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    Value,
    require,
    typed_number,
    valid,
)
from workbook_templates.book.words import Words
from workbook_templates.sheets.actuals.drift import PERIODS
from workbook_templates.sheets.actuals.rows import FAULTS, TABLE, TYPED
from workbook_templates.sheets.actuals.sheet import (
    ALL_COUNT,
    COMPARED_WITH,
    MEND,
    NO_FINAL,
    NOTHING,
    OF_ROWS,
)
from workbook_templates.sheets.actuals.variance import CAMPAIGN, COMPARED, JOB
from workbook_templates.sheets.worksheet.inputs import YES
from xl_pricing.estimation.actuals import Totals, Variance, buffer_used, retries_interval, variance
from xl_pricing.rates.card import RateCard

_NOTHING = Fraction(0)
_HALF_A_CENT = Fraction(1, 200)
_DIGITS = int(LIMITS["compared_decimals"])
"""Differences are rounded to these digits: what is left of two equal floats is 0."""


def add_actuals(v: Answers, card: RateCard, words: Words) -> None:
    """Add the rows, the sums and what was measured.

    Needs the image's answers and the campaign's; the budget needs what was measured.
    """
    reader = Reader(card)
    bills = [
        Bill({name: in_cell(typed.get(name)) for name in TYPED}, position, reader)
        for position, typed in enumerate(v[TABLE], start=1)
    ]
    rows = [bill.computed(v, words) for bill in bills]
    counted = [bill for bill in bills if bill.fault == 0]
    _add_counts(v, bills, words)
    actual = _add_sums(v, counted, words)
    _add_like_job(v, [bill for bill, row in zip(bills, rows, strict=True) if row["matches_job"]])
    _add_plan(v, words)
    _add_comparison(v, actual, words)
    _add_periods(v, rows, counted)
    for i, row in enumerate(rows):
        v |= {f"{TABLE}.{name}.{i}": value for name, value in row.items()}


def _add_counts(v: Answers, bills: Sequence[Bill], words: Words) -> None:
    filled = sum(bill.filled for bill in bills)
    counted = sum(bill.fault == 0 for bill in bills)
    v["ok_actuals_table"] = int(len(bills) <= LIMITS["most_rows"])
    v |= {
        "actuals_rows": filled,
        "actuals_counted": counted,
        "actuals_rows_below": 0,
        "actuals_comparable": int(0 < counted == filled and v["ok_actuals_table"]),
        "actuals_of_rows": sentence.shown(words, OF_ROWS, counted=counted, rows=filled),
        "actuals_switched_on": int(v["use_measured"] == words(YES)),
    }
    wrong = next((bill for bill in bills if bill.fault > 0), None)
    if wrong:
        said = {"row": wrong.row, "says": words(FAULTS[wrong.fault][0])}
        v["actuals_status"] = sentence.shown(words, MEND, **said)
    else:
        v["actuals_status"] = words(ALL_COUNT if counted else NOTHING)


def _add_sums(v: Answers, counted: Sequence[Bill], words: Words) -> Totals:
    """Add the sums over the rows that count, and what they measure."""
    images = images_of(counted)
    actual = images.totals(sum((bill.billed for bill in counted), _NOTHING))
    v.add(
        actuals_generations=lambda: actual.generations,
        actuals_finals=lambda: actual.finals,
        actuals_billed=lambda: actual.usd,
        measured_retries=lambda: actual.retries,
        measured_retries_low=lambda: retries_interval(*images).low,
        measured_retries_high=lambda: retries_interval(*images).high,
        actuals_cost_per_image=lambda: actual.cost_per_image,
        actuals_cost_per_final=lambda: actual.cost_per_final,
    )
    v["measured_words"] = "" if actual.finals else words(NO_FINAL)
    return actual


def _add_like_job(v: Answers, alike: Sequence[Bill]) -> None:
    """Add what the rows measure that are of the job's model, size and quality."""

    def ratio(parts: Iterator[Value], whole_: Iterator[Value]) -> Fraction:
        all_ = sum(whole_)
        require(all_)
        return Fraction(sum(parts, _NOTHING) / all_)

    told = [bill for bill in alike if bill["output_tokens"] is not None]
    v.add(
        measured_cost=lambda: ratio(
            (bill.billed for bill in alike), (bill.counts["generations"] for bill in alike)
        ),
        measured_output_tokens=lambda: ratio(
            (number(bill["output_tokens"]) for bill in told),
            (bill.counts["generations"] for bill in told),
        ),
    )


def _add_plan(v: Answers, words: Words) -> None:
    """Add the plan: the job as it was typed, never as it was measured, or the campaign."""
    chosen = str(v["compare_with"]).lower()

    def planned(job: Callable[[], Fraction], campaign: Callable[[], Fraction]) -> Fraction:
        require(chosen in (words(JOB), words(CAMPAIGN)))
        return job() if chosen == words(JOB) else Fraction(campaign())

    def typed(*names: str) -> Fraction:
        require(v["ok_finals"] * v["ok_retries"])
        return prod((typed_number(v, name) for name in names), start=Fraction(1))

    finals, generations = partial(typed, "finals"), partial(typed, "finals", "retries")
    v.add(
        actuals_plan_finals=lambda: planned(finals, lambda: v.campaign_finals),
        actuals_plan_generations=lambda: planned(generations, lambda: v.campaign_generations),
        actuals_plan_cost=lambda: planned(
            lambda: generations() * v.token_cost_per_image, lambda: v.campaign_expected_cost
        ),
        actuals_plan_buffer=lambda: planned(partial(_typed_buffer, v), partial(_reserve, v)),
        actuals_plan_retries=lambda: _plan(v, _NOTHING).retries,
        actuals_plan_cost_per_image=lambda: _plan(v).cost_per_image,
        actuals_plan_cost_per_final=lambda: _plan(v).cost_per_final,
    )


def _plan(v: Answers, usd: Fraction | None = None) -> Totals:
    usd = v.actuals_plan_cost if usd is None else usd
    return Totals(v.actuals_plan_generations, v.actuals_plan_finals, usd)


def _typed_buffer(v: Answers) -> Fraction:
    require(v["ok_buffer"])
    return typed_number(v, "buffer")


def _reserve(v: Answers) -> Fraction:
    """Return the campaign's buffers as one share of its cost."""
    require(v.campaign_expected_cost)
    return round(Fraction(v.campaign_total / v.campaign_expected_cost - 1), _DIGITS)


def _add_comparison(v: Answers, actual: Totals, words: Words) -> None:
    """Add what happened less what was planned; #N/A as long as a row does not count."""

    def difference(planned: str, happened: str) -> Fraction:
        require(v["actuals_comparable"])
        return round(Fraction(getattr(v, happened) - getattr(v, planned)), _DIGITS)

    def parts() -> Variance:
        require(v["actuals_comparable"])
        return variance(_plan(v), actual).in_cents()

    def used() -> Fraction:
        require(v["actuals_comparable"])
        return round(buffer_used(_plan(v, _NOTHING), actual), _DIGITS)

    def share() -> Fraction:
        require(v.actuals_plan_buffer > 0)
        return Fraction(v.actuals_buffer_used / v.actuals_plan_buffer)

    for entry in COMPARED:
        name = f"actuals_diff_{entry.key}"
        v.add(**{name: partial(difference, entry.planned, entry.happened)})
    v.add(
        variance_volume=lambda: parts().volume,
        variance_retries=lambda: parts().retries,
        variance_price=lambda: parts().price,
        variance_total=lambda: parts().total,
        actuals_buffer_used=used,
        actuals_buffer_share=share,
    )
    plan = v["compare_with"] or ""
    v["actuals_compared"] = sentence.shown(words, COMPARED_WITH, plan=plan)


def _add_periods(v: Answers, rows: Sequence[dict[str, Any]], counted: Sequence[Bill]) -> None:
    """Add each row's period, and the retries of the periods."""
    days = [bill.day for bill in counted if bill.day is not None]
    first, last = (min(days), max(days)) if days else (0, -1)
    length = max(1, ceil(Fraction(last - first + 1, PERIODS)))
    v.add(
        actuals_first_day=lambda: _known(first, days),
        actuals_last_day=lambda: _known(last, days),
        actuals_period_days=lambda: _known(length, days),
    )
    for row in rows:
        day = row["day"]
        row["period"] = day if day == "" else day - (day - first) % length
    so_far = Images(0, 0)
    for k in range(1, PERIODS + 1):
        start = first + (k - 1) * length
        images = images_of(bill for bill in counted if start <= (bill.day or 0) < start + length)
        so_far = Images(*map(sum, zip(so_far, images, strict=True)))
        _add_period(v, k, start if start <= last else None, (images, so_far))


def _known(value: int, days: Sequence[int]) -> int:
    require(days)
    return value


def _add_period(v: Answers, k: int, start: int | None, images: tuple[Images, Images]) -> None:
    """Add a period: what fell into it, and what fell into it and all before."""
    within, so_far = images

    def retries(of: Images) -> Fraction:
        require(start is not None)
        return of.totals().retries

    v |= {
        f"drift_start_{k}": "" if start is None else start,
        f"drift_generations_{k}": "" if start is None else within.generations,
        f"drift_finals_{k}": "" if start is None else within.finals,
    }
    v.add(
        **{
            f"drift_retries_{k}": partial(retries, within),
            f"drift_so_far_{k}": partial(retries, so_far),
        }
    )


def add_actuals_checks(v: Answers) -> None:
    """Add the rules of the actuals."""

    def add_up() -> bool:
        parts = v.variance_volume + v.variance_retries + v.variance_price
        return bool(abs(parts - (v.actuals_billed - v.actuals_plan_cost)) <= _HALF_A_CENT)

    measured = valid(lambda: (v.measured_retries, v.measured_cost))
    v |= {
        "ok_actuals_rows": int(v["actuals_counted"] == v["actuals_rows"]),
        "ok_variance": valid(add_up) if v["variance_total"] != NOT_AVAILABLE else 1,
        "note_measured": measured if v["actuals_switched_on"] else 1,
    }
