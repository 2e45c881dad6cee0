"""Logs of gateways: LiteLLM's spend logs and Langfuse's observations."""

from collections.abc import Mapping, Sequence
from typing import Any

from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes.shape import (
    At,
    Record,
    Shape,
    first,
    is_true,
    make_row,
    part,
    read_charge,
    read_time,
    read_tokens,
    text,
)

_FAILED = {"failure", "failed", "error"}
INPUT = ("input", "input_tokens", "prompt_tokens", "promptTokens")
OUTPUT = ("output", "output_tokens", "completion_tokens", "completionTokens")
CACHED = ("input_cached_tokens", "cached_tokens", "cache_read_input_tokens")
FLAT_COUNTS = (
    *(*INPUT, *OUTPUT, *CACHED),
    *("input_text_tokens", "text_tokens", "input_image_tokens", "image_tokens"),
    *("output_text_tokens", "output_image_tokens"),
    *("input_cached_text_tokens", "cached_text_tokens"),
    *("input_cached_image_tokens", "cached_image_tokens"),
)
"""All names that `unflattened` looks at."""


def _read_litellm(record: Record, at: At) -> Sequence[Row]:
    metadata = part(record, "metadata") or {}
    told = part(metadata, "usage_object") or part(part(record, "response") or {}, "usage")
    counted = first(record, "prompt_tokens", "completion_tokens") is not None
    usage = read_tokens(told or (record if counted else None))
    charge = read_charge(record.get("spend"))
    reason = charge.reason
    if is_true(record.get("cache_hit")):
        reason = Reason.FROM_CACHE
    elif (text(record, "status") or "").lower() in _FAILED and not any(usage.tokens or ()):
        reason = Reason.FAILED
    return (
        make_row(
            at,
            read_time(first(record, "startTime", "endTime")),
            usage,
            id=text(record, "request_id"),
            model=text(record, "model"),
            image_call="image" in (text(record, "call_type") or ""),
            project=text(record, "team_id"),
            reason=reason,
            detail=charge.detail,
            **charge.facts,
        ),
    )


def _read_langfuse(record: Record, at: At) -> Sequence[Row]:
    told = part(record, "usage_details", "usageDetails") or {}
    charge = read_charge(first(record, "total_cost", "totalCost", "calculatedTotalCost"))
    reason = charge.reason
    if not told and (text(record, "type") or "").upper() != "GENERATION":
        reason = Reason.OTHER_RECORD
    return (
        make_row(
            at,
            read_time(first(record, "start_time", "startTime")),
            read_tokens(unflattened(told) if told else None),
            id=text(record, "id"),
            model=text(record, "provided_model_name", "providedModelName", "model"),
            project=text(record, "project_id", "projectId"),
            reason=reason,
            detail=charge.detail,
            **charge.facts,
        ),
    )


def unflattened(told: Record) -> Record:
    """Turn ``input_text_tokens`` and such into the details of a usage; whoever calls names them."""
    if any(isinstance(value, Mapping) for value in told.values()):
        return told
    sent = {
        kind: first(told, f"input_{kind}_tokens", f"{kind}_tokens") for kind in ("text", "image")
    }
    made = {kind: first(told, f"output_{kind}_tokens") for kind in ("text", "image")}
    usage: dict[str, Any] = {
        "input_tokens": first(told, *INPUT),
        "output_tokens": first(told, *OUTPUT),
        "input_tokens_details": {f"{k}_tokens": v for k, v in sent.items() if v is not None},
        "output_tokens_details": {f"{k}_tokens": v for k, v in made.items() if v is not None},
    }
    cached = first(told, *CACHED)
    kinds = {
        f"cached_{kind}_tokens": first(told, f"input_cached_{kind}_tokens", f"cached_{kind}_tokens")
        for kind in ("text", "image")
    }
    kinds = {name: value for name, value in kinds.items() if value is not None}
    usage |= {"cached_tokens": cached} if cached is not None else {}
    return usage | ({"cached_tokens_details": kinds} if kinds else {})


LITELLM = Shape(
    "spend logs of LiteLLM",
    (("request_id",), ("call_type", "spend"), ("startTime",)),
    _read_litellm,
)
LANGFUSE = Shape(
    "observations of Langfuse",
    (("usage_details", "usageDetails"), ("start_time", "startTime"), ("id",)),
    _read_langfuse,
)
