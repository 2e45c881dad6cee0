"""Responses API: the tokens of its image tool, apart from those of the conversation model."""

from collections.abc import Mapping, Sequence

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes.shape import (
    At,
    Record,
    Shape,
    Usage,
    first,
    make_row,
    part,
    read_time,
    read_tokens,
    text,
)
from xl_pricing.errors import XlPricingError
from xl_pricing.estimation.assumed import Assumed
from xl_pricing.estimation.usage import whole_tokens

TOOL_DEFAULT = "gpt-image-2.6-sunburst"
"""The image model of a tool that names none."""
FINAL_EVENTS = ("response.completed", "response.incomplete", "response.failed")
_MADE = {None, "completed"}
CONVERSATION = "conversation model"


def read(
    record: Record, at: At, around: Record | None = None, tier: str | None = None
) -> Sequence[Row]:
    """Read a response: one row, the sum over its image calls."""
    around = around or {}
    used = part(part(record, "tool_usage") or {}, "image_gen")
    usage, calls = read_tokens(used), _image_calls(record)
    made = sum(1 for call in calls if not call.get("error") and text(call, "status") in _MADE)
    models = _models(record)
    reason = Reason.NO_MODEL if len(models) > 1 else None
    if not calls and not (usage.tokens and any(usage.tokens)) and usage.reason is None:
        reason = Reason.OTHER_RECORD
    elif used is None and not made:
        reason = Reason.FAILED
    return (
        make_row(
            at,
            read_time(first(record, "created_at", "created") or first(around, "timestamp", "time")),
            usage if reason in {None, Reason.NO_MODEL} else Usage(None),
            id=text(record, "id") or text(around, "id", "request_id"),
            model=next(iter(models), at.model or TOOL_DEFAULT),
            image_call=bool(calls),
            tier=tier,
            images=made,
            size=_only(calls, "size"),
            quality=_only(calls, "quality"),
            apart=_conversation(record),
            reason=reason,
            assumed=0 if models or at.model else int(Assumed.TOOL_DEFAULT),
        ),
    )


def _image_calls(record: Record) -> list[Record]:
    output = record.get("output")
    return [
        each
        for each in (output if isinstance(output, list) else ())
        if isinstance(each, Mapping) and each.get("type") == "image_generation_call"
    ]


def _models(record: Record) -> set[str]:
    """Return the models that its image tools name."""
    tools = record.get("tools")
    told = {
        text(tool, "model")
        for tool in (tools if isinstance(tools, list) else ())
        if isinstance(tool, Mapping) and tool.get("type") == "image_generation"
    }
    return {model for model in told if model}


def _only(calls: Sequence[Record], name: str) -> str | None:
    told = {text(call, name) for call in calls}
    return told.pop() if len(told) == 1 else None


def _conversation(record: Record) -> tuple[tuple[str, int, int], ...]:
    used = part(record, "usage")
    return ((CONVERSATION, *sides(used)),) if used else ()


def sides(used: Record) -> tuple[int, int]:
    """Return the tokens in and out of a usage that is told apart; 0 where they are no counts."""
    return _count(used, "input_tokens"), _count(used, "output_tokens")


def _count(used: Record, name: str) -> int:
    try:
        return whole_tokens(used.get(name, 0), name)
    except XlPricingError:
        return 0


SHAPE = Shape(
    "answers of the Responses API",
    (("tool_usage", "output"), ("tools", "tool_usage", "object")),
    read,
    lambda record: (
        record.get("object", "response") == "response"
        and (record.get("tool_usage") is not None or record.get("output") is not None)
    ),
)
