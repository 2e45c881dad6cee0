"""What the Summary says in sentences: the answer, the campaign, the levers, how sure it is."""

from workbook_templates.book import theme
from workbook_templates.book.blocks import Figure
from workbook_templates.formulas.conditions import first_of
from workbook_templates.formulas.sentence import fixed, percent, sentence, usd
from workbook_templates.sheets.levers.sheet import BEST
from workbook_templates.sheets.risk.search import key_of
from workbook_templates.sheets.risk.sheet import WORSE
from workbook_templates.sheets.summary.assumptions import basis_said
from workbook_templates.sheets.summary.sound import NOTHING, whole_up
from xl_pricing.rates.card import RATES_AGE_DAYS

NOT_PRICED = sentence("Not priced. To fix first: {says}. See Checks.", says="first_error")
_IMAGES = {
    "finals": "IF(finals=INT(finals),FIXED(finals,0),FIXED(finals,2))",
    "generations": fixed(whole_up("total_generations"), 0),
    "buffered": fixed(whole_up("generations_with_buffer"), 0),
    "buffer": percent("buffer"),
    "usd": usd("budget_usd"),
}
ANSWER = sentence(
    "{finals} accepted images take about {generations} generations, {buffered} with the buffer of "
    "{buffer} (rounded up): {usd}.",
    **_IMAGES,
)
SAYS = Figure("summary_says", "", f"IF(summary_sound=1,{ANSWER},{NOT_PRICED})",
              look=theme.STRONG)  # fmt: skip
OF_BUDGET = Figure(
    "summary_of",
    "",
    first_of(
        (("summary_is_example=1", sentence("▲ an example: type your job")),),
        sentence("finals × retries × (1 + buffer)"),
    ),
    look=theme.CARD_NOTE,
)
"""What stands below the budget."""
_RANGE = sentence("{low} to {high}", low=usd("low_budget"), high=usd("high_budget"))
RANGE = f'IF(summary_sound*low_valid*high_valid=1,{_RANGE},"{NOTHING}")'

_CAMPAIGN = {
    "usd": usd("campaign_total"),
    "lines": fixed("campaign_rows", 0),
}
_CAMPAIGN_NOT = {"priced": "campaign_priced", "lines": "campaign_rows"}
CAMPAIGN = first_of(
    (
        ("campaign_own=0", '""'),
        (
            "OR(NOT(ISNUMBER(campaign_total)),ok_campaign_rows<>1,ok_campaign_table<>1)",
            sentence(
                "The whole campaign is not priced: {priced} of {lines} lines are; see Checks.",
                **_CAMPAIGN_NOT,
            ),
        ),
    ),
    first_of(
        (
            (
                "summary_is_example=1",
                sentence(
                    "Your campaign: {usd} in {lines} lines. The job above is an example.",
                    **_CAMPAIGN,
                ),
            ),
        ),
        sentence("The whole campaign, beside this job: {usd} in {lines} lines.", **_CAMPAIGN),
    ),
)
"""The campaign, where it holds lines of the user's own."""


def _chance(of: str) -> str:
    """Return the formula of a chance in words, which never promises all."""
    return first_of(((f"{of}>=0.995", '"> 99%"'), (f"{of}<0.005", '"< 1%"')), percent(of))


_LUCK = sentence(
    f"Chance that the buffer lasts: {{chance}} with the retries as assumed, {{worse}} if they turn "
    f"out {WORSE[0]:.0%} worse.",
    chance=_chance("risk_chance"),
    worse=_chance(f"risk_worse_{key_of(WORSE[0])}"),
)
_MEASURED = first_of(
    (
        (
            "actuals_own=0",
            sentence("Retries: an assumption; nothing of your own is on the Actuals sheet yet."),
        ),
        (
            "ok_actuals_rows*ok_actuals_table<>1",
            sentence("Retries: what was measured is not told, rows of Actuals have faults."),
        ),
        (
            "NOT(ISNUMBER(measured_retries))",
            sentence("Retries: an assumption; no final is accepted on the Actuals sheet yet."),
        ),
    ),
    sentence(
        "Retries: measured {measured}, 90% sure from {low} to {high}; the budget takes {used}.",
        measured=fixed("measured_retries"),
        low=fixed("measured_retries_low"),
        high=fixed("measured_retries_high"),
        used=fixed("retries_used"),
    ),
)
_TOKENS = (
    f"IF(ISNUMBER(measured_tokens),{sentence('measured by you')},{basis_said('basis_tokens')})"
)
_KNOWN = {"tokens": _TOKENS, "rate": basis_said("basis_image_out")}
_OLD = sentence(
    f"Prices rest on: {{rate}} for the rate, {{tokens}} for the tokens per image; checked more "
    f"than {RATES_AGE_DAYS} days ago: refresh them.",
    **_KNOWN,
)
_FRESH = sentence(
    f"Prices rest on: {{rate}} for the rate, {{tokens}} for the tokens per image; checked within "
    f"the last {RATES_AGE_DAYS} days.",
    **_KNOWN,
)
_CHECKS = first_of(
    (
        ("errors_found>0", sentence("Checks: {count} to fix, first: {says}.",
                                    count="errors_found", says="first_error")),
        ("notes_found>0", sentence("Checks: {count} to note, first: {says}.",
                                   count="notes_found", says="first_note")),
    ),
    sentence("Checks: every rule holds."),
)  # fmt: skip


def _sound(formula: str, otherwise: str = '""') -> str:
    return f"IF(summary_sound=1,{formula},{otherwise})"


LEVERS = tuple(
    Figure(f"summary_lever_{place}", "",
           _sound(f"lever_best_{place}", f'"{NOTHING}"' if place == 1 else '""'), look=theme.NOTE)
    for place in range(1, BEST + 1)
)  # fmt: skip
"""The best moves, from the Levers sheet."""
SURE = (
    Figure("summary_buffer_lasts", "", _sound("risk_status", f'"{NOTHING}"')),
    Figure("summary_luck", "", _sound(f'IF(ISNUMBER(risk_chance),{_LUCK},"")')),
    Figure("summary_measured", "", _sound(_MEASURED)),
    Figure("summary_prices", "", _sound(f"IF(note_age=0,{_OLD},{_FRESH})")),
    Figure("summary_checks", "", _CHECKS),
)
"""How sure the budget is, a line each."""
UNKNOWN = (
    "Not known: whether refused or failed generations are billed, and how far a prompt drifts. "
    "An estimate is not a bill."
)
