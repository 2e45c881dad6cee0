"""Bills of clouds: cost details of Azure, and FOCUS, which several clouds write.

Azure spells its columns differently in each kind of contract: names are in lower case here.
"""

import re
from collections.abc import Sequence
from typing import Any

from xl_pricing.bills.amounts import read_amount
from xl_pricing.bills.meters import Meter, azure_meter, line_item_meter, names_images
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes.organization import metered
from xl_pricing.bills.shapes.shape import (
    At,
    Record,
    Shape,
    Time,
    Usage,
    first,
    make_row,
    read_time,
    text,
)
from xl_pricing.errors import InvalidValueError

_UNIT = re.compile(r"\s*(1|10|100|1000|1,000)?\s*([km])?\s*(?:tokens?)?\s*", re.IGNORECASE)
_LETTERS = {None: 1, "k": 1_000, "m": 1_000_000}


def _read_azure(record: Record, at: At) -> Sequence[Row]:
    named = text(record, "metername") or ""
    told: tuple[str | None, str | None] = (text(record, "costinusd"), "usd")
    if told[0] is None and _currency(record, "pricingcurrency") == "usd":
        told = (text(record, "costinpricingcurrency"), "usd")
    if told[0] is None:
        told = (text(record, "costinbillingcurrency"), _currency(record, "billingcurrency"))
    return _row(
        at,
        read_time(first(record, "date")),
        azure_meter(named),
        named or text(record, "productname", "metercategory") or "",
        (record.get("quantity"), text(record, "unitofmeasure")),
        told,
        text(record, "subscriptionid"),
        usage=(text(record, "chargetype") or "usage").lower() == "usage",
    )


def _read_focus(record: Record, at: At) -> Sequence[Row]:
    named = [text(record, name) for name in ("skumeter", "chargedescription", "skuid")]
    said = [each for each in named if each]
    meters = [azure_meter(each) or line_item_meter(each) for each in said]
    quantity = (record.get("consumedquantity"), text(record, "consumedunit"))
    if first(record, "consumedquantity") is None or _scale(quantity[1]) is None:
        quantity = (record.get("pricingquantity"), text(record, "pricingunit"))
    return _row(
        at,
        read_time(first(record, "chargeperiodstart")),
        next((meter for meter in meters if meter), None),
        said[0] if said else text(record, "servicename") or "",
        quantity,
        (text(record, "billedcost"), _currency(record, "billingcurrency")),
        text(record, "subaccountid"),
        usage=(text(record, "chargecategory") or "usage").lower() == "usage",
    )


def _row(
    at: At,
    time: Time,
    meter: Meter | None,
    named: str,
    quantity: tuple[object, str | None],
    amount: tuple[str | None, str | None],
    project: str | None,
    *,
    usage: bool,
) -> Sequence[Row]:
    facts: dict[str, Any] = {"billed_side": True, "project": project, "currency": amount[1]}
    counted, scale = Usage(None), _scale(quantity[1])
    try:
        facts["billed"] = read_amount(amount[0])
    except InvalidValueError as error:
        facts |= {"reason": Reason.NO_AMOUNT, "detail": str(error)}
    if meter is None:
        unread = Reason.NO_METER if names_images(named) else Reason.OTHER_PRODUCT
        facts = {"reason": unread, "detail": named, **facts, "model": named}
    else:
        facts |= {"model": meter.model, "tier": meter.tier, "meter": meter.name}
        facts |= {"zoned": meter.zoned, "origin": meter.origin}
        if (facts.get("billed") or 0) < 0:
            facts["reason"] = Reason.REFUND
        elif usage and scale is not None and quantity[0]:
            counted = metered(meter, quantity[0], scale)
    return (make_row(at, time, counted, **facts),)


def _scale(unit: str | None) -> int | None:
    """Return how many tokens a unit is: ``1M``, ``1K Tokens``, ``Tokens``."""
    found = _UNIT.fullmatch(unit) if unit else None
    if found is None:
        return None
    letter = found[2].lower() if found[2] else None
    return int((found[1] or "1").replace(",", "")) * _LETTERS[letter]


def _currency(record: Record, name: str) -> str | None:
    told = text(record, name)
    return told.lower() if told else None


AZURE = Shape(
    "cost details of Azure",
    (("metername",), ("quantity",), ("costinbillingcurrency", "costinusd")),
    _read_azure,
    month_first=True,
)
FOCUS = Shape("FOCUS", (("billedcost",), ("chargeperiodstart",), ("chargecategory",)), _read_focus)
