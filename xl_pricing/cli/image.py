"""What the commands take to say what an image is, and how they say it back."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypedDict

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import Given
from xl_pricing.cli.drawing import show_figure
from xl_pricing.estimation.image import Image
from xl_pricing.functions.arguments import is_estimated, read_image, read_model, read_n, tier_word
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card
from xl_pricing.rates.rows import Model

REST = ("model", "n", "prompt", "references", "tier")
"""What an image has beside size and quality, all of which may be omitted."""
CHECK_PRICES = "prices of plans and resellers change often: check them at their source before use"


class GivenImage(TypedDict):
    """An image as it is typed, but for its tier: plans have none."""

    size: Given
    quality: Given
    model: Given
    n: Given
    prompt: Given
    references: Given


class GivenTieredImage(GivenImage):
    """An image as it is typed."""

    tier: Given


@dataclass(frozen=True, slots=True)
class Spec:
    """What was counted: the model's id, pixels, and a word or output tokens that were measured."""

    model: str
    size: str
    quality: str | Fraction

    def __str__(self) -> str:
        """Say size and quality; measured output tokens are named as such."""
        if isinstance(self.quality, str):
            return f"{self.size} {self.quality}"
        return f"{self.size} with {show_figure(self.quality)} output tokens"


@dataclass(frozen=True, slots=True)
class TieredSpec:
    """What was priced: images per call and tier too."""

    spec: Spec = field(metadata=SPREAD)
    n: int
    tier: str


def spec_of(model: Model, image: Image) -> Spec:
    """Return what there is to say of a model's image."""
    word = image.quality
    return Spec(model.id, str(image.size), word if isinstance(word, str) else Fraction(word))


def notes_of(model: Model, image: Image, prompt: Given) -> list[str]:
    """Return what a planner should know of an image: its model's end, and what is no fact."""
    notes = [*model.remarks(image.size, today())]
    if not isinstance(image.quality, str):
        notes.append("The output tokens are those that you measured.")
    elif model.output.basis == "estimate":
        notes.append(f"The output tokens are an estimate: {model.output.source}.")
    if is_estimated(prompt):
        notes.append("The tokens of the prompt are an estimate from its characters.")
    if image.references and model.references.basis == "estimate":
        notes.append(f"The reference tokens are an estimate: {model.references.source}.")
    return notes


def read_notes(given: GivenImage) -> list[str]:
    """Return the notes of an image as it is typed."""
    known = read_model(given["model"], active_card())
    image = read_image(known, given["size"], given["quality"], None, None, given["references"])
    return notes_of(known, image, given["prompt"])


def read_spec(size: Given, quality: Given, model: Given) -> Spec:
    """Resolve names and omitted arguments."""
    known = read_model(model, active_card())
    return spec_of(known, read_image(known, size, quality))


def read_tiered_spec(given: GivenTieredImage) -> TieredSpec:
    """Resolve names and omitted arguments, with images per call and tier."""
    spec = read_spec(given["size"], given["quality"], given["model"])
    return TieredSpec(spec, read_n(given["n"]), tier_word(given["tier"]))
