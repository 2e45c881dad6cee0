"""The formulas of the Plans sheet's lines: official tokens, and each plan of the plans table."""

from workbook_templates.book.words import Words
from workbook_templates.sheets.plans.layout import FIRST_WORK, KIND_ROW, LAST_KIND, MARKS, worked
from workbook_templates.sheets.rates.sheet import QUALITIES
from workbook_templates.sheets.worksheet.workings import (
    PLAN_FITS,
    PLAN_POSITION,
    PLAN_PREFERENCE,
    plan_row,
)

BAD_SIZE = "the size is not legal for the model"
BAD_QUALITY = "the model does not have this quality"
BAD_IMAGE = "the inputs of one image are out of range, see Checks"
BAD_PLAN = "finals, retries or buffer are out of range, see Checks"
BAD_TABLE = "mend the plans table, see Checks"
NO_TOKENS = "the output tokens are not known"
NO_RATE = "no rate for this model, tier and day"
ESTIMATED = "the token count is an estimate"
NO_ROW = "no price for this model, size or quality"
NO_BASE = "the token price that it multiplies is not known"
NO_CREDIT_PRICE = "the price of a credit is not published"
OLD = "seen over 45 days before the price date: check it again"
NO_AMOUNT = "its row in the plans table names no price"


_REFUSED, _UNKNOWN, _PRICED = tuple(MARKS)
_ESTIMATED = 'IF(measured_tokens="",IF(basis_tokens="estimate",1,0),0)'
# Of the rows that fit, the best one; of equals the first one.
_RANK = f"({PLAN_PREFERENCE}*plan_row_base-{PLAN_POSITION})"


def rounded(value: str) -> str:
    """Return a price as prices are compared: floats that ought to be equal are."""
    return f"ROUND({value},compared_decimals)"


def first_of(cases: tuple[tuple[str, str], ...], otherwise: str) -> str:
    """Return a formula for what belongs to the first condition that holds."""
    formula = otherwise
    for condition, said in reversed(cases):
        formula = f"IF({condition},{said},{formula})"
    return formula


def official(words: Words) -> dict[str, str]:
    """Return the formulas of the line of official tokens, at the tier of the job, by field."""
    return {
        "kind": f"{words.quoted('tokens, tier ')}&tier",
        "final": "IF(plan_valid=1,token_cost_per_image*retries_used,NA())",
        "bill": "token_cost_per_image*generations_with_buffer",
        "markup": "IF(list_cost_per_image=0,NA(),token_cost_per_image/list_cost_per_image-1)",
        "basis": f'IF({_ESTIMATED}=1,"estimate",basis_image_out)',
        "note": _official_note(words),
        **{quality: _official_mark(quality) for quality in QUALITIES},
    }


def _official_note(words: Words) -> str:
    quoted = words.quoted
    faults = (
        ("size_legal=0", quoted(BAD_SIZE)),
        ("spec_valid=0", quoted(BAD_IMAGE)),
        ("plans_quality_taken=0", quoted(BAD_QUALITY)),
        ("ISNUMBER(tokens_image_out)", quoted(NO_RATE)),
    )
    fault = first_of(faults, quoted(NO_TOKENS))
    said = f'IF({_ESTIMATED}=1,{quoted(ESTIMATED)},"")'
    return f"IF(ISNUMBER(token_cost_per_image),IF(plan_valid=0,{quoted(BAD_PLAN)},{said}),{fault})"


def _official_mark(quality: str) -> str:
    """Return ✔ where output tokens are known, ? where not; blank for another model's quality.

    A model takes every quality up to the highest one that has a count.
    """
    listed = f"SUMIFS(tblFixed[{quality}],tblFixed[model],model,tblFixed[size],size_used)"
    in_table = quality in QUALITIES[:3]
    counted = (
        f'IF(counting="grid",N(INDEX(tblModels[{quality}],model_row)),'
        f"{listed if in_table else '0'})"
    )
    columns = "tblModels[max]" if quality == "max" else f"tblModels[[{quality}]:[max]]"
    from_here = f"SUM(INDEX({columns},model_row,0))"
    taken = f'IF(counting="grid",{from_here},{1 if in_table else 0})'
    measured = f'IF(quality="{quality}",IF(ISNUMBER(tokens_image_out),1,0),0)'
    known = f'IF({counted}+{measured}>0,"{_PRICED}","{_UNKNOWN}")'
    return f'IF(size_legal=0,"",IF({taken}=0,"",{known}))'


def line(words: Words, k: int) -> dict[str, str]:
    """Return the formulas of a plan's line by field; an unused line is blank."""
    row, usd = f"plans_row_{k}", f"plans_usd_{k}"
    credits_, multiplier = f"plans_listed_credits_{k}", f"plans_listed_multiplier_{k}"
    listed, per_credit = f"plans_listed_usd_{k}", f"plans_listed_usd_per_credit_{k}"
    shown = f"INDEX(tblPlans[{{}}],IF(N({row})=0,plans_at_{k},{row}))"
    kind = shown.format("shape")
    kinds, in_words = (f"${letter}${KIND_ROW}:${letter}${LAST_KIND}" for letter in "BC")
    formulas = {
        "kind": f'IFERROR(INDEX({in_words},MATCH({kind}&"",{kinds},0)),{kind}&"")',
        "credits": f"IF({row}=0,NA(),IF({credits_}>0,{credits_},"
        f'IF({per_credit}>0,{usd}/{per_credit},IF(ISNUMBER({usd}),"",NA()))))',
        "usd": f"IF({listed}>0,{listed},IF({multiplier}>0,{multiplier}*list_cost_per_image,"
        f"IF({credits_}*{per_credit}>0,{credits_}*{per_credit},NA())))",
        "final": f"IF(plan_valid=1,{usd}*retries_used,NA())",
        "bill": f"{usd}*generations_with_buffer",
        "markup": f"IF(list_cost_per_image=0,NA(),{usd}/list_cost_per_image-1)",
        "basis": f'{shown.format("basis")}&""',
        "checked": f"IF(N({shown.format('checked')})=0,NA(),{shown.format('checked')})",
        "source": f'{shown.format("source")}&""',
        "note": _line_note(words, k),
        **{quality: _mark(k, quality) for quality in QUALITIES},
    }
    used = {field: f'IF(plans_at_{k}=0,"",{formula})' for field, formula in formulas.items()}
    return {"name": f'IF(plans_at_{k}=0,"",INDEX(tblPlans[plan],MAX(1,plans_at_{k})))', **used}


def _line_note(words: Words, k: int) -> str:
    """Say why a plan has no price, or what its row in the plans table says."""
    row, quoted = f"plans_row_{k}", words.quoted
    faults = (
        ("size_legal=0", quoted(BAD_SIZE)),
        ("plans_quality_taken=0", quoted(BAD_QUALITY)),
        (f"ISERROR({row})", quoted(BAD_TABLE)),
        (f"{row}=0", quoted(NO_ROW)),
        (f"plans_listed_multiplier_{k}>0", quoted(NO_BASE)),
        (f"plans_listed_credits_{k}>0", quoted(NO_CREDIT_PRICE)),
    )
    fault = first_of(faults, quoted(NO_AMOUNT))
    note, seen = f"INDEX(tblPlans[note],{row})", f"plans_checked_{k}"
    old = f"IF(ISNUMBER({seen}),N(price_date)-{seen}>rates_age_days,FALSE)"
    again = f'IF({old},IF({note}&""="","",{quoted("; ")})&{quoted(OLD)},"")'
    said = f"IF(plan_valid=0,{quoted(BAD_PLAN)},{note}&{again})"
    return f"IF(ISNUMBER(plans_usd_{k}),{said},{fault})"


def _fitting(k: int, quality: str) -> str:
    """Return which rows of the plans table bill such an image."""
    return PLAN_FITS.format(
        plan=f"plans_name_{k}", model="model", quality=quality, long_edge="long_edge"
    )


def _mark(k: int, quality: str) -> str:
    """Return the mark of a plan for a quality of the model: the best row's last digit, as it were.

    0 where no row fits, 1 for a row without a price that can be told, 2 for one with a price.
    """
    priced = (
        "SIGN(ISNUMBER(tblPlans[usd])*(tblPlans[usd]>0)"
        "+ISNUMBER(tblPlans[credits])*(tblPlans[credits]>0)"
        "+ISNUMBER(tblPlans[multiplier])*(tblPlans[multiplier]>0)"
        f'*(plans_official_{quality}="{_PRICED}"))'
    )
    fitting = _fitting(k, f'"{quality}"')
    best = f"SUMPRODUCT(MAX({fitting}*({_RANK}*plan_marks+1+{priced})))"
    mark = f"MOD(MOD({best},plan_row_base*plan_marks),plan_marks)"
    return f'IF(plans_official_{quality}="","",IFERROR(MID("{MARKS}",1+{mark},1),NA()))'


def working(k: int, row: int) -> dict[str, str]:
    """Return the formulas of a plan's workings by field."""
    of_plan, compared = f"plans_row_{k}", f"plans_compared_{k}"
    best = plan_row(_fitting(k, "quality"))
    listed = f"IF({of_plan}=0,0,N(INDEX(tblPlans[{{}}],{of_plan})))"
    cells = worked("compared")
    cheaper = f"SUMPRODUCT(ISNUMBER({cells})*({cells}<{compared}))"
    ties = f"SUMPRODUCT(--($C${FIRST_WORK}:C{row}={compared}))"
    price = f"plans_final_{k}"
    return {
        "at": f"MOD(-SUMPRODUCT(MAX({unnamed(k)}*(plan_row_base-{PLAN_POSITION}))),plan_row_base)",
        "row": f"IF(plans_at_{k}*size_legal*plans_quality_taken=0,0,IFERROR({best},NA()))",
        **{
            f"listed_{field}": listed.format(field)
            for field in ("credits", "usd", "usd_per_credit", "multiplier")
        },
        "compared": f'IF(ISNUMBER({price}),{rounded(price)},"")',
        "order": f'IF(ISNUMBER({compared}),{cheaper}+{ties},"")',
    }


def unnamed(k: int) -> str:
    """Return which rows of the plans table belong to none of the plans before line ``k``.

    Plain comparisons, because MATCH and COUNTIF would take a * in a name for a wildcard.
    """
    others = (f"*(tblPlans[plan]<>plans_name_{i})" for i in range(1, k))
    return f'(tblPlans[plan]<>""){"".join(others)}'
