"""What the Worksheet must say beside its inputs and below its answers."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil

from outcomes import strict
from outcomes.bills import Bills
from outcomes.job import CUSTOM, USD, YES, Job
from outcomes.said import Outcome, Said, fixed, percent, rounded, usd
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.credits import charge
from xl_pricing.estimation.image import QUALITIES, Image
from xl_pricing.estimation.nearest import nearest_sizes
from xl_pricing.estimation.size import FixedSizes, Size, ratio_text
from xl_pricing.estimation.tokens import GridRule
from xl_pricing.rates.rows import read_date

Rules = Mapping[str, Outcome]
_DECIMALS = 9
_RANGES: Mapping[str, tuple[str, float, float]] = {
    "images_per_call": ("✘ a whole number, 1 to 10", 1, 10),
    "prompt_tokens": ("✘ empty, or whole, 0 to 100,000", 0, 100_000),
    "reference_images": ("✘ empty, or whole, 0 to 16", 0, 16),
    "reference_width": ("✘ whole px, 1 to 100,000", 1, 100_000),
    "reference_height": ("✘ whole px, 1 to 100,000", 1, 100_000),
    "finals": ("✘ a number, 0 or more", 0, 10**9),
    "retries": ("✘ a number, 1 or more", 1, 10**9),
}
"""What is said of a number that is not accepted; from and to, for the nearest one."""


def outcomes(job: Job, rules: Rules) -> dict[str, Outcome]:
    """Return the sentences; ``rules`` are those that hold, 1, and those that do not, 0."""
    found = _beside(job, rules)
    red = sum(isinstance(one, Said) and one.english.startswith("^✘") for one in found.values())
    return {f"says_{name}": one for name, one in found.items()} | _below(job, rules, red)


def _beside(job: Job, rules: Rules) -> dict[str, Outcome]:
    wrong = _where_the_size_is_wrong(job, rules)
    found: dict[str, Outcome] = {
        "model": Said("^the model of your" if rules["note_service"] else "^▲ it is shut down"),
        "tier": Said("^batch is half"),
        "ratio": _ratio(job),
        **{f"custom_{edge}": _edge(job) for edge in ("width", "height")},
        "quality": _quality(job, rules),
        "measured_tokens": _measured(job, rules),
        **{name: _number(job, name, rules) for name in _RANGES},
        "generations": _generations(job),
        "buffer": _buffer(job, rules),
        "use_measured": _use_measured(job, rules),
        **_bill(job, rules),
    }
    if wrong:
        found[wrong] = _illegal(job, wrong)
    if rules["ok_rates"] == 0:
        found |= _rates(job)
    return found


def _ratio(job: Job) -> Outcome:
    if job["ratio"] == CUSTOM:
        return Said("^type width and height")
    if strict.is_measured(job["measured_tokens"]):
        return Said("^a label")
    return next(row.use for row in job.card.ratios if row.ratio == job["ratio"])


def _edge(job: Job) -> Said:
    if strict.blank(job["ratio"]):
        return Said("^px, not used without a ratio")
    if job["ratio"] != CUSTOM:
        return Said("^px, not used: the ratio is", (job["ratio"],))
    if strict.is_measured(job["measured_tokens"]):
        return Said("^px, but a label")
    if isinstance(job.model.sizes, FixedSizes):
        return Said("^px: 1024x1024")
    sizes = job.model.sizes
    return Said("^px, a multiple of", (f"{sizes.step_px}", f"{sizes.max_edge_px:,}"))


def _where_the_size_is_wrong(job: Job, rules: Rules) -> str:
    """Return the one input that is red for an illegal size."""
    if rules["ok_size"] != 0:
        return ""
    if job["ratio"] != CUSTOM:
        return "ratio"
    sizes, width = job.model.sizes, job["custom_width"]
    fits = not isinstance(sizes, FixedSizes) and strict.holds(
        lambda: strict.need(strict.whole(width, 1, sizes.max_edge_px) % sizes.step_px == 0)
    )
    return "custom_height" if fits else "custom_width"


def _illegal(job: Job, where: str) -> Said:
    sizes = job.model.sizes
    if isinstance(sizes, FixedSizes):
        names = [ratio_text(Fraction(*size)) for size in sizes.sizes]
        takes = names if where == "ratio" else [str(size) for size in sizes.sizes]
        return Said("^✘ this model takes", tuple(takes))
    try:
        size = Size(*(strict.whole(edge, 1) for edge in job.edges))
    except XlPricingError:
        return Said("^✘ whole px, multiples of", (f"{sizes.step_px}",))
    near = nearest_sizes(size, sizes)
    if not near:
        return Said("^✘ whole px, multiples of")
    return Said("^✘ .* is not legal", (str(size), *map(str, near)))


def _known(job: Job) -> tuple[str, ...]:
    """Return the qualities of the model whose tokens are known."""
    rule, sizes = job.model.output.rule, job.model.sizes
    size = sizes.sizes[0] if isinstance(sizes, FixedSizes) else strict.ANY_SIZE
    if isinstance(rule, GridRule):
        return tuple(q for q in QUALITIES if q in rule.grids)
    return tuple(
        q for q in QUALITIES if strict.holds(lambda q=q: job.model.counting.usage(Image(size, q)))
    )


def _quality(job: Job, rules: Rules) -> Said:
    if rules["ok_quality_word"] == 0:
        return Said("^✘ unknown", _known(job))
    if rules["ok_quality"] == 0:
        return Said("^✘ no count is known", _known(job))
    if strict.is_measured(job["measured_tokens"]):
        return Said("^for the plan only")
    return Said("^this model", _known(job))


def _measured(job: Job, rules: Rules) -> Said:
    if rules["ok_measured_tokens"]:
        return Said("^per image")
    typed = strict.read_as_text(job["measured_tokens"])
    if typed is None:
        return Said("^✘ empty, or 0.001 to 1,000,000$")
    near = "0.001" if typed < 1 else fixed(min(Fraction(10**6), typed), 0)
    return _nearest(job["measured_tokens"], "✘ empty, or 0.001 to 1,000,000", near)


def _nearest(typed: strict.Cell, says: str, near: str) -> Said:
    """Return what is said of a number: its nearest one, which the limits may name too."""
    if isinstance(typed, str):
        return Said("^✘ text, not a number: type", (near,))
    return Said(f"^{says}; nearest {re.escape(near)}$", (near,))


def _number(job: Job, name: str, rules: Rules) -> Said:
    says, low, high = _RANGES[name]
    if rules[f"ok_{name}"] == 0:
        typed = strict.read_as_text(job[name])
        if typed is None:
            return Said(f"^{says}$")
        if name in ("finals", "retries"):
            least = max(Fraction(low), typed)
            return _nearest(job[name], says, fixed(least, 0 if least.denominator == 1 else 2))
        near = min(high, max(low, rounded(typed, 0)))
        return _nearest(job[name], says, f"{int(near):,}")
    if name.startswith("reference_") and name != "reference_images":
        count = job["reference_images"]
        some = strict.is_measured(count) and count > 0
        return Said("^px of each" if some else "^px, not used")
    if name == "retries" and job.measured[0] is not None:
        return Said("^not used: .* is measured", (fixed(job.measured[0]),))
    return Said(_HINTS[name])


_HINTS = {
    "images_per_call": "^1 to 10",
    "prompt_tokens": "^a fifth of the letters",
    "reference_images": "^sent with every",
    "finals": "^images that must",
    "retries": "^generations per accepted",
}


def _generations(job: Job) -> Said:
    try:
        exact = job.plan().total_generations
    except XlPricingError:
        return Said("^finals × retries$")
    if _up(exact) == rounded(exact, _DECIMALS):
        return Said("^finals × retries$")
    return Said("^finals × retries: .*rounded up", (fixed(exact),))


def _up(count: Fraction) -> int:
    return ceil(rounded(count, _DECIMALS))


def _buffer(job: Job, rules: Rules) -> Said:
    if rules["ok_buffer"]:
        return Said("^10% to 30% is usual")
    typed = strict.read_as_text(job["buffer"])
    if typed is None:
        return Said("^✘ 0% to 100%$")
    share = min(1, typed / 100) if typed >= 2 else min(1, max(0, typed))
    return _nearest(job["buffer"], "✘ 0% to 100%", percent(Fraction(share)))


def _use_measured(job: Job, rules: Rules) -> Said:
    if rules["ok_use_measured"] == 0:
        return Said("^✘ yes or no")
    if not Bills(job).own:
        return Said("^no data of your own")
    if job["use_measured"] != YES:
        return Said("^retries and cost of the Actuals")
    measured = job.measured[0]
    if measured is None:
        return Said("^nothing is measured")
    return Said("^measured retries in use", (fixed(measured),))


def _rates(job: Job) -> dict[str, Outcome]:
    """Return what is said where the model has no rates: at the tier, or at the day."""
    day = read_date(job["price_date"])
    try:
        for meter in ("text_in", "image_in", "image_out"):
            job.card.rate(job.model, meter, "standard", day)
    except XlPricingError:
        first = min(r.effective_from for r in job.card.rates if r.model == job.model.id)
        return {"price_date": Said("^✘ the first rates", (f"{first}",))}
    return {"tier": Said("^✘ this model has no such rates: standard")}


def _units(typed: strict.Cell) -> Said:
    read = strict.read_as_text(typed)
    if not read or read < 0:
        return Said("^✘ a number above 0$")
    return _nearest(typed, "✘ a number above 0", fixed(read, 2 if rounded(read, 2) == read else 4))


def _bill(job: Job, rules: Rules) -> dict[str, Outcome]:
    own, units, code = job.currency == USD, job["units_per_usd"], job.currency
    owner, day = job["rate_currency"], job["price_date"]
    plan = "^whose credits" if job.has_plan else "^choose one"
    if rules["note_plan"] == 0:
        plan = "^▲ a part of its price"
    if rules["note_plan_price"] == 0:
        plan = "^▲ no price"
    if rules["ok_plan"] == 0:
        plan = "^✘ unknown"
    none = strict.blank(units)
    of_units = Said("^your rate")
    if none:
        asked = " ".join((owner or "").split()).upper() == code.upper()
        mark = "" if asked else "▲ "
        of_units = Said(f"^{mark}type how many .* one USD buys", (code,))
    if own:
        of_units = Said("^not used: the currency" if none else "^not used: 1 USD")
    if rules["ok_exchange"] == 0:
        of_units = _units(units)
    of_owner = (
        Said("^type .*, once the rate", (code,))
        if strict.blank(owner)
        else Said("^so that no rate")
    )
    if own:
        of_owner = Said("^not used")
    if rules["note_exchange"] == 0:
        of_owner = Said("^▲ this rate is no rate of", (code,))
    of_day = Said("^the day on which this" if day == job.made_on else "^day on which the images")
    if rules["ok_day"] == 0:
        first = min(rate.effective_from for rate in job.card.rates)
        of_day = Said("^✘ a day from .* on$", (f"{first}",))
    return {
        "plan": Said(plan),
        "currency": Said("^of the rates" if own else "^shown beside"),
        "units_per_usd": of_units,
        "rate_currency": of_owner,
        "price_date": of_day,
    }


def _below(job: Job, rules: Rules, red: int) -> dict[str, Outcome]:
    """Return what stands below the answers."""
    return {
        "budget_says": _budget(job, rules, red),
        "currency_says": _currency(job, rules),
        "plan_says": _plan(job, rules),
        "generations_say": _of_generations(job),
    }


def _budget(job: Job, rules: Rules, red: int) -> Said:
    if strict.holds(lambda: job.plan(job.cost())):
        return Said("^▲ estimate" if rules["note_basis"] == 0 else r"^finals × retries ×")
    if red == 0:
        return Said("^to fix: see Checks")
    return Said("^fix 1 cell, in red") if red == 1 else Said("^fix .* cells", (f"{red}",))


def _currency(job: Job, rules: Rules) -> Said:
    if job.currency == USD:
        return Said("^the currency of the rates")
    if rules["ok_exchange"] == 0:
        return Said("^fix its rate")
    if job.has_rate:
        return Said("^1 USD = ", (fixed(job["units_per_usd"], 4), job.currency))
    blank = strict.blank(job["units_per_usd"])
    return Said("^type its rate below" if blank else "^the rate below is not")


def _plan(job: Job, rules: Rules) -> Said:
    if not job.has_plan:
        return Said("^no plan is chosen")

    def bill() -> Fraction:
        found = charge(job.card.plans[job.offer()].terms, job.list_cost).usd
        strict.need(found is not None)
        return (found or Fraction(0)) * job.plan().generations_with_buffer

    def credits_() -> Fraction:
        return job.credits() * job.plan().generations_with_buffer

    said: tuple[tuple[Callable[[], object], Callable[[], Said]], ...] = (
        (bill, lambda: Said("^this plan bills", (usd(bill()),))),
        (credits_, lambda: Said("^a credit has no price")),
    )
    for figure, says in said:
        if strict.holds(figure):
            return says()
    return Said("^no price for" if rules["note_plan_price"] == 0 else "^not known")


def _of_generations(job: Job) -> Said:
    try:
        plan = job.plan()
    except XlPricingError:
        return Said("^finals × retries$")
    exact, buffered = plan.total_generations, plan.generations_with_buffer
    count = f"{_up(buffered):,}"
    if all(_up(one) == rounded(one, _DECIMALS) for one in (exact, buffered)):
        return Said("^with the buffer", (count,))
    return Said("^of .*; with buffer", (fixed(exact, 1), count))
