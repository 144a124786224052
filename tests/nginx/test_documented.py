"""What nginx's own documentation says its examples do: the model says so, and real nginx does so."""

from pathlib import Path

import pytest

from tests.nginx.sites.documented import EXAMPLES
from tests.nginx.sites.experiment import Example, wrong_in_model, wrong_in_nginx


def _name(example: Example) -> str:
    return example.name


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_the_model_answers_as_the_documentation_says(example: Example) -> None:
    assert wrong_in_model(example) == []


@pytest.mark.lab
@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_real_nginx_answers_as_its_documentation_says(example: Example, tmp_path: Path) -> None:
    assert wrong_in_nginx(example, tmp_path) == []
