"""The commands that price an image: cost, credits, tokens, explain."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Unpack

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import Given, command, takes_what
from xl_pricing.cli.drawing import draw_noted, draw_table, note_lines
from xl_pricing.cli.image import (
    CHECK_PRICES,
    GivenImage,
    GivenTieredImage,
    Spec,
    TieredSpec,
    notes_of,
    read_notes,
    read_spec,
    read_tiered_spec,
)
from xl_pricing.estimation.cost import Evidence
from xl_pricing.functions import explaining, pricing
from xl_pricing.functions.arguments import read_image, read_model, read_n
from xl_pricing.rates.refresh.store import active_card


@dataclass(frozen=True, slots=True)
class Cost:
    """USD per image."""

    spec: TieredSpec = field(metadata=SPREAD)
    usd_per_image: float
    basis: str
    notes: list[str]


@command("xl-pricing cost 1024x1536 high --model gpt-image-2.5-flare", draw_noted)
@takes_what("IMGCOST")
def cost(**image: Unpack[GivenTieredImage]) -> Cost:
    """Show USD per image.

    Without prompt and references: output only, as the official table counts.
    """
    usd = pricing.IMGCOST(**image)
    basis = explaining.explain(**image).basis
    return Cost(read_tiered_spec(image), usd, basis, read_notes(image))


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits per image in a plan; USD where the plan tells them."""

    plan: Given
    spec: Spec = field(metadata=SPREAD)
    n: int
    credits_per_image: float
    usd_per_image: Fraction | None
    notes: list[str]


@command("xl-pricing credits 1024x1536 high PixAPI", draw_noted)
@takes_what("IMGCREDITS")
def credits(plan: Given, **image: Unpack[GivenImage]) -> Credits:  # noqa: A001 - the command's name
    """Show credits per image in a plan."""
    charged = pricing.IMGCREDITS(plan=plan, **image)
    usd = pricing.read_charge(plan=plan, **image).usd
    spec = read_spec(image["size"], image["quality"], image["model"])
    notes = [CHECK_PRICES, *read_notes(image)]
    return Credits(plan, spec, read_n(image["n"]), charged, usd, notes)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Output tokens per image."""

    spec: Spec = field(metadata=SPREAD)
    n: int
    output_tokens_per_image: float
    notes: list[str]


@command("xl-pricing tokens 4:5 medium", draw_noted)
@takes_what("IMGTOKENS")
def tokens(size: Given, quality: Given, model: Given, n: Given) -> Tokens:
    """Show output tokens per image."""
    counted = pricing.IMGTOKENS(size, quality, model, n)
    known = read_model(model, active_card())
    notes = notes_of(known, read_image(known, size, quality), None)
    return Tokens(read_spec(size, quality, model), read_n(n), counted, notes)


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One meter of an estimate, or its total."""

    meter: str
    tokens_per_image: Fraction | None
    usd_per_mtok: Fraction | None
    usd_per_image: Fraction
    evidence: Evidence = field(metadata=SPREAD)


@dataclass(frozen=True, slots=True)
class Explained:
    """The estimate of an image, line by line; USD per image is the sum of the lines."""

    spec: TieredSpec = field(metadata=SPREAD)
    lines: list[ExplainedLine]
    usd_per_image: Fraction
    basis: str
    notes: list[str]


def _draw_explained(told: Explained) -> str:
    total = ExplainedLine("total", None, None, told.usd_per_image, Evidence("", "", told.basis))
    return "\n".join([draw_table([*told.lines, total]), *note_lines(told.notes)])


@command("xl-pricing explain 4:5 high --prompt 120 --references 2", _draw_explained)
@takes_what("IMGCOST")
def explain(**image: Unpack[GivenTieredImage]) -> Explained:
    """Show the estimate of an image line by line."""
    told = explaining.explain(**image)
    lines = [ExplainedLine(*line) for line in told.lines]
    return Explained(read_tiered_spec(image), lines, told.usd, told.basis, read_notes(image))
