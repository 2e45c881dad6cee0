"""What the Summary must answer: the job once more, cheaper and dearer, and how sure it is."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from outcomes import strict
from outcomes.job import CUSTOM, USD, Job
from outcomes.said import NA, Outcome, Own, Said, fixed, percent, shown_in_text, up, usd
from outcomes.worksheet import METERS, PARTS
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.chance import (
    MAX_PLANNED_FINALS,
    MAX_PLANNED_RETRIES,
    chance_of_enough,
)

Found = Mapping[str, Outcome]
NOTHING = "–"
CASES = ("low", "high")
MOST_SHARE = Fraction(10)
_ROWS = (
    *("finals", "retries", "generations", "chance", "finals_usd", "retries_usd", "buffer_usd"),
    *("budget", "currency"),
)
_PREFILLED = {
    "model": "gpt-image-2",
    "tier": "standard",
    "ratio": "4:5",
    "quality": "high",
    "prompt_tokens": 180,
    "reference_images": 1,
    "finals": 120,
    "retries": 1.5,
    "buffer": 0.2,
}
_BASIS_OF = {"size": "ratio", "prompt": "prompt_tokens", "references": "reference_images"}

_KNOWN = {
    "official": "official list",
    "quoted": "quoted source",
    "measured": "measurement",
    "estimate": "an estimate",
}


class Case(NamedTuple):
    """Another plan of the job, and how much of the currency a USD is, if that is known."""

    plan: Budget
    units: Fraction | None


def outcomes(job: Job, found: Found) -> dict[str, Outcome]:
    """Return what a person reads on the sheet; ``found`` is what the other sheets answer."""
    is_sound = sound(found)
    told = {**_assumed(job, found), **_paid_for(job, found), **_base(job, found)}
    told |= {
        "summary_budget": found["budget_usd"],
        "summary_per_final": found["buffered_final"],
        "summary_buffer_lasts": found["risk_status"],
        "summary_lever_1": found["lever_best_1"],
    }
    texts = {
        "summary_luck": lambda: _luck(found),
        "summary_measured": lambda: _measured(found),
        "summary_prices": lambda: _prices(job, found),
        "summary_lever_2": lambda: found["lever_best_2"],
        "summary_lever_3": lambda: found["lever_best_3"],
        "summary_difference": lambda: _if_measured(job, lambda: "Difference on the bill"),
    }
    for name, share in (("usd", None), ("share", found["share_measured"])):
        texts[f"summary_measured_{name}"] = lambda share=share: _if_measured(
            job, lambda: _share_of_budget(found, "measured") if share is None else share
        )
    return {
        **{name: one if is_sound else NOTHING for name, one in told.items()},
        **{name: of() if is_sound else "" for name, of in texts.items()},
        **_cases(job, found),
        "currency_used": Own(job.currency),
        "summary_says": _says(job, found),
        "summary_campaign": _campaign(job, found),
        "summary_is_example": int(is_example(job, found)),
        "summary_of": "▲ an example: type your job"
        if is_example(job, found)
        else "finals × retries × (1 + buffer)",
        "summary_checks": _checks(found),
        "currency_row": "" if job.currency == USD else Said("^Budget, ", (job.currency,)),
    }


def sound(found: Found) -> bool:
    """Tell whether the job is priced, and nothing measured rests on rows that do not count."""
    relied = found["actuals_switched_on"] == 0 or _is_one(
        found, "ok_actuals_rows", "ok_actuals_table"
    )
    return found["budget_usd"] != NA and relied and _is_one(found, "ok_sums", "ok_table")


def _is_one(found: Found, *names: str) -> bool:
    return all(found[name] == 1 for name in names)


def shares(job: Job, case: str) -> tuple[Fraction, Fraction, Fraction]:
    """Return the shares of finals and retries, and the buffer, that are typed of a case."""
    finals, retries = (
        strict.figure(job[f"{case}_{name}_share"], 0, MOST_SHARE) for name in ("finals", "retries")
    )
    return finals, retries, strict.figure(job[f"{case}_buffer"], 0, Fraction(1))


def in_order(job: Job, found: Found) -> int:
    """Return 1 where the cases are in range, and the base is between them if it has a price."""
    if not all(strict.holds(lambda case=case: shares(job, case)) for case in CASES):
        return 0
    if not sound(found):
        return 1
    low, base, high = _plan(job, "low").total, job.plan(job.cost()).total, _plan(job, "high").total
    return int(low <= base <= high)


def _plan(job: Job, case: str) -> Budget:
    plan = job.plan(job.cost())
    finals, retries, buffer = shares(job, case)
    return Budget(
        plan.cost_per_image, plan.finals * finals, max(Fraction(1), plan.retries * retries), buffer
    )


def _cases(job: Job, found: Found) -> dict[str, Outcome]:
    """Return the two cases beside the base, and from what to what the budget goes."""
    cells: dict[str, Outcome] = {}
    totals = []
    for case in CASES:
        row: Mapping[str, Outcome] = dict.fromkeys(_ROWS, NOTHING)
        if sound(found) and strict.holds(lambda case=case: shares(job, case)):
            plan = _plan(job, case)
            row = _of_case(job, plan)
            totals.append(plan.total)
        cells |= {f"{case}_{field}": one for field, one in row.items()}
    if job.currency == USD:
        cells |= {f"{case}_currency": "" for case in (*CASES, "base")}
    is_told = len(totals) == len(CASES)
    cells["summary_range"] = Said(" to ", tuple(map(usd, totals))) if is_told else NOTHING
    return cells


def _of_case(job: Job, plan: Budget) -> dict[str, Outcome]:
    known = job.has_rate and bool(job.plan(job.cost()).total) and job.currency != USD
    return {
        "finals": plan.finals,
        "retries": plan.retries,
        "generations": up(plan.generations_with_buffer),
        "chance": _chance(plan),
        "finals_usd": plan.cost_per_image * plan.finals,
        "retries_usd": plan.cost_per_image * plan.finals * (plan.retries - 1),
        "buffer_usd": plan.buffer_amount,
        "budget": plan.total,
        "currency": plan.total * job.units_per_usd() if known else NOTHING,
    }


def _chance(plan: Budget) -> Outcome:
    within = plan.finals <= MAX_PLANNED_FINALS and plan.retries <= MAX_PLANNED_RETRIES
    if plan.finals.denominator != 1 or not within:
        return NOTHING
    return chance_of_enough(plan.generations_paid_for, int(plan.finals), float(plan.retries))


def _number(one: Outcome) -> Outcome:
    return NOTHING if isinstance(one, str | Said) else one


def _base(job: Job, found: Found) -> dict[str, Outcome]:
    """Return the job itself, as the Worksheet has it."""

    def generations() -> Outcome:
        return up(job.plan().generations_with_buffer)

    return {
        "base_finals_share": 1,
        "base_retries_share": 1,
        "base_buffer": strict.cell(lambda: job.plan().buffer),
        "base_finals": found["finals_images"],
        "base_retries": found["retries_used"],
        "base_generations": strict.cell(generations),
        "base_chance": _number(found["risk_chance"]),
        **{f"base_{part}_usd": found[f"{part}_cost"] for part in PARTS},
        "base_budget": found["budget_usd"],
        "base_currency": _number(found["budget_currency"]),
    }


def _assumed(job: Job, found: Found) -> dict[str, Outcome]:
    """Return what the budget assumes, and on what that rests."""
    measured, count = strict.is_measured(job["measured_tokens"]), job["reference_images"]
    size, prompt = found["size_used"], job["prompt_tokens"]
    px = "x".join(shown_in_text(job[f"reference_{edge}"]) for edge in ("width", "height"))
    values: dict[str, Outcome] = {
        "model": job.model.id,
        "tier": job["tier"],
        "size": Own(size if job["ratio"] == CUSTOM else f"{size} ({job['ratio']})"),
        "quality": "measured tokens" if measured else job["quality"].lower(),
        "prompt": "not counted" if strict.blank(prompt) else prompt,
        "references": Own(f"{shown_in_text(count)} × {px}") if count else "none",
        "finals": job["finals"],
        "retries": found["retries_used"],
        "buffer": job["buffer"],
    }
    rests = {name: _basis(job, _BASIS_OF.get(name, name)) for name in values}
    if job.measured[0] is not None:
        rests["retries"] = "measured by you"
    values |= {"tokens": found["tokens_image_out"], "rates": found["rates_checked"]}
    rests |= {
        "tokens": "measured by you" if measured else _known(found["basis_tokens"]),
        "rates": _known(found["basis_image_out"]),
    }
    return {f"summary_{name}": one for name, one in values.items()} | {
        f"summary_{name}_basis": one for name, one in rests.items()
    }


def _basis(job: Job, name: str) -> str:
    typed = job.model.id if name == "model" else job[name]
    same = typed.lower() if isinstance(typed, str) else typed
    return "prefilled" if same == _PREFILLED[name] else "typed"


def _known(basis: Outcome) -> str:
    """Return a basis as a person without the Rates sheet reads it."""
    return _KNOWN.get(str(basis), str(basis))


def _paid_for(_job: Job, found: Found) -> dict[str, Outcome]:
    """Return USD and share of what the money is paid for."""
    cells: dict[str, Outcome] = {}
    for name in (*PARTS, *METERS):
        is_part = name in PARTS
        usd_ = found[f"{name}_cost"] if is_part else _share_of_budget(found, name)
        cells |= {f"summary_{name}_usd": usd_, f"summary_{name}_share": found[f"share_{name}"]}
    return cells


def _share_of_budget(found: Found, meter: str) -> Outcome:
    budget, share = found["budget_usd"], found[f"share_{meter}"]
    both = isinstance(budget, int | Fraction) and isinstance(share, int | Fraction)
    return Fraction(budget) * share if both else NA


def _if_measured(job: Job, of: Callable[[], Outcome]) -> Outcome:
    return "" if job.measured[1] is None else of()


def _says(job: Job, found: Found) -> Said:
    if not sound(found):
        return Said("^Not priced. To fix first: " + re.escape(str(found["first_error"])))
    plan = job.plan(job.cost())
    finals = fixed(plan.finals, 0 if plan.finals.denominator == 1 else 2)
    counts = (f"{up(n):,}" for n in (plan.total_generations, plan.generations_with_buffer))
    figures = (finals, *counts, percent(plan.buffer), usd(plan.total))
    return Said(r"^.* accepted images take about .*\.$", figures)


def is_example(job: Job, found: Found) -> bool:
    """Tell whether the job is priced and nothing of it was typed."""
    typed = any(_basis(job, name) == "typed" for name in _PREFILLED)
    return sound(found) and not typed and job.measured[0] is None


def _campaign(job: Job, found: Found) -> Outcome:
    total, lines = found["campaign_total"], str(found["campaign_rows"])
    if not found["campaign_own"]:
        return ""
    whole = _is_one(found, "ok_campaign_rows", "ok_campaign_table")
    if isinstance(total, str | Said) or not whole:
        return Said("^The whole campaign is not priced", (str(found["campaign_priced"]), lines))
    figures = (usd(Fraction(total)), lines)
    if is_example(job, found):
        return Said("^Your campaign: .* is an example", figures)
    return Said("^The whole campaign, beside this job", figures)


def _in_words(chance: float) -> str:
    if chance >= 0.995:
        return "> 99%"
    return "< 1%" if chance < 0.005 else percent(Fraction(chance))


def _luck(found: Found) -> Outcome:
    chance, worse = found["risk_chance"], found["risk_worse_10"]
    if isinstance(chance, str | Said):
        return ""
    return Said(
        r"^Chance that the buffer lasts: .* with .*, .* if they turn out 10% worse\.$",
        tuple(_in_words(float(one)) for one in (chance, worse)),
    )


def _measured(found: Found) -> Said:
    if not found["actuals_own"]:
        return Said("^Retries: an assumption; nothing of your own")
    if not _is_one(found, "ok_actuals_rows", "ok_actuals_table"):
        return Said("^Retries: what was measured is not told")
    names = ("measured_retries", "measured_retries_low", "measured_retries_high", "retries_used")
    figures = [found[name] for name in names]
    if isinstance(figures[0], str | Said):
        return Said("^Retries: an assumption; no final")
    measured, low, high, used = (fixed(one) for one in figures)
    return Said(
        "^Retries: measured .*, 90% sure from .* to .*; the budget takes",
        (measured, low, high, used),
    )


def _prices(job: Job, found: Found) -> Said:
    measured = strict.is_measured(job["measured_tokens"])
    tokens = "measured by you" if measured else _known(found["basis_tokens"])
    age = "more than" if found["note_age"] == 0 else "within the last"
    rate = _known(found["basis_image_out"])
    said = f"^Prices rest on: {rate} for the rate, {tokens} for the tokens per image; checked {age}"
    return Said(said, ("45",))


def _checks(found: Found) -> Said:
    for kind, verb in (("error", "fix"), ("note", "note")):
        if count := found[f"{kind}s_found"]:
            first = re.escape(str(found[f"first_{kind}"]))
            return Said(rf"^Checks: .* to {verb}, first: {first}\.$", (str(count),))
    return Said("^Checks: every rule holds")
