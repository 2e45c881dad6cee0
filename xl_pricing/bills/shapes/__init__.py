"""The shapes in which logs and bills come, tried in this order."""

from xl_pricing.bills.shapes import answers, batch, clouds, gateways, organization, own, responses
from xl_pricing.bills.shapes.shape import Record, Shape
from xl_pricing.words import quoted

SHAPES = (
    *(batch.OBJECT, batch.OUTPUT, batch.INPUT),
    *(organization.USAGE, organization.IMAGES, organization.COSTS),
    *(gateways.LITELLM, gateways.LANGFUSE),
    *(clouds.AZURE, clouds.FOCUS),
    *(answers.EVENT, responses.SHAPE, answers.ANSWER, answers.LOG_LINE),
    *(own.ACTUALS, own.COUNTS, own.FLAT),
)
BESIDE = (batch.OBJECT, batch.INPUT)
"""Shapes that have no rows, but say something of those in other files."""
GROUPED = (organization.USAGE, organization.IMAGES, organization.COSTS)
"""Shapes whose rows are sums, without an id."""
OF_CALLS = {
    shape.name
    for shape in (
        *(organization.USAGE, gateways.LITELLM, gateways.LANGFUSE, batch.OUTPUT),
        *(responses.SHAPE, answers.ANSWER, answers.LOG_LINE, own.COUNTS, own.FLAT),
    )
}
"""Names of the shapes that may each tell of the same calls."""


def with_fields(record: Record) -> tuple[Shape, ...]:
    """Return the shapes whose fields a record has; what is in them decides."""
    return tuple(shape for shape in SHAPES if shape.has_fields(record))


def shape_of(record: Record) -> Shape | None:
    """Return the shape of a record, ``None`` where none fits."""
    return next((shape for shape in SHAPES if shape.fits(record)), None)


def why_none(record: Record) -> str:
    """Say which shapes were tried, and what the record lacks of each."""
    tried = "; ".join(f"{shape.name} ({shape.lacks(record)})" for shape in SHAPES)
    fields = ", ".join(quoted(name, 30) for name in list(record)[:8])
    return f"it has {fields or 'no field'}; tried: {tried}"
