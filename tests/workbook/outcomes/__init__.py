"""What the workbook must answer, by the core alone: no name or formula of a sheet is read.

An outcome is what a person reads: costs, budgets, credits, savings, counts, faults, and which
sentence stands there with which figures. `xl_pricing.estimation`, `rates`, `functions` and
`planning` compute them; where the sheets are stricter than those, `strict` says so.
"""

from collections.abc import Mapping
from datetime import date

from outcomes import (
    actuals,
    campaign,
    checks,
    levers,
    plans,
    rates,
    risk,
    says,
    sizes,
    stages,
    strict,
    summary,
    worksheet,
)
from outcomes.bills import Bills
from outcomes.campaign import Campaign
from outcomes.job import Job
from outcomes.said import Outcome, Reader
from outcomes.strict import Cell
from xl_pricing.rates.card import RateCard

__all__ = ["Outcome", "Reader", "outcomes", "rules"]


def outcomes(
    typed: Mapping[str, Cell], card: RateCard, today: date | None = None
) -> dict[str, Outcome]:
    """Return the outcomes by cell name; what is typed has its words in English.

    ``today`` ages the rates; if omitted, the day on which they were checked.
    """
    job, day = Job(strict.read(typed), card), today or card.checked
    lines, bills = Campaign(job), Bills(job)
    found = {
        **worksheet.outcomes(job),
        **campaign.outcomes(lines),
        **stages.outcomes(job),
        **levers.outcomes(job),
        **sizes.outcomes(job),
        **plans.outcomes(job),
        **risk.outcomes(job),
        **actuals.outcomes(bills, lines, day),
        **rates.outcomes(lines),
    }
    found |= checks.outcomes(lines, bills, day, found)
    found |= says.outcomes(job, found)
    return found | summary.outcomes(job, found)


def rules(typed: Mapping[str, Cell], card: RateCard) -> dict[str, Outcome]:
    """Return those of the Checks sheet alone, by which a job can be told quickly."""
    job = Job(strict.read(typed), card)
    lines, bills = Campaign(job), Bills(job)
    found = worksheet.outcomes(job) | actuals.outcomes(bills, lines, card.checked)
    return checks.outcomes(lines, bills, card.checked, found)
