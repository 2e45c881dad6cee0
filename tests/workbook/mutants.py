"""Every formula that differs from one in one operator or constant."""

from collections.abc import Iterator

from workbook_templates.formulas.parse import Call, Constant, Node

SWAPS = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "^": "*",
    "=": "<>",
    "<>": "=",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "AND": "OR",
    "OR": "AND",
    "MIN": "MAX",
    "MAX": "MIN",
    "ROUNDUP": "ROUND",
    "ROUND": "ROUNDUP",
}
_TAKES_WORDS = {"=", "<>", "MATCH", "SUMIFS", "COUNTIF", "COUNTIFS", "FIND", "LEFT", "SUBSTITUTE"}
"""Where a text is no word for a reader but takes part in the computation."""


def mutants(node: Node, parent: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every tree that differs from one in one operator or constant, with what was done."""
    if isinstance(node, Constant):
        yield from _moved(node, parent)
    if not isinstance(node, Call):
        return
    name, given = node.function, node.given
    if name in SWAPS:
        yield f"{name} to {SWAPS[name]}", Call(SWAPS[name], given)
    if name == "IF":
        yes, no = (*given[1:], Constant(value=False))[:2]
        yield "branches of IF", Call(name, (given[0], no, yes))
    if name == "&":
        yield "& without its second", given[0]
    if name == "IFERROR":
        yield "IFERROR without its first", given[1]
    for place, part in enumerate(given):
        for said, changed in mutants(part, name):
            yield said, Call(name, (*given[:place], changed, *given[place + 1 :]))


def _moved(constant: Constant, parent: str) -> Iterator[tuple[str, Node]]:
    value = constant.value
    if isinstance(value, bool):
        yield f"{value} to {not value}", Constant(not value)
    elif isinstance(value, float):
        yield f"{value:g} to {value + 1:g}", Constant(value + 1)
    elif parent in _TAKES_WORDS:
        yield f"{value!r} changed", Constant(f"{value}!")
