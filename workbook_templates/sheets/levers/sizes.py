"""Behind the Levers: cheaper sizes of the job's ratio, and those of other ratios.

Sizes of the job's own ratio are k times its smallest one in steps of the model; their short edge
has the same grid cells, so that tokens rise with k and the largest cheaper k follows from a square
root. All in it are whole numbers below 2^53, so that floats hit an exact square exactly, and miss
no other by less than 1 part in 10^11.
"""

from dataclasses import replace

from workbook_templates.book import theme
from workbook_templates.book.blocks import Column, Figure
from workbook_templates.formulas import charges, image
from workbook_templates.formulas.conditions import compared
from workbook_templates.sheets.worksheet.workings import JOB

RATIOS = "tblRatios"
RATIO_ROWS = 40
"""Ratios that are looked at; the sizes table may grow to as many rows."""

_COUNTED, _COUNT, _RATE = theme.COMPUTED_COUNT, theme.NUMBER_COUNT, theme.NUMBER_RATE


def _by_grid(formula: str) -> str:
    return f"IF(lever_grid=0,0,{formula})"


def _unit(edge: str) -> str:
    return _by_grid(f"{image.of_model('step_px', 'model_row')}*{edge}/GCD(size_width,size_height)")


def _nearest(column: str) -> str:
    cells = f"{RATIOS}[{column}]"
    return f"IF(COUNT({cells})=0,0,MATCH(MIN({cells}),{cells},0))"


_NOW = image.output_tokens(replace(JOB, images="1"))
_UNIT_PIXELS = "(lever_unit_width*lever_unit_height)"
_CHEAPER = f"((lever_now-1)*grid_divisor_px/(grid*short_cells)-grid_base_px)/{_UNIT_PIXELS}"
_LEAST = f"ROUNDUP(SQRT({image.of_model('min_pixels', 'model_row')}/{_UNIT_PIXELS}),0)"
WORKINGS = (
    Figure("lever_priced", "The job has a budget", "IF(ISNUMBER(lever_before),1,0)", "1 = yes",
           _COUNTED),
    Figure("lever_quality", "Quality, or measured tokens",
           "IF(ISNUMBER(measured_tokens),measured_tokens,quality_used)", "word or tokens"),
    Figure("lever_prompt", "Prompt", 'IF(prompt_tokens="","",prompt_tokens)', "tokens", _COUNTED),
    Figure("lever_references", "Reference images", "N(reference_images)", "images", _COUNTED),
    Figure("lever_reference_tokens", "Tokens of a reference image",
           "IF(lever_priced=0,0,IF(lever_references>0,reference_tokens,"
           f"IFERROR(INDEX({charges.IN_FORCE}[reference_tokens],model_row),NA())))",
           "of 1024x1024 px if none", _COUNTED),
    Figure("lever_now", "Output tokens of one image",
           f"IF(lever_priced=0,0,IF(ISNUMBER(measured_tokens),0,{_NOW}))", "0 = measured",
           _COUNTED),
    Figure("lever_grid", "Grid, if it counts", "IF(lever_now=0,0,grid)", "cells", _COUNTED),
    Figure("lever_unit_width", "Sizes of the ratio: k times", _unit("size_width"), "px wide",
           _COUNTED),
    Figure("lever_unit_height", "and k times", _unit("size_height"), "px high", _COUNTED),
    Figure("lever_k_smallest", "Smallest legal k", _by_grid(_LEAST), "k", _COUNTED),
    Figure("lever_k_cheaper", "Largest cheaper k", _by_grid(f"INT(SQRT(MAX(0,{_CHEAPER})))"), "k",
           _COUNTED),
    Figure("lever_k_next", "The same, if legal",
           "IF(lever_k_cheaper<lever_k_smallest,0,lever_k_cheaper)", "0 = none", _COUNTED),
    Figure("lever_row_nearest", "Nearest cheaper ratio", _nearest("cheaper"), "row", _COUNTED),
    Figure("lever_row_larger", "Nearest larger one", _nearest("larger"), "row", _COUNTED),
)  # fmt: skip
"""The job as the moves change it, and its cheaper sizes."""


def _of_ratio(column: str) -> str:
    return f"IF([@row]>ROWS(tblSizes[ratio]),0,N(INDEX(tblSizes[{column}],[@row])))"


_SIZE = image.image_cells(quality="quality_used", quality_column="quality_column")
_TIMES = "[@width]*size_height/([@height]*size_width)"
RATIO_COLUMNS = (
    Column("row", "Row of the sizes table", f"ROW()-ROW({RATIOS}[[#Headers],[row]])", _COUNT),
    Column("width", "Width, px", _of_ratio("width_px"), _COUNT),
    Column("height", "Height, px", _of_ratio("height_px"), _COUNT),
    Column("model_row", "Row of the model", "IF(lever_now=0,0,model_row)", _COUNT),
    Column("legal", "Legal (1 = yes)", image.legal(_SIZE), _COUNT),
    Column("grid", "Grid", "IF([@legal]=0,0,lever_grid)", _COUNT),
    Column("cells", "Short-edge cells", image.cells(_SIZE), _COUNT),
    Column("listed", "Tokens of the fixed size", image.listed_tokens(_SIZE), _COUNT),
    Column("tokens", "Output tokens",
           f"IF([@legal]=0,0,IFERROR({image.output_tokens(_SIZE)},0))", _COUNT),
    Column("distance", "How far from the job's ratio",
           f"IF([@tokens]=0,0,{compared(f'MAX({_TIMES},1/({_TIMES}))')})", _RATE),
    Column("cheaper", "The same, if cheaper",
           'IF([@tokens]*([@tokens]<lever_now)*([@distance]>1)=0,"",[@distance])', _RATE),
    Column("larger", "If larger, too",
           'IF([@cheaper]="","",IF([@width]*[@height]>pixels,[@distance],""))', _RATE),
)  # fmt: skip
"""The sizes of other ratios: a row for each of the sizes table."""
