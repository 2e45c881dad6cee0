"""Charts in the theme's colours: bars and lines over cells of a page."""

from typing import Literal, NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties

from workbook_templates.book import theme
from workbook_templates.book.page import Page

Chart = BarChart | LineChart
Dash = Literal["dash", "sysDash", "sysDot", "solid"]


class Cells(NamedTuple):
    """A block of cells: first and last row, first and last column."""

    top: int
    bottom: int
    left: int
    right: int

    def on(self, page: Page) -> Reference:
        """Return what a chart reads of a page."""
        return Reference(page.sheet, self.left, self.top, self.right, self.bottom)


class Look(NamedTuple):
    """How a line is drawn: colour, marker of its points, dashes; its width in EMU."""

    color: str
    marker: Literal["circle", "square", "none"] = "none"
    dash: Dash | None = None
    width: int = 22_000


def bars(
    way: Literal["bar", "col"],
    grouping: Literal["stacked", "clustered"] | None = "stacked",
    gap: int = 45,
) -> BarChart:
    """Return an empty chart of bars (across) or columns; those that are grouped share a place.

    ``gap`` is the room between them, in percent of a bar's breadth.
    """
    chart = BarChart()
    chart.type, chart.gapWidth = way, gap
    if grouping:
        chart.grouping, chart.overlap = grouping, 100
    return chart


def add(
    page: Page,
    chart: Chart,
    data: Cells,
    categories: Cells,
    *,
    by_rows: bool = False,
    titled: bool = True,
) -> Chart:
    """Add the series of a block, named by its first row unless it is not ``titled`` or by rows."""
    chart.add_data(data.on(page), from_rows=by_rows, titles_from_data=titled and not by_rows)
    chart.set_categories(categories.on(page))
    return chart


def dress(
    chart: Chart,
    number: str,
    size: tuple[float, float],
    *,
    legend: Literal["t", "b"] | None = "b",
    top_first: bool = False,
) -> None:
    """Dress a chart: the value axis' number format, width and height in cm, where the legend is.

    With ``top_first`` the first category stands on top, and the values below.
    """
    chart.title, chart.style, chart.roundedCorners = None, 10, False
    chart.legend = Legend() if legend else None
    if chart.legend and legend:
        chart.legend.position = legend
    if top_first:
        chart.x_axis.scaling.orientation, chart.y_axis.crosses = "maxMin", "max"
    chart.y_axis.numFmt, chart.y_axis.title = number, None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=theme.hairline()))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = size  # type: ignore[assignment]  # the types say whole cm


def fill(series: Series, color: str | None, labels: DataLabelList | None = None) -> None:
    """Fill a series' bars, with a colour or with nothing, and label them."""
    if color:
        series.graphicalProperties = GraphicalProperties(solidFill=color)
    else:
        series.graphicalProperties = GraphicalProperties(noFill=True)
        series.graphicalProperties.line.noFill = True
    if labels:
        series.dLbls = labels


def fill_point(series: Series, index: int, color: str) -> None:
    """Fill one bar of a series, counted from 0, otherwise than the rest."""
    point = DataPoint(idx=index)
    point.graphicalProperties = GraphicalProperties(solidFill=color)
    series.dPt.append(point)


def give_room(chart: Chart, names: float) -> None:
    """Give the names of bars a share of the chart, and write everything in smaller letters."""
    chart.layout = Layout(
        ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge",
                     x=names, y=0.16, w=0.95 - names, h=0.7)
    )  # fmt: skip
    chart.x_axis.txPr = chart.y_axis.txPr = theme.chart_letters(800)
    if chart.legend:
        chart.legend.txPr = theme.chart_letters(800)


def name(page: Page, series: Series, row: int, column: int) -> None:
    """Name a series by a cell of the page."""
    cell = page.absolute(row, row, column).split(":")[0]
    series.tx = SeriesLabel(strRef=StrRef(cell))


def draw_line(series: Series, look: Look) -> None:
    """Give a line its look."""
    line = LineProperties(solidFill=look.color, w=look.width, prstDash=look.dash)
    series.graphicalProperties, series.smooth = GraphicalProperties(ln=line), False
    series.marker = Marker(look.marker)
    if look.marker != "none":
        edge = LineProperties(solidFill=look.color)
        series.marker.size = 7
        series.marker.graphicalProperties = GraphicalProperties(solidFill=look.color, ln=edge)


def value_labels(
    number: str, text: RichText | None = None, position: Literal["outEnd"] | None = None
) -> DataLabelList:
    """Return labels that show the value and nothing else."""
    labels = DataLabelList()
    labels.showVal, labels.numFmt, labels.txPr = True, number, text
    labels.position = position
    for unwanted in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(labels, unwanted, False)
    return labels


def place(page: Page, chart: Chart, at: str, says: str) -> None:
    """Place the sheet's only chart, with its alternative text."""
    page.sheet.add_chart(chart, at)
    page.describe_chart(says)
