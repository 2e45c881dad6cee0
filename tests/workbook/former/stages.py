"""What the Stages sheet must hold: the job in two stages, by the core."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from former.levers import job_spec
from former.line import Reader, blank, noticeable
from former.line import Spec as SizedSpec
from former.sentence import fixed_text, shown
from former.values import (
    LIMITS,
    Answers,
    known_model,
    require,
    typed_number,
    valid,
)
from workbook_templates.book.words import Words
from workbook_templates.sheets.stages import EVEN, LOSES, PAYS, UNKNOWN
from xl_pricing.estimation.budget import (
    Budget,
)
from xl_pricing.estimation.image import Image
from xl_pricing.estimation.size import Size
from xl_pricing.estimation.stages import Stages
from xl_pricing.planning.job import Job
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.rows import read_date


def add_stages(v: Answers, card: RateCard, words: Words) -> None:
    """Add every computed cell of the sheet but those that repeat the campaign's."""
    draft = _add_draft(v, card)
    v["note_stage"] = valid(lambda: _ok(v))

    def draft_cost() -> Fraction:
        require(v.spec_valid)
        image = replace(job_spec(v), size=draft().size, quality=draft().quality)
        return Job(image, known_model(v, card), card, read_date(v["price_date"])).usd(image)

    v.add(stage_draft_cost=draft_cost)
    _add_high(v)
    _add_staged(v, words)


def _add_draft(v: Answers, card: RateCard) -> Callable[[], Image]:
    """Add the draft's size as the sheet reads it, and its tokens; return its spec."""
    model = known_model(v, card)
    read = Reader(card).size(v["stage_size"])
    width, height = read.size if read.text else (v["size_width"], v["size_height"])
    whole = all(edge == int(edge) and edge > 0 for edge in (width, height))
    size = Size(int(width), int(height)) if whole else Size(0, 0)
    sized = SizedSpec(model, size, v["stage_quality"])
    v |= {
        "stage_size_text": read.text,
        "stage_width": width,
        "stage_height": height,
        "stage_size_used": f"{width:.15g}x{height:.15g}",
        "stage_legal": sized.legal,
        "stage_grid": sized.grid,
        "stage_cells": sized.cells,
        "stage_listed": sized.listed,
        "stage_images": v["images_per_call"] if v["ok_images"] else 1,
    }

    def draft() -> Image:
        return Image(size, _quality(v), int(v["stage_images"]))

    def tokens() -> Fraction:
        return Fraction(model.counting.usage(draft()).image_out) / draft().n

    v.add(stage_tokens=tokens)
    return draft


def _quality(v: Answers) -> str | Fraction:
    """Return the drafts' quality: a word, or output tokens that were measured."""
    typed = v["stage_quality"]
    if blank(typed) or isinstance(typed, str):
        return (typed or "").lower()
    tokens = typed_number(v, "stage_quality")
    require(0 < tokens <= LIMITS["max_measured_tokens"])
    return tokens


def _ok(v: Answers) -> bool:
    drafts, finish = _typed(v)
    return bool(drafts >= 0 and finish >= 1 and v.stage_tokens)


def _typed(v: Answers) -> tuple[Fraction, Fraction]:
    """Return drafts per final and the retries after them."""
    return typed_number(v, "stage_drafts"), typed_number(v, "stage_finish_retries")


def _plan(v: Answers, cost: Fraction) -> Budget:
    require(v.plan_valid)
    return Budget(cost, typed_number(v, "finals"), v.retries_used, typed_number(v, "buffer"))


def _add_high(v: Answers) -> None:
    """Add the job with all generations at full quality."""

    def images() -> Budget:
        return _plan(v, Fraction(0))

    def usd() -> Budget:
        return _plan(v, v.token_cost_per_image)

    v.add(
        stage_high_generations=lambda: images().total_generations,
        stage_high_buffer_generations=lambda: images().total_generations * images().buffer,
        stage_high_total_generations=lambda: images().generations_with_buffer,
        stage_high_usd=lambda: usd().expected_cost,
        stage_high_buffer=lambda: usd().buffer_amount,
        stage_high_total=lambda: usd().total,
    )


def _add_staged(v: Answers, words: Words) -> None:
    """Add the two stages, and what they save."""

    def stages() -> Stages:
        require(v.note_stage)
        return Stages(_plan(v, v.token_cost_per_image), v.stage_draft_cost, *_typed(v))

    def saved_usd() -> Fraction:
        """Return the saving per final, before the buffer."""
        final = replace(stages().all_high, finals=Fraction(1), buffer=Fraction(0))
        return noticeable(replace(stages(), all_high=final).saving, final.total)

    def both(figure: Callable[[Budget], Fraction]) -> Fraction:
        return figure(stages().drafts) + figure(stages().finish)

    v["stage_valid"] = valid(stages)
    v.add(
        stage_saved_usd=saved_usd,
        stage_saving=lambda: stages().saving if v.stage_saved_usd else Fraction(0),
        stage_saving_share=lambda: stages().saving_share if v.stage_saved_usd else Fraction(0),
        stage_break_even=lambda: stages().break_even_retries,
        stage_saved_retries=lambda: stages().saved_retries,
        stage_draft_generations=lambda: stages().drafts.total_generations,
        stage_finish_generations=lambda: stages().finish.total_generations,
        stage_buffer_generations=lambda: both(
            lambda stage: stage.generations_with_buffer - stage.total_generations
        ),
        stage_total_generations=lambda: both(lambda stage: stage.generations_with_buffer),
        stage_draft_usd=lambda: stages().drafts.expected_cost,
        stage_finish_usd=lambda: stages().finish.expected_cost,
        stage_buffer=lambda: both(lambda stage: stage.buffer_amount),
        stage_total=lambda: stages().total,
    )
    v["stage_verdict"] = _verdict(v, words)


def _verdict(v: Answers, words: Words) -> str:
    if not v["stage_valid"]:
        return words(UNKNOWN)
    saved = v.stage_saved_usd
    said = PAYS if saved > 0 else LOSES if saved else EVEN
    return shown(
        words,
        said,
        must=fixed_text(v.stage_break_even),
        saved=fixed_text(v.stage_saved_retries),
        retries=fixed_text(v.retries_used),
        finish=fixed_text(typed_number(v, "stage_finish_retries")),
    )
