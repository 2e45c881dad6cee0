"""Tables of one's own: the Actuals of the workbook as CSV, and token counts by meter."""

from collections.abc import Sequence
from typing import Any

from xl_pricing.bills.amounts import read_amount
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes.answers import AMOUNTS, IDS, PROJECTS, TIMES
from xl_pricing.bills.shapes.gateways import FLAT_COUNTS, INPUT, OUTPUT, unflattened
from xl_pricing.bills.shapes.shape import (
    At,
    Record,
    Shape,
    Usage,
    count,
    first,
    make_row,
    read_charge,
    read_time,
    read_tokens,
    text,
)
from xl_pricing.errors import InvalidValueError
from xl_pricing.estimation.usage import METER_NAMES, Counted, read_meters, read_usage


def _read_actuals(record: Record, at: At) -> Sequence[Row]:
    facts: dict[str, Any] = {}
    try:
        facts["billed"] = read_amount(record.get("billed"))
    except InvalidValueError as error:
        facts |= {"reason": Reason.NO_AMOUNT, "detail": str(error)}
    told = {k: v for k, v in record.items() if k.endswith("_tokens") and v is not None and v != ""}
    return (
        make_row(
            at,
            read_time(first(record, "date")),
            read_tokens(told) if told else Usage(None),
            billed_side=True,
            model=text(record, "model"),
            images=count(record.get("generations")),
            size=text(record, "size"),
            quality=text(record, "quality"),
            currency="usd",
            **facts,
        ),
    )


def _read_counts(record: Record, at: At) -> Sequence[Row]:
    return (_log_row(record, at, read_tokens(record, read_meters)),)


def _read_flat(record: Record, at: At) -> Sequence[Row]:
    return (_log_row(record, at, read_tokens(record, read_flat)),)


def read_flat(record: Record) -> Counted:
    """Read the counts of a log in columns."""
    return read_usage(unflattened(record))


def _log_row(record: Record, at: At, usage: Usage) -> Row:
    charge = read_charge(first(record, *AMOUNTS))
    return make_row(
        at,
        read_time(first(record, *DAYS)),
        usage,
        id=text(record, *IDS),
        model=text(record, "model"),
        tier=(text(record, "tier") or "").lower() or None,
        images=count(first(record, "images", "n")),
        size=text(record, "size"),
        quality=text(record, "quality"),
        project=text(record, *PROJECTS),
        reason=charge.reason,
        detail=charge.detail,
        **charge.facts,
    )


DAYS = ("day", *TIMES)
TEXTS = ("model", "tier", "images", "n", "size", "quality", *PROJECTS)
"""What a log row tells beside its day, id and tokens."""
ACTUALS = Shape(
    "the Actuals of the workbook",
    (("date",), ("billed",)),
    _read_actuals,
)
COUNTS = Shape("counts by meter", (("model",), METER_NAMES), _read_counts)
FLAT = Shape("logs with counts in columns", (("model",), INPUT, OUTPUT, DAYS), _read_flat)
TOKENS = {COUNTS: (METER_NAMES, read_meters), FLAT: (FLAT_COUNTS, read_flat)}
"""The columns of tokens, and how they are read."""
CAPTIONS = {
    "日期": "date",
    "模型": "model",
    "比例或尺寸": "size",
    "ratio or size": "size",
    "质量": "quality",
    "生成数": "generations",
    "验收成品数": "accepted",
    "accepted finals": "accepted",
    "输入词元（如已知）": "input_tokens",
    "input tokens, if known": "input_tokens",
    "输出词元（如已知）": "output_tokens",
    "output tokens, if known": "output_tokens",
    "账单（美元）": "billed",
    "billed, usd": "billed",
}
"""What stands above the columns of the Actuals, in lower case, where it is not their name."""
