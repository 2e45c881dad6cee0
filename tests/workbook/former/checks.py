"""What the lists of the Checks sheet must hold: the rows to mend."""

from former.values import Answers
from workbook_templates.formulas.conditions import RowFaults
from workbook_templates.sheets.checks import LISTED_ROWS


def add_rows_to_mend(v: Answers, faults: RowFaults) -> None:
    """Add the first rows of a table that have a fault, and what their check says."""
    start = f"{faults.table}.fault_row."
    rows = [v[name] for name in list(v) if name.startswith(start) and v[name] != ""]
    for k in range(1, LISTED_ROWS + 1):
        name = f"{faults.name}_to_mend_{k}"
        v[name] = v[f"{name}_says"] = ""
        if k <= len(rows):
            v[name] = rows[k - 1]
            v[f"{name}_says"] = v[f"{faults.table}.check.{rows[k - 1] - faults.first_row}"]
