"""What charts draw, kept in them too: Excel draws from the cells, some previews from this."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.utils.cell import range_to_tuple
from openpyxl.worksheet.worksheet import Worksheet


class Shown(NamedTuple):
    """What a cell shows, and its number format."""

    value: Any
    number: str


Reader = Callable[[str, int, int], Shown]
"""Returns what a cell shows, by sheet, row and column."""


def keep(sheet: Worksheet, shown: Reader) -> None:
    """Keep in the charts of a sheet what their cells show."""
    for chart in sheet._charts:  # type: ignore[attr-defined]  # noqa: SLF001 - as openpyxl lists them
        for part in chart._charts:  # noqa: SLF001 - a chart and those that were added to it
            for series in part.series:
                _keep_series(series, shown)


def _keep_series(series: Any, shown: Reader) -> None:  # noqa: ANN401 - openpyxl has no types
    if series.tx:
        series.tx.strRef = _texts(series.tx.strRef.f, shown)
    if series.cat:
        source = series.cat.numRef.f
        texts = any(isinstance(cell.value, str) for cell in _cells(source, shown))
        series.cat = (
            AxDataSource(strRef=_texts(source, shown))
            if texts
            else AxDataSource(numRef=_numbers(source, shown))
        )
    series.val.numRef = _numbers(series.val.numRef.f, shown)


def _texts(source: str, shown: Reader) -> StrRef:
    cells = list(_cells(source, shown))
    points = [StrVal(i, str(cell.value)) for i, cell in enumerate(cells) if cell.value is not None]
    return StrRef(source, StrData(len(cells), points))


def _numbers(source: str, shown: Reader) -> NumRef:
    """Return the numbers of cells; what is no number is no point."""
    cells = list(_cells(source, shown))
    points = [
        NumVal(i, v=f"{cell.value:.15g}")
        for i, cell in enumerate(cells)
        if isinstance(cell.value, float | int)
    ]
    return NumRef(source, NumData(cells[0].number, len(cells), points))


def _cells(source: str, shown: Reader) -> Iterator[Shown]:
    sheet, bounds = range_to_tuple(source)
    left, top, right, bottom = (int(bound or 0) for bound in bounds)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield shown(sheet, row, column)
