"""How chances and parts are written."""

from fractions import Fraction

import pytest

from xl_pricing.cli.drawing import show_chance, show_percent

F = Fraction


@pytest.mark.parametrize(
    ("chance", "shown"),
    [(0.0, "0%"), (1.0, "100%"), (0.5, "50%"), (0.123456, "12.35%"), (0.9999, "99.99%"),
     (0.99995, "over 99.99%"), (0.00002, "under 0.01%"), (0.0001, "0.01%"), (0.07, "7%")],
)  # fmt: skip
def test_a_chance_claims_neither_certainty_nor_impossibility(chance: float, shown: str) -> None:
    assert show_chance(chance) == shown


@pytest.mark.parametrize(
    ("share", "sign", "shown"),
    [(0.5, "", "50.0%"), (0.5, "+", "+50.0%"), (-0.5, "+", "-50.0%"), (-0.0001, "", "0.0%"),
     (0.0001, "+", "0.0%"), (F(1, 3), "", "33.3%"), (None, "", "")],
)  # fmt: skip
def test_a_part_is_written_with_one_decimal(
    share: float | Fraction | None, sign: str, shown: str
) -> None:
    assert show_percent(share, sign) == shown
