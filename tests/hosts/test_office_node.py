"""What the page's worker runs, in Pyodide under Node.js: the case table, to the last bit."""

from base64 import b64encode

from . import office_page, pyodide
from .compiled_stdlib import PLACE, faults
from .office_cells import CASES, EXPRESSIBLE, calls, named, wanted

SOURCE = """
from xl_pricing.hosts.office.cells import answers
main = answers
"""


def test_the_wheel_gives_the_answer_of_every_case() -> None:
    found = pyodide.run(SOURCE, calls(CASES), [office_page.stopped_wheel()])
    for case, (rows, reason) in zip(CASES, found, strict=True):
        assert named(rows) == wanted(case), str(case)
        assert case.says in (reason or str(rows)), str(case)
        assert bool(reason) or case.error not in EXPRESSIBLE, str(case)


def test_the_compiled_library_is_that_of_the_package() -> None:
    assert faults(b64encode(PLACE.read_bytes()).decode()) == []
