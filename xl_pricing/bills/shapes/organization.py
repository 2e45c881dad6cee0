"""OpenAI's usage and costs of an organization: results of the API, and the dashboard's exports.

The pages and buckets around the results are taken off before; each has the time of its bucket.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from xl_pricing.bills.amounts import read_amount
from xl_pricing.bills.meters import Meter, line_item_meter
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes.shape import (
    At,
    Record,
    Shape,
    Time,
    Usage,
    count,
    first,
    is_true,
    make_row,
    read_time,
    read_tokens,
    text,
)
from xl_pricing.errors import InvalidValueError, OutOfRangeError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.usage import Metered, read_grouped_usage, whole_tokens

ORIGIN = "OpenAI"
_STANDARD = {"", "default", "standard", "auto", "scale"}
_COUNTED = ("num_model_requests", "input_tokens", "output_tokens")
_UNITS = {"": 1, "tokens": 1, "token": 1, "1000_tokens": 1_000, "1m_tokens": 1_000_000}


def _read_usage(record: Record, at: At) -> Sequence[Row]:
    time = _time(record)
    if first(record, "model", "project_id", *_COUNTED) is None:
        return (make_row(at, time, Usage(None), reason=Reason.BLANK),)
    tier, assumed = _tier(record)
    return (
        make_row(
            at,
            time,
            read_tokens(record, read_grouped_usage),
            model=text(record, "model"),
            tier=tier,
            project=text(record, "project_id"),
            assumed=assumed,
            origin=ORIGIN,
        ),
    )


def _tier(record: Record) -> tuple[str | None, int]:
    service = (text(record, "service_tier") or "").lower()
    told = record.get("batch")
    if is_true(told) or service == "batch":
        return "batch", 0
    if service not in _STANDARD:
        return service, 0
    return None, int(Assumed.BATCH_NOT_TOLD) if told is None or told == "" else 0


def _read_images(record: Record, at: At) -> Sequence[Row]:
    return (
        make_row(
            at,
            _time(record),
            Usage(None),
            model=text(record, "model"),
            images=count(record.get("images")),
            size=text(record, "size"),
            project=text(record, "project_id"),
            reason=None if text(record, "model") else Reason.NO_USAGE,
            origin=ORIGIN,
        ),
    )


def _read_cost(record: Record, at: At) -> Sequence[Row]:
    time = _time(record)
    if first(record, "amount", "amount_value", "line_item") is None:
        return (make_row(at, time, Usage(None), billed_side=True, reason=Reason.BLANK),)
    amount = record.get("amount")
    within = amount if isinstance(amount, Mapping) else {}
    item = text(record, "line_item")
    meter = line_item_meter(item) if item else None
    usage = _quantity(record, meter) if meter else Usage(None)
    reason, detail, billed = None if item else Reason.NO_LINE_ITEM, "", None
    try:
        billed = read_amount(first(within, "value") if within else first(record, "amount_value"))
    except InvalidValueError as error:
        reason, detail = Reason.NO_AMOUNT, str(error)
    if meter and billed is not None and billed < 0:
        usage, reason = Usage(None), Reason.REFUND
    currency = text(within, "currency") or text(record, "amount_currency")
    return (
        make_row(
            at,
            time,
            usage,
            billed_side=True,
            model=meter.model if meter else item and item.partition(",")[0],
            tier=meter.tier if meter else None,
            project=text(record, "project_id"),
            billed=billed,
            currency=currency.lower() if currency else "usd",
            reason=reason,
            detail=detail,
            meter=meter.name if meter else None,
            origin=ORIGIN,
            assumed=int(Assumed.BATCH_NOT_TOLD) if usage.tokens and meter and not meter.tier else 0,
        ),
    )


def _quantity(record: Record, meter: Meter) -> Usage:
    told = record.get("quantity")
    scale = _UNITS.get((text(record, "quantity_unit") or "").lower())
    if told is None or told == "" or scale is None:
        return Usage(None)
    return metered(meter, told, scale)


def metered(meter: Meter, told: object, scale: int) -> Usage:
    """Return tokens of one meter, told in units of ``scale``; none where some are taken back."""
    try:
        quantity = read_amount(told) or Fraction(0)
        tokens = quantity * scale
        if tokens < 0:
            return Usage(None)
        whole = tokens.numerator if tokens.denominator == 1 else Decimal(str(float(tokens)))
        return Usage(Metered()._replace(**{meter.name: whole_tokens(whole, "quantity")}))
    except (OutOfRangeError, InvalidValueError) as error:
        return Usage(None, reason=Reason.NO_COUNT, detail=str(error))


def _time(record: Record) -> Time:
    time = read_time(first(record, "start_time"))
    return time if time.day else read_time(first(record, "start_time_iso"))


USAGE = Shape(
    "usage of an organization",
    (("num_model_requests",), ("input_tokens",), ("start_time", "start_time_iso")),
    _read_usage,
)
IMAGES = Shape(
    "image usage of an organization",
    (("images",), ("num_model_requests",), ("start_time", "start_time_iso")),
    _read_images,
)
COSTS = Shape(
    "costs of an organization",
    (("amount", "amount_value"), ("line_item", "amount"), ("start_time", "start_time_iso")),
    _read_cost,
)
