"""The extension for LibreOffice, made from the declaration: one file, nothing else to install.

It holds the interface of the functions, their help in both languages, a menu entry, the component
and the core. The text of the interface serves LibreOffice as type library: no compiler is needed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

import xl_pricing
import xl_pricing.functions
from workbook_templates.book.words import LANGUAGES, Words
from xl_pricing.errors import XlPricingError
from xl_pricing.files import read_bounded
from xl_pricing.functions.catalogue import FUNCTIONS, ZERO_IS_A_VALUE, Argument, CellFunction
from xl_pricing.hosts.core_files import core_files

IDENTIFIER = "org.xlpricing.imagepricing"
TITLE = "Image Pricing"
PUBLISHER = "xl_pricing"
ABOUT = "What will these images cost? Functions for Calc that price GPT image models."
TAKE_RATES = "Take refreshed rates"
ZERO_HELP = "A blank cell counts as 0 here."
NEEDED_HELP = "This one is needed."
"""Calc itself calls every argument optional that takes any value."""
_LOCALES = {"en": "en-US", "zh-CN": "zh-CN"}
_TYPES, _COMPONENT = "XImagePricing.idl", "component.py"
_DESCRIPTION, _ABOUT = "description.xml", "about.txt"
_NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
_MOST_BYTES = 16 * 1024 * 1024
_MEDIA = {
    _TYPES: "application/vnd.sun.star.uno-typelibrary;type=RDB",
    _COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
}
_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file knows, so that every run gives the same bytes."""


def build() -> bytes:
    """Return the extension, the same bytes on every run."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def is_extension(path: Path) -> bool:
    """Tell whether a file is this extension, of any version."""
    try:
        with zipfile.ZipFile(io.BytesIO(read_bounded(path, _MOST_BYTES))) as archive:
            told = archive.open(_DESCRIPTION).read(_MOST_BYTES)
    except (OSError, XlPricingError, LookupError, *_NO_ARCHIVE):
        return False
    return f'<identifier value="{IDENTIFIER}"/>'.encode() in told


def _parts() -> Iterator[tuple[str, bytes]]:
    yield "META-INF/manifest.xml", _manifest().encode()
    yield _DESCRIPTION, _description().encode()
    yield _ABOUT, ABOUT.encode()
    yield "CalcAddIns.xcu", _functions().encode()
    yield "Addons.xcu", _menu().encode()
    yield _TYPES, _interface().encode()
    yield _COMPONENT, files(__package__).joinpath(_COMPONENT).read_bytes()
    for name, content in core_files():
        yield f"pythonpath/{name}", content


def uno_name(argument: Argument) -> str:
    """Return an argument's name in UNO, where names hold no underscore: ``shortSide``."""
    first, *others = argument.vba_name.split("_")
    return first + "".join(map(str.title, others))


def _interface() -> str:
    """Write the interface: any values in, rows of any values out."""
    methods = (
        f"sequence< sequence< any > > {name.lower()}("
        + ", ".join(f"[in] any {uno_name(argument)}" for argument in function.arguments)
        + ");"
        for name, function in FUNCTIONS.items()
    )
    return "\n".join(
        (
            "module org { module xlpricing {",
            "interface XImagePricing {",
            *methods,
            "};",
            "}; };",
            "",
        )
    )


def _functions() -> str:
    nodes = "".join(map(_function, FUNCTIONS.values()))
    return _configuration(
        "CalcAddIns",
        _node("AddInInfo", _node("org.xlpricing.ImagePricing", _node("AddInFunctions", nodes))),
    )


def _function(function: CellFunction) -> str:
    arguments = "".join(
        _node(uno_name(argument), _plain("DisplayName", argument.name) + _argument_help(argument))
        for argument in function.arguments
    )
    return _node(
        function.name.lower(),
        _told("DisplayName", function.name)
        + _told("Description", function.doc)
        + _plain("Category", "Add-In")
        + _told("CompatibilityName", function.name)
        + _node("Parameters", arguments),
    )


def _argument_help(argument: Argument) -> str:
    sentences = [argument.doc]
    if not argument.optional:
        sentences.append(NEEDED_HELP)
    elif argument.name in ZERO_IS_A_VALUE:
        sentences.append(ZERO_HELP)
    return _told("Description", *sentences)


def _menu() -> str:
    entry = (
        _plain("URL", "service:org.xlpricing.TakeRates?shown")
        + _told("Title", TAKE_RATES)
        + _plain("Target", "_self")
        + _plain("Context", "com.sun.star.sheet.SpreadsheetDocument")
    )
    menu = _node(IDENTIFIER, _told("Title", TITLE) + _node("Submenu", _node("m1", entry)))
    return _configuration("Addons", _node("AddonUI", _node("OfficeMenuBar", menu)))


def _configuration(name: str, nodes: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:component-data '
        'xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'oor:name="{name}" oor:package="org.openoffice.Office">{nodes}</oor:component-data>\n'
    )


def _node(name: str, content: str) -> str:
    operation = "" if name in _GROUPS else ' oor:op="replace"'
    return f'<node oor:name="{name}"{operation}>{content}</node>'


_GROUPS = frozenset(
    ("AddInInfo", "AddInFunctions", "Parameters", "AddonUI", "OfficeMenuBar", "Submenu")
)
"""Nodes that LibreOffice has itself."""


def _told(name: str, *sentences: str) -> str:
    """Write a property in every language."""
    values = "".join(
        f'<value xml:lang="{_LOCALES[lang]}">{escape(_in_language(lang, sentences))}</value>'
        for lang in LANGUAGES
    )
    return f'<prop oor:name="{name}">{values}</prop>'


def _in_language(lang: str, sentences: tuple[str, ...]) -> str:
    words = Words(lang)
    return ("" if lang == "zh-CN" else " ").join(map(words.data, sentences))


def _plain(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value>{escape(value)}</value></prop>'


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in _MEDIA.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest '
        f'xmlns:manifest="http://openoffice.org/2001/manifest">{entries}</manifest:manifest>\n'
    )


def _description() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<identifier value="{IDENTIFIER}"/><version value="{xl_pricing.__version__}"/>'
        f'<display-name><name lang="en">{TITLE}</name></display-name>'
        f'<publisher><name lang="en">{PUBLISHER}</name></publisher>'
        f'<extension-description><src xlink:href="{_ABOUT}" lang="en"/></extension-description>'
        "</description>\n"
    )
