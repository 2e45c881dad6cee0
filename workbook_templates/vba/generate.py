"""Generate the VBA that follows from the declaration: a wrapper a function, and its descriptions.

python -m workbook_templates.vba.generate
"""

from collections.abc import Iterator
from pathlib import Path

import xl_pricing.functions.pricing  # noqa: F401 - fills FUNCTIONS
from xl_pricing.functions.catalogue import FUNCTIONS, Argument, CellFunction
from xl_pricing.functions.values import ERROR_NAMES

SHARED = Path(__file__).with_name("shared")
CATEGORY = "Image Pricing"


def generate() -> dict[str, str]:
    """Return the generated modules, name to source."""
    return {
        "CellFunctions": _module("CellFunctions", "Option Explicit", _wrappers()),
        "Declaration": _module(
            "Declaration",
            "Option Explicit\nOption Private Module",
            [*_describe(), *_error_number()],
        ),
    }


def _module(name: str, options: str, lines: Iterator[str] | list[str]) -> str:
    head = f'Attribute VB_Name = "{name}"\n{options}\n\n'
    return head + "' Generated from the declaration of the functions: do not edit.\n" + _text(lines)


def _text(lines: Iterator[str] | list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _wrappers() -> Iterator[str]:
    for function in FUNCTIONS.values():
        yield from _wrapper(function)


def _wrapper(function: CellFunction) -> list[str]:
    values = ", ".join(f"ValueOf({argument.vba_name})" for argument in function.arguments)
    return [
        "",
        f"Public Function {function.name}({', '.join(map(_parameter, function.arguments))})",
        f'    {function.name} = Answer("{function.name}", Array({values}))',
        "End Function",
    ]


def _parameter(argument: Argument) -> str:
    return f"{'Optional ' if argument.optional else ''}{argument.vba_name}"


def _describe() -> Iterator[str]:
    """Yield what tells the function wizard the descriptions; it is no loss where Excel refuses."""
    yield ""
    yield "' Tell the function wizard; False where Excel does not take it now."
    yield "Public Function DescribeFunctions() As Boolean"
    yield "    Dim wasSaved As Boolean"
    yield "    wasSaved = ThisWorkbook.Saved"
    yield "    On Error GoTo Refused"
    for function in FUNCTIONS.values():
        docs = [_quoted(argument.doc) for argument in function.arguments]
        yield f'    Describe "{function.name}", {_quoted(function.doc)}, Array( _'
        yield from (f"        {doc}, _" for doc in docs[:-1])
        yield f"        {docs[-1]})"
    yield "    DescribeFunctions = True"
    yield "Refused:"
    yield "    ThisWorkbook.Saved = wasSaved"
    yield "End Function"
    yield ""
    yield "Private Sub Describe(func As String, doc As String, arguments As Variant)"
    yield "    Application.MacroOptions Macro:=func, Description:=doc, _"
    yield f'        Category:="{CATEGORY}", ArgumentDescriptions:=arguments'
    yield "End Sub"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _error_number() -> Iterator[str]:
    yield ""
    yield "' The number of an error by its name; 0 for any other text."
    yield "Public Function ErrorNumber(ByVal word As String) As Long"
    yield "    Select Case word"
    for number, name in ERROR_NAMES.items():
        yield f'    Case "{name}": ErrorNumber = {number}'
    yield "    End Select"
    yield "End Function"


def main() -> None:
    """Write the generated modules beside the others."""
    for name, source in generate().items():
        (SHARED / f"{name}.bas").write_bytes(encode(source))


def encode(source: str) -> bytes:
    """Return source as VBA files hold it."""
    return source.replace("\n", "\r\n").encode("cp1252")


if __name__ == "__main__":
    main()
