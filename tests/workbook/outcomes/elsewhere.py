"""What the job costs on other image models, a line each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from outcomes import strict
from outcomes.job import Job
from outcomes.offers import BAD_PLAN, BAD_QUALITY, BAD_SIZE, OLD_AFTER, Official
from outcomes.said import Outcome, Said, fixed
from outcomes.strict import cell, holds
from xl_pricing.estimation.elsewhere import further_megapixels, image_usd
from xl_pricing.rates.other_models import OtherModel
from xl_pricing.rates.rows import read_date

ROOM = 12
COLUMNS = ("name", "quality", "tier", "usd", "final", "bill", "counted", "basis", "checked",
           "source", "note")  # fmt: skip


def outcomes(official: Official) -> dict[str, Outcome]:
    """Return what a person reads of the other models."""
    rows = official.job.card.other_models
    names = dict.fromkeys(row.model.lower() for row in rows)
    models = [Elsewhere([row for row in rows if row.model.lower() == n], official) for n in names]
    found: dict[str, Outcome] = {}
    for k in range(1, ROOM + 1):
        line = models[k - 1].outcomes() if k <= len(models) else dict.fromkeys(COLUMNS, "")
        found |= {f"elsewhere_{name}_{k}": value for name, value in line.items()}
    more = Said("^▲ There are more models", (f"{ROOM}",)) if len(models) > ROOM else ""
    return {**found, "elsewhere_more": more}


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """Another model, and its row for the job, if there is one."""

    rows: list[OtherModel]
    official: Official

    @property
    def job(self) -> Job:
        """The job."""
        return self.official.job

    @cached_property
    def row(self) -> OtherModel | None:
        """The first row that is for such an image."""
        if not self.official.taken or not holds(lambda: self.job.size):
            return None
        size, quality = self.job.size, self.job["quality"].lower()
        return next((row for row in self.rows if row.fits(size, quality)), None)

    @property
    def shown(self) -> OtherModel:
        """The row whose source is shown."""
        return self.row or self.rows[0]

    def usd(self) -> Fraction:
        """Return USD per image, with its reference images where they have a price."""
        strict.need(self.row)
        references = len(self.job.references)
        found = image_usd(self.shown.price, self.job.size.pixels, references)
        strict.need(found)
        return found or Fraction(0)

    def figure(self, of: Callable[[], Outcome]) -> Outcome:
        """Return a figure that rests on the price; a dash where there is none, by no fault."""
        job = self.job
        asked = self.official.taken and holds(lambda: (job.size, job.references))
        told = self.row and self.row.usd
        return "–" if asked and not told else cell(of)

    def outcomes(self) -> dict[str, Outcome]:
        """Return the line."""
        row, shown, job = self.row, self.shown, self.job
        return {
            "name": shown.model,
            "quality": Said(f"^{job['quality'].lower()} → {re.escape(row.their_quality)}$")
            if row else "",
            "tier": row.size_tier if row else "",
            "usd": self.figure(self.usd),
            "final": self.figure(lambda: self.usd() * job.plan().retries),
            "bill": self.figure(lambda: self.usd() * job.plan().generations_with_buffer),
            "counted": Said("^[$]", tuple(self.counted())) if holds(self.usd) else "",
            "basis": shown.basis,
            "checked": shown.checked,
            "source": shown.source,
            "note": self.note(),
        }  # fmt: skip

    def counted(self) -> Iterator[str]:
        """Yield the figures of which the price is made."""
        price, references = self.shown.price, len(self.job.references)
        yield fixed(price.usd or 0, 4)
        if price.per_further_megapixel:
            yield str(further_megapixels(self.job.size.pixels))
            yield fixed(price.per_further_megapixel, 4)
        if price.per_reference and references:
            yield str(references)
            yield fixed(price.per_reference, 4)

    def note(self) -> Outcome:
        """Return why there is no price, or what there is to know of it."""
        if not holds(self.usd):
            return Said(self._fault())
        if not holds(self.job.plan):
            return Said(BAD_PLAN)
        told = [f"^{re.escape(self.shown.note)}"]
        if self.job.references and self.shown.usd_per_reference is None:
            told.append("references are not counted")
        if read_date(self.job["price_date"]) - self.shown.checked > OLD_AFTER:
            told.append("over 45 days old: check it again")
        return Said(f"{'; '.join(told)}$") if len(told) > 1 else self.shown.note

    def _fault(self) -> str:
        if not holds(lambda: self.job.size):
            return BAD_SIZE
        if not self.official.taken:
            return BAD_QUALITY
        if not holds(lambda: self.job.references):
            return "^the inputs of one image"
        return "^what it charges" if self.row else "^no price for this size or quality"
