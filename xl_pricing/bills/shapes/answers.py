"""Answers of the Images API, events of its streams, and log lines that hold one beside a model."""

from collections.abc import Iterable, Mapping

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes import responses
from xl_pricing.bills.shapes.shape import (
    At,
    Record,
    Shape,
    Time,
    count,
    first,
    make_row,
    part,
    read_time,
    read_tokens,
    text,
)

TIMES = ("timestamp", "time", "ts", "created_at", "createdAt", "at", "date", "datetime")
IDS = ("id", "request_id", "requestId")
HELD_UNDER = ("response", "answer", "body", "result", "output", "response_body")
PROJECTS = ("project", "project_id", "team", "team_id")
_COMPLETED = ("image_generation.completed", "image_edit.completed")


def answer(record: Record, at: At, around: Record | None = None, **facts: object) -> Row:
    """Read an answer; ``around`` is the log line that it stands in."""
    around = around or {}
    request = part(around, "request", "params", "parameters") or {}
    usage = read_tokens(part(record, "usage"))
    images = _images(record, around, request)
    failed = usage.tokens is None and usage.reason is None and _error(record, around)
    return make_row(
        at,
        _time(record, around),
        usage,
        id=text(around, *IDS),
        model=facts.get("model")
        or text(around, "model")
        or text(request, "model")
        or text(record, "model"),
        tier=facts.get("tier"),
        images=images,
        size=_told(record, around, request, "size"),
        quality=_told(record, around, request, "quality"),
        project=text(around, *PROJECTS),
        apart=_svg_author(record),
        reason=Reason.FAILED if failed else None,
        assumed=facts.get("assumed", 0),
    )


def _time(record: Record, around: Record) -> Time:
    """Read when it was: the answer's own seconds have a zone, a log's time may have none."""
    time = read_time(first(record, "created", "created_at"))
    return time if time.day else read_time(first(around, *TIMES))


def _images(record: Record, around: Record, request: Record) -> int | None:
    data = record.get("data")
    if isinstance(data, list):
        return len(data)
    if record.get("type") in _COMPLETED:
        return 1
    told = count(first(around, "n", "images"))
    return count(request.get("n")) if told is None else told


def _told(record: Record, around: Record, request: Record, name: str) -> str | None:
    """Return size or quality: what was made rather than what was asked for, and never auto."""
    told = (text(each, name) for each in (record, around, request))
    return next((word for word in told if word and word != "auto"), None)


def _error(record: Record, around: Record) -> bool:
    return bool(record.get("error") or around.get("error"))


def _svg_author(record: Record) -> tuple[tuple[str, int, int], ...]:
    used = part(record, "svg_usage")
    return (("SVG author", *responses.sides(used)),) if used else ()


def _read_answer(record: Record, at: At) -> Iterable[Row]:
    return (answer(record, at),)


def _read_event(record: Record, at: At) -> Iterable[Row]:
    kind = record.get("type")
    held = part(record, "response")
    if kind in _COMPLETED:
        return (answer(record, at),)
    if held and kind in responses.FINAL_EVENTS:
        return responses.read(held, at)
    return (Row(at.source, at.place, reason=Reason.PARTIAL),)


def _read_line(record: Record, at: At) -> Iterable[Row]:
    held = _held(record) or record
    if responses.SHAPE.fits(held):
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
    lambda record: isinstance(record.get("usage"), Mapping) or _held(record) is not None,
)
