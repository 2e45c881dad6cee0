"""The lines of the Campaign: what is wrong with one, and what it costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from outcomes import strict
from outcomes.job import Job
from outcomes.said import says
from outcomes.strict import Cell
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.credits import charge
from xl_pricing.estimation.image import DEFAULT_TIER, MAX_PROMPT_TOKENS, MAX_REFERENCES, Image
from xl_pricing.estimation.size import REFERENCE_SIZE, Size, check_size
from xl_pricing.estimation.stages import Stages
from xl_pricing.planning import job as planning
from xl_pricing.rates.card import read_tier
from xl_pricing.rates.rows import Model, read_date

TABLE = "tblCampaign"
FIRST_ROW = 24
FILLED = (
    *("use_case", "size", "quality", "model", "finals", "retries"),
    *("prompt_tokens", "reference_images", "tier", "buffer"),
)
SAYS = (
    "✔ priced",
    "model unknown",
    "size not readable",
    "size not legal",
    "quality has no token count",
    "tier unknown",
    "reference images",
    "prompt tokens",
    "no rate on that day",
    "finals",
    "retries",
    "buffer",
    "▲ the price date is wrong",
    "▲ priced, its drafts are not",
)
"""What is said of a line, by the first thing that is wrong with it."""
DRAFTS = len(SAYS) - 1
PARTS = ("finals_cost", "retries_cost", "buffer_cost")


@dataclass(frozen=True, eq=False)
class Line:
    """A line of the table; what is wrong with it raises the core's errors."""

    typed: Mapping[str, Cell]
    job: Job
    beside_own: bool = False
    """Whether the table has lines of the user's own, so that an example is left out."""

    def __getitem__(self, name: str) -> Cell:
        """Return what is typed in a column."""
        return self.typed.get(name)

    @cached_property
    def is_typed(self) -> bool:
        """Whether anything is typed but drafts."""
        return not all(strict.blank(self[name]) for name in FILLED)

    @cached_property
    def is_example(self) -> bool:
        """Whether the use case says that the line is an example."""
        return self.is_typed and says(self["use_case"], "EXAMPLE: ")

    @cached_property
    def filled(self) -> bool:
        """Whether the line counts as one."""
        return self.is_typed and not (self.is_example and self.beside_own)

    @property
    def model(self) -> Model:
        """The model."""
        return strict.model(self["model"], self.job.card)

    @property
    def size(self) -> Size:
        """The size in px, legal or not."""
        return strict.size(self["size"], self.job.card)

    @property
    def is_measured(self) -> bool:
        """Whether output tokens are typed as the quality: the size is a label."""
        return strict.is_measured(self["quality"])

    def is_legal(self) -> bool:
        """Whether the model takes the size."""
        return bool(strict.holds(lambda: check_size(self.size, self.model.sizes)))

    @property
    def counted_size(self) -> Size:
        """The size, or any where it is a label."""
        return strict.ANY_SIZE if self.is_measured and not self.is_legal() else self.size

    def usage(self) -> Fraction:
        """Return output tokens of one image; the rest of the line may be wrong.

        Measured tokens are what they are, whatever the model.
        """
        if self.is_measured:
            return Fraction(strict.quality(self["quality"]))
        alone = Image(self.counted_size, strict.quality(self["quality"]))
        return Fraction(self.model.counting.usage(alone).image_out)

    def prompt(self) -> int | None:
        """Return the tokens of the prompt; its overhead needs the reference images."""
        if strict.blank(self["prompt_tokens"]):
            return None
        self.references()
        return strict.whole(self["prompt_tokens"], 0, MAX_PROMPT_TOKENS)

    def references(self) -> int:
        """Return how many reference images there are."""
        typed = self["reference_images"]
        return 0 if strict.blank(typed) else strict.whole(typed, 0, MAX_REFERENCES)

    def image(self) -> Image:
        """Return what is priced."""
        return Image(
            size=self.counted_size,
            quality=strict.quality(self["quality"]),
            prompt_tokens=self.prompt(),
            references=(REFERENCE_SIZE,) * self.references(),
            tier=read_tier(str(self["tier"])),
        )

    def price(self, **changes: Cell) -> Fraction:
        """Return USD per image, with something of it changed."""
        image, day = replace(self.image(), **changes), read_date(self.job["price_date"])
        return planning.Job(image, self.model, self.job.card, day).usd(image)

    def draft_cost(self) -> Fraction:
        """Return USD per draft; the Stages sheet serves blank cells, the line a blank size."""
        quality = strict.quality(self._or("draft_quality", "stage_quality"))
        if not isinstance(quality, str):
            return self.price(size=strict.ANY_SIZE, quality=quality)
        own, card = self["draft_size"], self.job.card
        size = self.size if strict.blank(own) else strict.size(own, card)
        return self.price(size=size, quality=quality)

    def check_drafts(self) -> None:
        """Raise where drafts cannot be made; nobody asks that of a size that is a label."""
        label = self.is_measured and not self.is_legal() and strict.blank(self["draft_size"])
        if not label:
            self.stage_figures()
            self.draft_cost()

    def stage_figures(self) -> tuple[Fraction, Fraction]:
        """Return drafts per final, and the retries after them."""
        drafts = strict.figure(self._or("drafts_per_final", "stage_drafts"))
        return drafts, strict.figure(self._or("finish_retries", "stage_finish_retries"), 1)

    def _or(self, name: str, default: str) -> Cell:
        return self.job[default] if strict.blank(self[name]) else self[name]

    @cached_property
    def fault(self) -> int:
        """The place in `SAYS` of the first thing that is wrong."""
        tests: Sequence[Callable[[], object]] = (
            lambda: self.model,
            lambda: self.is_measured or self.size,
            lambda: self.is_measured or check_size(self.size, self.model.sizes),
            self.usage,
            lambda: read_tier(str(self["tier"])),
            self.references,
            self.prompt,
            lambda: self._is_of_a_day() and self.price(),
            lambda: strict.figure(self["finals"]),
            lambda: strict.figure(self["retries"], 1),
            lambda: strict.figure(self["buffer"], 0, Fraction(1)),
            lambda: strict.need(self._is_of_a_day()),
            self.check_drafts,
        )
        wrong = (code for code, test in enumerate(tests, start=1) if not strict.holds(test))
        return next(wrong, 0)

    def _is_of_a_day(self) -> bool:
        """Whether there are rates on the price date, whatever the model."""
        first = min(rate.effective_from for rate in self.job.card.rates)
        return bool(strict.holds(lambda: strict.need(read_date(self.job["price_date"]) >= first)))

    @cached_property
    def is_priced(self) -> bool:
        """Whether the line has a budget; its drafts may be wrong."""
        return self.filled and self.fault in {0, DRAFTS}

    @cached_property
    def _budget(self) -> Budget:
        figures = (strict.figure(self[name]) for name in ("finals", "retries", "buffer"))
        return Budget(self.price(), *figures)

    def budget(self) -> Budget:
        """Return the priced line."""
        strict.need(self.is_priced)
        return self._budget

    @cached_property
    def _stages(self) -> Stages:
        return Stages(self._budget, self.draft_cost(), *self.stage_figures())

    def stages(self) -> Stages:
        """Return the line in two stages."""
        strict.need(self.filled and self.fault == 0)
        return self._stages

    def saving(self) -> Fraction:
        """Return what the stages save, in USD."""
        return strict.noticeable(self.stages().saving, self.budget().total)

    def credits(self) -> Fraction:
        """Return what the chosen plan charges for the whole line."""
        generations = self.budget().generations_with_buffer
        word = "measured" if self.is_measured else strict.word(self["quality"])
        strict.need(self.is_legal())
        terms = self.job.card.offer(self.job["plan"], self.model, self.size, word).terms
        found = terms.credits or charge(terms, lambda: self.price(tier=DEFAULT_TIER)).credits
        strict.need(found is not None)
        return Fraction(found or 0) * generations

    @cached_property
    def parts(self) -> dict[str, Fraction]:
        """What the budget of a priced line is made of."""
        plan = self.budget()
        finals = plan.cost_per_image * plan.finals
        parts = (finals, plan.expected_cost - finals, plan.buffer_amount)
        return dict(zip(PARTS, parts, strict=True))
