"""What a learner's side starts from."""

import pytest
from terminal import Terminal

from autograder.home import check as home


@pytest.fixture
def terminal(capsys):
    home.attempts.clear()
    home.verdicts.clear()
    return Terminal(capsys)
