"""What stands in a line of the Sizes sheet: a delivered size, what to generate for it, and then.

The same columns serve the two choices for one delivered size and the table of places. ``[@width]``
and ``[@height]`` are the delivered size in px, 0 where there is none; ``[@code]`` is the legal size
that was found, height and width in steps in one number, or a row of the fixed sizes.
"""

from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.conditions import compared
from workbook_templates.formulas.sentence import fixed, sentence
from workbook_templates.sheets.worksheet.workings import RATES, TOKENS, in_range
from xl_pricing.estimation.delivery import CROPPED_PX
from xl_pricing.estimation.nearest import RATIO_TOLERANCE

FIXED_ROOM = 6
"""Fixed sizes of a model that are looked at."""
_NEAR, _NEARER = int(100 * RATIO_TOLERANCE), int(500 * RATIO_TOLERANCE)
"""Percent that the ratio of a size may be off: of one around, of one inside."""
_COUNT, _RATE = theme.NUMBER_COUNT, theme.NUMBER_RATE
_SIZE = image.image_cells(
    width="[@made_width]",
    height="[@made_height]",
    quality="quality_used",
    quality_column="quality_column",
    measured="quality_used",
    images="images_per_call",
    model_row="model_row",
)
_BY_GRID = 'counting="grid"'


_WINDOW = 14
"""Steps of width and of height that are looked at, from where a size can be first."""
_MORE = 4
"""Steps above the largest rectangle of the ratio from which sizes inside are looked for."""
_PLACES = f"(ROW($A$1:$A${_WINDOW * _WINDOW})-1)"
_COLUMNS, _ROWS = f"MOD({_PLACES},{_WINDOW})", f"INT({_PLACES}/{_WINDOW})"
"""Each place of the window: how many steps on from the first one."""


def _legal(across: str, down: str) -> str:
    """Return 1 where a size in steps is legal, else 0."""
    return (
        f"({across}<=delivery_aspect*{down})*({down}<=delivery_aspect*{across})"
        f"*({across}<=delivery_edge)*({down}<=delivery_edge)*({across}*{down}>=delivery_from)"
        f"*({across}*{down}<=delivery_to)"
    )


def _best(across: str, down: str, kept: str, rank: str) -> str:
    """Return height and width, in steps, of the best legal size of a window; 0 for none.

    ``across`` and ``down`` are the steps in each place of the window.
    """
    return (
        f"MOD(SUMPRODUCT(MAX({_legal(across, down)}*{kept}*(INT({rank})*near_base*near_base"
        f"+near_base*{down}+{across}))),near_base*near_base)"
    )


def _near(across: str, down: str, percent: int) -> str:
    """Return the condition that a size is so near to the delivered ratio."""
    made, asked = f"100*{across}*[@height]", f"[@width]*{down}"
    return f"({made}>={100 - percent}*{asked})*({made}<={100 + percent}*{asked})"


def _first(edge: str, ratio: str) -> str:
    """Return the least steps of an edge that can cover, at the smallest area that is legal."""
    covers = f"ROUNDUP([@{edge}]/delivery_step,0)"
    return f"MAX({covers},INT(SQRT(delivery_from*{ratio})*{float(1 - RATIO_TOLERANCE):g}))"


def _last(edge: str, ratio: str) -> str:
    """Return the most steps of an edge that can be inside, and a few of no use."""
    own = f"[@{edge}]/delivery_step"
    legal = f"delivery_edge,delivery_edge*{ratio},SQRT(delivery_to*{ratio})"
    return f"MIN(INT({own}),INT(MIN({own},{legal}))+{_MORE})"


_ACROSS_RATIO, _DOWN_RATIO = "[@width]/[@height]", "[@height]/[@width]"
_UP = (f"([@first_across]+{_COLUMNS})", f"([@first_down]+{_ROWS})")
_DOWN = (f"([@last_across]-{_COLUMNS})", f"([@last_down]-{_ROWS})")


def around() -> str:
    """Return the smallest legal size near the ratio that covers: it is near the first that can.

    Of equally small ones that which is nearest in ratio. Where the first itself is legal and near,
    no other has fewer pixels, and nothing need be searched.
    """
    across, down = _UP
    times = f"({across}*[@height]/([@width]*{down}))"
    rank = f"row_base*(closeness_parts-{across}*{down}+1/({times}+1/{times}))"
    searched = _best(across, down, _near(across, down, _NEAR), rank)
    first = ("[@first_across]", "[@first_down]")
    is_found = f"{_legal(*first)}*{_near(*first, _NEAR)}=1"
    return f"IF({is_found},near_base*{first[1]}+{first[0]},{searched})"


def inside() -> str:
    """Return the legal size inside that loses least, in its ratio and its edges."""
    across, down = _DOWN
    square = "([@width]^2/[@height]^2)"
    wide, high = f"{across}^3/{down}/{square}", f"{down}^3/{across}*{square}"
    least = f"({wide}+{high}-ABS({wide}-{high}))/2*closeness_parts"
    found = _best(across, down, _near(across, down, _NEARER), least)
    return f"IF(MIN([@last_across],[@last_down])<{_WINDOW},0,{found})"


def fixed_row(widths: str, heights: str) -> str:
    """Return which of the fixed sizes is nearest in ratio to the delivered one, the first of equal.

    Sizes that are not there are 0.
    """
    times = f"({widths}*[@height]/([@width]*({heights}+({heights}=0))))"
    # The smaller of the two ratios and its inverse: 1 for the same ratio.
    near = f"({times}+1/({times}+({times}=0))-ABS({times}-1/({times}+({times}=0))))/2"
    place = f"(ROW({widths})-MIN(ROW({widths})))"
    ranked = f"({widths}>0)*(INT(({near})*closeness_parts*1000)*10+9-{place})"
    return f"10-MOD(SUMPRODUCT(MAX({ranked})),10)"


def made(edge: str, fixed_edges: str) -> str:
    """Return an edge of the size to generate, 0 where there is none."""
    of_code = "INT([@code]/near_base)" if edge == "height" else "MOD([@code],near_base)"
    of_row = f"INDEX({fixed_edges},[@code])"
    return f"IF([@code]=0,0,IF({_BY_GRID},delivery_step*{of_code},{of_row}))"


def _then(none: str) -> str:
    """Say what is to be done with the image that was generated, or ``none`` where there is none."""
    width, height = (fixed(f"[@crop_{edge}]", 0) for edge in ("width", "height"))
    crop = (
        f"IF([@crop_width]*[@crop_height]>0,{sentence(CROP_BOTH, width=width, height=height)},"
        f"IF([@crop_width]>0,{sentence(CROP_WIDTH, px=width)},{sentence(CROP_HEIGHT, px=height)}))"
    )
    percent = fixed("100*[@scale]", 1)
    scaled = (
        f"IF([@scale]>1,{sentence(ENLARGE, percent=percent)},{sentence(SCALE, percent=percent)})"
    )
    cut = "[@crop_width]+[@crop_height]"
    as_it_is = f"IF({cut}=0,{sentence(AS_IT_IS)},{crop})"
    then = f'{scaled}&IF({cut}=0,"",{sentence(", then ")}&{crop})'
    return f"IF([@made_width]=0,{none},IF([@scale]=1,{as_it_is},{then}))"


AS_IT_IS = "as it is"
CROP_WIDTH = "crop {px} px of the width"
CROP_HEIGHT = "crop {px} px of the height"
CROP_BOTH = "crop {width} px of the width and {height} px of the height"
NONE = "no legal size is near its ratio"
ENLARGE = "enlarge to {percent} %"
SCALE = "scale to {percent} %"

_OVER_WIDTH, _OVER_HEIGHT = "([@made_width]-[@width])", "([@made_height]-[@height])"
_JUST_CUT = (
    f"AND(MIN({_OVER_WIDTH},{_OVER_HEIGHT})>=0,MAX({_OVER_WIDTH},{_OVER_HEIGHT})<{CROPPED_PX})"
)
_SCALE = f"IF({_JUST_CUT},1,MAX([@width]/[@made_width],[@height]/[@made_height]))"


def _cropped(edge: str) -> str:
    px = compared(f"[@made_{edge}]*[@scale]-[@{edge}]")
    return f"IF([@made_width]=0,0,ROUND({px},0))"


_TOKENS = f"IF([@legal]=0,NA(),{in_range(image.output_tokens(_SIZE))})"
_USD = charges.usd({**TOKENS, "image_out": "[@tokens]"}, RATES)


def _where(shown: str) -> str:
    """Return what a line shows; one for which there is no size is blank."""
    return f'IF([@made_width]=0,"",{shown})'


WINDOW = (
    Column("first_across", "First width, in steps", _first("width", _ACROSS_RATIO), _COUNT),
    Column("first_down", "First height, in steps", _first("height", _DOWN_RATIO), _COUNT),
    Column("last_across", "Last width, in steps", _last("width", _ACROSS_RATIO), _COUNT),
    Column("last_down", "Last height, in steps", _last("height", _DOWN_RATIO), _COUNT),
)
"""Where the legal sizes are looked for that are near the ratio."""


def shown(none: str) -> tuple[Column, ...]:
    """Return what a line shows of the size to generate; ``none`` is said where there is none."""
    return (
        Column("made", "Generate, px", _where('[@made_width]&"x"&[@made_height]'),
               replace(theme.CELL, bold=True, align="center"), 15),
        Column("tokens_shown", "Output tokens", _where("[@tokens]"), _COUNT, 13),
        Column("usd", "USD per image", _where(_USD), theme.NUMBER_PRICE, 14),
        Column("budget", "The job's budget, USD", _where("[@usd]*generations_with_buffer"),
               theme.NUMBER_USD, 16),
        Column("then", "and then", _then(none), theme.CELL, 58),
    )  # fmt: skip


MADE = (
    Column("legal", "Legal (1 = yes)", image.legal(_SIZE), _COUNT),
    Column("grid", "Grid", image.grid(_SIZE), _COUNT),
    Column("cells", "Short-edge cells", image.cells(_SIZE), _COUNT),
    Column("listed", "Tokens of the fixed size", image.listed_tokens(_SIZE), _COUNT),
    Column("tokens", "Output tokens per image", _TOKENS, _COUNT),
    Column("scale", "Scaled by", f"IF([@made_width]=0,1,{_SCALE})", _RATE),
    Column("crop_width", "Cut of the width, px", _cropped("width"), _COUNT),
    Column("crop_height", "Cut of the height, px", _cropped("height"), _COUNT),
)  # fmt: skip
"""The workings of a line, once the size to generate is known."""
