"""Jobs at the edges of what is accepted, at halves that are rounded, and where rules change."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from random_inputs import BILL, CARD, LINE, job

from xl_pricing.rates.card import RateCard
from xl_pricing.rates.other_models import OtherModel

Changes = Mapping[str, Any]

_CUSTOM = {"ratio": "custom"}
_LEAVING = [model for model in CARD.models if model.shuts_down]
_STARTS = sorted({rate.effective_from for rate in CARD.rates})


def _sizes() -> Iterator[Changes]:
    """Yield sizes at the limits and beyond them, with halves of a grid cell, and experimental."""
    for width, height in (
        *((3840, 2160), (3840, 2176), (3840, 1280), (1280, 3840), (1264, 3840), (3856, 1296)),
        *((640, 1024), (624, 1040), (816, 816), (800, 816), (2560, 1440), (2576, 1440), (0, 16)),
        *((1024, 1040), (1040, 1024), (1024, 1072), (1536, 1520), (1008, 1536), (2880, 2880)),
    ):
        for quality in ("low", "high"):
            yield {**_CUSTOM, "custom_width": width, "custom_height": height, "quality": quality}


def _references() -> Iterator[Changes]:
    """Yield reference images at the steps of both rules."""
    edges = (1, 16, 17, 511, 512, 513, 1023, 1024, 1025, 1536, 2047, 2048, 2049, 100_000, 100_001)
    pairs = [(edge, edge) for edge in edges] + [(512, 160), (2048, 512), (2049, 300), (5000, 30)]
    models = [one.id for one in CARD.models if one.id in {"gpt-image-2", "gpt-image-1"}]
    for i, (width, height) in enumerate(pairs):
        one = {"ratio": "1:1", "model": models[i % 2], "reference_images": 1 + 15 * (i % 2)}
        yield {**one, "reference_width": width, "reference_height": height}


def _inputs() -> Iterator[Changes]:
    """Yield each input at its limits and one beyond them."""
    limits: dict[str, tuple[Any, ...]] = {
        "images_per_call": (1, 4, 5, 10, 11, 0, 1.5, None),
        "measured_tokens": (0, 0.0009, 0.001, 0.5, 1_000_000, 1_000_001, "many"),
        "prompt_tokens": (None, 0, 1, 100_000, 100_001, 2.5, -1),
        "reference_images": (None, 0, 1, 15, 16, 17, -1, 0.5),
        "finals": (0, 1, 2.5, 9, 11, 1_000_000, 1_000_001, -1, None),
        "retries": (1, 1.4999, 1.5, 1.11, 1000, 1001, 0.999, None),
        "buffer": (0, 0.0999, 0.1, 0.3, 0.3001, 1, 1.001, -0.001, None),
        "stage_drafts": (0, -0.001, None),
        "stage_finish_retries": (1, 0.999, None),
        "stage_quality": (1_000_000, 1_000_001, 0.5, 0, "lo*"),
        "stage_size": (None, "1000x1000", 245 / 1440, "4:7", "0768x960"),
        "pack_usd": (None, 0, 0.001, 7.67),
        "pack_credits": (None, 0, 23, 4968, 4967),
    }
    for name, values in limits.items():
        for value in values:
            yield {name: value}
    for rate in (0, 0.001, None, "rate"):
        for own in (None, "CNY", "cny ", "EUR", "USD"):
            for currency in ("CNY", "USD", None):
                yield {"currency": currency, "units_per_usd": rate, "rate_currency": own}
    for size in ("1920x1080", "1280x720", "1x1", "728x90", "100000x100000", "100001x9", "big"):
        yield {"delivery_size": size}
        yield {"delivery_size": size, "model": "gpt-image-1.5", "ratio": "1:1"}
    for row in CARD.destinations:
        yield {"delivery_place": row.destination}
    yield {"delivery_place": "nowhere", "plan": "Comfy*", "use_measured": "maybe"}
    yield {"pack_usd": None, "pack_credits": None}
    yield {"plan": "Comfy*"}
    for plan in dict.fromkeys(plan.plan for plan in CARD.plans):
        yield {"plan": plan}
        yield {"plan": plan, "ratio": "3:2"}
        yield {"plan": plan, "model": "gpt-image-2.5-flare", "quality": "xhigh"}


def _days() -> Iterator[Changes]:
    """Yield days on which rates begin, on which they are old, and on which models leave."""
    for start in _STARTS:
        for days in (-1, 0, 1):
            yield {"price_date": start + timedelta(days=days)}
    for days in (44, 45, 46):
        yield {"price_date": CARD.checked + timedelta(days=days)}
    for model in _LEAVING:
        for days in (-61, -60, 1):
            assert model.shuts_down
            day = {"price_date": model.shuts_down + timedelta(days=days)}
            yield {**day, "model": model.id, "ratio": "1:1"}


def _lines() -> Iterator[Changes]:
    """Yield campaign lines at their limits; eight and nine use cases; a cap that is just kept."""
    good = dict(zip(LINE, ("Shop", "1:1", "high", "gpt-image-2", 10, 2, 180, 1, "standard", 0.2),
                    strict=False))  # fmt: skip
    at_limits: tuple[Changes, ...] = (
        *({"prompt_tokens": tokens} for tokens in (None, 0, 100_000, 100_001)),
        *({"reference_images": images} for images in (None, 0, 16, 17)),
        *({"buffer": buffer} for buffer in (0, 1, 1.001)),
        *({"retries": retries} for retries in (1, 0.999)),
        *({"quality": quality} for quality in (0, 0.5, 1_000_000, 1_000_001, "auto")),
        *({"size": size} for size in ("3840x1280", "3840x1264", 0.0, 245 / 1440, 245.99 / 1440)),
        *({"size": size} for size in ("01024x1024", "1024x", "x1024", "1024x1024x1", "4:?")),
        *({"finish_retries": retries} for retries in (1, 0.999)),
        *({"drafts_per_final": drafts} for drafts in (0, -0.001)),
        *({"draft_quality": quality, "draft_size": "768x960"} for quality in ("max", 300)),
        *({"model": model} for model in (" GPT-image-2 ", "gpt-image-2-2026-04-21", "gpt-image-?")),
        *({"model": one.id, "tier": "batch", "quality": 500} for one in CARD.models),
    )
    lines = [{**good, **changes} for changes in at_limits]
    for first in range(0, len(lines), 12):
        yield {"tblCampaign": lines[first : first + 12]}
        yield {"tblCampaign": lines[first : first + 12], "plan": "kie.ai", "stage_drafts": "x"}
    for uses in (8, 9, 12):
        yield {"tblCampaign": [{**good, "use_case": f"use {min(i, uses)}"} for i in range(12)]}
    free = [{**good, "finals": 0}] * 3
    for cap in (0, -0.01, None):
        yield {"tblCampaign": free, "campaign_cap": cap, "compare_with": "the campaign"}


def _bills() -> Iterator[Changes]:
    """Yield rows of the actuals at their limits, and days of one period, of twelve and thirteen."""
    good = dict(zip(BILL, (date(2026, 11, 3), "gpt-image-2", "4:5", "high", 30, 20, 9, 9, 5.8),
                    strict=False))  # fmt: skip
    most = 100_000_000
    at_limits: tuple[Changes, ...] = (
        *({"date": day} for day in (36_525, 36_526, 73_050, 73_050.5, 73_051)),
        *({"generations": made, "accepted": 1} for made in (0, 1, most, most + 1, 1.5)),
        *({"accepted": accepted} for accepted in (0, 29, 30, 31)),
        *({"input_tokens": tokens} for tokens in (0, -1, 0.5, None)),
        *({"billed": usd} for usd in (0, -0.01, most, most + 1)),
        *({"size": size} for size in ("1024x1280", "1280x1024", 245 / 1440, "16x16", "4:7")),
        *({"quality": quality} for quality in ("max", "High ", "auto")),
        *({"model": one.id} for one in CARD.models[:2]),
    )
    for changes in at_limits:
        for used in ("yes", "no"):
            yield {"tblActuals": [good, {**good, **changes}], "use_measured": used}
    one = {**good, "size": "1:1", "generations": 1, "accepted": 1, "input_tokens": 20}
    one |= {"output_tokens": 7024}
    exact = (0.21082, 0.21, 0.07034, 0, 0.252984, 0.3, 0.10541, 0.215819, 0.21582, 1e-9)
    counts = (6883, 6884, 7664, 7665, 717, 0)
    models = ("azure/gpt-image-2 text, input", "gpt-image-2-2027-01-01", "gpt-image-1.5")
    times = ("2026-11-03T23:59:00-00:01", "2026-11-03T23:58:00-00:01", "2026-11-03T24:00:00Z")
    rows = [
        *({**one, "billed": usd} for usd in exact),
        *({**one, "output_tokens": tokens, "billed": 0.2} for tokens in counts),
        *({**one, "model": model, "billed": 0.13} for model in models),
        *({**one, "date": day, "quality": "auto", "input_tokens": None} for day in times),
    ]
    for first in range(0, len(rows), 12):
        yield {"tblActuals": rows[first : first + 12]}
    for days in (1, 12, 13, 24, 25):
        rows = [{**good, "date": 46_000 + round(i * (days - 1) / 11)} for i in range(12)]
        yield {"tblActuals": rows, "compare_with": "the campaign"}
    yield {"tblActuals": [{**good, "accepted": 0}] * 2, "use_measured": "yes"}
    yield {"tblActuals": [good, {**good, "accepted": None}], "use_measured": "yes"}
    tokens = {**good, "size": " tokens only", "quality": None, "generations": None}
    tokens_only = [{**tokens, "accepted": kept} for kept in (None, 0, 1)]
    yield {"tblActuals": [good, *tokens_only, {**tokens_only[0], "output_tokens": None}]}
    yield {"tblActuals": [good] * 3, "finals": 0}
    yield {"tblActuals": [], "use_measured": "yes"}


_MORE: tuple[Changes, ...] = (
    *({"model": "gpt-image-1.5", "ratio": ratio} for ratio in ("1:1", "2:3", "3:2")),
    *({"model": "gpt-image-2.6-flare", "quality": quality} for quality in ("low", "high", "max")),
    {"model": "gpt-image-2.6-flare", "tier": "batch"},
    {"tier": "batch", "quality": "xhigh", "model": "gpt-image-2.5-flare"},
    {"retries": 1, "prompt_tokens": None, "reference_images": None, "quality": "low"},
    {"measured_tokens": 663.5, "images_per_call": 3},
    {"stage_quality": "high", "stage_size": None, "stage_drafts": 0.5, "stage_finish_retries": 1},
    {"finals": 100, "retries": 1.1, "buffer": 0.1, "pack_credits": 2783},
    {"finals": 100, "retries": 1.15, "buffer": 0.2},
)


def edge_jobs() -> list[dict[str, Any]]:
    """Return all of them, in English."""
    rules = (_sizes, _references, _inputs, _days, _lines, _bills)
    return [job(**changes) for rule in rules for changes in rule()] + [job(**c) for c in _MORE]


def long_card() -> RateCard:
    """Return a card as a user's may be: more plans than there is room for, rates of their own."""
    flat = next(plan for plan in CARD.plans if plan.plan == "LaoZhang VIP")
    names = ("A*", "*", "A?", "~A", "=1+1", "9", *(f"plan {i}" for i in range(8)))
    added = [
        replace(flat, plan=name, model="any", usd=Decimal(i) / 100)
        for i, name in enumerate(names, start=1)
    ]
    silent = replace(flat, plan="plan 7", usd=None, quality="high")
    rate = next(rate for rate in CARD.rates if rate.series == ("gpt-image-2", "image_in", "batch"))
    later = replace(rate, usd_per_mtok=Decimal(7), effective_from=CARD.checked + timedelta(days=3))
    estimate = replace(later, meter="image_out", tier="standard", basis="estimate")
    rates = (later, *CARD.rates, estimate)
    plans = (*CARD.plans[:20], *added, *CARD.plans[20:], silent)
    return replace(CARD, plans=plans, rates=rates, other_models=_more_models())


def _more_models() -> tuple[OtherModel, ...]:
    """Return more other models than there is room for, in no order, with limits that meet."""
    first = CARD.other_models[0]
    names = ("I*", "~I", "=1+1", first.model.upper(), "9", "a", "b", "c", "d")
    edges, pixels = (None, 1279, 1280), (1_310_720, None, 1)
    added = []
    for i, name in enumerate(names, start=1):
        row = replace(first, model=name, quality="any", usd=Decimal(i) / 100)
        row = replace(row, usd_per_reference=Decimal(i), max_long_edge_px=edges[i % 3])
        added.append(replace(row, max_pixels=pixels[i % 3]))
    return (*CARD.other_models[:2], *added, *CARD.other_models[2:])


def jobs_of_the_long_card() -> list[dict[str, Any]]:
    """Return jobs for it: every plan, and days before and after its rates begin."""
    plans = dict.fromkeys(plan.plan for plan in long_card().plans)
    days = (CARD.checked, CARD.checked + timedelta(days=3), CARD.checked + timedelta(days=60))
    tiers = ("standard", "batch")
    return [
        job(
            plan=plan,
            price_date=days[i % 3],
            tier=tiers[i % 2],
            quality=("high", "low")[i // 2 % 2],
        )
        for i, plan in enumerate(plans)
    ]
