"""Plan and actual beside each other, and the parts of the difference between their costs."""

from dataclasses import replace
from typing import NamedTuple

from workbook_templates.book import blocks, theme
from workbook_templates.book.blocks import Figure, Input, words_listed
from workbook_templates.book.page import Page
from workbook_templates.book.theme import Style
from workbook_templates.formulas.conditions import compared, first_of
from workbook_templates.sheets.actuals.rows import TABLE, ratio

JOB, CAMPAIGN = "the job", "the campaign"
"""What the bills can be compared with, as chosen in the cell ``compare_with``."""
TOP = 9
FIRST_ROW = TOP + 3
SIGNED = '+"$"#,##0.00;-"$"#,##0.00;"$"0.00'

COMPARE_WITH = Input(
    "compare_with", JOB, "Compare with", "",
    "The job of the Worksheet, as typed there, or the whole campaign.",
    "General", words_listed((f"«{JOB}»", f"«{CAMPAIGN}»")),
)  # fmt: skip


def _chosen(job: str, campaign: str) -> str:
    """Return a figure of the chosen plan."""
    cases = [
        (f'TRIM(compare_with)="«{said}»"', it) for said, it in ((JOB, job), (CAMPAIGN, campaign))
    ]
    return first_of(cases, "NA()")


def _of_plan(job: str, campaign: str) -> str:
    """Return a figure of the chosen plan; the job's is what was typed, never what was measured."""
    return _chosen(f"IF(ok_finals*ok_retries=1,{job},NA())", campaign)


def _if_comparable(formula: str) -> str:
    """Compare only where every row counts."""
    return f"IF(actuals_comparable=1,{formula},NA())"


def _cents(usd: str) -> str:
    """Round to cents; the noise of floats must not decide about a half cent."""
    return f"ROUND({compared(usd)},2)"


_COUNT = theme.COMPUTED_FRACTION
_LIKE_JOB = f"{TABLE}[matches_job],1"
_GENERATIONS = f"SUMIFS({TABLE}[generations],{_LIKE_JOB}"


class Compared(NamedTuple):
    """A row of plan and actual: its key, label, both figures, and their look."""

    key: str
    label: str
    planned: Figure
    happened: Figure
    look: Style

    @property
    def difference(self) -> Figure:
        """What happened less what was planned."""
        less = compared(f"{self.happened.name}-{self.planned.name}")
        return Figure(f"actuals_diff_{self.key}", "", _if_comparable(less))


COMPARED = (
    Compared("finals", "Accepted finals",
             Figure("actuals_plan_finals", "", _of_plan("finals", "campaign_finals")),
             Figure("actuals_finals", "", f"SUMIFS({TABLE}[accepted],{TABLE}[told],1)"), _COUNT),
    Compared("generations", "Generations",
             Figure("actuals_plan_generations", "",
                    _of_plan("finals*retries", "campaign_generations")),
             Figure("actuals_generations", "",
                    f"SUMIFS({TABLE}[generations],{TABLE}[fault],0)"), _COUNT),
    Compared("retries", "Retries",
             Figure("actuals_plan_retries", "",
                    ratio("actuals_plan_generations", "actuals_plan_finals")),
             Figure("measured_retries", ""), replace(theme.COMPUTED, number=theme.FACTOR)),
    Compared("cost", "Cost in USD",
             Figure("actuals_plan_cost", "",
                    _of_plan("finals*retries*token_cost_per_image", "campaign_expected_cost")),
             Figure("actuals_billed", ""), theme.COMPUTED_USD),
    Compared("cost_per_image", "USD per generation",
             Figure("actuals_plan_cost_per_image", "",
                    ratio("actuals_plan_cost", "actuals_plan_generations")),
             Figure("actuals_cost_per_image", ""), theme.COMPUTED_PRICE),
    Compared("cost_per_final", "USD per accepted final",
             Figure("actuals_plan_cost_per_final", "",
                    ratio("actuals_plan_cost", "actuals_plan_finals")),
             Figure("actuals_cost_per_final", ""), theme.COMPUTED_PRICE),
    Compared("job_cost", "Like the job: USD per generation",
             Figure("token_cost_per_image", ""),
             Figure("measured_cost", "",
                    ratio(f"SUMIFS({TABLE}[billed],{_LIKE_JOB})", f"{_GENERATIONS})")),
             theme.COMPUTED_PRICE),
    Compared("job_tokens", "Like the job: output tokens each",
             Figure("tokens_image_out", ""),
             Figure("measured_output_tokens", "",
                    ratio(f"SUMIFS({TABLE}[output_tokens],{_LIKE_JOB})",
                          f'{_GENERATIONS},{TABLE}[output_tokens],">=0")')), _COUNT),
)  # fmt: skip
"""Plan and actual; a figure without a formula is repeated from where it stands."""

_MORE_FINALS = "(actuals_finals-actuals_plan_finals)"
_MORE_GENERATIONS = "(actuals_generations-actuals_finals*actuals_plan_retries)"
TOTAL_CENTS = _cents("actuals_billed-actuals_plan_cost")
_PLANNED = "ISNUMBER(actuals_plan_cost_per_final*actuals_plan_cost_per_image)"
_RESERVE = compared("campaign_total/campaign_expected_cost-1")
_MONEY = replace(theme.COMPUTED, number=SIGNED)
WHY = (
    Figure("variance_volume", "Volume variance",
           _if_comparable(_cents(f"{_MORE_FINALS}*actuals_plan_cost_per_final")),
           "more or fewer finals than planned", _MONEY),
    Figure("variance_retries", "Retries variance",
           _if_comparable(_cents(f"{_MORE_GENERATIONS}*actuals_plan_cost_per_image")),
           "more or fewer generations per final", _MONEY),
    Figure("variance_price", "Price variance",
           "ROUND(variance_total-variance_volume-variance_retries,2)",
           "another price per generation", _MONEY),
    Figure("variance_total", "Billed less planned",
           f"IF({_PLANNED},{_if_comparable(TOTAL_CENTS)},NA())",
           "the three parts add up to the cent", replace(theme.TOTAL, number=SIGNED),
           theme.TOTAL_LABEL),
    Figure("actuals_plan_buffer", "Buffer that was planned",
           _chosen("IF(ok_buffer=1,buffer,NA())",
                   f"IF(campaign_expected_cost>0,{_RESERVE},NA())"),
           "a reserve on top of the generations", theme.COMPUTED_SHARE),
    Figure("actuals_buffer_used", "Buffer really used",
           _if_comparable(compared("measured_retries/actuals_plan_retries-1")),
           "generations over the plan for these finals",
           replace(theme.COMPUTED, number="+0.0%;-0.0%;0.0%")),
    Figure("actuals_buffer_share", "Part of the buffer used",
           ratio("actuals_buffer_used", "actuals_plan_buffer"),
           "over 100 %: the buffer was too small",
           replace(theme.COMPUTED, number=theme.WHOLE_PERCENT)),
)  # fmt: skip
"""The parts of the difference, which add up, and what became of the buffer."""
_TOTAL_ROW = FIRST_ROW + [figure.name for figure in WHY].index("variance_total")


def write(page: Page) -> None:
    """Write the choice of the plan, plan and actual, and the parts of the difference."""
    blocks.title(page, f"B{TOP}:F{TOP}", "Plan and what happened")
    page.say(f"B{TOP + 1}", COMPARE_WITH.label, theme.LABEL)
    blocks.write_input(page, f"D{TOP + 1}", COMPARE_WITH, replace(theme.INPUT, align="left"))
    page.fill(f"B{TOP + 2}:F{TOP + 2}", theme.HEADER)
    blocks.headers(page, TOP + 2, "DEF", ("Planned", "Happened", "Difference"))
    for row, entry in enumerate(COMPARED, start=FIRST_ROW):
        page.say(f"B{row}", entry.label, theme.LABEL)
        figures = (entry.planned, entry.happened, entry.difference)
        for column, figure in zip("DEF", figures, strict=True):
            blocks.put(page, f"{column}{row}", figure._replace(look=entry.look))
    _write_why(page)


def _write_why(page: Page) -> None:
    blocks.title(page, f"H{TOP}:L{TOP}", "Why the bill differs from the plan")
    page.say(f"H{TOP + 1}", "More than planned is plus, less is minus.", theme.NOTE)
    page.fill(f"H{TOP + 2}:L{TOP + 2}", theme.HEADER)
    page.say(f"H{TOP + 2}", "Part", theme.HEADER_LEFT)
    page.say(f"J{TOP + 2}", "USD", theme.HEADER)
    page.say(f"K{TOP + 2}", "What it says", theme.HEADER_LEFT)
    blocks.write_entries(page, "HJK", FIRST_ROW, WHY)
    page.fill(f"I{_TOTAL_ROW}:I{_TOTAL_ROW}", theme.TOTAL)
