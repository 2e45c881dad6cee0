"""The Plans sheet: the same job by tokens, credits and per image; whether a pack pays off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from hosts.libreoffice import LibreOffice
from random_inputs import CARD, as_cell
from recalculation import differs
from shown import values_of
from templates import input_addresses, open_in

from workbook_templates.build import Built, build
from workbook_templates.sheets.plans import elsewhere as other
from workbook_templates.sheets.plans import layout, pack
from workbook_templates.sheets.plans import lines as said
from workbook_templates.sheets.plans import sheet as plans
from xl_pricing.errors import NotAvailableError
from xl_pricing.estimation.credits import Charge
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.functions import IMGCOST
from xl_pricing.functions.pricing import read_charge
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.records import columns
from xl_pricing.rates.rows import Plan

FLAT = next(plan for plan in CARD.plans if plan.plan == "LaoZhang VIP")
NAMES = list(dict.fromkeys(plan.plan for plan in CARD.plans))


def with_plans(*added: Plan) -> RateCard:
    return replace(CARD, plans=(*CARD.plans, *added))


def flat(name: str, usd: str = "0.05", **changes: Any) -> Plan:
    return replace(FLAT, **{"plan": name, "usd": Decimal(usd), **changes})


def line(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the values of a plan's line by field."""
    k = next(k for k in range(1, layout.ROOM + 1) if values[f"plans_name_{k}"] == name)
    return {column.name: values[f"plans_{column.name}_{k}"] for column in said.COLUMNS}


def marks(values: Mapping[str, Any], name: str) -> list[str]:
    return [line(values, name)[quality] for quality in QUALITIES]


def charged(name: str) -> Charge:
    """Return what the cell functions charge for the prefilled image at medium."""
    try:
        return read_charge("4:5", "medium", name, "gpt-image-2", 1, 180, 1, None)
    except NotAvailableError:
        return Charge(None, None)


def unpriced(note: str) -> str:
    """Return what stands in the place of a price: a dash where no input is at fault."""
    quiet = {said.NO_ROW, said.NO_CREDIT_PRICE, other.NO_ROW, other.NOT_KNOWN}
    return "–" if note in quiet else "#N/A"


def test_each_plan_costs_what_the_functions_say() -> None:
    values = values_of(quality="medium")
    assert values["plans_priced"] == 8
    for name in NAMES:
        shown, (credits_, usd) = line(values, name), charged(name)
        assert shown["usd"] == (pytest.approx(usd) if usd else "–")
        none = "" if usd else "–"
        assert shown["credits"] == (pytest.approx(credits_) if credits_ else none)


def test_the_prefilled_job_billed_three_ways() -> None:
    """120 finals x 1.5 retries x 1.2; LaoZhang takes 0.03 USD per image."""
    values = values_of()
    tokens = IMGCOST("4:5", "high", None, 1, 180, 1)
    assert values["plans_official_final"] == pytest.approx(tokens * 1.5)
    assert values["plans_official_bill"] == pytest.approx(tokens * 216)
    assert line(values, "LaoZhang VIP")["final"] == pytest.approx(0.045)
    assert line(values, "LaoZhang VIP")["bill"] == pytest.approx(0.03 * 216)
    assert line(values, "LaoZhang VIP")["markup"] == pytest.approx(0.03 / tokens - 1)
    assert values["plans_says"].startswith("LaoZhang VIP costs less than official tokens")


@pytest.mark.parametrize(
    ("changes", "credits_"),
    [({"ratio": "1:1"}, 23), ({"ratio": "3:2"}, 23), ({"ratio": "2:3", "quality": "low"}, 4)],
)
def test_a_size_tier_that_is_a_ratio_takes_images_of_that_ratio(
    changes: dict[str, Any], credits_: int
) -> None:
    apiframe = line(values_of(**changes), "Apiframe")
    assert apiframe["credits"] == credits_
    assert apiframe["bill"] == pytest.approx(credits_ / 100 * 216)


@pytest.mark.parametrize("ratio", ["4:5", "1:2", "3:1"])
def test_a_size_tier_that_is_a_ratio_takes_no_other(ratio: str) -> None:
    apiframe = line(values_of(ratio=ratio), "Apiframe")
    assert (apiframe["credits"], apiframe["bill"]) == ("–", "–")
    assert apiframe["note"] == said.NO_ROW


def test_of_equal_prices_the_earlier_plan_is_the_cheapest() -> None:
    values = values_of(with_plans(flat("first", "0.01"), flat("second", "0.01")))
    assert values["plans_cheapest"] == "first"
    assert [values[f"plans_bar_label_{i}"] for i in (1, 2)] == ["first", "second"]


def test_bars_stand_in_the_order_of_their_price_and_name_what_is_assumed() -> None:
    values = values_of()
    bars = [values[f"plans_bar_{i}"] for i in range(1, layout.BARS + 1)]
    assert [bar for bar in bars if bar != ""] == sorted(bar for bar in bars if bar != "")
    assert "kie.ai (assumed)" in {values[f"plans_bar_label_{i}"] for i in range(layout.BARS)}


def test_there_is_a_bar_for_each_price_and_no_empty_one() -> None:
    for changes in ({}, {"model": "gpt-image-1.5", "ratio": "1:1"}, {"finals": -1}):
        values = values_of(**changes)
        bars = [(values[f"plans_bar_{k}"], values[f"plans_drawn_{k}"]) for k in range(11)]
        assert all((price == "") == (drawn == "") for price, drawn in bars)
        prices = [price for price, _ in bars if price != ""]
        longest = max((len(drawn) for _, drawn in bars), default=0)
        assert longest == (28 if prices else 0)


def elsewhere(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the values of another model's line by field."""
    k = next(k for k in range(1, layout.OTHER_ROOM + 1) if values[f"elsewhere_name_{k}"] == name)
    fields = [column.name for column in (*other.COLUMNS, *other.EVIDENCE)]
    return {field: values[f"elsewhere_{field}_{k}"] for field in fields}


def test_another_model_has_a_price_and_its_parts_but_no_place_among_the_plans() -> None:
    values = values_of()
    flux = elsewhere(values, "FLUX.2 pro")
    assert flux["usd"] == pytest.approx(0.06)
    assert flux["final"] == pytest.approx(0.09)
    assert flux["bill"] == pytest.approx(0.06 * 216)
    assert flux["counted"] == ("$0.0300 + 1 × $0.0150/MP + 1 × $0.0150/ref.")
    assert elsewhere(values, "Grok Imagine 2.0")["quality"] == "high → medium (best)"
    assert elsewhere(values, "Seedream 5.5")["usd"] == pytest.approx(0.028)
    others = {values[f"elsewhere_name_{k}"] for k in range(1, layout.OTHER_ROOM + 1)}
    shown = {values[f"plans_bar_label_{k}"] for k in range(11)} | {values["plans_cheapest"]}
    assert others & shown == {""}


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"quality": "max", "model": "gpt-image-2.5-flare"}, "Ideogram 4.5", other.NO_ROW),
        ({"ratio": "16:9"}, "Gemini Nano Banana 2.1", other.NOT_KNOWN),
        ({"quality": "max"}, "Recraft V4.1", said.BAD_QUALITY),
        ({"ratio": "custom", "custom_width": 17}, "Recraft V4.1", said.BAD_SIZE),
        ({"reference_images": 17}, "Recraft V4.1", said.BAD_IMAGE),
        ({"finals": -1}, "Recraft V4.1", said.BAD_PLAN),
    ],
)
def test_another_model_without_a_price_says_why(
    changes: dict[str, Any], name: str, said: str
) -> None:
    shown = elsewhere(values_of(**changes), name)
    assert shown["final"] == shown["bill"] == unpriced(said)
    assert shown["note"] == said


def test_batch_halves_the_official_line_but_no_plan() -> None:
    listed, batch = values_of(), values_of(tier="batch")
    assert batch["plans_official_markup"] == -0.5
    assert batch["plans_official_kind"] == "tokens, tier batch"
    assert batch["plans_list_final"] == listed["plans_list_final"]
    assert line(batch, "ComfyUI") == line(listed, "ComfyUI")


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({}, "PixAPI", said.NO_CREDIT_PRICE),
        ({}, "PiAPI", said.NO_ROW),
        ({"model": "gpt-image-2.6-flare", "quality": "low"}, "ComfyUI", said.NO_BASE),
        ({"quality": "xhigh"}, "LaoZhang VIP", said.BAD_QUALITY),
        ({"ratio": "custom", "custom_width": 17}, "LaoZhang VIP", said.BAD_SIZE),
        ({"finals": -1}, "LaoZhang VIP", said.BAD_PLAN),
    ],
)
def test_a_plan_without_a_price_says_why(changes: dict[str, Any], name: str, said: str) -> None:
    shown = line(values_of(**changes), name)
    assert shown["final"] == shown["bill"] == unpriced(said)
    assert shown["note"] == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "gpt-image-2.6-flare", "quality": "low"}, said.NO_TOKENS),
        ({"model": "gpt-image-2.6-flare", "tier": "batch"}, said.NO_RATE),
        ({"quality": "max"}, said.BAD_QUALITY),
        ({"images_per_call": 11}, said.BAD_IMAGE),
        ({"model": "gpt-image-2.6-flare"}, said.ESTIMATED),
    ],
)
def test_official_tokens_say_what_is_wrong(changes: dict[str, Any], said: str) -> None:
    assert values_of(**changes)["plans_official_note"] == said


def test_a_price_seen_long_ago_says_so_and_a_basis_too() -> None:
    values = values_of(quality="medium")
    assert line(values, "AI/ML API")["note"].endswith(f"about double; {said.OLD}")
    assert line(values, "ComfyUI")["note"].endswith(f"fractional credits; {said.OLD}")
    assert line(values, "kie.ai")["basis"] == "estimate"
    assert line(values, "APIYI all")["note"] == ""


def test_marks_tell_refused_from_unknown_and_from_what_the_model_does_not_have() -> None:
    newest = values_of(model="gpt-image-2.6-flare")
    assert [newest[f"plans_official_{quality}"] for quality in QUALITIES] == list("??✔✔✔")
    assert marks(newest, "ComfyUI") == list("??✔✔✔")
    assert marks(newest, "LaoZhang VIP") == list("✔✔✔✘✘")
    assert marks(newest, "APIYI all") == list("✔✔✔✔✔")
    assert marks(newest, "PixAPI") == list("✘✘✘✘✘")
    assert marks(values_of(model="gpt-image-2.5-flare"), "PiAPI") == list("✔✔✔✘✘")
    assert marks(values_of(), "PixAPI") == ["✔", "✔", "✔", "", ""]
    assert marks(values_of(model="gpt-image-1", ratio="2:3"), "ComfyUI") == ["✔", "✔", "✔", "", ""]


def test_a_pack_in_figures() -> None:
    """10 USD buy 1,000 credits; 216 images of 23 credits need 4,968."""
    values = values_of(plan="Apiframe", ratio="1:1")
    assert values["pack_images"] == pytest.approx(1000 / 23)
    assert values["pack_usd_per_image"] == pytest.approx(0.23)
    assert values["pack_break_even"] == ceil(10 / values["list_cost_per_image"])
    assert (values["pack_needed"], values["pack_cost"]) == (5, 50)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, pack.NO_PLAN),
        ({"plan": "ComfyUI"}, pack.NEVER),
        (
            {"plan": "PixAPI", "pack_credits": 5000},
            pack.PAYS.format(packs="$10.00", tokens="$41.62"),
        ),
        (
            {"plan": "PixAPI", "pack_usd": 100, "pack_credits": 20_000, "finals": 10},
            pack.TOO_BIG.format(packs="$100.00", tokens="$3.47"),
        ),
        ({"plan": "ComfyUI", "finals": 0}, pack.NO_NEED),
        ({"plan": "LaoZhang VIP"}, pack.NO_CREDITS),
        ({"plan": "ComfyUI", "retries": "few"}, pack.BAD_PLAN),
        ({"plan": "PixAPI", "price_date": CARD.checked.replace(year=2025)}, pack.NO_TOKENS),
        ({"pack_usd": 0}, pack.UNTYPED),
        ({"pack_usd": None, "pack_credits": None}, pack.UNTYPED),
    ],
)
def test_one_sentence_says_whether_the_pack_pays_off(changes: dict[str, Any], said: str) -> None:
    assert values_of(**changes)["pack_says"] == said


def test_a_pack_is_typed_wholly_or_not_at_all() -> None:
    assert values_of(pack_usd=None, pack_credits=None)["ok_pack"] == 1
    assert values_of(pack_usd=None)["ok_pack"] == 0
    assert values_of(pack_credits="many")["ok_pack"] == 0


def opened(libreoffice: LibreOffice, folder: Path, card: RateCard = CARD) -> Built:
    built = build("en", card)
    open_in(libreoffice, built, folder)
    return built


def recalculated(
    libreoffice: LibreOffice, built: Built, changes: Mapping[str, Any], blank: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the sheet's values after inputs were typed and cells emptied."""
    at = input_addresses(built)
    typed = {at[name]: as_cell(value) for name, value in changes.items()}
    cells = {place: name for place, name in built.formulas.items() if place[0] == "Plans"}
    case = typed | dict.fromkeys(blank)
    (got,) = libreoffice.run([case], [f"'{sheet}'!{at}" for sheet, at in cells])
    return dict(zip(cells.values(), got, strict=True))


def wrong(expected: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    return [f"{n}: {expected[n]!r}, not {got[n]!r}" for n in got if differs(expected[n], got[n])]


TRICKY = ("A*", "*", "A?", "~A", "APIYI ALL", "=1+1", "9", "a plan of the user's")


def test_plans_that_the_user_adds_are_listed_whatever_they_are_called(
    libreoffice: LibreOffice, tmp_path: Path
) -> None:
    """An asterisk is no wildcard, and case does not make another plan."""
    card = with_plans(*(flat(name, f"0.0{i}") for i, name in enumerate(TRICKY, start=1)))
    built = opened(libreoffice, tmp_path, card)
    for model in ("gpt-image-2", FLAT.model):
        changes = {"model": model, "retries": 2}
        got = recalculated(libreoffice, built, changes)
        listed = [got[f"plans_name_{k}"] for k in range(1, layout.ROOM + 1)]
        others = [*NAMES, *(name for name in TRICKY if name != "APIYI ALL")]
        assert listed == others + [""] * (layout.ROOM - len(others))
        assert wrong(built.calculate(changes), got) == []


def test_of_equal_rows_the_first_one_counts(libreoffice: LibreOffice, tmp_path: Path) -> None:
    card = with_plans(flat("twice", "0.01"), flat("twice", "0.02"), flat("once", "0.015"))
    got = recalculated(libreoffice, opened(libreoffice, tmp_path, card), {})
    assert line(got, "twice")["usd"] == 0.01
    assert wrong(values_of(card), got) == []


def test_blank_rows_at_the_end_of_the_plans_table_do_no_harm(
    libreoffice: LibreOffice, tmp_path: Path
) -> None:
    built = opened(libreoffice, tmp_path, with_plans(*(flat(f"gone {i}") for i in range(3))))
    first = plan_cells(libreoffice, "gone 0")
    got = recalculated(libreoffice, built, {}, [at for row in range(3) for at in first(row)])
    assert wrong(values_of(), got) == []


def test_a_size_that_is_no_number_is_told_and_never_a_wrong_price(
    libreoffice: LibreOffice, tmp_path: Path
) -> None:
    built = opened(libreoffice, tmp_path, with_plans(flat("mine")))
    edge = list(plan_cells(libreoffice, "mine")(0))[4]
    libreoffice.set_cells({edge: "every size"})
    got = recalculated(libreoffice, built, {})
    assert {line(got, name)["final"] for name in (*NAMES, "mine")} == {"#N/A"}
    assert line(got, "mine")["note"] == said.BAD_TABLE
    ((sheet, at),) = (place for place, name in built.formulas.items() if name == "ok_plans_table")
    assert libreoffice.read([f"'{sheet}'!{at}"]) == [0]


def test_more_plans_than_there_is_room_for_are_told(
    libreoffice: LibreOffice, tmp_path: Path
) -> None:
    card = with_plans(*(flat(f"plan {i}") for i in range(layout.ROOM + 1 - len(NAMES))))
    got = recalculated(libreoffice, opened(libreoffice, tmp_path, card), {})
    assert got["plans_left_out"] == 1
    assert got["plans_more"] == plans.MORE
    assert wrong(values_of(card), got) == []


def test_float_noise_buys_no_further_pack(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """100 x 1.1 x 1.1 x 23 is 2,783, in floats a little more."""
    image = {"ratio": "1:1", "plan": "Apiframe", "pack_credits": 2783}
    changes = image | {"finals": 100, "retries": 1.1, "buffer": 0.1}
    assert 100 * 1.1 * (1 + 0.1) * 23 > 2783
    got = recalculated(libreoffice, opened(libreoffice, tmp_path), changes)
    assert got["pack_needed"] == values_of(**changes)["pack_needed"] == 1


def plan_cells(libreoffice: LibreOffice, name: str) -> Any:
    """Return a function from a row's offset to the cells of that row of the plans table."""
    from openpyxl.utils import get_column_letter as letter

    block = libreoffice.read_block("Rates!A8:CZ80")
    at = next((y, x) for y, row in enumerate(block) for x, value in enumerate(row) if value == name)
    fields = len(columns(Plan))
    return lambda offset: [
        f"Rates!{letter(at[1] + 1 + i)}{at[0] + 8 + offset}" for i in range(fields)
    ]
