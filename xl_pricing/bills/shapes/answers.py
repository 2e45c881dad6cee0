"""Answers of the Images API, events of its streams, and log lines that hold one beside a model."""

from collections.abc import Sequence

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes import responses
from xl_pricing.bills.shapes.shape import (
    NO_TIME,
    NOT_TOLD,
    At,
    Charge,
    Record,
    Shape,
    Time,
    count,
    first,
    make_row,
    part,
    read_charge,
    read_time,
    read_tokens,
    text,
    text_of,
)

TIMES = ("timestamp", "time", "ts", "created_at", "createdAt", "at", "date", "datetime")
IDS = ("id", "request_id", "requestId")
HELD_UNDER = ("response", "answer", "body", "result", "output", "response_body")
REQUESTS = ("request", "params", "parameters")
PROJECTS = ("project", "project_id", "team", "team_id")
AMOUNTS = ("billed_usd", "cost_usd")
"""What a log says that a call cost; a word without a currency is none of them."""
_COMPLETED = ("image_generation.completed", "image_edit.completed")


_NOTHING: Record = {}


def answer(
    record: Record,
    at: At,
    around: Record = _NOTHING,
    *,
    model: str | None = None,
    tier: str | None = None,
    assumed: int = 0,
) -> Row:
    """Read an answer; ``around`` is the log line that it stands in, which may be itself."""
    request = part(around, *REQUESTS) or _NOTHING
    usage = read_tokens(part(record, "usage"))
    failed = usage == NOT_TOLD and _error(record, around)
    charge = _charge(record, around)
    outside = (request,) if around is record else (around, request)
    return make_row(
        at,
        _time(record, around),
        usage,
        id=text(around, *IDS),
        model=model or text(around, "model") or text(request, "model") or text(record, "model"),
        image_call=isinstance(record.get("data"), list) or record.get("type") in _COMPLETED,
        tier=tier,
        images=_images(record, around, request),
        size=_told("size", record, *outside),
        quality=_told("quality", record, *outside),
        project=text(around, *PROJECTS),
        apart=_svg_author(record) if "svg_usage" in record else (),
        reason=Reason.FAILED if failed else charge.reason,
        detail="" if failed else charge.detail,
        assumed=assumed,
        **charge.facts,
    )


def _time(record: Record, around: Record) -> Time:
    """Read when it was: the answer's own seconds have a zone, a log's time may have none."""
    created = first(record, "created", "created_at")
    time = NO_TIME if created is None else read_time(created)
    return time if time.day else read_time(first(around, *TIMES))


def _charge(record: Record, around: Record) -> Charge:
    told = first(around, *AMOUNTS)
    return read_charge(first(record, *AMOUNTS) if told is None else told)


def _images(record: Record, around: Record, request: Record) -> int | None:
    data = record.get("data")
    if isinstance(data, list):
        return len(data)
    if record.get("type") in _COMPLETED:
        return 1
    told = first(around, "n", "images")
    return count(first(request, "n") if told is None else told)


def _told(name: str, *records: Record) -> str | None:
    """Return size or quality: what was made rather than what was asked for, and never auto."""
    for record in records:
        word = record.get(name)
        if word is not None and word != "auto" and word != "":  # noqa: PLR1714 - it may be a list
            return text_of(word)
    return None


def _error(record: Record, around: Record) -> bool:
    return bool(record.get("error") or around.get("error"))


def _svg_author(record: Record) -> tuple[tuple[str, int, int], ...]:
    used = part(record, "svg_usage")
    return (("SVG author", *responses.sides(used)),) if used else ()


def _read_answer(record: Record, at: At) -> Sequence[Row]:
    return (answer(record, at),)


def _read_event(record: Record, at: At) -> Sequence[Row]:
    kind = record.get("type")
    held = part(record, "response")
    if kind in _COMPLETED:
        return (answer(record, at),)
    if held and kind in responses.FINAL_EVENTS:
        return responses.read(held, at)
    return (Row(at.source, at.place, reason=Reason.PARTIAL),)


def _read_line(record: Record, at: At) -> Sequence[Row]:
    held = record if part(record, "usage") else _held(record) or record
    if held is not record and responses.SHAPE.fits(held):
        return responses.read(held, at, record)
    return (answer(held, at, record),)


def _held(record: Record) -> Record | None:
    for name in HELD_UNDER:
        held = part(record, name)
        if held is not None and (
            "usage" in held or responses.SHAPE.fits(held) or ("error" in held and len(held) < 8)
        ):
            return held
    return None


def _is_event(record: Record) -> bool:
    kind = record.get("type")
    return isinstance(kind, str) and kind.startswith(
        ("image_generation.", "image_edit.", "response.")
    )


EVENT = Shape("events of a stream", (("type",),), _read_event, _is_event)
ANSWER = Shape(
    "answers of the Images API",
    (("usage",), ("created", "data")),
    _read_answer,
    lambda record: "model" not in record and _held(record) is None,
)
LOG_LINE = Shape(
    "log lines with a model and an answer or its usage",
    (("model", "request", "params", "timestamp", "time", "ts", "at"), ("usage", *HELD_UNDER)),
    _read_line,
    lambda record: isinstance(record.get("usage"), dict | str) or _held(record) is not None,
)
