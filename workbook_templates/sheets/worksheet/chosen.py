"""The words that are chosen on the Worksheet, and the conditions that formulas make of them."""

from workbook_templates.formulas.conditions import is_number
from workbook_templates.sheets.rates.tables import CUSTOM

YES, NO, NONE = "yes", "no", "none"
OWN = "USD"
"""The currency of the rates."""
ASKS_MEASURED = f'TRIM(use_measured)="«{YES}»"'
IS_MEASURED = f"AND({ASKS_MEASURED},actuals_own>0)"
"""The condition under which what the Actuals sheet measures is used: never examples."""
IS_CUSTOM = f'ratio_used="«{CUSTOM}»"'
IS_LABEL = is_number("measured_tokens")
"""Where output tokens are measured the size is a label."""
IS_OWN = f'currency_used="{OWN}"'
HAS_PLAN = f'AND(plan_used<>"",plan_used<>"«{NONE}»")'
HAS_REFERENCES = "N(reference_images)>0"
RETRIES_MEASURED = f"AND({IS_MEASURED},ISNUMBER(measured_retries))"
BY_GRID = 'counting="grid"'
"""The model counts by its grid, so that it takes any size within limits."""
