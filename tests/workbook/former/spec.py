"""What the computed cells of one image must hold: inputs in range, size, tokens, rates, cost."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import partial
from typing import Any

from former import sentence
from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    MissingError,
    known_model,
    require,
    share,
    typed_number,
    used_size,
    valid,
)
from workbook_templates.book.words import Words
from workbook_templates.sheets.rates.tables import CUSTOM
from workbook_templates.sheets.worksheet.inputs import YES
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.cost import TOKENS_PER_MTOK
from xl_pricing.estimation.image import DEFAULT_TIER, QUALITIES
from xl_pricing.estimation.size import Size, parse_ratio, preset
from xl_pricing.estimation.tokens import REFERENCE_RULES, GridRule, TableRule, full_patches
from xl_pricing.functions.values import is_blank, read_whole
from xl_pricing.rates.card import DEFAULT_MODEL, RateCard
from xl_pricing.rates.rows import Model, read_date

METERS = ("text_in", "image_in", "image_out")
MEASURED = ("measured_retries", "measured_cost")


def add_spec(v: Answers, card: RateCard, words: Words) -> None:
    """Add everything up to the cost per image by tokens."""
    _check_inputs(v)
    _add_size(v, card, words)
    _add_output(v, card)
    _add_references(v, card)
    _add_rates(v, card, words)
    _add_token_cost(v)


def _check_inputs(v: Answers) -> None:
    def whole(name: str, low: float, high: Fraction) -> int:
        return read_whole(typed_number(v, name), name, int(low), int(high))

    def references() -> bool:
        if not is_blank(v["reference_images"]) and whole(
            "reference_images", 0, LIMITS["max_references"]
        ):
            whole("reference_width", 1, LIMITS["max_reference_px"])
            whole("reference_height", 1, LIMITS["max_reference_px"])
        return True

    def between(name: str, low: float, high: float) -> Callable[[], bool]:
        return lambda: low <= typed_number(v, name) <= high

    measured = v["measured_tokens"]
    most = LIMITS["max_measured_tokens"]
    v["ok_images"] = valid(lambda: whole("images_per_call", 1, LIMITS["max_images_per_call"]))
    v["ok_measured"] = valid(
        lambda: is_blank(measured) or 0 < typed_number(v, "measured_tokens") <= most
    )
    v["ok_prompt"] = valid(
        lambda: (
            is_blank(v["prompt_tokens"])
            or whole("prompt_tokens", 0, LIMITS["max_prompt_tokens"]) >= 0
        )
    )
    v["ok_references"] = valid(references)
    v["ok_finals"] = valid(between("finals", 0, float("inf")))
    v["ok_retries"] = valid(between("retries", 1, float("inf")))
    v["ok_buffer"] = valid(between("buffer", 0, 1))
    v["ok_exchange"] = valid(lambda: typed_number(v, "units_per_usd") > 0)
    v["spec_valid"] = v["ok_images"] * v["ok_measured"] * v["ok_prompt"] * v["ok_references"]
    v["plan_valid"] = v["ok_finals"] * v["ok_retries"] * v["ok_buffer"]


def _add_size(v: Answers, card: RateCard, words: Words) -> None:
    known = known_model(v, card)
    ids = [model.id for model in card.models]
    legal = card.model(DEFAULT_MODEL).sizes

    def side(name: str, position: int) -> Any:
        if v["ratio"] == words(CUSTOM):
            typed = v[name]
            return 0 if is_blank(typed) or isinstance(typed, str) else typed
        return preset(parse_ratio(v["ratio"]), legal)[position]

    v.add(
        model_row=lambda: ids.index(known.id) + 1,
        counting=lambda: "grid" if isinstance(known.output.rule, GridRule) else "table",
        size_width=lambda: side("custom_width", 0),
        size_height=lambda: side("custom_height", 1),
        size_used=lambda: f"{v.size_width:.15g}x{v.size_height:.15g}",
        long_edge=lambda: max(v.size_width, v.size_height),
        short_edge=lambda: min(v.size_width, v.size_height),
        pixels=lambda: v.size_width * v.size_height,
        size_legal=lambda: int(_is_legal(v, known)),
    )


def _is_legal(v: Answers, model: Model) -> bool:
    sides = (v.size_width, v.size_height)
    if any(side != int(side) or side <= 0 for side in sides):
        return False
    return model.sizes.fault(Size(*map(int, sides))) is None


def _add_output(v: Answers, card: RateCard) -> None:
    model = known_model(v, card)
    rule, quality = model.output.rule, str(v["quality"]).lower()
    grids: Mapping[str, int] = rule.grids if isinstance(rule, GridRule) else {}

    def table_tokens() -> int:
        if not isinstance(rule, TableRule) or v.size_used not in rule.table:
            return 0
        return rule.table[v.size_used].get(quality, 0)

    def tokens_per_call() -> Any:
        n = typed_number(v, "images_per_call")
        require(v.size_legal * v.spec_valid)
        if not is_blank(v["measured_tokens"]):
            return typed_number(v, "measured_tokens") * n
        return rule.counter(quality, int(n))(used_size(v))

    v.add(
        quality_column=lambda: QUALITIES.index(quality) + 1,
        grid=lambda: grids.get(quality, 0) if v.size_legal else 0,
        short_cells=lambda: _half_even(v) if v.grid else 0,
        table_tokens=table_tokens,
        tokens_per_call=tokens_per_call,
        tokens_image_out=lambda: Fraction(v.tokens_per_call) / typed_number(v, "images_per_call"),
    )


def _half_even(v: Answers) -> int:
    """Return the grid cells along the short edge; Python rounds fractions half to even."""
    return round(Fraction(v.grid * v.short_edge, v.long_edge))


def _add_references(v: Answers, card: RateCard) -> None:
    model = known_model(v, card)

    def count() -> int:
        require(v.ok_references)
        typed = v["reference_images"]
        return 0 if is_blank(typed) else int(typed)

    def size() -> Size:
        if not count():
            return Size(0, 0)
        return Size(int(v["reference_width"]), int(v["reference_height"]))

    def text_in() -> int:
        require(v.spec_valid)
        images, typed = count(), v["prompt_tokens"]
        overhead = model.text.per_call + model.text.per_reference * images
        return 0 if is_blank(typed) else int(typed) + overhead

    def image_in() -> int:
        require(v.spec_valid)
        return count() * int(v.reference_tokens)

    rule = REFERENCE_RULES[model.references.rule]
    v.add(
        reference_long=lambda: max(size()),
        reference_short=lambda: min(size()),
        reference_patches=lambda: full_patches(size()),
        reference_tokens=lambda: rule(size()) if count() else 0,
        tokens_text_in=text_in,
        tokens_image_in=image_in,
    )


def _add_rates(v: Answers, card: RateCard, words: Words) -> None:
    model = known_model(v, card)
    for meter in METERS:
        for prefix, tier in (("", v["tier"]), ("list_", DEFAULT_TIER)):
            row = f"{prefix}rate_row_{meter}"
            v[row] = _rate_row(card, model, meter, str(tier), v["price_date"])
            v.add(**{f"{prefix}rate_{meter}": partial(_rate, v, card, row)})
        for field in ("checked", "basis", "source"):
            v.add(**{f"{field}_{meter}": partial(_rate, v, card, f"rate_row_{meter}", field)})
        if v[f"source_{meter}"] != NOT_AVAILABLE:
            v[f"source_{meter}"] = words.data(v[f"source_{meter}"])
    counted = model.output
    v |= {
        "checked_tokens": counted.checked,
        "basis_tokens": counted.basis,
        "source_tokens": words.data(counted.source),
    }


def _rate_row(card: RateCard, model: Model, meter: str, tier: str, day: object) -> int:
    """Return the row of the rate in force; 0 where there is none."""
    try:
        found = card.rate(model, meter, tier, read_date(day))
    except XlPricingError:
        return 0
    return next(i for i, rate in enumerate(card.rates, start=1) if rate is found)


def _rate(v: Answers, card: RateCard, row: str, field: str = "usd_per_mtok") -> object:
    require(v[row])
    value = getattr(card.rates[v[row] - 1], field)
    return Fraction(value) if field == "usd_per_mtok" else value


def _add_token_cost(v: Answers) -> None:
    def usd(meter: str, prefix: str = "") -> Fraction:
        tokens = Fraction(getattr(v, f"tokens_{meter}"))
        if not tokens:
            return Fraction(0)
        rate = Fraction(getattr(v, f"{prefix}rate_{meter}"))
        return tokens * rate / TOKENS_PER_MTOK

    for meter in METERS:
        v.add(**{f"usd_{meter}": partial(usd, meter)})
    v.add(
        token_cost_per_image=lambda: v.usd_text_in + v.usd_image_in + v.usd_image_out,
        list_cost_per_image=lambda: sum(usd(meter, "list_") for meter in METERS),
    )


def add_cost(v: Answers, words: Words) -> None:
    """Add the cost per image that the budget uses, and the retries: typed or measured."""
    use_measured = v["use_measured"] == words(YES)
    measured = {name: use_measured and v[name] != NOT_AVAILABLE for name in MEASURED}

    def difference() -> Fraction:
        return Fraction(v.measured_cost - v.token_cost_per_image)

    v["retries_used"] = v["measured_retries" if measured["measured_retries"] else "retries"]
    with suppress(MissingError):
        v["retries_used"] = typed_number(v, "retries_used")
    v.add(
        usd_measured=lambda: difference() if measured["measured_cost"] else Fraction(0),
        cost_per_image=lambda: v.token_cost_per_image + v.usd_measured,
    )
    parts = (*METERS, "measured")
    for part in parts:
        v.add(**{f"share_{part}": partial(share, v, f"usd_{part}", "cost_per_image")})
    v.add(share_total=lambda: sum(getattr(v, f"share_{part}") for part in parts))
    v["measured_note"] = _measured_note(v, words, use_measured=use_measured)


def _measured_note(v: Answers, words: Words, *, use_measured: bool) -> str:
    if not use_measured:
        return words("retries and cost of the Actuals sheet")
    if v["measured_retries"] == NOT_AVAILABLE:
        return words("nothing is measured yet")
    return words("measured retries in use: ") + sentence.fixed_text(v["measured_retries"])
