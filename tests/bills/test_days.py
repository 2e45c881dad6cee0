"""Days that can be read in two ways count only where the file says which one is meant."""

from pathlib import Path

import pytest
from bill_document import left, read, sample, write

from xl_pricing.bills.reasons import Reason

AZURE = sample("azure_cost_details.csv")


def test_days_are_read_in_the_order_that_a_file_proves(tmp_path: Path) -> None:
    text = AZURE.replace("11/02/2026", "02/11/2026")
    proven = text.replace("11/03/2026", "13/11/2026")
    days = {day for day, *_ in read(write(tmp_path / "a.csv", proven))["by_day_model_tier"]}
    assert days == {"2026-11-02", "2026-11-13"}
    log = "id,request_id,call_type,startTime,model,prompt_tokens,completion_tokens\n"
    log += "1,1,aimage_generation,05/11/2026 10:00,gpt-image-2,1,1\n"
    found = read(write(tmp_path / "b.csv", log))
    assert left(found) == {Reason.NO_DAY.sentence: 1}
    assert "2026-11-05 or 2026-05-11" in found["unpriced"][0]["about"]


@pytest.mark.parametrize(
    ("days", "expected", "is_told"),
    [
        (("11/02/2026", "11/03/2026"), {"2026-11-02", "2026-11-03"}, True),
        (("11/02/2026", "2026-11-03"), {"2026-11-02", "2026-11-03"}, True),
        (("11/02/2026", "11/02/2026"), {"2026-11-02"}, True),
        (("10/02/2026", "11/03/2026"), {"2026-10-02", "2026-11-03"}, True),
        (("11/02/2026", "11/13/2026"), {"2026-11-02", "2026-11-13"}, False),  # proven
        (("11/12/2026", "13/11/2026"), {"2026-12-11", "2026-11-13"}, False),  # each by itself
        (("11/11/2026", "11/11/2026"), {"2026-11-11"}, False),
        (("02/11/2026", "03/11/2026"), {None}, False),  # of one month, but not as Azure writes
        (("11/02/26", "11/02/26"), {None}, False),  # nor does it write years so
        (("11-02-2026", "11-03-2026"), {None}, False),  # nor with dashes
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["csv", "parquet"])
def test_azure_writes_the_month_first_which_is_told_unless_the_file_says_otherwise(
    days: tuple[str, str], expected: set[str | None], is_told: bool, packed: bool, tmp_path: Path
) -> None:
    text = AZURE.replace("11/02/2026", "?").replace("11/03/2026", days[1]).replace("?", days[0])
    file = write(tmp_path / "a.csv", text)
    found = read(as_parquet(file) if packed else file)
    told = {day for day, *_ in found["by_day_model_tier"]}
    assert told | ({None} if left(found) else set()) == expected
    if None in expected:
        assert left(found).keys() == {Reason.NO_DAY.sentence}
        about = found["unpriced"][0]["about"]
        assert " or 20" in about
        assert "accepted: 2026-11-02, or a day after the 12th in the same file" in about
    notes = [note for note in found["notes"] if "for there the month comes first" in note]
    assert len(notes) == is_told


def as_parquet(file: Path) -> Path:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    target = file.with_suffix(".parquet")
    with duckdb.connect() as connection:
        connection.read_csv(str(file), all_varchar=True).write_parquet(str(target))
    return target


def test_an_iso_day_in_the_same_row_proves_the_order(tmp_path: Path) -> None:
    text = "id,day,model,text_in,image_out,note\n"
    rows = ["a,11/02/2026,gpt-image-2,5,1,2026-11-02 10:00", "b,12/03/2026,gpt-image-2,5,1,"]
    found = read(write(tmp_path / "log.csv", text + "\n".join(rows)))
    assert {day for day, *_ in found["by_day_model_tier"]} == {"2026-11-02", "2026-12-03"}
    other = read(write(tmp_path / "other.csv", text + rows[1]))
    assert left(other) == {Reason.NO_DAY.sentence: 1}
