"""What others say of the rates: from a source's document to dated rate rows that name the source.

Two public sources, `LITELLM` and `GENAI_PRICES`, and the project's own card format, JSON or CSV,
which holds what a company has negotiated. Azure's rows are recognised and kept apart.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from xl_pricing.errors import CardError
from xl_pricing.rates.card import bundled_card, rows_of
from xl_pricing.rates.records import read_row, read_rows, refusal
from xl_pricing.rates.refresh.documents import JsonObject, read_csv, read_json, refuse_twice
from xl_pricing.rates.rows import LEAST_USD, MONEY, Day, Rate, Word
from xl_pricing.rates.tables import MAX_TABLE_ROWS, read_table

OWN = "own card: "
"""How the source of a rate begins that came from a card of the user's own."""

MAX_MODELS = 500
"""Image models that a source may name."""

_PER_MTOK = 1_000_000
_FINEST_USD = Decimal("0.000001")
_IMAGE_MODEL = re.compile(r"(chatgpt|gpt)-image-[a-z0-9.-]{1,60}")
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_FORMULA_SIGNS = "=+-@\t\r\n "

_LITELLM_METERS = {
    "input_cost_per_token": "text_in",
    "cache_read_input_token_cost": "text_cached",
    "output_cost_per_token": "text_out",
    "input_cost_per_image_token": "image_in",
    "cache_read_input_image_token_cost": "image_cached",
    "output_cost_per_image_token": "image_out",
}
_LITELLM_KEYS = {
    f"{key}{suffix}": (meter, tier)
    for key, meter in _LITELLM_METERS.items()
    for suffix, tier in {"": "standard", "_batches": "batch"}.items()
}
_GENAI_METERS = {
    "input_mtok": "text_in",
    "cache_read_mtok": "text_cached",
    "output_mtok": "text_out",
    "input_image_mtok": "image_in",
    "cache_image_read_mtok": "image_cached",
    "output_image_mtok": "image_out",
}


def _price(amount: Decimal) -> Decimal:
    """Return a price as listed; one per token is bounded by what it is per million."""
    MONEY.reader(amount * _PER_MTOK if amount < LEAST_USD else amount)
    return amount


# JSON numbers are read as decimals; strict keeps "5" and true from passing for one.
_Positive = Annotated[Decimal, Field(strict=True, allow_inf_nan=False), AfterValidator(_price)]
_Prices = Mapping[str, _Positive]


@dataclass(frozen=True)
class Quotes:
    """What one source says on a day: rates, days of shutdown, and Azure's models, kept apart."""

    source: str
    rates: tuple[Rate, ...]
    shutdowns: Mapping[str, date] = field(default_factory=dict)
    azure: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Source:
    """A name, an address (https, or a file's path), and the reader of what lies there."""

    name: str
    address: str
    reader: Callable[[str, bytes, date], Quotes]

    def read(self, document: bytes, day: date) -> Quotes:
        """Read a document as of a day; raise `CardError` where it is not to be believed at all."""
        quotes = self.reader(self.name, document, day)
        if not quotes.rates:
            raise CardError(f"{self.name} names no gpt-image model; accepted: a document with one")
        return quotes


class _LiteLLMEntry(BaseModel):
    model_config = ConfigDict(frozen=True)

    litellm_provider: str
    deprecation_date: Day | None = None
    costs: _Prices


class _Constraint(BaseModel):
    model_config = ConfigDict(frozen=True)

    start_date: Day | None = None
    start_time: str | None = None


class _DatedPrices(BaseModel):
    model_config = ConfigDict(frozen=True)

    constraint: _Constraint | None = None
    prices: _Prices

    def active(self, day: date) -> bool:
        """Tell whether these prices count on a day, at any hour of it."""
        limit = self.constraint
        return limit is None or (not limit.start_time and (limit.start_date or day) <= day)


class _GenaiModel(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: Word
    prices: tuple[_DatedPrices, ...]


class _Provider(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: Word
    models: tuple[Mapping[str, Any], ...]


Entry = TypeVar("Entry", bound=BaseModel)


def _read(kind: type[Entry], entry: object, where: str) -> Entry:
    """Validate an entry of a foreign document; raise `CardError` with its first fault."""
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
    said = fault["msg"].removeprefix("Value error, ")
    given = MISSING if fault["type"] == "missing" else fault["input"]
    raise refusal(where, ".".join(map(str, fault["loc"])), given, said[0].lower() + said[1:])


def read_litellm(name: str, document: bytes, day: date) -> Quotes:
    """Read LiteLLM's price map: USD per token, a model a key."""
    entries = read_json(name, document)
    if not isinstance(entries, dict):
        raise CardError(f"{name} is no map of models; accepted: a document as it is published")
    rates: list[Rate] = []
    shutdowns: dict[str, date] = {}
    _refuse_twice_named(name, entries)
    for model, key in _bare_names(entries):
        refuse_twice(f"{name}, {key}", entries[key])
        entry = _litellm_entry(f"{name}, {key}", entries[key])
        if entry.litellm_provider == "openai":
            costs = {_LITELLM_KEYS[k]: cost * _PER_MTOK for k, cost in entry.costs.items()}
            rates += _rows(name, model, costs, day)
            if entry.deprecation_date:
                shutdowns[model] = entry.deprecation_date
    azure = sorted(key for key in entries if key.startswith("azure") and "gpt-image" in key)
    return Quotes(name, tuple(rates), shutdowns, tuple(azure))


def read_genai_prices(name: str, document: bytes, day: date) -> Quotes:
    """Read the published data of genai-prices: USD per 1M tokens, models by provider."""
    providers = read_json(name, document)
    if not isinstance(providers, list):
        raise CardError(f"{name} is no list of providers; accepted: a document as it is published")
    listed = (_read(_Provider, row, f"{name}, row {i}") for i, row in enumerate(providers, start=1))
    models = {provider.id: provider.models for provider in listed}
    known = {str(model.get("id")): model for model in models.get("openai", ())}
    rates: list[Rate] = []
    for model, key in _bare_names(known):
        refuse_twice(f"{name}, {key}", known[key])
        active = [dated for dated in _genai_model(name, known[key]).prices if dated.active(day)]
        if active:
            rates += _rows(name, model, _genai_meters(model, active[-1].prices), day)
    azure = sorted(str(model.get("id")) for model in models.get("azure", ()))
    return Quotes(name, tuple(rates), {}, tuple(key for key in azure if "gpt-image" in key))


def read_own_card(name: str, document: bytes, _day: date) -> Quotes:
    """Read a card of the user's own: JSON as the bundled one, or CSV with the workbook's columns.

    Its text goes into cells one day, so what Excel would take for a formula loses its sign.
    """
    if document.lstrip()[:1] in {b"{", b"["}:
        content = read_json(name, document)
        refuse_twice(name, content)
        if not isinstance(content, dict):
            raise CardError(f"{name} is no card; accepted: {{'format': 1, 'rates': [...]}}")
        rows = rows_of(content, "rates")
        if len(rows) > MAX_TABLE_ROWS:
            raise CardError(f"{name} has {len(rows)} rows; accepted: up to {MAX_TABLE_ROWS}")
        rates = read_rows(Rate, rows, name)
    else:
        rates = read_table(Rate, read_csv(name, document), name)
    return Quotes(name, tuple(map(_harmless, rates)), own=True)


LITELLM = Source(
    "LiteLLM",
    "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
    read_litellm,
)
GENAI_PRICES = Source(
    "genai-prices",
    "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json",
    read_genai_prices,
)
PUBLIC = {source.name.lower(): source for source in (LITELLM, GENAI_PRICES)}


def find_source(text: str) -> Source:
    """Read how a source is named: ``litellm``, ``litellm=<mirror>``, or a card's path or address.

    Public names are found in any case; whatever else is named is taken for a card of one's own.
    """
    name, _, mirror = text.partition("=")
    public = PUBLIC.get(name.strip().lower())
    if public is None:
        return Source(re.split(r"[\\/]", text)[-1] or text, text, read_own_card)
    return Source(public.name, mirror or public.address, public.reader)


def _refuse_twice_named(name: str, entries: Mapping[str, Any]) -> None:
    """Refuse an image model that stands twice in a map; of other models it is no business."""
    twice = entries.twice if isinstance(entries, JsonObject) else None
    if twice and _IMAGE_MODEL.fullmatch(twice):
        raise CardError(f"{name} names {twice} twice; accepted: each model once")


def _bare_names(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield image models and their keys; a dated snapshot only where the model itself is absent."""
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (len(name), name)):
        if _IMAGE_MODEL.fullmatch(name):
            found.setdefault(_SNAPSHOT.sub("", name), name)
    if len(found) > MAX_MODELS:
        raise CardError(f"{len(found):,} image models are named; accepted: up to {MAX_MODELS}")
    yield from found.items()


def _litellm_entry(where: str, entry: Any) -> _LiteLLMEntry:  # noqa: ANN401 - JSON
    if not isinstance(entry, dict):
        raise CardError(f"{where} is no entry; accepted: a document as it is published")
    costs = {key: entry[key] for key in _LITELLM_KEYS if entry.get(key) is not None}
    return _read(_LiteLLMEntry, {**entry, "costs": costs}, where)


def _genai_model(name: str, entry: Mapping[str, Any]) -> _GenaiModel:
    prices = entry.get("prices")
    dated = prices if isinstance(prices, list) else [{"prices": prices}]
    rows = [_only_image_prices(row) for row in dated]
    return _read(_GenaiModel, {**entry, "prices": rows}, f"{name}, {entry['id']}")


def _only_image_prices(row: Any) -> Any:  # noqa: ANN401 - JSON
    """Drop the prices of what images do not have, which may be tiered."""
    if not isinstance(row, dict) or not isinstance(row.get("prices"), dict):
        return row
    prices = {key: usd for key, usd in row["prices"].items() if key in _GENAI_METERS}
    return {**row, "prices": prices}


def _genai_meters(model: str, prices: _Prices) -> dict[tuple[str, str], Decimal]:
    """Name the meters; a single output price is the image's, unless the model sells text too."""
    named = {_GENAI_METERS[key]: usd for key, usd in prices.items()}
    sells_text = any(r.model == model and r.meter == "text_out" for r in bundled_card().rates)
    if "text_out" in named and "image_out" not in named and not sells_text:
        named["image_out"] = named.pop("text_out")
    return {(meter, "standard"): usd for meter, usd in named.items()}


def _rows(
    name: str, model: str, prices: Mapping[tuple[str, str], Decimal], day: date
) -> Iterator[Rate]:
    for (meter, tier), usd in prices.items():
        row = {
            "model": model,
            "meter": meter,
            "tier": tier,
            "usd_per_mtok": Decimal(f"{usd.quantize(_FINEST_USD).normalize():f}"),
            "effective_from": day,
            "source": name,
            "checked": day,
            "basis": "quoted",
        }
        yield read_row(Rate, row, f"{name}, {model}")


def _harmless(rate: Rate) -> Rate:
    source = rate.source.removeprefix(OWN).lstrip(_FORMULA_SIGNS)
    return replace(rate, source=f"{OWN}{source}"[:255])
