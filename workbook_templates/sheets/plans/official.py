"""The line of official tokens on the Plans sheet: what the job costs at its own tier."""

from workbook_templates.book.blocks import Figure, Held
from workbook_templates.formulas.conditions import first_of
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.plans.layout import ASSUMED, MARKS, in_words
from workbook_templates.sheets.plans.lines import (
    BAD_IMAGE,
    BAD_PLAN,
    BAD_QUALITY,
    BAD_SIZE,
    ESTIMATED,
    NO_RATE,
    NO_TOKENS,
    markup,
    per_final,
)
from xl_pricing.estimation.image import QUALITIES

_, _UNKNOWN, _PRICED = tuple(MARKS)
_IN_TABLE = QUALITIES[:3]
_ESTIMATED = 'IF(measured_tokens="",IF(basis_tokens="estimate",1,0),0)'
_FAULTS = (
    ("size_legal=0", sentence(BAD_SIZE)),
    ("spec_valid=0", sentence(BAD_IMAGE)),
    ("plans_quality_taken=0", sentence(BAD_QUALITY)),
    ("ISNUMBER(tokens_image_out)", sentence(NO_RATE)),
)
_NOTE = (
    f"IF(ISNUMBER(token_cost_per_image),IF(plan_valid=0,{sentence(BAD_PLAN)},"
    f'IF({_ESTIMATED}=1,{sentence(ESTIMATED)},"")),{first_of(_FAULTS, sentence(NO_TOKENS))})'
)


def _official_mark(quality: str) -> str:
    """Return ✔ where output tokens are known, ? where not; blank for another model's quality.

    A model takes every quality up to the highest one that has a count.
    """
    listed = f"SUMIFS(tblFixed[{quality}],tblFixed[model],model_used,tblFixed[size],size_used)"
    in_table = quality in _IN_TABLE
    counted = (
        f'IF(counting="grid",N(INDEX(tblModels[{quality}],model_row)),'
        f"{listed if in_table else '0'})"
    )
    columns = "tblModels[max]" if quality == "max" else f"tblModels[[{quality}]:[max]]"
    from_here = f"SUM(INDEX({columns},model_row,0))"
    taken = f'IF(counting="grid",{from_here},{1 if in_table else 0})'
    measured = f'IF(quality_used="{quality}",IF(ISNUMBER(tokens_image_out),1,0),0)'
    known = f'IF({counted}+{measured}>0,"{_PRICED}","{_UNKNOWN}")'
    return f'IF(size_legal=0,"",IF({taken}=0,"",{known}))'


_OFFICIAL = {
    "kind": '"«tokens, tier »"&tier_used',
    "final": per_final("token_cost_per_image"),
    "bill": "token_cost_per_image*generations_with_buffer",
    "markup": markup("token_cost_per_image"),
    "basis": f'IF({_ESTIMATED}=1,"«{ASSUMED}»",{in_words("basis_image_out")})',
    "note": _NOTE,
    **{quality: _official_mark(quality) for quality in QUALITIES},
}
OFFICIAL: Held = {
    "name": None,
    "credits": None,
    "usd": Figure("token_cost_per_image", ""),
    "checked": Figure("checked_image_out", ""),
    "source": Figure("source_image_out", ""),
    **{field: Figure(f"plans_official_{field}", "", text) for field, text in _OFFICIAL.items()},
}
"""What the line of official tokens holds, by field."""
