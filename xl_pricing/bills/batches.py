"""Which model a batch was of: its output does not say, the batch object and the input file do."""

import re
from typing import NamedTuple

from xl_pricing.estimation.assumed import Assumed

MOST_REQUESTS = 5_000_000


class BatchObject(NamedTuple):
    """What a batch object says."""

    id: str
    model: str | None
    output: str | None
    """The id of the file of its answers."""


class Request(NamedTuple):
    """What an input file says of a request."""

    model: str | None
    size: str | None
    quality: str | None


class Batches:
    """The batch objects and input files among the files that were given."""

    def __init__(self) -> None:
        """Begin with none."""
        self.objects: list[BatchObject] = []
        self.requests: dict[str, Request] = {}

    def request(self, custom_id: str | None) -> Request | None:
        """Return what an input file says of a request."""
        return self.requests.get(custom_id) if custom_id else None

    def model_of(self, file: str) -> tuple[str | None, int]:
        """Return the model of an output file, and what was assumed.

        It is that of the batch whose id, or whose output's id, the file's name holds; else the
        only one there is.
        """
        named = {b.model for b in self.objects if _named(b, file)} - {None}
        if len(named) == 1:
            return named.pop(), 0
        models = {batch.model for batch in self.objects} - {None}
        alone = len(models) == 1 and not named
        return (models.pop(), int(Assumed.BATCH_ALONE)) if alone else (None, 0)


def _named(batch: BatchObject, file: str) -> bool:
    return any(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(each)}(?![A-Za-z0-9])", file)
        for each in (batch.id, batch.output)
        if each
    )
