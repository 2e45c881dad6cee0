"""What the Campaign must answer: its lines, the totals, the sums by use case."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from outcomes import strict
from outcomes.examples import check, told
from outcomes.job import Job
from outcomes.lines import PARTS, SAYS, TABLE, Line
from outcomes.said import Outcome, Own, Said, fixed, rounded, up
from outcomes.strict import cell
from xl_pricing.errors import XlPricingError

USES = 8


@dataclass(frozen=True, eq=False)
class Campaign:
    """All lines of the table."""

    job: Job

    @cached_property
    def lines(self) -> list[Line]:
        """The lines, in their order."""
        lines = [Line(typed, self.job) for typed in self.job[TABLE]]
        has_own = any(line.is_typed and not line.is_example for line in lines)
        return [replace(line, beside_own=has_own) for line in lines]

    @cached_property
    def own(self) -> list[Line]:
        """The lines that are neither blank nor examples."""
        return [line for line in self.lines if line.is_typed and not line.is_example]

    @cached_property
    def examples(self) -> list[Line]:
        """The lines that are marked as examples."""
        return [line for line in self.lines if line.is_example]

    @cached_property
    def filled(self) -> list[Line]:
        """The lines that are not blank, and no examples that are left out."""
        return [line for line in self.lines if line.filled]

    @cached_property
    def priced(self) -> list[Line]:
        """The lines that have a budget."""
        return [line for line in self.lines if line.is_priced]

    @cached_property
    def priced_usd(self) -> Fraction:
        """The budgets that are known."""
        return strict.total([line.budget().total for line in self.priced])

    def sum(self, of: Callable[[Line], Fraction]) -> Fraction:
        """Add up a figure of all lines; raise an error where a line has none."""
        return strict.total([of(line) for line in self.filled])

    @cached_property
    def _total(self) -> Fraction | None:
        return self.priced_usd if len(self.priced) == len(self.filled) else None

    def total(self) -> Fraction:
        """Return the budget, which needs that of every line."""
        if self._total is None:
            raise strict.NotAvailableError("a line has no price")
        return self._total

    def finals(self) -> Fraction:
        """Return the finals of all lines."""
        return self.sum(lambda line: line.budget().finals)

    def generations(self) -> Fraction:
        """Return the generations of all lines, before the buffer."""
        return self.sum(lambda line: line.budget().total_generations)

    def expected_cost(self) -> Fraction:
        """Return the cost of all lines, before the buffer."""
        return self.sum(lambda line: line.budget().expected_cost)

    def staged(self) -> Fraction:
        """Return the budget of all lines in two stages."""
        return self.sum(lambda line: line.stages().total)

    def saving(self) -> Fraction:
        """Return what two stages save over all lines."""
        return strict.noticeable(self.total() - self.staged(), self.total())


def outcomes(campaign: Campaign) -> dict[str, Outcome]:
    """Return what a person reads on the sheet."""
    rows = (_of_line(line, campaign) for line in campaign.lines)
    return {
        **{f"{TABLE}.{name}.{i}": one for i, row in enumerate(rows) for name, one in row.items()},
        **_totals(campaign),
        **_uses(campaign),
    }


def _of_line(line: Line, campaign: Campaign) -> dict[str, Outcome]:
    figures: dict[str, Callable[[], Fraction]] = {
        "output_tokens": line.usage,
        "cost_per_image": lambda: line.budget().cost_per_image,
        "generations": lambda: line.budget().total_generations,
        "budget": lambda: line.budget().total,
        "credits": line.credits,
        "share": lambda: strict.share(line.budget().total, campaign.total()),
        "staged_budget": lambda: line.stages().total,
        "saving": line.saving,
        "saving_share": lambda: strict.share(line.saving(), line.budget().total),
        "break_even_retries": lambda: line.stages().break_even_retries,
    }
    if not line.filled:
        return {"check": check(line, SAYS), **dict.fromkeys(figures, "")}
    found: dict[str, Outcome] = {name: cell(of) for name, of in figures.items()}
    if line.is_priced and not campaign.job.has_plan:
        found["credits"] = "–"
    return {"check": check(line, SAYS), **found}


def _totals(campaign: Campaign) -> dict[str, Outcome]:
    return {
        "campaign_rows_below": 0,
        "campaign_rows": len(campaign.filled),
        "campaign_priced": len(campaign.priced),
        "campaign_priced_usd": campaign.priced_usd,
        "campaign_status": _status(campaign),
        "campaign_told": told(campaign),
        "campaign_total": cell(campaign.total),
        "campaign_generations": cell(campaign.generations),
        "campaign_images": cell(lambda: up(campaign.generations())),
        "campaign_rounded": _rounded(campaign),
        "campaign_expected_cost": cell(campaign.expected_cost),
        "campaign_credits": (
            cell(lambda: campaign.sum(Line.credits)) if campaign.job.has_plan else "–"
        ),
        "campaign_staged": cell(campaign.staged),
        "campaign_finals": cell(campaign.finals),
        "campaign_saving": cell(campaign.saving),
        "campaign_saving_share": cell(lambda: strict.share(campaign.saving(), campaign.total())),
        "campaign_left": _left(campaign),
    }


def _rounded(campaign: Campaign) -> Outcome:
    """Say what the generations were rounded up from."""
    if not strict.holds(campaign.generations):
        return ""
    exact = campaign.generations()
    return "" if rounded(exact, 9) == up(exact) else Said("^rounded up from", (fixed(exact),))


def _status(campaign: Campaign) -> Said:
    if len(campaign.priced) < len(campaign.filled):
        return Said("^✘ incomplete")
    if not campaign.filled:
        return Said("^no line yet")
    return Said("^✔ all lines" if campaign.own else "^▲ of EXAMPLE lines")


def _left(campaign: Campaign) -> Outcome:
    try:
        cap = strict.figure(campaign.job["campaign_cap"], -strict.MOST_OF_A_ROW)
    except XlPricingError:
        return ""
    return cell(lambda: cap - campaign.total())


def _uses(campaign: Campaign) -> dict[str, Outcome]:
    """Return the sums of the first use cases, of all other lines, and of all."""
    named: dict[str, list[Line]] = {}
    for line in campaign.filled:
        use = line["use_case"]
        named.setdefault("" if strict.blank(use) else str(use).lower(), []).append(line)
    unnamed = named.pop("", [])
    groups = [*named.values()]
    others = sum(groups[USES:], unnamed)
    first = [*groups[:USES], *[[]] * (USES - len(groups))]
    found: dict[str, Outcome] = {"use_name_other": "Other and unnamed" if others else ""}
    for k, lines in enumerate(first, start=1):
        found[f"use_name_{k}"] = _name(lines[0]) if lines else Own("")
    keyed = {str(k): lines for k, lines in enumerate(first, start=1)}
    for key, lines in {**keyed, "other": others, "total": campaign.filled}.items():
        found |= {f"use_{name}_{key}": one for name, one in _use(campaign, lines).items()}
    return found


def _name(line: Line) -> Outcome:
    """Return a use case as it is typed; an example's mark is in the language."""
    text = str(line["use_case"])
    if line.is_example:
        return Said(f"^{re.escape(text)}$", (text.partition(": ")[2],))
    return Own(text)


def _use(campaign: Campaign, lines: Sequence[Line]) -> dict[str, Outcome]:
    priced = [line for line in lines if line.is_priced]
    budget = strict.total([line.budget().total for line in priced])
    return {
        "lines": len(lines),
        "priced": len(priced),
        **{part: strict.total([line.parts[part] for line in priced]) for part in PARTS},
        "budget": budget,
        "share": strict.share(budget, campaign.priced_usd),
    }
