"""What the computed cells of the job must hold: budget, plan, captions, checks, status."""

from datetime import date, timedelta
from fractions import Fraction

from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    known_model,
    require,
    share,
    typed_number,
    used_size,
    valid,
)
from workbook_templates.book.words import Words
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.credits import Terms, charge
from xl_pricing.estimation.size import FreeSizes
from xl_pricing.functions.values import is_blank
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model, read_date


def add_budget(v: Answers) -> None:
    """Add the five steps, the money of the job and the bases of the chart."""

    def plan(cost: Fraction) -> Budget:
        require(v.plan_valid)
        names = ("finals", "retries_used", "buffer")
        return Budget(cost, *(typed_number(v, name) for name in names))

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
        share_finals=lambda: share(v, "finals_cost", "budget_usd"),
        share_retries=lambda: share(v, "retries_cost", "budget_usd"),
        share_buffer=lambda: share(v, "buffer_cost", "budget_usd"),
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
    require(v.ok_exchange)
    return typed_number(v, "units_per_usd")


def add_plan(v: Answers, card: RateCard) -> None:
    """Add what the chosen plan charges."""
    model = known_model(v, card)
    row = _plan_row(v, card, model)
    listed = card.plans[row - 1].terms if row else Terms()
    v["plan_row"] = row
    for field, amount in listed._asdict().items():
        v[f"plan_listed_{field}"] = amount or 0

    def charged(field: str) -> Fraction:
        amount = charge(listed, lambda: v.list_cost_per_image)._asdict()[field]
        require(amount is not None)
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
        offer = card.offer(str(v["plan"]), model, used_size(v), str(v["quality"]).lower())
    except XlPricingError:
        return 0
    return next(i for i, plan in enumerate(card.plans, start=1) if plan is offer)


def add_captions(v: Answers, words: Words) -> None:
    """Add the captions that name currency and plan."""
    v["currency_caption"] = f"{words('In ')}{v['currency']}"
    v["plan_caption"] = f"{words('Credits of ')}{v['plan']}"


def add_checks(v: Answers, card: RateCard, today: date) -> None:
    """Add the rules of the Checks sheet that look at the whole job."""
    model = known_model(v, card)
    day = read_date(v["price_date"])
    plan = card.plans[v["plan_row"] - 1] if v["plan_row"] else None
    over = isinstance(model.sizes, FreeSizes) and v["pixels"] > model.sizes.experimental_pixels
    age = timedelta(days=int(LIMITS["rates_age_days"]))
    notice = timedelta(days=int(LIMITS["retirement_notice_days"]))
    low, high = LIMITS["usual_buffer_low"], LIMITS["usual_buffer_high"]
    bases = {v["basis_tokens"], v["basis_image_out"]}
    estimated = bool(bases & {"estimate", NOT_AVAILABLE})
    v |= {
        "rates_checked": card.checked,
        "ok_model": 1,
        "ok_size": v["size_legal"],
        "ok_quality": valid(lambda: v.tokens_image_out),
        "ok_rates": valid(lambda: (v.rate_text_in, v.rate_image_in, v.rate_image_out)),
        "ok_plan": max(valid(lambda: v.plan_credits), valid(lambda: v.plan_usd)),
        "ok_table": 1,
        "ok_sums": valid(lambda: abs(v.job_total - v.budget_usd) <= LIMITS["cent_fraction_usd"]),
        "note_service": int(not model.shuts_down or model.shuts_down > day + notice),
        "note_card": 1,
        "note_age": int(max(day, today) - card.checked <= age),
        "note_buffer": valid(lambda: low <= typed_number(v, "buffer") <= high),
        "note_basis": int(not is_blank(v["measured_tokens"]) or not estimated),
        "note_size": int(not over),
        "note_plan": int(plan is not None and plan.basis != "estimate"),
    }


def add_status(v: Answers, words: Words) -> None:
    """Add the overall light: how many rules do not hold."""
    errors = sum(v[name] == 0 for name in v if name.startswith("ok_"))
    notes = sum(v[name] == 0 for name in v if name.startswith("note_"))
    v["errors_found"], v["notes_found"] = errors, notes
    if errors:
        v["status"] = f"✘ {errors}{words(' to mend, see Checks')}"
    elif notes:
        v["status"] = f"▲ {notes}{words(' to note, see Checks')}"
    else:
        v["status"] = words("✔ All checks passed")
