"""``xl-pricing levers``: what each change to a job would save."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Unpack

from xl_pricing.cli.answers import SPREAD
from xl_pricing.cli.console import Given, command, takes
from xl_pricing.cli.drawing import note_lines, show_figure, show_money, show_percent, table
from xl_pricing.cli.image import GivenTieredImage, notes_of
from xl_pricing.cli.job import JOB, OPTIONS, Planned, job_lines, planned, read_today
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.levers import Effect, best
from xl_pricing.functions.arguments import read_budget
from xl_pricing.planning.job import Job
from xl_pricing.planning.moves import effects_of, refusal_of, tell

_LEAST_SHARE = Fraction(1, 1000)
_FIGURES = ("USD per image", "budget USD", "saving USD", "share")


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A change to a job; figures are ``None``, and ``reason`` says why, where it has no price."""

    lever: str
    move: str
    change: str | None
    usd_per_image: Fraction | None
    budget_usd: Fraction | None
    saving_usd: Fraction | None
    saving_share: Fraction | None
    costs: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class BestMove:
    """A change that is advised, also in words."""

    move: MoveRow = field(metadata=SPREAD)
    words: str


@dataclass(frozen=True, slots=True)
class Levers:
    """A job, and every change to it."""

    job: Planned = field(metadata=SPREAD)
    usd_per_image: Fraction
    budget_usd: Fraction
    moves: list[MoveRow]
    best: list[BestMove]
    notes: list[str]


def _draw_levers(levers: Levers) -> str:
    """Draw the moves that are there as a table, and the best ones below it."""
    # Two names for one and the same change are one row: the first.
    there = {
        (move.lever, move.change): move for move in reversed(levers.moves) if move.reason is None
    }
    each, budget = show_figure(levers.usd_per_image), levers.budget_usd
    rows = [_row(move, budget) for move in reversed(there.values())]
    return "\n".join(
        [
            *job_lines(levers.job),
            f"{each} USD per image, budget {show_money(budget)} USD; each move is counted alone\n",
            table(rows, _FIGURES),
            "" if levers.best else "\nno move saves anything here",
            *(f"{rank}. {move.words}" for rank, move in enumerate(levers.best, start=1)),
            *note_lines(levers.notes),
        ]
    )


def _row(move: MoveRow, budget: Fraction) -> dict[str, str]:
    return {
        "lever": move.lever,
        "change": move.change or "",
        "USD per image": show_figure(move.usd_per_image),
        "budget USD": _show_beside(budget, move.budget_usd),
        "saving USD": _show_beside(budget, move.saving_usd),
        "share": show_percent(move.saving_share),
        "in quality or time": move.costs or "",
    }


def _show_beside(budget: Fraction, amount: Fraction | None) -> str:
    """Write an amount, negative ones too, with no more decimals than the budget beside it."""
    if amount is None:
        return ""
    shown = show_money(abs(amount)) if budget < 1 else f"{abs(float(amount)):.2f}"
    return f"-{shown}" if amount < 0 and float(shown) else shown


@command("xl-pricing levers 4:5 high 120 --retries 1.5 --references 1", _draw_levers)
@takes(JOB, OPTIONS)
def levers(
    finals: Given, retries: Given, buffer: Given, **image: Unpack[GivenTieredImage]
) -> Levers:
    """Show what each change to a job would save, and the best three.

    The best are one a lever. Another ratio is another picture: it is shown, but never advised.
    """
    job = read_today(image)
    budget = read_budget(job.usd(job.image), finals, retries, buffer)
    effects = effects_of(job, budget)
    return Levers(
        planned(job, budget),
        budget.cost_per_image,
        budget.total,
        moves=[_move(effect, job, budget) for effect in effects],
        best=[_best(_move(effect, job, budget)) for effect in best(effects) if _is_worth(effect)],
        notes=notes_of(job.model, job.image, image["prompt"]),
    )


def _move(effect: Effect, job: Job, budget: Budget) -> MoveRow:
    move = effect.move
    told = tell(move, job.image, budget.retries, refusal_of(effect, job))
    figures = effect if told.reason is None else Effect(move)
    return MoveRow(
        move.lever,
        move.name,
        told.change,
        figures.cost_per_image,
        figures.budget,
        figures.saving,
        figures.share,
        told.costs,
        told.reason,
    )


def _is_worth(effect: Effect) -> bool:
    """Tell whether a saving is large enough to be named: a thousandth of the budget."""
    return effect.share is not None and effect.share >= _LEAST_SHARE


def _best(move: MoveRow) -> BestMove:
    saving, share = show_money(move.saving_usd or 0), show_percent(move.saving_share)
    words = f"{move.lever} {move.change} saves {saving} USD ({share}): {move.costs}"
    return BestMove(move, words)
