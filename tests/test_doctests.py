"""The examples in the docstrings are true."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest

import analyzer

MODULES = [
    found.name for found in walk_packages(analyzer.__path__, "analyzer.") if not found.name.startswith("analyzer._")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_a_modules_docstrings_hold(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_there_are_examples_to_hold() -> None:
    assert sum(doctest.testmod(import_module(name)).attempted for name in MODULES) > 20
