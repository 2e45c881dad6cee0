"""What the Sizes sheet must answer: the sizes for what is delivered, and for every place."""

from fractions import Fraction

from outcomes import strict
from outcomes.job import Job
from outcomes.said import Outcome, Said, fixed
from outcomes.strict import blank, cell, holds
from xl_pricing.errors import NotAvailableError, OutOfRangeError, XlPricingError
from xl_pricing.estimation.delivery import MOST_DELIVERED_PX, Fit, fits
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.size import FixedSizes, FreeSizes, Size
from xl_pricing.planning import delivery
from xl_pricing.planning.job import Job as Planned
from xl_pricing.rates.rows import read_date

ROOM = 20
SHOWN = ("made", "tokens_shown", "usd", "budget", "then")


def outcomes(job: Job) -> dict[str, Outcome]:
    """Return what a person reads on the sheet."""
    try:
        size = delivered(job)
        made = fits(size, job.model.sizes)
    except XlPricingError:
        size, made = None, []
    return {
        "delivery_shown": str(size) if size else "–",
        "delivery_place_says": _place_says(job),
        "delivery_size_says": _size_says(job, size),
        "delivery_use": _use(made),
        **_choices(job, size, made),
        **_places(job),
    }


def delivered(job: Job) -> Size:
    """Return the delivered size: what is typed, or the usual one of the place."""
    typed = job["delivery_size"]
    size = _place(job) if blank(typed) else strict.size(typed, job.card, wide=True)
    if not 1 <= size.short <= size.long <= MOST_DELIVERED_PX:
        raise OutOfRangeError("out of range")
    return size


def _place(job: Job) -> Size:
    typed = job["delivery_place"]
    named = " ".join(typed.split()).lower() if isinstance(typed, str) else ""
    for row in job.card.destinations:
        if row.destination.lower() == named:
            return row.size
    raise NotAvailableError("no place")


def can_be_read(job: Job) -> int:
    """Return the rule of the Checks sheet."""
    return holds(lambda: delivered(job))


def _place_says(job: Job) -> Outcome:
    if not blank(job["delivery_size"]):
        return ""
    return Said("^the usual size" if holds(lambda: _place(job)) else "^✘ not a place")


def _size_says(job: Job, size: Size | None) -> Said:
    wrong = size is None and not blank(job["delivery_size"])
    return Said("^✘ not readable", ("100,000",)) if wrong else Said("^1920x1080, or a ratio")


def _use(made: list[Fit]) -> Outcome:
    if not made:
        return ""
    return Said("^To use it", (str(made[0].size.width), str(made[0].size.height)))


def _choices(job: Job, size: Size | None, made: list[Fit]) -> dict[str, Outcome]:
    """Return the two lines: around, of fixed sizes the only one, or as it is; and inside."""
    lines: list[Fit | None] = [None, None]
    for fit in made:
        inside = isinstance(job.model.sizes, FreeSizes) and fit.scale > 1
        lines[1 if inside and size != fit.size else 0] = fit
    found: dict[str, Outcome] = {}
    priced = [_usd(job, fit) if fit else None for fit in lines]
    for k, fit in enumerate(lines):
        line: dict[str, Outcome] = {"name": "", "mark": "", "delivered": ""}
        if fit and size:
            line = {
                "name": _name(job, size, inside=bool(k)),
                "mark": _mark(priced[k], priced[1 - k]),
                "delivered": str(size),
            }
        line |= _line(job, fit)
        found |= {f"choice_{name}_{k + 1}": value for name, value in line.items()}
    if size and not made:
        found["choice_then_1"] = Said("^no legal size is near")
    return found


def _name(job: Job, size: Size, *, inside: bool) -> Said:
    if job.model.sizes.fault(size) is None:
        return Said("^It is legal as it is")
    if isinstance(job.model.sizes, FixedSizes):
        return Said("^The model's size nearest")
    return Said("^Nearest legal size inside" if inside else "^Nearest legal size around")


def _mark(usd: Fraction | None, other: Fraction | None) -> Outcome:
    cheaper = usd is not None and other is not None and usd < other
    return Said("^✔ cheaper") if cheaper else ""


def _usd(job: Job, fit: Fit) -> Fraction | None:
    return _choice(job, fit).usd if holds(lambda: _choice(job, fit)) else None


def _choice(job: Job, fit: Fit) -> delivery.Choice:
    """Return a size with its tokens and price; measured tokens do not count here."""
    job.inputs()
    image = Image(
        size=fit.size,
        quality=job["quality"].lower(),
        n=job.images_per_call,
        prompt_tokens=job.prompt_tokens,
        references=job.references,
        tier=job["tier"].lower(),
    )
    planned = Planned(image, job.model, job.card, read_date(job["price_date"]))
    found = next(one for one in delivery.choices(planned, fit.size) if one.fit.size == fit.size)
    if found.tokens is None:
        raise NotAvailableError("no tokens")
    return found


def _line(job: Job, fit: Fit | None) -> dict[str, Outcome]:
    if fit is None:
        return dict.fromkeys(SHOWN, "")
    tokens = cell(lambda: _choice(job, fit).tokens or 0)

    def usd() -> Fraction:
        found = _choice(job, fit).usd
        strict.need(found is not None)
        return found or Fraction(0)

    return {
        "made": str(fit.size),
        "tokens_shown": tokens,
        "usd": cell(usd),
        "budget": cell(lambda: usd() * job.plan().generations_with_buffer),
        "then": _then(fit),
    }


def _then(fit: Fit) -> Said:
    """Return what is done with the image, as figures."""
    cuts = [("width", fit.crop_width_px), ("height", fit.crop_height_px)]
    crop = " and ".join(f"{fixed(px, 0)} px of the {edge}" for edge, px in cuts if px)
    figures = [fixed(px, 0) for _, px in cuts if px]
    if fit.scale == 1:
        return Said(f"^crop {crop}$", tuple(figures)) if crop else Said("^as it is$")
    way, percent = "enlarge" if fit.scale > 1 else "scale", fixed(100 * fit.scale, 1)
    said = f"^{way} to {percent} %" + (f", then crop {crop}$" if crop else "$")
    return Said(said, (percent, *figures))


def _places(job: Job) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for i in range(ROOM):
        line: dict[str, Outcome] = dict.fromkeys(("place", "ratio", "delivered", *SHOWN), "")
        if i < len(job.card.destinations):
            row = job.card.destinations[i]
            line |= {"place": row.destination, "ratio": row.ratio, "delivered": str(row.size)}
            line |= _line_of_place(job, row.size)
        found |= {f"tblDelivered.{name}.{i}": value for name, value in line.items()}
    return found


def _line_of_place(job: Job, size: Size) -> dict[str, Outcome]:
    """Return the first choice whose ratio is as near as the list looks for."""
    made = fits(size, job.model.sizes)
    if isinstance(job.model.sizes, FreeSizes):
        made = [fit for fit in made if _is_near(fit, size)]
    if not made:
        return {**dict.fromkeys(SHOWN, ""), "then": Said("^no legal size is near")}
    return _line(job, made[0])


def _is_near(fit: Fit, size: Size) -> bool:
    off = abs(Fraction(*fit.size) / Fraction(*size) - 1)
    return off <= Fraction(5 if fit.scale > 1 else 1, 100)
