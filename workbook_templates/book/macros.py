"""The macro workbook and the add-in: what they hold beside sheets.

openpyxl copies such parts from the archive that a macro workbook was read from; a dictionary of
them stands in for it.
"""

from collections.abc import Mapping
from importlib.resources import files
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from workbook_templates.book.page import Book, Page
from workbook_templates.book.theme import SUBTITLE
from workbook_templates.book.words import Words

RIBBON = "customUI/customUI.xml"
PROJECT = "xl/vbaProject.bin"
BUTTON = "xl/drawings/vmlDrawing1.vml"
WORKBOOK_CODE_NAME = "ThisWorkbook"
CODE_NAMES = {
    "workbook": (
        *("shtSummary", "shtWorksheet", "shtCampaign", "shtStages", "shtLevers", "shtSizes"),
        *("shtPlans", "shtRisk", "shtActuals", "shtRates", "shtChecks", "shtHelp", "shtFunctions"),
    ),
    "addin": ("shtHelp",),
}
"""VBA's names for the sheets of either file, in their order and whatever their language."""

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_NO_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


class AddIn(Workbook):
    """A workbook that Excel loads as an add-in."""

    mime_type = "application/vnd.ms-excel.addin.macroEnabled.main+xml"


class Parts(dict[str, bytes]):
    """Parts of a file by name, asked for as those of an archive."""

    def namelist(self) -> list[str]:
        """Return the names."""
        return list(self)

    def read(self, name: str) -> bytes:
        """Return a part."""
        return self[name]


def add_macros(book: Book, kind: str, parts: Mapping[str, str]) -> None:
    """Give a workbook its VBA project, that of ``workbook`` or ``addin``, and parts beside it."""
    book.workbook.code_name = WORKBOOK_CODE_NAME
    for sheet, name in zip(book.workbook.worksheets, CODE_NAMES[kind], strict=True):
        sheet.sheet_properties.codeName = name
    ribbon = f'<Relationship Id="ribbon" Type="{_RIBBON_TYPE}" Target="{RIBBON}"/>'
    links = f'<Relationships xmlns="{_RELATIONSHIPS}">{ribbon * (RIBBON in parts)}</Relationships>'
    book.workbook.vba_archive = Parts(  # type: ignore[assignment]  # all that openpyxl asks for
        {
            "[Content_Types].xml": _NO_TYPES,
            "_rels/.rels": links.encode(),
            PROJECT: files("workbook_templates")
            .joinpath("vba", kind, "vbaProject.bin")
            .read_bytes(),
            **{name: xml.encode() for name, xml in parts.items()},
        }
    )


def add_button(book: Book) -> dict[str, str]:
    """Give the Rates sheet its button; return the button's part."""
    sheet = book.workbook[book.words("Rates")]
    sheet.legacy_drawing = BUTTON
    Page(book, sheet).say("G1", "Ctrl+Shift+R refreshes the rates too", SUBTITLE)
    return {BUTTON: _button(book.words)}


def add_ribbon() -> dict[str, str]:
    """Return the part that gives Excel the tab "Image Pricing"."""
    return {RIBBON: _RIBBON}


_RIBBON = """\
<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui">
<ribbon><tabs><tab id="tabImagePricing" label="Image Pricing" keytip="IP">
<group id="grpRates" label="Rates">
<button id="btnRefreshRates" label="Refresh rates" size="large" imageMso="RefreshAll" keytip="R" \
onAction="RefreshRatesClicked" screentip="Refresh rates" \
supertip="Bring the rates of this workbook up to date. New rows only: old prices stay."/></group>
<group id="grpWorkbook" label="Workbook">
<button id="btnNewWorksheet" label="New worksheet" size="large" imageMso="FileNew" keytip="N" \
onAction="NewWorksheetClicked" screentip="New worksheet" \
supertip="Open a new budget workbook, prefilled with an example."/>
<button id="btnHelp" label="Help" size="large" imageMso="Help" keytip="H" \
onAction="HelpClicked" screentip="Help" \
supertip="Show the cell functions with their arguments, examples and errors."/></group>
</tab></tabs></ribbon></customUI>"""


def _button(words: Words) -> str:
    """Draw a form button, as Excel has kept them since 1997."""
    caption = words("Refresh rates")
    described = quoteattr(words("Button: bring the rates up to date. Ctrl+Shift+R does the same."))
    return f"""\
<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel">
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>
<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/>
<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>
<o:lock v:ext="edit" shapetype="t"/></v:shapetype>
<v:shape id="_x0000_s1025" type="#_x0000_t201" alt={described} style="position:absolute" \
o:button="t" fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto">
<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/>
<o:lock v:ext="edit" rotation="t"/>
<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">\
<font face="Arial" size="200" color="#000000">{escape(caption)}</font></div></v:textbox>
<x:ClientData ObjectType="Button"><x:SizeWithCells/>
<x:Anchor>4, 0, 0, 7, 6, 0, 0, 36</x:Anchor>
<x:PrintObject>False</x:PrintObject><x:AutoFill>False</x:AutoFill>
<x:FmlaMacro>[0]!RefreshRates</x:FmlaMacro>
<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData>
</v:shape></xml>"""
