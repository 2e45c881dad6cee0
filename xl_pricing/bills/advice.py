"""What to look at next: one sentence for each part that a person can do something about."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from xl_pricing.bills.parts import Part

MOST_ADVICE = 5
"""Sentences at most: the largest amounts first."""
WHAT_NEXT: Mapping[Part, str] = {
    Part.ORIGINS: "Name the usage and the costs of one provider: OpenAI's usage is not in a bill "
    "of Azure.",
    Part.NOT_YET: "Fetch the costs again in a day or two: they arrive after the usage.",
    Part.NOT_BILLED: "Ask where these lines were billed: another project or organization, or a "
    "file that was cut.",
    Part.NOT_USED: "Find who used this: a key or project whose usage was not exported, or logs "
    "that lack calls.",
    Part.TOKENS: "Export usage and costs once more for the same days in UTC; logs may lack calls.",
    Part.NO_AMOUNT: "Fill in the amounts that the log lacks, or name the costs beside it.",
    Part.UNDER: "See whether some of these tokens were free, or confirm your rates with --uplift.",
    Part.NOT_HALVED: "Ask for a correction: batch is half the price.",
    Part.NOTHING_LOGGED: "See whether these calls were free; a log without prices says nothing.",
    Part.OUTPUT_AS_TEXT: "Correct the price list of the tool that wrote these amounts: image "
    "output has a rate of its own.",
    Part.INPUT_AS_TEXT: "Correct the price list of the tool that wrote these amounts: image input "
    "has a rate of its own.",
    Part.CACHE_IGNORED: "Correct the tool that wrote these amounts: cached input has a rate of "
    "its own.",
    Part.OTHER_TOKENS: "Compare size, quality and number of images of these rows with their "
    "tokens.",
    Part.MULTIPLE: "Ask the reseller for the multiple, and confirm it with --uplift.",
    Part.RESIDENCY: "See whether data residency was ordered, and confirm it with --uplift "
    "residency.",
    Part.NEGOTIATED: "Compare the ratio with your contract, and confirm it with --uplift.",
    Part.CHANGED: "See whether prices changed on the first of these days, or your contract began.",
    Part.UNPRICED: "See below what is billed and not priced.",
    Part.FILES: "Compare the days of the invoice with those of the files, and look for tax on it.",
    Part.UNEXPLAINED: "Ask the provider with day, project and meter of these lines.",
}
"""What a person can do about a part; of others there is nothing to do."""
_IF_UNSURE = {Part.UNDER, Part.RESIDENCY, Part.MULTIPLE, Part.NEGOTIATED, Part.CHANGED}
"""Parts that are asked about only where nobody confirmed them."""


def advice(parts: Mapping[Part, Fraction], unconfirmed: set[Part]) -> Iterator[str]:
    """Yield what to do about parts of a difference in USD, that of the largest one first."""
    asked = {
        part: usd
        for part, usd in parts.items()
        if usd and part in WHAT_NEXT and (part not in _IF_UNSURE or part in unconfirmed)
    }
    for part in sorted(asked, key=lambda part: -abs(asked[part]))[:MOST_ADVICE]:
        yield f"{WHAT_NEXT[part].removesuffix('.')} ({part})"
