"""What every computed cell must hold: the worksheet's values, computed by the core.

`answer` is the second implementation of the sheet's formulas. Its values are injected into the
file, so that viewers and previews show them, and tests compare them with a recalculation. In the
sheet every missing answer is #N/A; the Checks sheet says why.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from workbook_templates.rules import RULES
from workbook_templates.sheets.rates import CUSTOM, QUALITIES
from workbook_templates.words import Words
from xl_pricing.cells import is_blank, read_number, read_whole
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.cost import TOKENS_PER_MTOK
from xl_pricing.estimation.credits import Terms, charge
from xl_pricing.estimation.size import FreeSizes, Size, parse_ratio, preset
from xl_pricing.estimation.tokens import (
    REFERENCE_RULES,
    GridRule,
    TableRule,
    full_patches,
)
from xl_pricing.rates.card import ANY, DEFAULT_MODEL, DEFAULT_TIER, RateCard
from xl_pricing.rates.rows import Model, read_date

NOT_AVAILABLE = "#N/A"
METERS = ("text_in", "image_in", "image_out")
_RULES = {rule.name: read_number(rule.value, rule.name) for rule in RULES}


class _MissingError(Exception):
    """A value that is needed is #N/A."""


class Answers(dict[str, Any]):
    """Values by name; ``answers.name`` computes on a value, and a missing one spreads."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a cell's value
        """Return a value, or stop the computation that needs it."""
        value = self[name]
        if value == NOT_AVAILABLE:
            raise _MissingError
        return value

    def add(self, **computed: Callable[[], Any]) -> None:
        """Add values one after another; #N/A where one cannot be computed."""
        for name, compute in computed.items():
            try:
                self[name] = compute()
            except (XlPricingError, _MissingError):
                self[name] = NOT_AVAILABLE


def answer(inputs: Mapping[str, Any], card: RateCard, words: Words) -> dict[str, Any]:
    """Return every computed value of the worksheet for ``inputs``: numbers, text, days."""
    values = Answers(inputs)
    _check_inputs(values)
    _add_size(values, card, words)
    _add_output(values, card)
    _add_references(values, card)
    _add_rates(values, card, words)
    _add_cost(values)
    _add_budget(values)
    _add_plan(values, card)
    _add_captions(values, words)
    _add_checks(values, card)
    _add_status(values, words)
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    """Return what a cell shows: a float for a fraction, 0 for a reference to a blank cell."""
    if value is None:
        return 0
    return float(value) if isinstance(value, Fraction) else value


def _number(values: Answers, name: str) -> Fraction:
    """Return a typed number; in the sheet text that looks like one is not."""
    value = values[name]
    if isinstance(value, str) or value is None:
        raise _MissingError
    return read_number(value, name)


def _valid(check: Callable[[], object]) -> int:
    """Return 1 where a check holds or returns anything but False, 0 where it fails."""
    try:
        return int(check() is not False)
    except (XlPricingError, _MissingError):
        return 0


def _require(holds: object) -> None:
    """Make the answer missing where a condition does not hold."""
    if not holds:
        raise _MissingError


def _check_inputs(v: Answers) -> None:
    def whole(name: str, low: float, high: Fraction) -> int:
        return read_whole(_number(v, name), name, int(low), int(high))

    def references() -> bool:
        if not is_blank(v["reference_images"]) and whole(
            "reference_images", 0, _RULES["max_references"]
        ):
            whole("reference_width", 1, _RULES["max_reference_px"])
            whole("reference_height", 1, _RULES["max_reference_px"])
        return True

    def between(name: str, low: float, high: float) -> Callable[[], bool]:
        return lambda: low <= _number(v, name) <= high

    measured = v["measured_tokens"]
    most = _RULES["max_measured_tokens"]
    v["ok_images"] = _valid(lambda: whole("images_per_call", 1, _RULES["max_images_per_call"]))
    v["ok_measured"] = _valid(
        lambda: is_blank(measured) or 0 < _number(v, "measured_tokens") <= most
    )
    v["ok_prompt"] = _valid(
        lambda: (
            is_blank(v["prompt_tokens"])
            or whole("prompt_tokens", 0, _RULES["max_prompt_tokens"]) >= 0
        )
    )
    v["ok_references"] = _valid(references)
    v["ok_finals"] = _valid(between("finals", 0, float("inf")))
    v["ok_retries"] = _valid(between("retries", 1, float("inf")))
    v["ok_buffer"] = _valid(between("buffer", 0, 1))
    v["ok_exchange"] = _valid(lambda: _number(v, "units_per_usd") > 0)
    v["spec_valid"] = v["ok_images"] * v["ok_measured"] * v["ok_prompt"] * v["ok_references"]
    v["plan_valid"] = v["ok_finals"] * v["ok_retries"] * v["ok_buffer"]


def _add_size(v: Answers, card: RateCard, words: Words) -> None:
    known = _model(v, card)
    ids = [model.id for model in card.models]
    legal = card.model(DEFAULT_MODEL).sizes

    def side(name: str, position: int) -> Any:  # noqa: ANN401 - px
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
    model = _model(v, card)
    rule, quality = model.output.rule, str(v["quality"]).lower()
    grids: Mapping[str, int] = rule.grids if isinstance(rule, GridRule) else {}

    def table_tokens() -> int:
        if not isinstance(rule, TableRule) or v.size_used not in rule.table:
            return 0
        return rule.table[v.size_used].get(quality, 0)

    def tokens_per_call() -> Any:  # noqa: ANN401 - tokens
        n = _number(v, "images_per_call")
        _require(v.size_legal * v.spec_valid)
        if not is_blank(v["measured_tokens"]):
            return _number(v, "measured_tokens") * n
        return rule.counter(quality, int(n))(_size(v))

    v.add(
        quality_column=lambda: QUALITIES.index(quality) + 1,
        grid=lambda: grids.get(quality, 0),
        short_cells=lambda: _half_even(v) if v.grid * v.size_legal else 0,
        table_tokens=table_tokens,
        tokens_per_call=tokens_per_call,
        tokens_image_out=lambda: Fraction(v.tokens_per_call) / _number(v, "images_per_call"),
    )


def _half_even(v: Answers) -> int:
    """Return the grid cells along the short edge; Python rounds fractions half to even."""
    return round(Fraction(v.grid * v.short_edge, v.long_edge))


def _add_references(v: Answers, card: RateCard) -> None:
    model = _model(v, card)

    def count() -> int:
        _require(v.ok_references)
        typed = v["reference_images"]
        return 0 if is_blank(typed) else int(typed)

    def size() -> Size:
        if not count():
            return Size(0, 0)
        return Size(int(v["reference_width"]), int(v["reference_height"]))

    def text_in() -> int:
        _require(v.spec_valid)
        images, typed = count(), v["prompt_tokens"]
        overhead = model.text.per_call + model.text.per_reference * images
        return 0 if is_blank(typed) else int(typed) + overhead

    def image_in() -> int:
        _require(v.spec_valid)
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
    model = _model(v, card)
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
    _require(v[row])
    value = getattr(card.rates[v[row] - 1], field)
    return Fraction(value) if field == "usd_per_mtok" else value


def _add_cost(v: Answers) -> None:
    def usd(meter: str, prefix: str = "") -> Fraction:
        tokens = Fraction(getattr(v, f"tokens_{meter}"))
        if not tokens:
            return Fraction(0)
        rate = Fraction(getattr(v, f"{prefix}rate_{meter}"))
        return tokens * rate / TOKENS_PER_MTOK

    for meter in METERS:
        v.add(**{f"usd_{meter}": partial(usd, meter)})
    v.add(
        cost_per_image=lambda: v.usd_text_in + v.usd_image_in + v.usd_image_out,
        list_cost_per_image=lambda: sum(usd(meter, "list_") for meter in METERS),
    )
    for meter in METERS:
        v.add(**{f"share_{meter}": partial(_share, v, f"usd_{meter}", "cost_per_image")})
    v.add(share_total=lambda: v.share_text_in + v.share_image_in + v.share_image_out)


def _share(v: Answers, part: str, whole: str) -> Fraction:
    parts, all_ = Fraction(getattr(v, part)), Fraction(getattr(v, whole))
    return parts / all_ if all_ else Fraction(0)


def _add_budget(v: Answers) -> None:
    def plan(cost: Fraction) -> Budget:
        _require(v.plan_valid)
        return Budget(cost, *(_number(v, name) for name in ("finals", "retries", "buffer")))

    def images() -> Budget:
        return plan(Fraction(0))

    def usd() -> Budget:
        return plan(v.cost_per_image)

    v.add(
        total_generations=lambda: images().total_generations,
        generations_with_buffer=lambda: images().generations_with_buffer,
        finals_images=lambda: images().finals,
        retries_images=lambda: v.total_generations - v.finals_images,
        buffer_images=lambda: v.generations_with_buffer - v.total_generations,
        images_total=lambda: images().generations_with_buffer,
        finals_cost=lambda: usd().cost_per_image * usd().finals,
        retries_cost=lambda: usd().expected_cost - v.finals_cost,
        buffer_cost=lambda: usd().buffer_amount,
        expected_cost=lambda: usd().expected_cost,
        budget_usd=lambda: usd().total,
        job_total=lambda: v.finals_cost + v.retries_cost + v.buffer_cost,
        share_finals=lambda: _share(v, "finals_cost", "budget_usd"),
        share_retries=lambda: _share(v, "retries_cost", "budget_usd"),
        share_buffer=lambda: _share(v, "buffer_cost", "budget_usd"),
        share_job=lambda: v.share_finals + v.share_retries + v.share_buffer,
        cost_per_final=lambda: usd().cost_per_final,
        buffered_final=lambda: usd().cost_per_final_with_buffer,
        budget_currency=lambda: v.budget_usd * _exchange(v),
        chart_base_finals=lambda: 0,
        chart_base_retries=lambda: v.finals_cost,
        chart_base_buffer=lambda: v.finals_cost + v.retries_cost,
        chart_base_budget=lambda: 0,
    )


def _exchange(v: Answers) -> Fraction:
    _require(v.ok_exchange)
    return _number(v, "units_per_usd")


def _add_plan(v: Answers, card: RateCard) -> None:
    model = _model(v, card)
    row = _plan_row(v, card, model)
    listed = card.plans[row - 1].terms if row else Terms()
    if row:
        plan = card.plans[row - 1]
        named = 2 * (plan.model == ANY) + (plan.quality == ANY)
        v["plan_rank"] = int(_RULES["plan_rank_base"]) - 4 * plan.max_long_edge_px - named
    else:
        v["plan_rank"] = 0
    v["plan_row"] = row
    for field, amount in listed._asdict().items():
        v[f"plan_listed_{field}"] = amount or 0

    def charged(field: str) -> Fraction:
        amount = charge(listed, lambda: v.list_cost_per_image)._asdict()[field]
        _require(amount is not None)
        return Fraction(amount)

    v.add(
        plan_usd=lambda: charged("usd"),
        plan_credits=lambda: listed.credits or charged("credits"),
        budget_credits=lambda: v.plan_credits * v.generations_with_buffer,
        plan_bill_usd=lambda: v.plan_usd * v.generations_with_buffer,
    )


def _plan_row(v: Answers, card: RateCard, model: Model) -> int:
    if v["size_legal"] != 1:
        return 0
    try:
        offer = card.offer(str(v["plan"]), model, _size(v), str(v["quality"]).lower())
    except XlPricingError:
        return 0
    return next(i for i, plan in enumerate(card.plans, start=1) if plan is offer)


def _add_captions(v: Answers, words: Words) -> None:
    v["currency_caption"] = f"{words('In ')}{v['currency']}"
    v["plan_caption"] = f"{words('Credits of ')}{v['plan']}"


def _add_checks(v: Answers, card: RateCard) -> None:
    model = _model(v, card)
    day = read_date(v["price_date"])
    plan = card.plans[v["plan_row"] - 1] if v["plan_row"] else None
    over = isinstance(model.sizes, FreeSizes) and v["pixels"] > model.sizes.experimental_pixels
    notice = timedelta(days=int(_RULES["retirement_notice_days"]))
    low, high = _RULES["usual_buffer_low"], _RULES["usual_buffer_high"]
    bases = {v["basis_tokens"], v["basis_image_out"]}
    estimated = bool(bases & {"estimate", NOT_AVAILABLE})
    v |= {
        "rates_checked": card.checked,
        "ok_model": 1,
        "ok_size": v["size_legal"],
        "ok_quality": _valid(lambda: v.tokens_image_out),
        "ok_rates": _valid(lambda: (v.rate_text_in, v.rate_image_in, v.rate_image_out)),
        "ok_plan": max(_valid(lambda: v.plan_credits), _valid(lambda: v.plan_usd)),
        "ok_table": 1,
        "ok_sums": _valid(lambda: abs(v.job_total - v.budget_usd) <= _RULES["cent_fraction_usd"]),
        "note_service": int(not model.shuts_down or model.shuts_down > day + notice),
        "note_buffer": _valid(lambda: low <= _number(v, "buffer") <= high),
        "note_basis": int(not is_blank(v["measured_tokens"]) or not estimated),
        "note_size": int(not over),
        "note_plan": int(plan is not None and plan.basis != "estimate"),
    }


def _add_status(v: Answers, words: Words) -> None:
    errors = sum(v[name] == 0 for name in v if name.startswith("ok_"))
    notes = sum(v[name] == 0 for name in v if name.startswith("note_"))
    v["errors_found"], v["notes_found"] = errors, notes
    if errors:
        v["status"] = f"✘ {errors}{words(' to mend, see Checks')}"
    elif notes:
        v["status"] = f"▲ {notes}{words(' to note, see Checks')}"
    else:
        v["status"] = words("✔ All checks passed")


def _model(v: Answers, card: RateCard) -> Model:
    return card.model(v["model"])


def _size(v: Answers) -> Size:
    return Size(int(v.size_width), int(v.size_height))
