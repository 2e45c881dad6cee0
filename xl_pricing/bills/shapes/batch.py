"""Batch API: the output, a request a line, and the two files that say which model it was of."""

from collections.abc import Sequence

from xl_pricing.bills.batches import MOST_REQUESTS, BatchObject, Request
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.row import Row
from xl_pricing.bills.shapes import answers, responses
from xl_pricing.bills.shapes.shape import At, Record, Shape, part, text

BATCH = "batch"


def _read_output(record: Record, at: At) -> Sequence[Row]:
    response = part(record, "response") or {}
    body = part(response, "body")
    row_id = text(record, "id")
    if body is None or ("error" in body and "usage" not in body):
        return (Row(at.source, at.place, id=row_id, tier=BATCH, reason=Reason.FAILED),)
    if responses.SHAPE.fits(body):
        return responses.read(body, at, record, tier=BATCH)
    asked = at.batches.request(text(record, "custom_id"))
    model, assumed = (asked.model, 0) if asked else at.batches.model_of(at.source.file)
    row = answers.answer(body, at, model=model, tier=BATCH, assumed=assumed if model else 0)
    size, quality = (asked.size, asked.quality) if asked else (None, None)
    return (row._replace(id=row_id, size=row.size or size, quality=row.quality or quality),)


def _read_object(record: Record, at: At) -> Sequence[Row]:
    batch = BatchObject(
        text(record, "id") or "", text(record, "model"), text(record, "output_file_id")
    )
    at.batches.objects.append(batch)
    return ()


def _read_input(record: Record, at: At) -> Sequence[Row]:
    body, custom_id = part(record, "body") or {}, text(record, "custom_id")
    if custom_id and len(at.batches.requests) < MOST_REQUESTS:
        told = (text(body, name) for name in ("model", "size", "quality"))
        at.batches.requests[custom_id] = Request(*told)
    return ()


def _is_asked(record: Record) -> bool:
    return record.get("custom_id") is not None


OUTPUT = Shape(
    "output of the Batch API", (("custom_id",), ("response", "error")), _read_output, _is_asked
)
OBJECT = Shape(
    "batch objects",
    (("output_file_id", "input_file_id"), ("endpoint",)),
    _read_object,
    lambda record: record.get("object") == "batch",
)
INPUT = Shape(
    "input of the Batch API",
    (("custom_id",), ("body",), ("url", "method")),
    _read_input,
    _is_asked,
)
