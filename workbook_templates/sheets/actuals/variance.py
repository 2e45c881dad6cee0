"""Plan and actual beside each other, and the parts of the difference between their costs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from workbook_templates.book import theme
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.sheets.actuals.rows import TABLE, ratio

JOB, CAMPAIGN = "the job", "the campaign"
"""What the bills can be compared with, as chosen in the cell ``compare_with``."""
TOP = 9
FIRST_ROW = TOP + 3
SIGNED = '+"$"#,##0.00;-"$"#,##0.00;"$"0.00'


class Compared(NamedTuple):
    """A row of plan and actual: label, names of both values, number format, one for decimals."""

    key: str
    label: str
    planned: str
    happened: str
    number: str
    fraction: str | None = None


COMPARED = (
    Compared(
        key="finals",
        label="Accepted finals",
        planned="actuals_plan_finals",
        happened="actuals_finals",
        number=theme.COUNT,
        fraction=theme.FRACTION,
    ),
    Compared(
        key="generations",
        label="Generations",
        planned="actuals_plan_generations",
        happened="actuals_generations",
        number=theme.COUNT,
        fraction=theme.FRACTION,
    ),
    Compared("retries", "Retries", "actuals_plan_retries", "measured_retries", theme.FACTOR),
    Compared("cost", "Cost in USD", "actuals_plan_cost", "actuals_billed", theme.USD),
    Compared(
        key="cost_per_image",
        label="USD per generation",
        planned="actuals_plan_cost_per_image",
        happened="actuals_cost_per_image",
        number=theme.USD_FINE,
    ),
    Compared(
        key="cost_per_final",
        label="USD per accepted final",
        planned="actuals_plan_cost_per_final",
        happened="actuals_cost_per_final",
        number=theme.USD_FINE,
    ),
    Compared(
        key="job_cost",
        label="Rows like the job: USD per generation",
        planned="token_cost_per_image",
        happened="measured_cost",
        number=theme.USD_FINE,
    ),
    Compared(
        key="job_tokens",
        label="Rows like the job: output tokens each",
        planned="tokens_image_out",
        happened="measured_output_tokens",
        number=theme.COUNT,
        fraction=theme.FRACTION,
    ),
)


class Part(NamedTuple):
    """A row beside the comparison: name, label, what it says, style, and formula."""

    name: str
    label: str
    says: str
    style: Style
    formula: str


def _if_comparable(formula: str) -> str:
    """Compare only where every row counts."""
    return f"IF(actuals_comparable=1,{formula},NA())"


def _cents(usd: str) -> str:
    """Round to cents; the noise of floats must not decide about a half cent."""
    return f"ROUND(ROUND({usd},compared_decimals),2)"


_MORE_FINALS = "(actuals_finals-actuals_plan_finals)"
_MORE_GENERATIONS = "(actuals_generations-actuals_finals*actuals_plan_retries)"
TOTAL_CENTS = _cents("actuals_billed-actuals_plan_cost")
_MONEY = replace(theme.COMPUTED, number=SIGNED)


def _parts(page: Page) -> tuple[Part, ...]:
    planned = "ISNUMBER(actuals_plan_cost_per_final*actuals_plan_cost_per_image)"
    return (
        Part(
            "variance_volume",
            "Volume",
            "more or fewer finals than planned",
            _MONEY,
            _if_comparable(_cents(f"{_MORE_FINALS}*actuals_plan_cost_per_final")),
        ),
        Part(
            "variance_retries",
            "Retries",
            "more or fewer generations per final",
            _MONEY,
            _if_comparable(_cents(f"{_MORE_GENERATIONS}*actuals_plan_cost_per_image")),
        ),
        Part(
            "variance_price",
            "Price",
            "another price per generation",
            _MONEY,
            "ROUND(variance_total-variance_volume-variance_retries,2)",
        ),
        Part(
            "variance_total",
            "Billed less planned",
            "the three parts add up to the cent",
            replace(theme.TOTAL, number=SIGNED),
            f"IF({planned},{_if_comparable(TOTAL_CENTS)},NA())",
        ),
        Part(
            "actuals_plan_buffer",
            "Buffer that was planned",
            "a reserve on top of the generations",
            theme.COMPUTED_SHARE,
            _planned_buffer(page),
        ),
        Part(
            "actuals_buffer_used",
            "Buffer really used",
            "generations over the plan for these finals",
            replace(theme.COMPUTED, number="+0.0%;-0.0%;0.0%"),
            _if_comparable("ROUND(measured_retries/actuals_plan_retries-1,compared_decimals)"),
        ),
        Part(
            "actuals_buffer_share",
            "Part of the buffer used",
            "over 100 %: the buffer was too small",
            replace(theme.COMPUTED, number=theme.WHOLE_PERCENT),
            ratio("actuals_buffer_used", "actuals_plan_buffer"),
        ),
    )


def write(page: Page, job: Mapping[str, Any]) -> None:
    """Write the choice of the plan, plan and actual, and the parts of the difference."""
    _choice(page, job)
    page.fill(f"B{TOP + 2}:F{TOP + 2}", theme.HEADER)
    for column, text in zip("DEF", ("Planned", "Happened", "Difference"), strict=True):
        page.say(f"{column}{TOP + 2}", text, theme.HEADER)
    named = _values(page)
    for row, entry in enumerate(COMPARED, start=FIRST_ROW):
        _compare(page, row, entry, named)
    _list_parts(page)


def _choice(page: Page, job: Mapping[str, Any]) -> None:
    page.fill(f"B{TOP}:F{TOP}", theme.STEP)
    page.say(f"B{TOP}", "Plan and what happened", theme.STEP)
    at = f"D{TOP + 1}"
    page.say(f"B{TOP + 1}", "Compare with", theme.LABEL)
    page.input(at, "compare_with", job["compare_with"], replace(theme.INPUT, align="left"))
    message = "The job of the Worksheet, as typed there, or the whole campaign."
    listed = ",".join(page.words(choice) for choice in (JOB, CAMPAIGN))
    page.validate(at, "Compare with", message, type="list", formula1=f'"{listed}"')


def _compare(page: Page, row: int, entry: Compared, named: Mapping[str, str]) -> None:
    """Write one row; values that stand elsewhere are repeated."""
    style = replace(theme.COMPUTED, number=entry.number, fraction=entry.fraction)
    page.say(f"B{row}", entry.label, theme.LABEL)
    for column, name in (("D", entry.planned), ("E", entry.happened)):
        if name in named:
            page.formula(f"{column}{row}", name, named[name], style)
        else:
            page.same(f"{column}{row}", name, style)
    difference = f"ROUND({entry.happened}-{entry.planned},compared_decimals)"
    page.formula(f"F{row}", f"actuals_diff_{entry.key}", _if_comparable(difference), style)


def _values(page: Page) -> dict[str, str]:
    """Return the formulas that are named in the comparison."""
    cost = "finals*retries*token_cost_per_image"
    like_job = f"{TABLE}[matches_job],1"
    generations = f"SUMIFS({TABLE}[generations],{like_job}"
    return {
        "actuals_finals": f"SUMIFS({TABLE}[accepted],{TABLE}[fault],0)",
        "actuals_generations": f"SUMIFS({TABLE}[generations],{TABLE}[fault],0)",
        "actuals_plan_finals": _of_plan(page, "finals", "campaign_finals"),
        "actuals_plan_generations": _of_plan(page, "finals*retries", "campaign_generations"),
        "actuals_plan_cost": _of_plan(page, cost, "campaign_expected_cost"),
        "actuals_plan_retries": ratio("actuals_plan_generations", "actuals_plan_finals"),
        "actuals_plan_cost_per_image": ratio("actuals_plan_cost", "actuals_plan_generations"),
        "actuals_plan_cost_per_final": ratio("actuals_plan_cost", "actuals_plan_finals"),
        "measured_cost": ratio(f"SUMIFS({TABLE}[billed],{like_job})", f"{generations})"),
        "measured_output_tokens": ratio(
            f"SUMIFS({TABLE}[output_tokens],{like_job})",
            f'{generations},{TABLE}[output_tokens],">=0")',
        ),
    }


def _of_plan(page: Page, job: str, campaign: str) -> str:
    """Return a figure of the chosen plan; the job's is what was typed, never what was measured."""
    return _chosen(page, f"IF(ok_finals*ok_retries=1,{job},NA())", campaign)


def _planned_buffer(page: Page) -> str:
    """Return the typed buffer, or the campaign's buffers as one share of its cost."""
    reserve = "ROUND(campaign_total/campaign_expected_cost-1,compared_decimals)"
    campaign = f"IF(campaign_expected_cost>0,{reserve},NA())"
    return _chosen(page, "IF(ok_buffer=1,buffer,NA())", campaign)


def _chosen(page: Page, job: str, campaign: str) -> str:
    is_job, is_campaign = (
        f"compare_with={page.words.quoted(choice)}" for choice in (JOB, CAMPAIGN)
    )
    return f"IF({is_job},{job},IF({is_campaign},{campaign},NA()))"


def _list_parts(page: Page) -> None:
    page.fill(f"H{TOP}:K{TOP}", theme.STEP)
    page.say(f"H{TOP}", "Why the bill differs from the plan", theme.STEP)
    page.say(f"H{TOP + 1}", "More than planned is plus, less is minus.", theme.NOTE)
    page.fill(f"H{TOP + 2}:K{TOP + 2}", theme.HEADER)
    page.say(f"H{TOP + 2}", "Part", theme.HEADER_LEFT)
    page.say(f"J{TOP + 2}", "USD", theme.HEADER)
    page.say(f"K{TOP + 2}", "What it says", theme.HEADER_LEFT)
    for row, part in enumerate(_parts(page), start=FIRST_ROW):
        is_total = part.name == "variance_total"
        page.say(f"H{row}", part.label, theme.TOTAL_LABEL if is_total else theme.LABEL)
        if is_total:
            page.fill(f"I{row}:I{row}", theme.TOTAL)
        page.formula(f"J{row}", part.name, part.formula, part.style)
        page.say(f"K{row}", part.says, theme.NOTE)
