"""What a shell may complete: the words that are accepted for an argument."""

from collections.abc import Callable, Iterable

import click

from xl_pricing.estimation.image import TIERS
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import METERS

Completed = Callable[[click.Context, click.Parameter, str], list[str]]


def _models() -> Iterable[str]:
    return (model.id for model in active_card().models)


def _plans() -> Iterable[str]:
    return dict.fromkeys(plan.plan for plan in active_card().plans)


def _qualities() -> Iterable[str]:
    known = [model.output.rule.qualities for model in active_card().models]
    return max(known, key=len)


def _ratios() -> Iterable[str]:
    return (ratio.ratio for ratio in active_card().ratios)


def _languages() -> Iterable[str]:
    from workbook_templates.book.words import LANGUAGES  # noqa: PLC0415 - no price needs a workbook

    return LANGUAGES


VALUES: dict[str, Callable[[], Iterable[str]]] = {
    "model": _models,
    "plan": _plans,
    "quality": _qualities,
    "draft_quality": _qualities,
    "size": _ratios,
    "ratio": _ratios,
    "draft_size": _ratios,
    "tier": lambda: TIERS,
    "meter": lambda: METERS,
    "lang": _languages,
}


def completed(name: str) -> Completed | None:
    """Return what click asks for the values of an argument; ``None`` where any will do."""
    values = VALUES.get(name)
    if values is None:
        return None
    return lambda _ctx, _param, begun: [v for v in values() if v.lower().startswith(begun.lower())]
