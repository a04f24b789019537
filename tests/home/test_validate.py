"""`nbgrader validate`, JupyterLab's *Validate* button, on a learner's notebook."""

import nbformat
import pytest
from nbgrader.validator import Validator

from autograder.course.marks import own
from autograder.exercise import exercises

STEM = "self_attention"


@pytest.fixture(scope="module")
def results(course, tmp_path_factory):
    """What the validator gives for a mask that is transposed, one that is right, and two stubs."""
    folder = tmp_path_factory.mktemp("validated")
    notebook = nbformat.read(course / "release" / STEM / f"{STEM}.ipynb", as_version=4)
    wrong = exercises()["causal_mask"]
    answers = {
        "causal_mask": wrong.slipped(wrong.slips[0]),
        "combine_masks": exercises()["combine_masks"].solution,
    }
    kept = [cell for cell in notebook.cells if own(cell).get("grade_id")]
    for cell in kept:
        cell.source = answers.get(own(cell)["grade_id"], cell.source)
    notebook.cells = kept
    nbformat.write(notebook, folder / f"{STEM}.ipynb")
    validator = Validator()
    said = []
    validator.stream = type("Stream", (), {"write": staticmethod(said.append)})
    found = validator.validate(str(folder / f"{STEM}.ipynb"))
    validator.validate = lambda filename: found
    validator.validate_and_print("")
    return found, "".join(said)


def test_it_shows_the_verdict(results):
    """Does a learner read the headline, the case and the question there?"""
    found, said = results
    shown = {failed["source"]: failed["raw_error"] for failed in found["failed"]}
    assert list(shown) == ['check("causal_mask")', 'check("scaled_dot_product_attention")']
    wrong = shown['check("causal_mask")']
    assert "The causal mask: Not yet the book's function. (0 of 2 points)" in wrong
    for part in ("got:", "wanted:"):
        assert part in wrong
    assert "Not written yet." in shown['check("scaled_dot_product_attention")']
    assert "Partial credit" not in said
    assert "Not yet the book's function." in said


def test_nothing_of_it_is_cut(results):
    """Are lines short enough for nbgrader, which cuts them at 87 characters?"""
    for failed in results[0]["failed"]:
        assert max(map(len, failed["raw_error"].splitlines())) <= 82


def test_a_right_answer_passes(results):
    """Is what is right not among what failed?"""
    assert 'check("combine_masks")' not in results[1]


def test_grading_sees_none_of_it(monkeypatch, capsys):
    """Outside of validation, does nothing go to stderr, where it would cost all points?"""
    from autograder.home.validating import tell_validator
    from autograder.judge import Verdict

    verdict = Verdict("causal_mask", "The causal mask", 2.0, status="unwritten")
    tell_validator(verdict)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    tell_validator(verdict)
    assert "Not written yet." in capsys.readouterr().err
    tell_validator(Verdict("causal_mask", "The causal mask", 2.0, 2.0, status="right"))
    assert capsys.readouterr().err == ""
