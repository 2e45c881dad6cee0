"""A card as it is saved: what the user's card knows beyond the bundled one, and its checksum."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from xl_pricing.errors import CardError, InvalidValueError, LaterCardError
from xl_pricing.files import read_bounded
from xl_pricing.rates.card import FORMAT, RateCard, bundled_card
from xl_pricing.rates.day import today
from xl_pricing.rates.records import as_json, read_row, whole
from xl_pricing.rates.rows import Day, LastDay, Rate, Word, or_none

MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Life:
    """When a model came and when it goes."""

    id: Word
    released: Day
    shuts_down: LastDay


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A card as it is saved: the rates and models that the bundled card does not have."""

    format: Literal[1] = 1
    number: Annotated[int, whole(1)]
    restores: Annotated[int | None, or_none(whole(0))] = None
    """The number of the older card that this one brought back."""
    saved: Day
    why: Word
    models: tuple[Life, ...] = ()
    rates: tuple[Rate, ...] = ()

    def card(self) -> RateCard:
        """Return the bundled card with what this one adds."""
        bundled = bundled_card()
        rates = {(*row.series, row.effective_from): row for row in (*bundled.rates, *self.rates)}
        models = {model.id: model for model in bundled.models}
        for life in self.models:
            model = models.get(life.id) or bundled.newcomer(life.id, life.released)
            models[life.id] = replace(model, shuts_down=life.shuts_down)
        unknown = {rate.model for rate in self.rates} - models.keys()
        if unknown:
            raise CardError(f"it prices {min(unknown)}, which it does not name")
        return replace(bundled, rates=tuple(rates.values()), models=tuple(models.values()))


def read_saved(path: Path) -> Saved:
    """Read a saved card; raise `CardError` with what is wrong with it, or `OSError`."""
    try:
        data = read_bounded(path, MAX_BYTES)
    except InvalidValueError as error:
        raise OSError(0, str(error)) from None
    try:
        document = json.loads(data)
        content, checksum = document["card"], document["sha256"]
        newer = content["format"] > FORMAT
    except (ValueError, TypeError, LookupError, RecursionError, ArithmeticError):
        raise CardError("it is damaged: no whole card") from None
    if newer:
        raise LaterCardError(f"it has format {content['format']}, this version knows {FORMAT}")
    if checksum != _checksum(content):
        raise CardError("it is damaged: its checksum differs")
    saved = read_row(Saved, content, "it")
    if saved.saved > today() + timedelta(days=1):
        raise LaterCardError(f"it is from the future: {saved.saved}")
    saved.card()
    return saved


def saved_text(saved: Saved) -> bytes:
    """Return the bytes of the file, checksum included."""
    content = as_json(saved)
    return json.dumps({"sha256": _checksum(content), "card": content}, indent=1).encode()


def _checksum(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def beyond_bundled(card: RateCard) -> dict[str, Any]:
    """Return what of a card the bundled one does not have, so that an upgrade shows through."""
    bundled = bundled_card()
    known = {model.id: model for model in bundled.models}
    known_rates = {*bundled.rates}
    return {
        "rates": [rate for rate in card.rates if rate not in known_rates],
        "models": [
            {"id": model.id, "released": model.released, "shuts_down": model.shuts_down}
            for model in card.models
            if model.id not in known or model.shuts_down != known[model.id].shuts_down
        ],
    }
