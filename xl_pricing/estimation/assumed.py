"""What is taken for granted where a usage or a bill leaves something open, one sentence each."""

from enum import IntFlag, auto


class Assumed(IntFlag):
    """What was assumed of a row; several may be."""

    REST_IS_TEXT = auto()
    MORE_IN_DETAILS = auto()
    ALL_TEXT = auto()
    CACHED_TEXT_FIRST = auto()
    NO_ZONE = auto()
    NO_DAY = auto()
    TOOL_DEFAULT = auto()
    BATCH_NOT_TOLD = auto()
    SHUT_DOWN = auto()
    MODEL_GIVEN = auto()
    TIER_GIVEN = auto()
    BATCH_ALONE = auto()


SENTENCES = {
    Assumed.REST_IS_TEXT: "input that its details leave open is text, a lower bound",
    Assumed.MORE_IN_DETAILS: "details that add up to more than their total are what counts",
    Assumed.ALL_TEXT: "input without details is text, a lower bound: an edit is mostly image",
    Assumed.CACHED_TEXT_FIRST: "cached tokens of no told kind are text first, the dearer reading",
    Assumed.NO_ZONE: "times without a zone are UTC",
    Assumed.NO_DAY: "rows without a day are priced by the rates of today",
    Assumed.TOOL_DEFAULT: "an image tool that names no model is gpt-image-2.6-sunburst",
    Assumed.BATCH_NOT_TOLD: "rows that leave open whether they were batch are at standard rates",
    Assumed.SHUT_DOWN: "after a model's end its last rates hold",
    Assumed.MODEL_GIVEN: "rows that name no model are of the model that you gave",
    Assumed.TIER_GIVEN: "rows that tell no tier are of the tier that you gave",
    Assumed.BATCH_ALONE: "a batch is of the only model that the batch objects beside it name",
}
