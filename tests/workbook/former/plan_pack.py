"""What the cells of the prepaid pack on the Plans sheet must hold, and how prices are compared."""

from fractions import Fraction
from math import ceil, floor

from former import sentence
from former.values import LIMITS, Answers, typed_number, valid
from workbook_templates.book.words import Words
from workbook_templates.sheets.plans import pack as sheet
from xl_pricing.estimation.credits import Pack
from xl_pricing.functions.values import is_blank

_DECIMALS = 10 ** int(LIMITS["compared_decimals"])


def rounded(value: Fraction) -> Fraction:
    """Round as sheets do, halves up: floats that ought to be equal are."""
    return Fraction(floor(value * _DECIMALS + Fraction(1, 2)), _DECIMALS)


def is_number(v: Answers, name: str) -> bool:
    """Tell whether a cell holds a number."""
    return not isinstance(v[name], str)


def add_pack(v: Answers, words: Words) -> None:
    """Add what the pack buys, whether it is in range, and whether it pays off."""

    def pack() -> Pack:
        return Pack(typed_number(v, "pack_usd"), typed_number(v, "pack_credits"))

    def usd_per_image() -> Fraction:
        return pack().usd / pack().images(v.plan_credits)

    def needed() -> int:
        return ceil(rounded(Fraction(v.budget_credits) / pack().credits))

    v["pack_valid"] = valid(pack)
    v.add(
        pack_images=lambda: pack().images(v.plan_credits),
        pack_usd_per_image=usd_per_image,
        pack_break_even=lambda: pack().break_even_images(v.list_cost_per_image),
        pack_needed=needed,
        pack_cost=lambda: v.pack_needed * pack().usd,
        pack_tokens_usd=lambda: v.list_cost_per_image * v.generations_with_buffer,
    )
    v["pack_says"] = _verdict(v, words)
    blank = is_blank(v["pack_usd"]) and is_blank(v["pack_credits"])
    v["ok_pack"] = 1 if blank else v["pack_valid"]


def _verdict(v: Answers, words: Words) -> str:
    """Say whether the pack pays off for the job."""
    if not v["pack_valid"]:
        return words(sheet.UNTYPED)
    if not is_number(v, "plan_credits"):
        return words(sheet.NO_CREDITS)
    if not v["plan_valid"]:
        return words(sheet.BAD_PLAN)
    if not is_number(v, "pack_tokens_usd"):
        return words(sheet.NO_TOKENS)
    bills = {"packs": v.pack_cost, "tokens": v.pack_tokens_usd}
    texts = {name: sentence.usd_text(Fraction(usd)) for name, usd in bills.items()}
    return sentence.shown(words, _pays_off(v), **texts)


def _pays_off(v: Answers) -> str:
    if not v["pack_needed"]:
        return sheet.NO_NEED
    if rounded(v.pack_cost) < rounded(v.pack_tokens_usd):
        return sheet.PAYS
    if rounded(v.pack_usd_per_image) >= rounded(v.list_cost_per_image):
        return sheet.NEVER
    return sheet.TOO_BIG
