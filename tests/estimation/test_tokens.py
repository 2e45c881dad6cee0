"""Token counts: output by grid or table, reference images by patch or tile, prompts by script."""

from fractions import Fraction
from math import ceil

import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.estimation.size import AUTO_PIXELS, AUTO_SIZE, Size
from xl_pricing.estimation.tokens import (
    full_patches,
    grid_tokens,
    patch_tokens,
    text_tokens,
    tile_tokens,
)
from xl_pricing.rates.card import bundled_card
from xl_pricing.rates.rows import Model

legal_sizes = st.sampled_from(oracle.legal_sizes())
edges = st.integers(1, 10_000)
images = st.integers(1, 10)

BY_GRID = {
    "gpt-image-2": oracle.GRIDS_2,
    "gpt-image-2.5-flare": oracle.GRIDS_2_5,
    "gpt-image-2.5-sunburst": oracle.GRIDS_2_5,
}
BY_TABLE = ["gpt-image-1", "gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"]
PARALLEL_PROMPTS = {
    "English": "A red apple on a wooden table, soft morning light, white background, 50 mm lens.",
    "German": "Ein roter Apfel auf einem Holztisch, sanftes Morgenlicht, weißer Hintergrund.",
    "French": "Une pomme rouge sur une table en bois, lumière douce du matin, fond blanc.",
    "Spanish": "Una manzana roja sobre una mesa de madera, luz suave de la mañana, fondo blanco.",
    "Portuguese": "Uma maçã vermelha sobre uma mesa de madeira, luz suave da manhã, fundo branco.",
    "Russian": "Красное яблоко на деревянном столе, мягкий утренний свет, белый фон.",
    "Arabic": "تفاحة حمراء على طاولة خشبية، ضوء صباحي ناعم، خلفية بيضاء.",
    "Hindi": "लकड़ी की मेज पर एक लाल सेब, सुबह की हल्की रोशनी, सफेद पृष्ठभूमि।",
    "Simplified Chinese": "木桌上的红苹果，柔和的晨光，白色背景，产品摄影。",
    "Traditional Chinese": "木桌上的紅蘋果，柔和的晨光，白色背景，產品攝影。",
    "Japanese": "木のテーブルの上の赤いりんご、柔らかな朝の光、白い背景。",
    "Korean": "나무 탁자 위의 빨간 사과, 부드러운 아침 햇살, 흰색 배경.",
}


def model(name: str) -> Model:
    return bundled_card().model(name)


@pytest.mark.parametrize(
    ("name", "quality"), [(name, quality) for name in BY_GRID for quality in BY_GRID[name]]
)
def test_the_grid_rule_is_exact_on_every_legal_size(name: str, quality: str) -> None:
    count = model(name).output.rule.counter(quality)
    grid = BY_GRID[name][quality]
    counted = [count(Size(*pixels)) for pixels in oracle.legal_sizes()]
    assert counted == [_oracle_tokens(grid, *pixels) for pixels in oracle.legal_sizes()]


_KNOWN: dict[tuple[int, int, int], int] = {}


def _oracle_tokens(grid: int, width: int, height: int) -> int:
    """Remember what exact fractions said: models share their grids."""
    key = (grid, width, height)
    if key not in _KNOWN:
        _KNOWN[key] = oracle.grid_tokens(*key)
    return _KNOWN[key]


@pytest.mark.parametrize("grid", sorted({*oracle.GRIDS_2.values(), *oracle.GRIDS_2_5.values()}))
def test_turning_an_image_changes_nothing(grid: int) -> None:
    for width, height in oracle.legal_sizes():
        upright, lying = Size(width, height), Size(height, width)
        assert grid_tokens(grid, 1, upright) == grid_tokens(grid, 1, lying), upright


@pytest.mark.parametrize(("grid", "sizes"), [(16, 48), (24, 92), (48, 94), (64, 42), (96, 86)])
def test_exact_halves_go_to_even_where_up_would_differ(grid: int, sizes: int) -> None:
    """The facts count 42 to 94 of 29,146 sizes a grid on which the two roundings differ."""
    differing = 0
    for width, height in oracle.legal_sizes():
        exact = Fraction(grid * min(width, height), max(width, height))
        up = int(exact + Fraction(1, 2))
        tokens_up = ceil(Fraction(grid * up * (2_000_000 + width * height), 4_000_000))
        if grid_tokens(grid, 1, Size(width, height)) != tokens_up:
            assert exact.denominator == 2, (width, height)
            differing += 1
    assert differing == sizes


@pytest.mark.parametrize("size", [Size(1088, 2048), Size(2048, 1088)])
def test_the_half_of_1088x2048_low_is_136_and_not_153(size: Size) -> None:
    assert grid_tokens(16, 1, size) == 136


@given(legal_sizes, st.sampled_from([16, 24, 48, 64, 96]), images)
def test_n_images_of_a_call_share_one_ceiling(pixels: tuple[int, int], grid: int, n: int) -> None:
    together, alone = grid_tokens(grid, n, Size(*pixels)), grid_tokens(grid, 1, Size(*pixels))
    assert together == oracle.grid_tokens(grid, *pixels, n)
    assert n * (alone - 1) < together <= n * alone


def test_two_images_1024x1024_low_are_391_tokens_and_not_392() -> None:
    assert grid_tokens(16, 2, Size(1024, 1024)) == 391


@pytest.mark.parametrize("quality", ["high", "xhigh", "max"])
def test_2_6_counts_like_2_5_from_high_up_and_is_an_estimate(quality: str) -> None:
    newer, older = model("gpt-image-2.6-flare").output, model("gpt-image-2.5-flare").output
    size = Size(3840, 2160)
    assert newer.rule.counter(quality)(size) == older.rule.counter(quality)(size)
    assert newer.basis == "estimate"


@pytest.mark.parametrize("quality", ["low", "medium"])
@pytest.mark.parametrize("name", ["gpt-image-2.6-flare", "gpt-image-2.6-sunburst"])
def test_2_6_low_and_medium_are_not_known(name: str, quality: str) -> None:
    with pytest.raises(NotAvailableError, match=r"no formula is published for gpt-image-2\.6"):
        model(name).output.rule.counter(quality)


@pytest.mark.parametrize("name", BY_TABLE)
def test_the_first_models_count_by_the_published_table(name: str) -> None:
    rule = model(name).output.rule
    for quality, row in oracle.FIXED_TOKENS.items():
        for pixels, tokens in row.items():
            assert rule.counter(quality)(Size(*pixels)) == tokens
            assert rule.counter(quality, 10)(Size(*pixels)) == 10 * tokens


@pytest.mark.parametrize(
    ("name", "qualities"),
    [
        ("gpt-image-2", ("low", "medium", "high")),
        ("gpt-image-2.5-sunburst", ("low", "medium", "high", "xhigh", "max")),
        ("gpt-image-2.6-flare", ("low", "medium", "high", "xhigh", "max")),
        ("gpt-image-1-mini", ("low", "medium", "high")),
    ],
)
def test_a_model_knows_its_qualities_in_rising_order(name: str, qualities: tuple[str, ...]) -> None:
    assert model(name).output.rule.qualities == qualities


@pytest.mark.parametrize("name", ["gpt-image-2", "gpt-image-1"])
def test_an_unknown_quality_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        model(name).output.rule.counter("xhigh")
    assert str(caught.value) == (
        "quality 'xhigh' is not known to this model; "
        "accepted: low, medium, high, or a measured token count"
    )


@pytest.mark.parametrize("name", ["gpt-image-2", "gpt-image-2.6-flare", "gpt-image-1"])
def test_quality_auto_is_not_available(name: str) -> None:
    with pytest.raises(NotAvailableError, match="quality 'auto' is chosen by the model"):
        model(name).output.rule.counter("auto")


@given(edges, edges)
def test_the_patch_rule_is_exact_on_any_image(width: int, height: int) -> None:
    assert patch_tokens(Size(width, height)) == oracle.patch_tokens(width, height)


def test_the_patch_rule_is_exact_where_an_edge_crosses_a_step() -> None:
    around = [step + d for step in (16, 256, 512, 768, 1024, 1536, 2048) for d in (-1, 0, 1)]
    for width in around:
        for height in around:
            assert patch_tokens(Size(width, height)) == oracle.patch_tokens(width, height)


@given(edges, edges)
def test_a_reference_image_has_1_to_1536_patches(width: int, height: int) -> None:
    assert 1 <= patch_tokens(Size(width, height)) <= 1536


@given(edges, edges)
def test_the_budget_of_patches_only_takes_away(width: int, height: int) -> None:
    size = Size(width, height)
    full = full_patches(size)
    assert patch_tokens(size) == full if full <= 1536 else patch_tokens(size) < full


@given(edges, edges)
def test_the_tile_rule_is_exact_on_any_image(width: int, height: int) -> None:
    assert tile_tokens(Size(width, height)) == oracle.tile_tokens(width, height)


def test_the_tile_rule_is_exact_where_an_edge_crosses_a_step() -> None:
    around = [step + d for step in (2, 511, 1024, 1536, 2048, 4096) for d in (-1, 0, 1)]
    for width in around:
        for height in around:
            assert tile_tokens(Size(width, height)) == oracle.tile_tokens(width, height)


@given(edges, edges)
def test_a_turned_reference_image_counts_the_same(width: int, height: int) -> None:
    upright, lying = Size(width, height), Size(height, width)
    assert patch_tokens(upright) == patch_tokens(lying)
    assert tile_tokens(upright) == tile_tokens(lying)


@pytest.mark.parametrize("language", PARALLEL_PROMPTS)
def test_a_prompt_is_estimated_within_a_fifth_of_the_measured_rate(language: str) -> None:
    prompt = PARALLEL_PROMPTS[language]
    measured = oracle.TOKENS_PER_CHARACTER[language] * len(prompt)
    assert text_tokens(prompt) == pytest.approx(measured, rel=0.2)


@pytest.mark.parametrize(
    ("prompt", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 1000, 214),
        ("木" * 1000, 1000),
        ("の" * 1000, 844),
        ("나" * 1000, 709),
        ("я" * 1000, 298),
        ("ض" * 1000, 394),
        ("क" * 1000, 399),
        ("😀" * 1000, 1115),
        ("!" * 1000, 214),
    ],
)
def test_a_script_has_one_rate(prompt: str, tokens: int) -> None:
    assert text_tokens(prompt) == tokens


def test_scripts_in_one_prompt_are_counted_each_at_its_rate() -> None:
    assert text_tokens("a" * 1000 + "木" * 1000 + "я" * 1000) == 214 + 1000 + 298


def test_han_is_read_as_japanese_where_there_is_kana() -> None:
    assert text_tokens("木" * 999 + "の") == 844


def test_blanks_and_signs_belong_to_the_script_before_them() -> None:
    assert text_tokens("木" + " " * 999) == 1000
    assert text_tokens("a" + " " * 999) == 214


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_longer_prompt_has_no_fewer_tokens(prompt: str, more: str) -> None:
    kana = "の"  # with kana on both sides, adding text cannot turn Chinese into Japanese
    assert text_tokens(kana + prompt) <= text_tokens(kana + prompt + more)


@given(st.text(max_size=500))
def test_a_prompt_has_no_more_tokens_than_the_dearest_script(prompt: str) -> None:
    assert 0 <= text_tokens(prompt) <= -(-len(prompt) * 1115 // 1000)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("gpt-image-2", (229, 2058, 8232)),
        ("gpt-image-2.5-flare", (229, 515, 2058, 3659, 8232)),
        ("gpt-image-2.5-sunburst", (229, 515, 2058, 3659, 8232)),
    ],
)
def test_size_auto_has_at_most_the_tokens_of_a_square(name: str, most: tuple[int, ...]) -> None:
    rule = model(name).output.rule
    for quality, bound in zip(rule.qualities, most, strict=True):
        count = rule.counter(quality)
        shapes = {count(Size(width, AUTO_PIXELS // width)) for width in range(1254, 2173)}
        assert count(AUTO_SIZE) == bound == max(shapes)
