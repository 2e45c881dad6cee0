"""What each part of the difference means, and what to do: a sentence each."""

from xl_pricing.bills.parts import Part

MEANINGS = {
    Part.ORIGINS: "Two services: compare each with its own usage.",
    Part.NOT_YET: "Costs arrive later than usage: look again tomorrow.",
    Part.NOT_BILLED: "The bill has no such line: ask for it, or for its project.",
    Part.NOT_USED: "No log tells of it: look for another key or project.",
    Part.TOKENS: "The bill counts other tokens: logs may lack some calls.",
    Part.FREE: "Billed with 0: complimentary tokens.",
    Part.UNDER: "Some of the tokens were free, or at a lower rate.",
    Part.BATCH: "Half the price: tell the tier of these calls.",
    Part.NOT_HALVED: "Batch calls at full price: ask for a correction.",
    Part.NO_AMOUNT: "Some rows tell no amount: the bill is not whole.",
    Part.NOTHING_LOGGED: "Logged with 0: look whether the gateway knows the model.",
    Part.OUTPUT_AS_TEXT: "An old price list: image output costs more.",
    Part.INPUT_AS_TEXT: "An old price list: image input costs more.",
    Part.CACHE_IGNORED: "Cached input was priced in full.",
    Part.OTHER_TOKENS: "Look at size, quality and count of these rows.",
    Part.MULTIPLE: "Ask the reseller for the factor.",
    Part.AGREED: "What you said that all rates are multiplied by.",
    Part.RESIDENCY: "A tenth more, by the place of the data.",
    Part.NEGOTIATED: "All lines show the same discount or premium.",
    Part.CHANGED: "From a day on all lines show the same ratio: a new price?",
    Part.REFUND: "A refund: its amount counts, its tokens do not.",
    Part.UNPRICED: "Rows below: the rates do not know them.",
    Part.FILES: "The invoice and the files' sum are not the same.",
    Part.ROUNDING: "Amounts are rounded, line by line.",
    Part.UNEXPLAINED: "No known cause shows in the figures: look here.",
}
