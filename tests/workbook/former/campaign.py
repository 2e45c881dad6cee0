"""What the Campaign's computed cells must hold: each line priced by the core, and the totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

from former.line import (
    Reader,
    Spec,
    attempt,
    blank,
    image_tokens,
    noticeable,
    number,
    text_tokens,
    tier_column,
    usd,
)
from former.values import (
    LIMITS,
    NOT_AVAILABLE,
    Answers,
    MissingError,
    Value,
    require,
    valid,
)
from workbook_templates.book.words import Words
from workbook_templates.formulas.image import IN_FORCE
from workbook_templates.sheets.campaign.lines import (
    DRAFTS_FAULT,
    FAULTS,
    FIRST_ROW,
    PARTS,
    TABLE,
    TYPED,
)
from workbook_templates.sheets.campaign.use_cases import USES
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.credits import charge
from xl_pricing.estimation.image import DEFAULT_TIER
from xl_pricing.estimation.stages import Stages
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import read_date


@dataclass(frozen=True, eq=False)
class Line:
    """One line as it was typed, and all that is computed of it."""

    typed: Mapping[str, Any]
    v: Answers
    reader: Reader
    day: date

    def __getitem__(self, name: str) -> Value:
        """Return what is typed in a column."""
        return self.typed.get(name)

    @cached_property
    def filled(self) -> bool:
        """Whether anything is typed in the line."""
        return not all(blank(self[name]) for name in TYPED)

    @cached_property
    def final(self) -> Spec:
        """The spec of the finals."""
        row = self.reader.model_row(self["model"])
        model = self.reader.card.models[row - 1] if row else None
        return Spec(model, self.reader.size(self["size"]).size, self["quality"])

    @cached_property
    def draft(self) -> Spec:
        """The spec of the drafts."""
        size = self.reader.size(self["draft_size"])
        quality = self._in_use("draft_quality", "stage_quality")
        return Spec(self.final.model, size.size if size.text else self.final.size, quality)

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """Text and image tokens that go into one image."""
        model, references = self.final.model, self["reference_images"]
        return {
            "text_in": text_tokens(model, self["prompt_tokens"], references),
            "image_in": image_tokens(model, references),
        }

    @cached_property
    def token_cost(self) -> Value:
        """USD per image."""
        return attempt(partial(self._usd, self.final.output_tokens))

    @cached_property
    def draft_cost(self) -> Value:
        """USD per draft, where drafts and the retries after them are valid."""

        def cost() -> Fraction:
            require(self.token_cost != NOT_AVAILABLE)
            require(self.drafts >= 0 and self.finish_retries >= 1)
            return self._usd(self.draft.output_tokens)

        return attempt(cost)

    @property
    def drafts(self) -> Fraction:
        """Drafts per final."""
        return number(self._in_use("drafts_per_final", "stage_drafts"))

    @property
    def finish_retries(self) -> Fraction:
        """Full-quality generations per final after the drafts."""
        return number(self._in_use("finish_retries", "stage_finish_retries"))

    @cached_property
    def fault(self) -> int:
        """The code of the first thing that is wrong; -1 for a blank line."""
        if not self.filled:
            return -1
        faults = (
            self.final.model is None,
            not min(self.final.size),
            not self.final.legal,
            self.final.output_tokens == NOT_AVAILABLE,
            tier_column(self["tier"]) < 0,
            self.inputs["image_in"] == NOT_AVAILABLE,
            self.inputs["text_in"] == NOT_AVAILABLE,
            self.token_cost == NOT_AVAILABLE,
            not self._within("finals", 0),
            not self._within("retries", 1),
            not self._within("buffer", 0, 1),
            self.draft_cost == NOT_AVAILABLE,
        )
        return faults.index(True) + 1 if True in faults else 0

    @cached_property
    def budget(self) -> Budget:
        """The priced line."""
        require(self.fault in (0, DRAFTS_FAULT))
        return Budget(self.token_cost, *(number(self[n]) for n in ("finals", "retries", "buffer")))

    @cached_property
    def stages(self) -> Stages:
        """The line in two stages."""
        require(self.fault == 0)
        return Stages(self.budget, self.draft_cost, self.drafts, self.finish_retries)

    @cached_property
    def plan_row(self) -> int:
        """The row of the chosen plan for the line; 0 where there is none."""
        found = attempt(self._offer)
        return 0 if found == NOT_AVAILABLE else self.reader.card.plans.index(found) + 1

    def credits(self) -> Fraction:
        """Return the line's credits, buffer included."""
        generations = self.budget.generations_with_buffer
        require(self.plan_row)
        terms = self.reader.card.plans[self.plan_row - 1].terms
        list_usd = partial(self._usd, self.final.output_tokens, DEFAULT_TIER)
        credits_ = terms.credits or charge(terms, list_usd).credits
        if credits_ is None:
            raise MissingError
        return credits_ * generations

    def _saving(self) -> Fraction:
        return noticeable(self.stages.saving, self.budget.total)

    def _saving_share(self) -> Fraction:
        saving, whole = self._saving(), self.budget.total
        return saving / whole if whole else Fraction(0)

    def computed(self) -> dict[str, Any]:
        """Return the line's computed cells by column, but for those that need other lines."""
        outcomes = {
            "cost_per_image": lambda: self.budget.cost_per_image,
            "generations": lambda: self.budget.total_generations,
            "budget": lambda: self.budget.total,
            "credits": self.credits,
            "staged_budget": lambda: self.stages.total,
            "saving": self._saving,
            "saving_share": self._saving_share,
            "break_even_retries": lambda: self.stages.break_even_retries,
            "finals_cost": lambda: self.budget.cost_per_image * self.budget.finals,
            "retries_cost": lambda: (
                self.budget.cost_per_image * self.budget.finals * (self.budget.retries - 1)
            ),
            "buffer_cost": lambda: self.budget.buffer_amount,
        }
        cells = {
            "output_tokens": self.final.output_tokens,
            "token_cost": self.token_cost,
            "draft_tokens": self.draft.output_tokens,
            "draft_cost": self.draft_cost,
            **{name: attempt(compute) for name, compute in outcomes.items()},
        }
        return {**self._workings(), **(cells if self.filled else dict.fromkeys(cells, ""))}

    def _workings(self) -> dict[str, Any]:
        final, draft = self.final, self.draft
        return {
            "filled": int(self.filled),
            "model_row": self.reader.model_row(self["model"]),
            "tier_column": tier_column(self["tier"]),
            "size_text": self.reader.size(self["size"]).text,
            **_shown(final, ""),
            "text_tokens": self.inputs["text_in"],
            "image_tokens": self.inputs["image_in"],
            "plan_row": self.plan_row if final.legal else 0,
            "draft_text": self.reader.size(self["draft_size"]).text,
            **_shown(draft, "draft_"),
            "drafts": self._in_use("drafts_per_final", "stage_drafts"),
            "finish": self._in_use("finish_retries", "stage_finish_retries"),
            "draft_word": self._in_use("draft_quality", "stage_quality"),
            "fault": self.fault,
        }

    def _in_use(self, name: str, default: str) -> Value:
        if not blank(self[name]):
            return self[name]
        return "" if self.v[default] is None else self.v[default]

    def _within(self, name: str, low: int, high: float = float("inf")) -> bool:
        found = attempt(lambda: number(self[name]))
        return bool(found != NOT_AVAILABLE and low <= found <= high)

    def _usd(self, output_tokens: Value, tier: str | None = None) -> Fraction:
        column = tier_column(tier or self["tier"])
        if column < 0 or self.final.model is None:
            raise MissingError
        name = tier or str(self["tier"]).lower()
        tariff = self.reader.tariff(self.final.model, name, self.day)
        return usd(tariff, {**self.inputs, "image_out": output_tokens})

    def _offer(self) -> Value:
        if self.final.model is None:
            raise MissingError
        require(self.final.legal)
        return self.reader.card.offer(
            str(self.v["plan"]), self.final.model, self.final.size, self.final.word or "measured"
        )


def _shown(spec: Spec, prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}width": spec.size.width,
        f"{prefix}height": spec.size.height,
        f"{prefix}legal": spec.legal,
        f"{prefix}grid": spec.grid,
        f"{prefix}cells": spec.cells,
        f"{prefix}listed": spec.listed,
    }


def add_campaign(v: Answers, card: RateCard, words: Words) -> None:
    """Add every line's computed cells, the totals, and the sums by use case."""
    reader, day = Reader(card), read_date(v["price_date"])
    lines = [Line(typed, v, reader, day) for typed in v[TABLE]]
    rows = [line.computed() for line in lines]
    _add_uses_of_rows(lines, rows)
    _add_totals(v, lines, rows, words)
    for i, (line, row) in enumerate(zip(lines, rows, strict=True)):
        _finish_row(v, line, row, i, words)
        v |= {f"{TABLE}.{name}.{i}": value for name, value in row.items()}
    _add_uses(v, lines, rows, words)


def _add_uses_of_rows(lines: Sequence[Line], rows: list[dict[str, Any]]) -> None:
    """Say in which row each line's use case begins; 0 for a line without one."""
    begins: dict[str, int] = {}
    for position, (line, row) in enumerate(zip(lines, rows, strict=True), start=1):
        name = line["use_case"]
        named = line.filled and not blank(name)
        row["use_row"] = begins.setdefault(str(name).lower(), position) if named else 0
        row["use_first"] = position if row["use_row"] == position else ""


def _finish_row(v: Answers, line: Line, row: dict[str, Any], i: int, words: Words) -> None:
    """Add what is told of the line's fault, and its share of the whole."""
    row["fault_row"] = FIRST_ROW + i if line.fault > 0 else ""
    row["check"] = words(FAULTS[line.fault][0]) if line.filled else ""

    def share() -> Fraction:
        budget = line.budget.total
        return budget / v.campaign_total if v.campaign_total else Fraction(0)

    row["share"] = attempt(share) if line.filled else ""


def _add_totals(
    v: Answers, lines: Sequence[Line], rows: Sequence[Mapping[str, Any]], words: Words
) -> None:
    filled = sum(line.filled for line in lines)

    def complete(name: str) -> Fraction:
        known = figures(rows, name)
        require(len(known) == filled)
        return sum(known, Fraction(0))

    def finals() -> Fraction:
        require(v.campaign_priced == v.campaign_rows)
        return sum((number(line["finals"]) for line in lines if line.filled), Fraction(0))

    priced = figures(rows, "budget")
    v |= {
        "campaign_rows_below": 0,
        "campaign_rows": filled,
        "campaign_priced": len(priced),
        "campaign_priced_usd": sum(priced, Fraction(0)),
        "campaign_plan": f"{words('Credits of ')}{v['plan']}",
    }
    v.add(
        campaign_total=partial(complete, "budget"),
        campaign_generations=partial(complete, "generations"),
        campaign_expected_cost=lambda: complete("finals_cost") + complete("retries_cost"),
        campaign_credits=partial(complete, "credits"),
        campaign_staged=partial(complete, "staged_budget"),
        campaign_finals=finals,
        campaign_saving=lambda: noticeable(v.campaign_total - v.campaign_staged, v.campaign_total),
        campaign_saving_share=lambda: (
            v.campaign_saving / v.campaign_total if v.campaign_total else Fraction(0)
        ),
        campaign_left=lambda: _left(v),
    )
    whole = v["campaign_priced"] == filled
    said = "✔ all lines are priced" if whole else "✘ incomplete: see Checks for the rows"
    v["campaign_status"] = words(said)


def figures(rows: Sequence[Mapping[str, Any]], name: str) -> list[Fraction]:
    """Return the numbers of a column."""
    return [row[name] for row in rows if not isinstance(row[name], str)]


def _left(v: Answers) -> Value:
    try:
        cap = number(v["campaign_cap"])
    except MissingError:
        return ""
    return cap - v.campaign_total


def _add_uses(
    v: Answers, lines: Sequence[Line], rows: Sequence[Mapping[str, Any]], words: Words
) -> None:
    """Add the sums of the first use cases, of all others, and of all."""
    begins = [row["use_first"] for row in rows if row["use_first"] != ""][:USES]
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for k in range(1, USES + 1):
        at = begins[k - 1] if k <= len(begins) else None
        groups[str(k)] = [row for row in rows if at and row["use_row"] == at]
        v[f"use_name_{k}"] = lines[at - 1]["use_case"] if at else ""
    everyone = [row for row in rows if row["filled"]]
    groups["other"] = [row for row in everyone if row["use_row"] not in begins]
    groups["total"] = everyone
    for name, group in groups.items():
        _add_use(v, name, group)
    v["use_name_other"] = words("Other and unnamed") if groups["other"] else ""
    for name in groups:
        part, all_ = v[f"use_budget_{name}"], v["campaign_priced_usd"]
        v[f"use_share_{name}"] = part / all_ if all_ else Fraction(0)


def _add_use(v: Answers, name: str, group: Sequence[Mapping[str, Any]]) -> None:
    parts = {part: sum(figures(group, part), Fraction(0)) for part in PARTS}
    v |= {
        f"use_lines_{name}": len(group),
        f"use_priced_{name}": len(figures(group, "budget")),
        **{f"use_{part}_{name}": usd_ for part, usd_ in parts.items()},
        f"use_budget_{name}": sum(parts.values()),
    }


def add_campaign_checks(v: Answers, card: RateCard) -> None:
    """Add the campaign's rules; needs the prices in force."""

    def lines_with(mark: str) -> int:
        rows = range(len(card.models))
        return sum(v[f"{IN_FORCE}.lines.{i}"] * v[f"{IN_FORCE}.{mark}.{i}"] for i in rows)

    capped = attempt(lambda: number(v["campaign_cap"]))
    v |= {
        "ok_campaign_rows": int(v["campaign_priced"] >= v["campaign_rows"]),
        "ok_campaign_table": int(len(v[TABLE]) <= LIMITS["most_rows"]),
        "note_campaign_cap": int(capped == NOT_AVAILABLE or valid(lambda: v.campaign_left >= 0)),
        "note_campaign_service": int(not lines_with("leaves")),
        "note_campaign_basis": int(not lines_with("estimated")),
    }
