"""The formulas of an image, written once for the rows of a table and for named cells.

``[@field]`` is a cell of the same row, and outside a table the named cell (see `Page.formula`).
Where the parts of an image stand, `ImageCells` says. Missing answers are #N/A.
"""

from dataclasses import dataclass

from workbook_templates.formulas import plain
from workbook_templates.formulas.charges import IN_FORCE
from workbook_templates.formulas.conditions import is_number, whole
from xl_pricing.functions.arguments import CHINESE_QUALITIES

QUALITY_WORDS = "tblModels[[#Headers],[low]:[max]]"


@dataclass(frozen=True, slots=True)
class ImageCells:
    """The cells of an image's parts; a part that has none is an expression of the others.

    ``typed`` is a ratio or size as typed, ``text`` the same as read, ``px`` such as 1024x1536;
    edges are in px, 0 where they cannot be read. ``counting`` is grid or table, ``quality`` a word
    or ``measured`` output tokens, ``legal`` 1 or 0. ``grid`` and ``cells`` are grid cells along
    the long and the short edge, ``listed`` the tokens of a fixed size, ``images`` those of a call,
    ``prompt`` is in tokens, and ``reference_tokens`` are those of one reference image.
    """

    typed: str
    text: str
    width: str
    height: str
    long_edge: str
    short_edge: str
    pixels: str
    px: str
    model: str
    model_row: str
    counting: str
    quality: str
    quality_column: str
    measured: str
    legal: str
    grid: str
    cells: str
    listed: str
    images: str
    prompt: str
    references: str
    reference_tokens: str


_OWN = {
    "typed": "size",
    "text": "size_text",
    "prompt": "prompt_tokens",
    "references": "reference_images",
    **{name: name for name in ("width", "height", "quality", "legal", "grid", "cells", "listed")},
}
"""How the cells that every image has are called, behind a prefix."""


def image_cells(prefix: str = "", **elsewhere: str) -> ImageCells:
    """Return the cells that are called as usual behind ``prefix``, but for those ``elsewhere``."""
    own = {part: f"[@{prefix}{name}]" for part, name in _OWN.items()}
    own |= {"model_row": "[@model_row]", **elsewhere}
    width, height, row = own["width"], own["height"], own["model_row"]
    derived = {
        "long_edge": f"MAX({width},{height})",
        "short_edge": f"MIN({width},{height})",
        "pixels": f"{width}*{height}",
        "px": f'{width}&"x"&{height}',
        "model": f"INDEX(tblModels[model],{row})",
        "counting": f"INDEX(tblModels[counting],{row})",
        "quality_column": quality_column(quality_word(own["quality"])),
        "measured": own["quality"],
        "images": "1",
        "reference_tokens": f"INDEX({IN_FORCE}[reference_tokens],{row})",
    }
    return ImageCells(**(derived | own))


def exactly(text: str) -> str:
    """Take the wildcards out of a text that is looked up."""
    for mark in "~*?":
        text = f'SUBSTITUTE({text},"{mark}","~{mark}")'
    return text


def model_row(model: str) -> str:
    """Find a model by its id or its other name; 0 where nobody knows it.

    Blanks around it are cut, and the owner before it: openai/gpt-image-2.
    """
    name = f'SUBSTITUTE(TRIM({model}),"openai/","")'
    sought = exactly(name)
    return (
        f'IF({name}="",0,IFERROR(MATCH({sought},tblModels[model],0),'
        f"IFERROR(MATCH({sought},{IN_FORCE}[other_name],0),0)))"
    )


def quality_word(typed: str) -> str:
    """Return a quality as the tables have it: blanks around it are cut, a Chinese word is read."""
    word = f"TRIM({typed})"
    for chinese in sorted(CHINESE_QUALITIES, key=len, reverse=True):
        word = f'SUBSTITUTE({word},"{chinese}","{CHINESE_QUALITIES[chinese]}")'
    return word


def quality_column(word: str) -> str:
    """Return the place of a quality among the words; #N/A for an unknown one."""
    return f"MATCH({exactly(word)},{QUALITY_WORDS},0)"


def of_model(field: str, row: str = "[@model_row]") -> str:
    """Return what the table of models says."""
    return f"INDEX(tblModels[{field}],{row})"


_READ_AS = {
    plain.NO_BREAK: "",
    " ": "",
    "：": ":",
    "×": "x",
    "*": "x",
    "-x-": "x",
    "?": "!",
    "~": "!",
}
"""Marks in a typed size, and what they are read as."""


def size_text(image: ImageCells, *, wide: bool = False) -> str:
    """Return a typed ratio or size as text; Excel takes 4:5 for the time 04:05: it is read back.

    Full-width digits are read where ``wide``: in each of 5,000 rows they would be a larger file.
    """
    marks = {**plain.BLANKS, **plain.DIGITS, **_READ_AS} if wide else _READ_AS
    cleaned = plain.substituted(f"LOWER({image.typed})", marks)
    of_time = f'HOUR({image.typed})&":"&MINUTE({image.typed})'
    return f'IFERROR(IF({is_number(image.typed)},{of_time},{cleaned}),"?")'


def width(image: ImageCells, otherwise: ImageCells | None = None) -> str:
    """Return the width of a size as read, 0 where it cannot be; a blank one is ``otherwise``."""
    across, down = _typed_edges(image)
    whole = f'INT({across})&"x"&INT({down})={image.text}'
    whole = f"AND({across}>=1,{down}>=1,{whole})"
    found = (
        f"IFERROR(N(INDEX(tblSizes[width_px],{_preset(image)})),IFERROR(IF({whole},{across},0),0))"
    )
    return f'IF({image.text}="",{otherwise.width},{found})' if otherwise else found


def height(image: ImageCells, otherwise: ImageCells | None = None) -> str:
    """Return the height of a size as read, 0 where its width is."""
    _, down = _typed_edges(image)
    preset = f"N(INDEX(tblSizes[height_px],{_preset(image)}))"
    found = f"IFERROR({preset},IF({image.width}=0,0,{down}))"
    return f'IF({image.text}="",{otherwise.height},{found})' if otherwise else found


def _preset(image: ImageCells) -> str:
    return f"MATCH({image.text},tblSizes[ratio],0)"


def _typed_edges(image: ImageCells) -> tuple[str, str]:
    text = image.text
    across = f'VALUE(LEFT({text},FIND("x",{text})-1))'
    return across, f'VALUE(MID({text},FIND("x",{text})+1,9))'


def legal(image: ImageCells) -> str:
    """Return 1 where a size is legal for the model."""

    def limit(field: str) -> str:
        return of_model(field, image.model_row)

    conditions = (
        f"MOD({image.width},{limit('step_px')})=0",
        f"MOD({image.height},{limit('step_px')})=0",
        f"{image.long_edge}<={limit('max_edge_px')}",
        f"{image.long_edge}<={image.short_edge}*{limit('max_aspect')}",
        f"{image.pixels}>={limit('min_pixels')}",
        f"{image.pixels}<={limit('max_pixels')}",
    )
    by_grid = f"IF(AND({','.join(conditions)}),1,0)"
    listed = f"MIN(1,COUNTIFS(tblFixed[model],{image.model},tblFixed[size],{image.px}))"
    by_rule = f'IF({image.counting}="grid",{by_grid},{listed})'
    return f"IF({image.model_row}*{image.short_edge}<=0,0,{by_rule})"


def grid(image: ImageCells) -> str:
    """Return the grid cells along the long edge; 0 where model and quality have none."""
    cell = f"INDEX(tblModels[[low]:[max]],{image.model_row},{image.quality_column})"
    return f"IF({image.legal}=0,0,IFERROR(N({cell}),0))"


def cells(image: ImageCells) -> str:
    """Return the grid cells along the short edge: rounded, exact halves to even."""
    exact = f"{image.grid}*{image.short_edge}/{image.long_edge}"
    return f"IF({image.grid}=0,0,ROUND({exact},0)-IF(2*MOD({exact},2)=1,1,0))"


def listed_tokens(image: ImageCells) -> str:
    """Return the tokens that the table of fixed sizes lists, 0 for none."""
    listed = (
        f"SUMIFS(INDEX(tblFixed[[low]:[high]],0,{image.quality_column}),"
        f"tblFixed[model],{image.model},tblFixed[size],{image.px})"
    )
    return f'IF({image.legal}=0,0,IF({image.counting}="table",IFERROR({listed},0),0))'


def output_tokens(image: ImageCells, *, per_call: bool = False) -> str:
    """Return output tokens per image, or those of the call; #N/A where they are not known.

    By the grid they are rounded up once per call. Where they are measured the size is a label.
    """
    times = "" if image.images == "1" else f"{image.images}*"
    share, each = ("", times) if per_call or not times else (f"/{image.images}", "")
    pixels = f"(grid_base_px+{image.pixels})"
    by_grid = f"ROUNDUP({times}{image.grid}*{image.cells}*{pixels}/grid_divisor_px,0){share}"
    typed = image.measured
    measured = (
        f"IF(AND({typed}>=least_measured_tokens,{typed}<=max_measured_tokens),{each}{typed},NA())"
    )
    listed = f"IF({image.listed}>0,{each}{image.listed},NA())"
    by_rule = f"IF({image.grid}>0,{by_grid},{listed})"
    return f"IF({is_number(typed)},{measured},IF({image.legal}=0,NA(),{by_rule}))"


def inputs_valid(image: ImageCells) -> str:
    """Return more than 0 where the model is known and prompt and references can be counted."""
    return (
        f"{image.model_row}*{whole(image.prompt, '0', 'max_prompt_tokens')}"
        f'*IF({image.references}="",1,{whole(image.references, "0", "max_references")})'
    )


def text_tokens(image: ImageCells, valid: str = "") -> str:
    """Return the text tokens of a prompt with its overhead, 0 for a blank.

    ``valid`` is more than 0 where they can be counted, if that is to be asked.
    """
    per_call, per_reference = (
        of_model(f"text_per_{part}", image.model_row) for part in ("call", "reference")
    )
    tokens = f"{image.prompt}+{per_call}+N({image.references})*{per_reference}"
    return f'IF({image.prompt}="",0,{_if_valid(valid, tokens)})'


def references_valid(image: ImageCells) -> str:
    """Return more than 0 where the model is known and the references can be counted."""
    return f"{image.model_row}*{whole(image.references, '0', 'max_references')}"


def image_tokens(image: ImageCells, valid: str = "") -> str:
    """Return the tokens of the reference images, 0 for a blank; ``valid`` as in `text_tokens`."""
    tokens = f"{image.references}*{image.reference_tokens}"
    return f'IF({image.references}="",0,{_if_valid(valid, tokens)})'


def _if_valid(valid: str, tokens: str) -> str:
    return f"IF({valid}>0,{tokens},NA())" if valid else tokens


def reference_patches(long: str, short: str) -> str:
    """Return the patches of a reference image before their budget, from its edges in px."""
    down = f"MIN(MAX({long},patch_full_px),2*patch_full_px)"
    return (
        f"ROUNDUP({long}*patch_full_px/(patch_px*{down}),0)"
        f"*ROUNDUP({_raised(long, short)}*patch_full_px/(3*patch_px*{down}),0)"
    )


def reference_tokens(rule: str, long: str, short: str, patches: str) -> str:
    """Return the tokens of a reference image by the model's ``rule``, from edges in px."""
    raised = _raised(long, short)
    fitted = (
        f"INT(SQRT(3*patch_budget*{long}/{raised}))*INT(SQRT(patch_budget*{raised}/(3*{long})))"
    )
    fit = f"MIN({long},tile_fit_px)"
    fit_short = f"INT({short}*{fit}/{long})"
    shrunk = f"IF({fit_short}>tile_px,INT({fit}*tile_px/{fit_short}),{fit})"
    tiles = f"ROUNDUP({shrunk}/tile_px,0)"
    by_patch = f"IF({patches}>patch_budget,{fitted},{patches})"
    return f'IF({rule}="patch",{by_patch},tile_base_tokens+tile_tokens*{tiles})'


def _raised(long: str, short: str) -> str:
    """Return three times the short edge, as if no image were longer than 3:1."""
    return f"MAX(3*{short},{long})"
