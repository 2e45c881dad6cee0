"""The functions that a program imports: all that are declared, and none before it asks."""

import subprocess
import sys

import pytest

import xl_pricing
from xl_pricing import functions
from xl_pricing.functions.catalogue import FUNCTIONS


def test_the_front_names_what_is_declared_in_order() -> None:
    assert xl_pricing.__all__ == functions.__all__ == sorted(FUNCTIONS)
    assert set(xl_pricing.__all__) <= set(dir(xl_pricing))


@pytest.mark.parametrize("name", xl_pricing.__all__)
def test_a_function_of_the_front_is_the_declared_one(name: str) -> None:
    assert getattr(xl_pricing, name) is FUNCTIONS[name].call


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'IMGNONE'"):
        getattr(xl_pricing, "IMGNONE")  # noqa: B009 - a name that is not there


def test_errors_are_imported_without_the_functions() -> None:
    code = "import sys, xl_pricing.errors; sys.exit('xl_pricing.functions' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
