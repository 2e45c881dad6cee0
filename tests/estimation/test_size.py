"""Sizes and ratios: how they are read, which are legal, which preset, which is cheapest."""

from fractions import Fraction

import oracle
import pytest
from exhaustive import many
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from xl_pricing.errors import InvalidValueError, NotAvailableError, OutOfRangeError
from xl_pricing.estimation.nearest import IllegalSizeError, nearest_sizes
from xl_pricing.estimation.size import (
    AUTO_SIZE,
    FixedSizes,
    FreeSizes,
    Size,
    all_sizes,
    cheapest_size,
    check_size,
    parse_ratio,
    parse_size,
    preset,
    ratio_text,
    resolve_size,
)
from xl_pricing.estimation.tokens import grid_tokens
from xl_pricing.functions.sizes import plain_reader
from xl_pricing.rates.card import bundled_card

FREE = bundled_card().model("gpt-image-2").sizes
THREE = bundled_card().model("gpt-image-1").sizes

legal_sizes = st.sampled_from(oracle.legal_sizes())
small = st.integers(1, 40)


@pytest.mark.parametrize(
    "text",
    [
        "1024x1536",
        "1024X1536",
        "1024×1536",
        "1024*1536",
        " 1024 x 1536 ",
        "1024 ×1536",
        "１０２４ｘ１５３６",
        "１０２４＊１５３６",
        "1024\u3000x\u30001536",
    ],
)
def test_a_size_is_read_however_it_is_written(text: str) -> None:
    assert parse_size(text) == (1024, 1536)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1024",
        "1024x",
        "x1024",
        "1024x1536x2",
        "1e3x1e3",
        "1024.0x1536",
        "-16x16",
        "1024,1536",
    ],
)
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_size(text)
    assert str(caught.value) == (
        f"size {text!r} is not readable; accepted: 1024x1536, 1024*1536 or a ratio such as 4:5"
    )


@pytest.mark.parametrize("text", ["auto", "AUTO", " auto "])
def test_size_auto_is_not_available(text: str) -> None:
    with pytest.raises(NotAvailableError, match="size 'auto' is chosen by the model"):
        parse_size(text)


@given(legal_sizes)
def test_a_size_reads_back_what_it_writes(pixels: tuple[int, int]) -> None:
    assert parse_size(str(Size(*pixels))) == pixels


def test_a_size_knows_its_edges_and_pixels() -> None:
    size = Size(1024, 1536)
    assert (size.long, size.short, size.pixels) == (1536, 1024, 1_572_864)


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("4:5", Fraction(4, 5)),
        (" 16 : 9 ", Fraction(16, 9)),
        ("1.91:1", Fraction(191, 100)),
        ("４：５", Fraction(4, 5)),
        ("8:10", Fraction(4, 5)),
        ("1:2.5", Fraction(2, 5)),
    ],
)
def test_a_ratio_is_width_over_height(text: str, ratio: Fraction) -> None:
    assert parse_ratio(text) == ratio


@pytest.mark.parametrize(
    "text", ["", "4", "4:", ":5", "4/5", "4:5:6", "-4:5", "a:b", "4:5 px", "1e2:1", "16000:9000"]
)
def test_what_is_no_ratio_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_ratio(text)
    assert str(caught.value) == f"ratio {text!r} is not readable; accepted: 4:5, 16:9 or 1.91:1"


@pytest.mark.parametrize("text", ["0:5", "4:0", "0:0", "0.0:1"])
def test_a_ratio_has_no_side_of_zero(text: str) -> None:
    with pytest.raises(OutOfRangeError, match="has a side of 0"):
        parse_ratio(text)


@given(small, small)
def test_a_ratio_is_written_in_lowest_terms(width: int, height: int) -> None:
    ratio = Fraction(width, height)
    assert ratio_text(ratio) == f"{ratio.numerator}:{ratio.denominator}"
    assert parse_ratio(ratio_text(ratio)) == ratio


def test_29146_sizes_are_legal() -> None:
    assert isinstance(FREE, FreeSizes)
    sizes = list(all_sizes(FREE))
    assert sizes == list(oracle.legal_sizes())
    assert len(sizes) == 29_146


STEP, EDGE = "both edges must be multiples of 16 px", "an edge may have at most 3840 px"
ASPECT = "the long edge may be at most 3 times the short one"
PIXELS = "655,360 to 8,294,400 pixels are accepted"

TEN_TO_ONE = "ratio 10:1 stands for 10240x1024, not legal for this model"


def refused(value: object) -> Size:
    raise InvalidValueError(str(value))


def test_a_range_of_plain_legal_sizes_is_read_at_once() -> None:
    assert isinstance(FREE, FreeSizes)
    read = plain_reader(FREE, refused)
    for width, height in oracle.legal_sizes():
        assert read(f"{width}x{height}") == (width, height)


@pytest.mark.parametrize(
    "value",
    [
        "1024x1537",
        "1025x1536",
        "3088x1024",
        "1008x3072",
        "3856x1600",
        "1600x3856",
        "1136x576",
        "2336x3552",
        "0x0",
        " 1024x1536",
        "1024X1536",
        "1024x",
        "1024",
        "4:5",
        "",
        "9" * 5000 + "x1024",
        None,
        0.17,
        True,
    ],
)
def test_all_else_is_read_with_care(value: object) -> None:
    assert isinstance(FREE, FreeSizes)
    with pytest.raises(InvalidValueError):
        plain_reader(FREE, refused)(value)


def test_no_other_size_up_to_4096_px_is_legal() -> None:
    for width in range(0, 4097, 16):
        for height in range(0, 4097, 16):
            is_legal = FREE.fault(Size(width, height)) is None
            assert is_legal == oracle.is_legal(width, height), (width, height)


@given(legal_sizes, st.integers(1, 15), st.booleans())
def test_a_multiple_of_16_plus_a_few_px_is_illegal(
    pixels: tuple[int, int], extra: int, widen: bool
) -> None:
    width, height = pixels
    size = Size(width + extra, height) if widen else Size(width, height + extra)
    assert FREE.fault(size) == "both edges must be multiples of 16 px"


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ((1920, 1080), f"{STEP}; nearest legal: 1920x1088, 1904x1072"),
        ((1000, 1000), f"{STEP}; nearest legal: 1008x1008, 992x992"),
        ((0, 0), f"{STEP}; {PIXELS}"),
        ((10, 10), f"{STEP}; {PIXELS}; nearest legal: 816x816"),
        ((9000, 9000), f"{STEP}; {EDGE}; {PIXELS}; nearest legal: 2880x2880"),
        ((99_999, 100), f"{STEP}; {EDGE}; {ASPECT}; {PIXELS}"),
        ((3856, 1600), f"{EDGE}; nearest legal: 3840x1600"),
        ((3088, 1024), f"{ASPECT}; nearest legal: 3120x1040, 3072x1024"),
        ((1008, 3072), f"{ASPECT}; nearest legal: 1024x3072, 1008x3024"),
        ((1136, 576), f"{PIXELS}; nearest legal: 1168x592"),
        ((2336, 3552), f"{PIXELS}; nearest legal: 2336x3536"),
    ],
)
def test_the_error_names_every_rule_that_a_size_breaks_and_what_is_near(
    size: tuple[int, int], fault: str
) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        check_size(Size(*size), FREE)
    assert str(caught.value) == f"size {Size(*size)} is not legal for this model: {fault}"


@pytest.mark.parametrize(
    "size", [(1024, 640), (3840, 2160), (2880, 2880), (3072, 1024), (1024, 3072)]
)
def test_the_limits_themselves_are_legal(size: tuple[int, int]) -> None:
    assert check_size(Size(*size), FREE) == size


def test_the_first_models_draw_three_sizes() -> None:
    assert isinstance(THREE, FixedSizes)
    legal = [size for size in oracle.legal_sizes() if THREE.fault(Size(*size)) is None]
    assert legal == [(1024, 1024), (1024, 1536), (1536, 1024)]


def test_a_size_they_do_not_draw_is_refused_with_the_three() -> None:
    with pytest.raises(OutOfRangeError, match="accepted: 1024x1024, 1024x1536, 1536x1024"):
        check_size(Size(2048, 2048), THREE)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ("1:1", "1024x1024"),
        ("4:5", "1024x1280"),
        ("5:4", "1280x1024"),
        ("2:3", "1024x1536"),
        ("16:9", "1792x1008"),
        ("9:16", "1008x1792"),
        ("21:9", "2352x1008"),
        ("3:1", "3072x1024"),
        ("7:5", "1456x1040"),
        ("1.91:1", "1952x1024"),
        ("128:129", "1024x1040"),
        ("239:240", "1024x1024"),
        ("1.85:1", "1888x1024"),
        ("2.39:1", "2432x1024"),
        ("２：３", "1024x1536"),
    ],
)
def test_a_ratio_stands_for_its_preset(ratio: str, size: str) -> None:
    assert str(resolve_size(ratio, FREE)) == size


@given(small, small)
def test_a_preset_is_exact_where_a_short_side_within_a_step_of_1024_allows(
    width: int, height: int
) -> None:
    ratio = Fraction(width, height)
    assume(Fraction(1, 3) <= ratio <= 3)
    unit = 16 * min(ratio.numerator, ratio.denominator)
    nearest = min((unit * k for k in range(1, 65)), key=lambda short: (abs(short - 1024), short))
    long = nearest * max(ratio, 1 / ratio)
    assume(long <= 3840)
    assume(abs(nearest - 1024) <= 16)
    size = preset(ratio, FREE)
    assert (size.width % 16, size.height % 16, size.short) == (0, 0, nearest)
    assert Fraction(size.width, size.height) == ratio


def test_every_ratio_on_offer_has_a_legal_preset() -> None:
    for row in bundled_card().ratios:
        assert FREE.fault(resolve_size(row.ratio, FREE)) is None


@pytest.mark.parametrize(
    ("ratio", "model_sizes", "fault"),
    [
        (
            "4:5",
            THREE,
            "ratio 4:5 stands for 1024x1280, not legal for this model: accepted: 1024x1024",
        ),
        ("7:2", FREE, "ratio 7:2 stands for 3584x1024, not legal for this model: the long edge"),
        ("4.01:1", FREE, "ratio 401:100 stands for 6416x1600, not legal for this model"),
        ("10:1", FREE, f"{TEN_TO_ONE}: {EDGE}; {ASPECT}; {PIXELS}; nearest legal: 3072x1024"),
    ],
)
def test_a_ratio_without_a_legal_preset_is_refused(
    ratio: str, model_sizes: FreeSizes | FixedSizes, fault: str
) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        resolve_size(ratio, model_sizes)
    assert str(caught.value).startswith(fault)


@given(legal_sizes, st.integers(-40, 40), st.integers(-40, 40))
def test_the_nearest_sizes_are_legal_one_around_and_one_inside(
    pixels: tuple[int, int], wider: int, taller: int
) -> None:
    size = Size(pixels[0] + wider, pixels[1] + taller)
    for found in nearest_sizes(size, FREE):
        assert oracle.is_legal(*found)
        around = found.width >= size.width and found.height >= size.height
        assert around or (found.width <= size.width and found.height <= size.height)


def test_prices_of_the_nearest_sizes_are_left_out_where_a_cell_takes_no_more() -> None:
    short = IllegalSizeError("x", "; nearest legal: ", lambda: [Size(1024, 1024)])
    long = IllegalSizeError("x" * 215, "; nearest legal: ", lambda: [Size(1024, 1024)])
    short.usd = long.usd = lambda _size: 0.25
    assert str(short) == "x; nearest legal: 1024x1024 (0.25 USD)"
    assert str(long) == f"{'x' * 215}; nearest legal: 1024x1024"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("4k", "accepted: 3840x2160"),
        ("4K", "accepted: 3840x2160"),
        ("1080p", "1920x1080 is not legal for this model, accepted: 1920x1088, 1904x1072"),
        ("Full HD", "1920x1080 is not legal for this model, accepted: 1920x1088, 1904x1072"),
        ("720p", "accepted: 1280x720"),
        ("square", "accepted: 1:1, which stands for 1024x1024"),
        ("portrait", "accepted: 2:3, which stands for 1024x1536"),
        ("landscape", "accepted: 3:2, which stands for 1536x1024"),
        ("story", "accepted: 9:16, which stands for 1008x1792"),
        ("4/5", "accepted: 4:5, which stands for 1024x1280"),
        ("Instagram story", "accepted: 9:16, which stands for 1008x1792"),
        ("1080 p", "1920x1080 is not legal for this model, accepted: 1920x1088, 1904x1072"),
        ("正方形", "accepted: 1:1, which stands for 1024x1024"),
        ("1024-1536", "accepted: 1024x1536"),
        ("0-0", "accepted: 1024x1536, 1024*1536 or a ratio such as 4:5"),
        ("1/50", "accepted: 1024x1536, 1024*1536 or a ratio such as 4:5"),
        ("1024 x 1536 px", "accepted: 1024x1536"),
        ("big", "accepted: 1024x1536, 1024*1536 or a ratio such as 4:5"),
    ],
)
def test_a_word_for_a_size_is_refused_with_the_size_it_stands_for(text: str, told: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        resolve_size(text, FREE)
    assert str(caught.value) == f"size {text!r} is not readable; {told}"
    with pytest.raises(InvalidValueError, match="accepted: 1024x1024, 1024x1536, 1536x1024"):
        resolve_size(text, THREE)


def cheapest(ratio: Fraction, short_side: int, grid: int = 96) -> Size:
    return cheapest_size(ratio, short_side, FREE, lambda size: grid_tokens(grid, 1, size))


@pytest.mark.parametrize(("short_side", "grid"), [(1, 96), (1024, 16), (1024, 96), (1280, 48)])
@pytest.mark.parametrize(
    "ratio", ["1", "5/4", "4/5", "2/3", "9/16", "16/9", "191/100", "21/9", "3", "1/3"]
)
def test_no_legal_size_of_that_ratio_is_cheaper(ratio: str, short_side: int, grid: int) -> None:
    wanted = Fraction(ratio)
    size = cheapest(wanted, short_side, grid)
    assert oracle.is_legal(*size)
    assert size.short >= short_side
    assert abs(Fraction(size.width, size.height) / wanted - 1) <= Fraction(1, 100)
    assert oracle.grid_tokens(grid, *size) == oracle.cheapest_tokens(wanted, short_side, grid)


@settings(max_examples=many(20, 40))
@given(small, small, st.integers(1, 1600))
def test_an_upright_ratio_has_the_lying_one_turned(
    width: int, height: int, short_side: int
) -> None:
    ratio = Fraction(width, height)
    try:
        lying = cheapest(max(ratio, 1 / ratio), short_side)
    except OutOfRangeError:
        with pytest.raises(OutOfRangeError):
            cheapest(min(ratio, 1 / ratio), short_side)
    else:
        assert cheapest(min(ratio, 1 / ratio), short_side) == (lying.height, lying.width)


@pytest.mark.parametrize("legal", [FREE, THREE])
def test_one_percent_off_the_ratio_is_still_within(legal: FreeSizes | FixedSizes) -> None:
    def smallest(size: Size) -> int:
        return abs(size.pixels - 1024 * 1024)

    for ratio in (Fraction(100, 99), Fraction(100, 101)):
        assert cheapest_size(ratio, 1024, legal, smallest) == (1024, 1024)
    with pytest.raises(OutOfRangeError):
        cheapest_size(Fraction(1000, 989), 1024, THREE, smallest)
    assert cheapest_size(Fraction(1000, 989), 1024, FREE, smallest) != (1024, 1024)


def test_of_equally_cheap_sizes_the_nearest_to_the_ratio_wins() -> None:
    size = cheapest_size(Fraction(16, 9), 1008, FREE, lambda _size: 1)
    assert Fraction(size.width, size.height) == Fraction(16, 9)


def test_and_of_those_the_one_with_fewer_pixels() -> None:
    assert cheapest_size(Fraction(16, 9), 1008, FREE, lambda _size: 1) == (1792, 1008)


def test_the_first_models_offer_the_nearest_of_three_sizes() -> None:
    assert cheapest_size(Fraction(2, 3), 1024, THREE, lambda _size: 1) == (1024, 1536)
    assert cheapest_size(Fraction(3, 2), 1024, THREE, lambda _size: 1) == (1536, 1024)
    assert cheapest_size(Fraction(1), 1024, THREE, lambda _size: 1) == (1024, 1024)


@pytest.mark.parametrize(
    ("ratio", "short_side", "accepted"),
    [(Fraction(1), 2896, "up to 3:1, here up to 2,880 px"), (Fraction(4), 16, "up to 3:1")],
)
def test_where_no_size_is_left_the_error_says_what_would_be(
    ratio: Fraction, short_side: int, accepted: str
) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        cheapest(ratio, short_side)
    assert str(caught.value) == (
        f"no legal size has ratio {ratio} within 1 % and a shorter side of at least {short_side} "
        f"px; accepted: {accepted}"
    ).replace(f"ratio {ratio}", f"ratio {ratio}:1")
    with pytest.raises(OutOfRangeError, match="accepted: 1024x1024, 1024x1536, 1536x1024"):
        cheapest_size(ratio, 2896, THREE, lambda _size: 1)


def test_a_size_that_the_model_chooses_is_called_auto() -> None:
    assert str(AUTO_SIZE) == "auto"
