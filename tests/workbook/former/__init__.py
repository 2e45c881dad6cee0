"""What every computed cell must hold: the workbook's values, computed by the core.

`answer` is the second implementation of the sheets' formulas. Its values are injected into the
file, so that viewers and previews show them, and tests compare them with a recalculation. In the
sheets every missing answer is #N/A; the Checks sheet says why.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from former.actuals import add_actuals, add_actuals_checks
from former.campaign import add_campaign, add_campaign_checks
from former.checks import add_rows_to_mend
from former.in_force import add_in_force
from former.job import (
    add_budget,
    add_captions,
    add_checks,
    add_plan,
    add_status,
)
from former.levers import add_levers
from former.plans import add_plans
from former.risk import add_risk
from former.spec import add_cost, add_spec
from former.stages import add_stages
from former.values import Answers
from workbook_templates.book.words import Words
from workbook_templates.sheets.actuals.sheet import ROWS as ACTUALS_ROWS
from workbook_templates.sheets.campaign.sheet import ROWS as CAMPAIGN_ROWS
from xl_pricing.rates.card import RateCard


def answer(
    inputs: Mapping[str, Any], card: RateCard, words: Words, today: date | None = None
) -> dict[str, Any]:
    """Return every computed value of the workbook for ``inputs``: numbers, text, days.

    ``today`` ages the rates; if omitted, the day on which they were checked, so that what is
    cached in a file does not depend on the day it is written.
    """
    values = Answers(inputs)
    add_spec(values, card, words)
    add_campaign(values, card, words)
    add_in_force(values, card)
    add_actuals(values, card, words)
    add_cost(values, words)
    add_budget(values)
    add_plan(values, card)
    add_stages(values, card, words)
    add_levers(values, card, words)
    add_plans(values, card, words)
    add_risk(values, card, words)
    add_captions(values, words)
    add_checks(values, card, today or card.checked)
    add_campaign_checks(values, card)
    add_actuals_checks(values)
    add_rows_to_mend(values, CAMPAIGN_ROWS)
    add_rows_to_mend(values, ACTUALS_ROWS)
    add_status(values, words)
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    """Return what a cell shows: a float for a fraction, 0 for a reference to a blank cell."""
    if value is None:
        return 0
    return float(value) if isinstance(value, Fraction) else value
