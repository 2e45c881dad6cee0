"""What the Risk sheet says in words: of the job, of other sizes, and of what it knows."""

from workbook_templates.formulas.conditions import Check
from workbook_templates.formulas.constants import USUAL_BUFFERS
from workbook_templates.formulas.sentence import fixed, percent, sentence
from workbook_templates.sheets.risk.search import key_of
from xl_pricing.estimation.chance import DEFAULT_CONFIDENCE, MAX_PLANNED_FINALS, MAX_PLANNED_RETRIES

SURE = f"risk_{{}}_{key_of(DEFAULT_CONFIDENCE)}"
"""The name of a figure at the usual confidence."""
_NEEDED, _COVERS, _BUFFER = (SURE.format(field) for field in ("needed", "covers", "buffer"))

_FINALS, _RETRIES = f"{MAX_PLANNED_FINALS:,}", f"{MAX_PLANNED_RETRIES:,}"
CONFIDENCE, _OF_TEN = f"{DEFAULT_CONFIDENCE:.0%}", f"{10 * DEFAULT_CONFIDENCE:.0f} of 10"
NOTE = Check(
    "note_risk",
    f"The buffer is enough in {_OF_TEN} such jobs",
    "The Risk sheet says how much is. It needs whole finals, "
    f"up to {_FINALS}, and up to {_RETRIES} retries.",
    f"IFERROR({_COVERS},0)",
    ("ok_finals", "ok_retries", "ok_buffer"),
)
"""The sheet's rule for the Checks sheet."""


def _percent_up(share: str) -> str:
    """Return a share in whole percent, rounded up: what is surely enough."""
    return f'TEXT(ROUNDUP({share},2),"0%")'


_OF_JOB = {
    "needed": fixed(_NEEDED, 0),
    "paid": fixed("risk_paid", 0),
    "buffer": _percent_up(_BUFFER),
}
_OF_SIZES = {
    "low": percent("usual_buffer_low"),
    "high": percent("usual_buffer_high"),
    "first_low": fixed("risk_first_low", 0),
    "first_high": fixed("risk_first_high", 0),
    "peak": _percent_up("risk_peak"),
    "peak_size": fixed("risk_peak_size", 0),
}
STATUS = {
    "fix": "First fix finals, retries and buffer, see Checks.",
    "whole": "Risk needs whole finals: type a whole number of finals on the Worksheet.",
    "large": f"Risk is answered for up to {_FINALS} finals and up to {_RETRIES} retries.",
    "enough": sentence(
        f"✔ Enough for {CONFIDENCE}: {_OF_TEN} such jobs need at most {{needed}} generations; "
        "your budget pays for {paid} whole ones.",
        **_OF_JOB,
    ),
    "short": sentence(
        f"✘ Not enough for {CONFIDENCE}: {_OF_TEN} such jobs need at most {{needed}} generations; "
        "your budget pays for {paid} whole ones. It takes a buffer of {buffer}.",
        **_OF_JOB,
    ),
    "even": sentence(
        "With this job's retries luck alone takes no size listed beyond the usual {high}.",
        **_OF_SIZES,
    ),
    "sizes": sentence(
        "Small jobs need more than {high}, big ones less: with this job's retries a buffer of "
        "{high} is enough from {first_high} finals on, {low} from {first_low} on, of the sizes "
        "listed. The need is highest, {peak}, for finals = {peak_size}.",
        **_OF_SIZES,
    ),
}
"""What the sheet says of the job, and of other sizes."""
JOB_STATUS = (
    f"IF(plan_valid*ISNUMBER(retries_used)=0,{sentence(STATUS['fix'])},"
    f"IF(risk_valid=1,IF({_COVERS}=1,{STATUS['enough']},{STATUS['short']}),"
    f"IF(finals=INT(finals),{sentence(STATUS['large'])},{sentence(STATUS['whole'])})))"
)
SIZES_STATUS = (
    f'IF(risk_valid=1,IF(risk_peak<=usual_buffer_high,{STATUS["even"]},{STATUS["sizes"]}),"")'
)
_BAND = " to ".join(USUAL_BUFFERS)
EXPLANATION = (
    "Each generation is accepted with a chance of 1 in retries, whatever became of the others:",
    "the generations that a job needs are then negative binomial. That is luck alone.",
    "It is an estimate: it takes your retries as true. Measure them on the Actuals sheet, and see",
    "above what is left of the chance if they turn out worse.",
    "What to do: for a small job plan whole generations instead of a percentage. For a big one",
    f"luck needs a few percent only; the rest of the usual {_BAND} pays for misjudged retries.",
    f"Answered are whole finals up to {_FINALS} with retries up to {_RETRIES}; the rest is #N/A.",
)
