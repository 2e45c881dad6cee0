"""What holds across the files that are read together: pages, batches, buckets that come again."""

from dataclasses import dataclass, field

from xl_pricing.bills.batches import Batches
from xl_pricing.bills.frames import Frames
from xl_pricing.bills.overlaps import Overlaps
from xl_pricing.bills.row import Source
from xl_pricing.bills.shapes.shape import At


@dataclass(frozen=True, slots=True)
class Across:
    """What the files say of each other, and the model of rows that name none."""

    model: str | None = None
    frames: Frames = field(default_factory=Frames)
    batches: Batches = field(default_factory=Batches)
    overlaps: Overlaps = field(default_factory=Overlaps)

    def at(self, source: Source, place: int) -> At:
        """Return a place, with what other files say of the record there."""
        return At(source, place, self.batches, self.model)
