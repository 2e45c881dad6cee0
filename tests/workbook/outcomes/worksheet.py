"""What the Worksheet must answer: the image, its meters, the five steps, the money, the sources."""

from fractions import Fraction

from outcomes import strict
from outcomes.job import USD, Job
from outcomes.said import Outcome, Own, Said, up
from outcomes.strict import cell
from xl_pricing.estimation.credits import charge
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.rates.rows import read_date

METERS = ("text_in", "image_in", "image_out")
PARTS = ("finals", "retries", "buffer")


def outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a person reads on the sheet."""
    return {
        "size_used": "{:.15g}x{:.15g}".format(*job.edges),
        **_image(job),
        **_steps(job),
        **_money(job),
        **_plan(job),
        **_sources(job),
    }


def _tokens(job: Job, meter: str) -> Fraction:
    if meter == "image_out":
        return Fraction(job.usage().image_out) / job.images_per_call
    return Fraction(job.inputs()[METERS.index(meter)])


def _rate(job: Job, meter: str, tier: str) -> Fraction:
    return Fraction(
        job.card.rate(job.model, meter, tier, read_date(job["price_date"])).usd_per_mtok
    )


def _usd(job: Job, meter: str) -> Fraction:
    tokens = _tokens(job, meter)
    return tokens * _rate(job, meter, job["tier"].lower()) / 1_000_000 if tokens else tokens


def _image(job: Job) -> dict[str, Outcome]:
    """Return the lines of one image: tokens, rate, USD and share of each meter."""
    found: dict[str, Outcome] = {}
    for meter in METERS:
        found |= {
            f"tokens_{meter}": cell(lambda meter=meter: _tokens(job, meter)),
            f"rate_{meter}": cell(lambda meter=meter: _rate(job, meter, job["tier"].lower())),
            f"list_rate_{meter}": cell(lambda meter=meter: _rate(job, meter, DEFAULT_TIER)),
            f"usd_{meter}": cell(lambda meter=meter: _usd(job, meter)),
            f"share_{meter}": cell(lambda m=meter: strict.share(_usd(job, m), job.cost())),
        }
    return found | {
        **_difference(job),
        "token_cost_per_image": cell(job.token_cost),
        "list_cost_per_image": cell(job.list_cost),
        "cost_per_image": cell(job.cost),
        "share_total": cell(lambda: 1 if job.cost() else 0),
    }


def _steps(job: Job) -> dict[str, Outcome]:
    """Return the five steps in images; the retries in use stand as they are typed."""
    measured = job.measured[0]
    return {
        "retries_used": (job["retries"] or 0) if measured is None else measured,
        "finals_images": cell(lambda: job.plan().finals),
        "retries_images": cell(lambda: job.plan().total_generations - job.plan().finals),
        "buffer_images": cell(lambda: job.plan().total_generations * job.plan().buffer),
        "total_generations": cell(lambda: job.plan().total_generations),
        "generations_with_buffer": cell(lambda: job.plan().generations_with_buffer),
        **_whole(job),
    }


def _whole(job: Job) -> dict[str, Outcome]:
    """Return whole images: rounded up, so that the parts add up to the sum."""

    def sums() -> tuple[int, int, int]:
        plan = job.plan()
        return up(plan.finals), up(plan.total_generations), up(plan.generations_with_buffer)

    return {
        "generations": cell(lambda: sums()[1]),
        "whole_finals": cell(lambda: sums()[0]),
        "whole_retries": cell(lambda: sums()[1] - sums()[0]),
        "whole_buffer": cell(lambda: sums()[2] - sums()[1]),
        "images_total": cell(lambda: sums()[2]),
    }


def _difference(job: Job) -> dict[str, Outcome]:
    """Return the line of the measured cost, blank where nothing is measured."""
    names = ("measured_label", "usd_measured", "share_measured")
    if job.measured[1] is None:
        return dict.fromkeys(names, "")
    share = cell(lambda: strict.share(job.correction(), job.cost()))
    values = (Said("^Difference on the bill"), cell(job.correction), share)
    return dict(zip(names, values, strict=True))


def _money(job: Job) -> dict[str, Outcome]:
    """Return the money of the job, its parts, and the steps of the chart."""

    def parts() -> dict[str, Fraction]:
        plan = job.plan(job.cost())
        finals = plan.finals * plan.cost_per_image
        return dict(
            zip(PARTS, (finals, plan.expected_cost - finals, plan.buffer_amount), strict=True)
        )

    def budget() -> Fraction:
        return job.plan(job.cost()).total

    def currency() -> Outcome:
        if job.currency == USD:
            return budget()
        if not strict.blank(job["units_per_usd"]):
            job.units_per_usd()
        return budget() * job.units_per_usd() if job.has_rate else "–"

    found: dict[str, Outcome] = {}
    for part in PARTS:
        found[f"{part}_cost"] = cell(lambda part=part: parts()[part])
        found[f"share_{part}"] = cell(lambda part=part: strict.share(parts()[part], budget()))
    return found | {
        "budget_usd": cell(budget),
        "job_total": cell(budget),
        "share_job": cell(lambda: 1 if budget() else 0),
        "expected_cost": cell(lambda: job.plan(job.cost()).expected_cost),
        "cost_per_final": cell(lambda: job.plan(job.cost()).cost_per_final),
        "buffered_final": cell(lambda: job.plan(job.cost()).cost_per_final_with_buffer),
        "currency_caption": Said("^In ", (job.currency,)),
        "budget_currency": cell(currency),
        "chart_base_finals": 0,
        "chart_base_retries": cell(lambda: parts()["finals"]),
        "chart_base_buffer": cell(lambda: parts()["finals"] + parts()["retries"]),
        "chart_base_budget": 0,
    }


def _plan(job: Job) -> dict[str, Outcome]:
    """Return what the chosen plan charges."""

    def usd() -> Fraction:
        found = charge(job.card.plans[job.offer()].terms, job.list_cost).usd
        strict.need(found is not None)
        return Fraction(found or 0)

    def credits_() -> Fraction:
        return job.credits() * job.plan().generations_with_buffer

    return {
        "plan_caption": Said("^Credits of ", (job["plan"],)) if job.has_plan else "Credits",
        "plan_usd": cell(usd),
        "plan_credits": cell(job.credits),
        "budget_credits": cell(credits_) if job.has_plan else "–",
        "plan_bill_usd": cell(lambda: usd() * job.plan().generations_with_buffer),
    }


def _sources(job: Job) -> dict[str, Outcome]:
    """Return where the rates and the token count come from."""
    counted, day = job.model.output, read_date(job["price_date"])
    found: dict[str, Outcome] = {"rates_checked": job.card.checked}
    for field in ("checked", "basis", "source"):
        found[f"{field}_tokens"] = _as_listed(field, getattr(counted, field))
        for meter in METERS:

            def of(meter: str = meter, field: str = field) -> Outcome:
                rate = job.card.rate(job.model, meter, job["tier"].lower(), day)
                told: Outcome = getattr(rate, field)
                return _as_listed(field, told)

            found[f"{field}_{meter}"] = cell(of)
    return found


def _as_listed(field: str, fact: Outcome) -> Outcome:
    """Return a fact of the tables of rates; a basis is the same word there in every language."""
    return Own(fact) if field == "basis" and isinstance(fact, str) else fact
