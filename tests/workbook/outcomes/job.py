"""The Worksheet's job as the core reads and prices it; what is wrong raises the core's errors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from outcomes import strict
from outcomes.bills import Bills
from outcomes.strict import Cell
from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.cost import Usage
from xl_pricing.estimation.credits import charge
from xl_pricing.estimation.image import (
    DEFAULT_TIER,
    LEAST_MEASURED_TOKENS,
    MAX_IMAGES_PER_CALL,
    MAX_MEASURED_TOKENS,
    MAX_PROMPT_TOKENS,
    MAX_REFERENCES,
    Image,
)
from xl_pricing.estimation.size import Size, check_size
from xl_pricing.planning import job as planning
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.rows import Model, read_date

CUSTOM, YES, NO, NONE, USD = "custom", "yes", "no", "none", "USD"


@dataclass(frozen=True, eq=False)
class Job:
    """What is typed, with words in English, and the card that prices it."""

    typed: Mapping[str, Cell]
    card: RateCard

    def __getitem__(self, name: str) -> Cell:
        """Return what is typed in a cell."""
        return self.typed[name]

    @cached_property
    def model(self) -> Model:
        """The chosen model."""
        return self.card.model(self["model"])

    @property
    def has_plan(self) -> bool:
        """Whether a plan is chosen."""
        return self["plan"] not in {"", NONE}

    @property
    def currency(self) -> str:
        """The currency that is shown beside USD."""
        return self["currency"] or USD

    @property
    def has_rate(self) -> bool:
        """Whether the currency has a rate of its own."""
        if self.currency == USD:
            return True
        own = self["rate_currency"].upper() == self.currency.upper()
        return own and bool(strict.holds(self.units_per_usd))

    def units_per_usd(self) -> Fraction:
        """Return units of the currency per USD."""
        units = strict.figure(self["units_per_usd"])
        strict.need(units)
        return units

    @property
    def made_on(self) -> date:
        """The day on which the workbook was made, or that of its rates if later."""
        return max(self.card.checked, today())

    @cached_property
    def edges(self) -> tuple[Cell, Cell]:
        """Width and height in px, as they are typed or as the ratio has them; text is 0."""
        if self["ratio"] != CUSTOM:
            return strict.ratio_size(self["ratio"], self.card)
        typed = (self["custom_width"], self["custom_height"])
        width, height = (0 if isinstance(edge, str | None) else edge for edge in typed)
        return width, height

    @property
    def size(self) -> Size:
        """The size in px; legal for the model."""
        return check_size(Size(*(strict.whole(edge, 1) for edge in self.edges)), self.model.sizes)

    @property
    def images_per_call(self) -> int:
        """Images per call; there is no default."""
        return strict.whole(self["images_per_call"], 1, MAX_IMAGES_PER_CALL)

    @property
    def measured_tokens(self) -> Fraction | None:
        """Measured output tokens, if any."""
        typed = self["measured_tokens"]
        if strict.blank(typed):
            return None
        return strict.figure(typed, LEAST_MEASURED_TOKENS, Fraction(MAX_MEASURED_TOKENS))

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens of the prompt, if they are counted."""
        typed = self["prompt_tokens"]
        return None if strict.blank(typed) else strict.whole(typed, 0, MAX_PROMPT_TOKENS)

    @property
    def references(self) -> tuple[Size, ...]:
        """The sizes of the reference images."""
        typed = self["reference_images"]
        count = 0 if strict.blank(typed) else strict.whole(typed, 0, MAX_REFERENCES)
        if not count:
            return ()
        edges = (self["reference_width"], self["reference_height"])
        return (Size(*(strict.whole(px, 1, strict.MAX_REFERENCE_PX) for px in edges)),) * count

    @property
    def image(self) -> Image:
        """What is priced."""
        return self._of_size(self.counted_size)

    @property
    def counted_size(self) -> Size:
        """The size; any where output tokens are measured and it is no legal one."""
        label = strict.is_measured(self["measured_tokens"])
        return strict.ANY_SIZE if label and not strict.holds(lambda: self.size) else self.size

    def _of_size(self, size: Size) -> Image:
        measured = self.measured_tokens
        return Image(
            size=size,
            quality=self["quality"].lower() if measured is None else measured,
            n=self.images_per_call,
            prompt_tokens=self.prompt_tokens,
            references=self.references,
            tier=self["tier"].lower(),
        )

    def inputs(self) -> tuple[int, int]:
        """Return text and image tokens that go into one image, of whatever size it is."""
        _ = self.images_per_call, self.measured_tokens
        return self.model.counting.inputs(self.prompt_tokens, self.references)

    def usage(self) -> Usage:
        """Return the tokens of one call."""
        self.inputs()
        return self.model.counting.usage(self.image)

    def priced(self) -> planning.Job:
        """Return the job as it is planned."""
        return planning.Job(self.image, self.model, self.card, read_date(self["price_date"]))

    def price(self, image: Image) -> Fraction:
        """Return USD per image of another image by the job's model, on the price date."""
        day = read_date(self["price_date"])
        return planning.Job(image, self.model, self.card, day).usd(image)

    def token_cost(self) -> Fraction:
        """Return USD per image by tokens."""
        return self.price(self.image)

    def list_cost(self) -> Fraction:
        """Return USD per image at the standard tier, with which plans are compared."""
        return self.price(replace(self.image, tier=DEFAULT_TIER))

    def draft(self) -> Image:
        """Return a draft of the Stages sheet."""
        quality = strict.quality(self["stage_quality"])
        if not isinstance(quality, str):
            return replace(self._of_size(strict.ANY_SIZE), quality=quality)
        return replace(self._of_size(self.draft_size()), quality=quality)

    def draft_size(self) -> Size:
        """Return the size of a draft; blank means that of the job."""
        typed = self["stage_size"]
        return self.size if strict.blank(typed) else strict.size(typed, self.card, wide=True)

    def stage_drafts(self) -> Fraction:
        """Return drafts per final."""
        return strict.figure(self["stage_drafts"])

    def finish_retries(self) -> Fraction:
        """Return the retries after the drafts."""
        return strict.figure(self["stage_finish_retries"], 1)

    @cached_property
    def measured(self) -> tuple[Fraction | None, Fraction | None]:
        """Measured retries and measured USD per image that take the place of what is typed."""
        if self["use_measured"] != YES:
            return None, None
        bills = Bills(self)
        if not bills.own:
            return None, None
        return bills.measured_retries(), bills.measured_cost()

    def retries(self) -> Fraction:
        """Return the retries in use: what is measured, or what is typed."""
        measured = self.measured[0]
        return strict.figure(self["retries"], 1) if measured is None else measured

    def correction(self) -> Fraction:
        """Return by how much the measured cost is over the cost by tokens."""
        measured = self.measured[1]
        return Fraction(0) if measured is None else measured - self.token_cost()

    def cost(self) -> Fraction:
        """Return USD per image that the budget uses."""
        return self.token_cost() + self.correction()

    def plan(self, cost: Fraction = Fraction(0)) -> Budget:
        """Return the plan for a cost per image; every figure is typed."""
        strict.need(self["use_measured"] in {"", YES, NO})
        strict.figure(self["retries"], 1)
        buffer = strict.figure(self["buffer"])
        return Budget(cost, strict.figure(self["finals"]), self.retries(), buffer)

    def offer(self, quality: str | None = None, plan: str | None = None) -> int:
        """Return the position of the row by which a plan bills the image."""
        word = quality or self["quality"].lower()
        row = self.card.offer(plan or self["plan"], self.model, self.size, word)
        return next(i for i, one in enumerate(self.card.plans) if one is row)

    def credits(self) -> Fraction:
        """Return the credits per image that the chosen plan charges."""
        terms = self.card.plans[self.offer()].terms
        found = terms.credits or charge(terms, self.list_cost).credits
        if found is None:
            raise NotAvailableError("the plan names no credits")
        return found
