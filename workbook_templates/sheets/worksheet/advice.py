"""What is right where something is wrong: searches that are made only there."""

from workbook_templates.book import theme
from workbook_templates.book.blocks import Figure
from workbook_templates.formulas import charges, image, nearest
from workbook_templates.formulas.conditions import is_number
from workbook_templates.formulas.sentence import sentence
from workbook_templates.sheets.worksheet.chosen import BY_GRID, IS_CUSTOM
from xl_pricing.estimation.image import QUALITIES
from xl_pricing.rates.card import DEFAULT_MODEL

_COUNT, _RATE, _TEXT = theme.COMPUTED_FRACTION, theme.COMPUTED_RATE, theme.COMPUTED_NAME
_IN_TABLE = QUALITIES[:3]


def _known(quality: str) -> str:
    """Return a quality behind a bar where its output tokens are known for the model."""
    by_grid = f"N(INDEX(tblModels[{quality}],model_row))"
    by_table = (
        f"SUMIFS(tblFixed[{quality}],tblFixed[model],model_used)" if quality in _IN_TABLE else "0"
    )
    return f'IF(IF({BY_GRID},{by_grid},{by_table})>0,"|{quality}","")'


_USUAL = sentence(", ".join(_IN_TABLE))
_KNOWN = "&".join(map(_known, QUALITIES))
_STEP = image.of_model("step_px", "model_row")
_MOST = image.of_model("max_edge_px", "model_row")
_WIDTH_FITS = (
    f"IF({BY_GRID},IF({is_number('custom_width')},"
    f"IF(AND(custom_width>0,custom_width<={_MOST},MOD(custom_width,{_STEP})=0),1,0),0),0)"
)
_WHOLE_PX = (
    f"IF({BY_GRID},IF(AND(size_width>=1,size_height>=1,size_width=INT(size_width),"
    "size_height=INT(size_height)),1,0),0)"
)
_LIST_RATES = "*".join(f"list_rate_{meter}" for meter in charges.METERS)
_FIRST_DAYS = "(tblRates[model]=model_used)*(last_bill_day-tblRates[effective_from])"


def _searched(name: str, label: str, near: str, any_: str) -> tuple[Figure, Figure]:
    """Return a search near the ratio, and the search at any ratio where that finds nothing."""
    asked = "IF(near_asked=0,0,{})"
    any_ = f"IF({name}_1>0,{name}_1,{any_})"
    return (
        Figure(
            f"{name}_1", f"{label}, near its ratio", asked.format(near), "height and width", _COUNT
        ),
        Figure(name, f"{label}, of any ratio", asked.format(any_), "height and width", _COUNT),
    )


_OR = sentence(" or ")
_SIZES = (
    f'IF(near_over>0,{nearest.size_of("near_over")},"")'
    f'&IF(near_over*near_inside>0,{_OR},"")'
    f'&IF(near_inside>0,{nearest.size_of("near_inside")},"")'
)
ADVICE = (
    Figure("model_near", "Nearest model",
           f'IF(ok_model=1,"",{nearest.model("model", DEFAULT_MODEL)})', "", _TEXT),
    Figure("ratio_value", "Width to height of the ratio as typed",
           f'IF(ok_ratio=1,0,{nearest.ratio_value("ratio_used")})', "0 = none", _RATE),
    Figure("ratio_near", "Nearest ratio of the list",
           f'IF(ratio_value=0,"",{nearest.ratio("ratio_value")})', "", _TEXT),
    Figure("size_wrong", "Where the size is wrong",
           f"IF(ok_size<>0,0,IF({IS_CUSTOM},IF({_WIDTH_FITS}=1,3,2),1))",
           "1 ratio, 2 width, 3 height", _COUNT),
    Figure("near_asked", "Nearest sizes are looked for",
           f"IF(size_wrong=0,0,{_WHOLE_PX})", "1 = yes", _COUNT),
    *(Figure(name, label, f"IF(near_asked=0,0,{nearest.LIMITS[name]})", "", _RATE)
      for name, label in (
          ("near_step", "Edge step, px"),
          ("near_aspect", "Long to short, at most"),
          ("near_edge", "Longest edge, in steps"),
          ("near_from", "Area from, in steps"),
          ("near_to", "Area to, in steps"))),
    *_searched("near_over", "Nearest larger size",
               nearest.covering(any_ratio=False), nearest.covering(any_ratio=True)),
    *_searched("near_inside", "Nearest smaller size",
               nearest.inside(any_ratio=False), nearest.inside(any_ratio=True)),
    Figure("near_sizes", "Nearest legal sizes", f'IF(near_asked=0,"",{_SIZES})', "", _TEXT),
    Figure("quality_words", "Qualities of the model",
           f'IFERROR(SUBSTITUTE(MID({_KNOWN},2,99),"|",{sentence(", ")}),{_USUAL})', "", _TEXT),
    Figure("rates_wrong", "Why rates are missing",
           f"IF(ok_rates<>0,0,IF(ISNUMBER({_LIST_RATES}),1,2))",
           "1 tier, 2 day", _COUNT),
    Figure("first_rate_day", "First day of the rates", "MIN(tblRates[effective_from])", "",
           theme.COMPUTED_DATE),
    Figure("first_day", "First day of the model's rates",
           f"IF(rates_wrong=0,first_rate_day,last_bill_day-SUMPRODUCT(MAX({_FIRST_DAYS})))", "",
           theme.COMPUTED_DATE),
)  # fmt: skip
"""What is right where something is wrong; looked for only there."""
