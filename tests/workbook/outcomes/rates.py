"""What the prices in force must be on the price date, a row per model."""

from datetime import timedelta

from outcomes.campaign import Campaign
from outcomes.lines import Line
from outcomes.said import EPOCH, Outcome
from outcomes.strict import cell, holds
from xl_pricing.estimation.image import TIERS
from xl_pricing.estimation.size import REFERENCE_SIZE
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import Model, read_date

TABLE = "tblInForce"
ROOM = 20
NOTICE_DAYS = 60
METERS = ("text_in", "image_in", "image_out")
TARIFFS = "tblTariffs"
PERIODS = 2
BILLED = (*METERS, "text_out")


def outcomes(campaign: Campaign) -> dict[str, Outcome]:
    """Return the rows of the models, and blank ones up to the end of the table."""
    job = campaign.job
    used = [line.model.id for line in campaign.filled if holds(lambda line=line: line.model)]
    found: dict[str, Outcome] = {}
    for i in range(ROOM):
        row = _blank()
        if i < len(job.card.models):
            model = job.card.models[i]
            row = _prices(job.card, model, job["price_date"])
            row["lines"] = used.count(model.id)
        days = _days(job.card, i)
        row |= {f"since_{k}": days[k - 1] for k in range(1, PERIODS + 1)}
        found |= {f"{TABLE}.{name}.{i}": one for name, one in {**row, "row": i + 1}.items()}
        for k, day in enumerate(days):
            found |= _tariff(job.card, i, k, day)
    return found


def _days(card: RateCard, i: int) -> list[int | str]:
    """Return the latest days from which the i-th model has other prices, blank for none."""
    names = [model.id for model in card.models][i : i + 1]
    days = {(rate.effective_from - EPOCH).days for rate in card.rates if rate.model in names}
    return [*sorted(days, reverse=True), *[""] * PERIODS][:PERIODS]


def _tariff(card: RateCard, i: int, period: int, day: int | str) -> dict[str, Outcome]:
    """Return the row of a model's prices from a day on."""
    row: dict[str, Outcome] = {"row": i * PERIODS + period + 1, "model_row": i + 1, "since": day}
    since = EPOCH + timedelta(days=day or 0)
    for tier in TIERS:
        for meter in BILLED:
            row[f"{tier}_{meter}"] = (
                cell(
                    lambda tier=tier, meter=meter: float(
                        card.rate(card.models[i], meter, tier, since).usd_per_mtok
                    )
                )
                if day
                else ""
            )
    row["model"] = card.models[i].id if day else ""
    return {f"{TARIFFS}.{name}.{i * PERIODS + period}": one for name, one in row.items()}


def leaves(model: Model, price_date: object) -> int:
    """Return 1 for a model that is shut down, or will be within 60 days."""
    gone = model.shuts_down
    return int(gone is not None and (gone - read_date(price_date)).days <= NOTICE_DAYS)


def lines_with(campaign: Campaign, mark: str) -> list[Line]:
    """Return the lines whose model leaves or whose token count is an estimate."""

    def is_marked(line: Line) -> bool:
        if not holds(lambda: line.model):
            return False
        leaving = leaves(line.model, campaign.job["price_date"])
        return bool(leaving if mark == "leaves" else line.model.output.basis == "estimate")

    return [line for line in campaign.filled if is_marked(line)]


def _prices(card: RateCard, model: Model, price_date: object) -> dict[str, Outcome]:
    day = read_date(price_date)
    prices = {
        f"{tier}_{meter}": cell(
            lambda tier=tier, meter=meter: float(card.rate(model, meter, tier, day).usd_per_mtok)
        )
        for tier in TIERS
        for meter in METERS
    }
    return {
        "model": model.id,
        "other_name": model.aliases[0] if model.aliases else "",
        **prices,
        "reference_tokens": model.counting.reference_tokens(REFERENCE_SIZE),
        "leaves": leaves(model, price_date),
        "estimated": int(model.output.basis == "estimate"),
    }


def _blank() -> dict[str, Outcome]:
    texts = (
        "model",
        "other_name",
        "reference_tokens",
        *(f"{t}_{m}" for t in TIERS for m in METERS),
    )
    return {**dict.fromkeys(texts, ""), **dict.fromkeys(("lines", "leaves", "estimated"), 0)}
