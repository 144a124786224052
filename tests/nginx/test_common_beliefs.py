"""What people get wrong about nginx, each with one change after which they would be right."""

from pathlib import Path

import pytest

from tests.nginx.sites.beliefs import BELIEFS
from tests.nginx.sites.beliefs.belief import Belief
from tests.nginx.sites.experiment import Example, wrong_in_model, wrong_in_nginx

_STORIES = [example for belief in BELIEFS for example in (belief.story, belief.near_miss)]


def _name(given: Belief | Example) -> str:
    return given.believed if isinstance(given, Belief) else given.name


@pytest.mark.parametrize("belief", BELIEFS, ids=_name)
def test_people_believe_it_and_the_model_knows_better(belief: Belief) -> None:
    assert wrong_in_model(belief.story) == []


@pytest.mark.parametrize("belief", BELIEFS, ids=_name)
def test_after_one_change_the_model_answers_otherwise(belief: Belief) -> None:
    assert wrong_in_model(belief.near_miss) == []


@pytest.mark.lab
@pytest.mark.parametrize("example", _STORIES, ids=_name)
def test_real_nginx_does_what_the_story_tells(example: Example, tmp_path: Path) -> None:
    assert wrong_in_nginx(example, tmp_path) == []
