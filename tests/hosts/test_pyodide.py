"""The functions in Pyodide under Node.js: the Python of a browser."""

import pytest

from . import pyodide
from .random_calls import random_calls


@pytest.mark.usefixtures("that_day")
def test_pyodide_answers_random_calls_as_python_does() -> None:
    calls = random_calls()
    answers = pyodide.answers([(call.function, call.arguments) for call in calls])
    wrong = [(call, got) for call, got in zip(calls, answers, strict=True) if got != call.answer]
    assert wrong == []
