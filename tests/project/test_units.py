"""Which tests a worker gets together: what shares a result, and no more than that."""

import pytest
from order import unit


@pytest.mark.parametrize(
    ("nodeid", "together"),
    [
        ("tests/every_exercise/test_right_answers.py::test_a[0-low_rank.lora]", "low_rank.lora"),
        ("tests/every_exercise/test_wrong_answers.py::test_b[low_rank.lora]", "low_rank.lora"),
        ("tests/every_exercise/test_notebooks.py::test_c[low_rank]",
         "tests/every_exercise/test_notebooks.py"),
        ("tests/book/test_pages.py::test_d[chapters/1_nlp/01_a.md-dark]",
         "tests/book/test_pages.py chapters/1_nlp/01_a.md"),
        ("tests/book/test_strip.py::test_e[low_rank-dark]", "tests/book/test_strip.py"),
        ("tests/room/test_worker.py::test_f[a.b]", "tests/room/test_worker.py"),
    ],
)  # fmt: skip
def test_what_is_given_away_at_once(nodeid, together):
    """Do tests that share a verdict or a visit stay together, and long files come apart?"""
    assert unit(nodeid) == together
