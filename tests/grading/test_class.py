"""Grading a class: the same as stock nbgrader, and the same again and again."""

import shutil

import pytest
from a_class import CHAPTER, SAMPLES, STEM, autograded, change, rows
from nbgrader.api import Gradebook

from autograder.course.folder import Course, Place
from autograder.course.grading import grade
from autograder.course.replay import replay
from autograder.course.samples import sample_answers


def test_it_leaves_what_the_stock_commands_leave(graded_class, copied, commands):
    """Are gradebook, notebooks and pages those of `nbgrader autograde` and `generate_feedback`?"""
    ours, _ = graded_class
    shutil.copy(ours / "secret", copied / "secret")
    for step in ("autograde", "generate_feedback"):
        commands(copied, "nbgrader", step, STEM, "--log-level=ERROR")
    assert rows(ours) == rows(copied)
    assert len(rows(ours)) == SAMPLES
    for learner in rows(copied):
        assert autograded(ours, learner) == autograded(copied, learner)
        ours_at, stock_at = Place(ours, learner, STEM), Place(copied, learner, STEM)
        assert ours_at.feedback.read_text() == stock_at.feedback.read_text()
        for path in ("autograded", "feedback"):
            modes = [getattr(p, path).stat().st_mode for p in (ours_at, stock_at)]
            assert modes[0] == modes[1]


def test_an_unchanged_submission_is_not_graded_again(graded, one_starter):
    """Is work done once, done again when the submission changes, and when asked?"""
    folder, first = graded
    assert sum(first.outcomes.values()) == SAMPLES
    written = Place(folder, "right", STEM).autograded.stat().st_mtime_ns
    again = grade(folder, STEM)
    assert (sum(again.outcomes.values()), again.skipped) == (0, SAMPLES)
    assert Place(folder, "right", STEM).autograded.stat().st_mtime_ns == written
    change(folder, "right", sample_answers(CHAPTER)["one_slip_in_each_of_two"])
    changed = grade(folder, STEM)
    assert (sum(changed.outcomes.values()), changed.skipped) == (1, SAMPLES - 1)
    assert rows(folder)["right"]["score"] == 3
    assert sum(grade(folder, STEM, force=True).outcomes.values()) == SAMPLES


def test_the_same_submission_gets_the_same_score(graded):
    """Is a grade the same to the last digit when it is given again, by one or by two processes?"""
    folder, _ = graded
    first = rows(folder), {name: autograded(folder, name) for name in rows(folder)}
    grade(folder, STEM, jobs=2, force=True)
    assert (rows(folder), {name: autograded(folder, name) for name in rows(folder)}) == first


def test_a_manual_grade_survives(graded, one_starter):
    """Does a grade that an instructor gave by hand stay, and reach the page?"""
    folder, _ = graded
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        given = gradebook.find_grade("causal_mask-check", STEM, STEM, "blank")
        given.manual_score = 1.5
        comment = gradebook.find_comment("causal_mask", STEM, STEM, "blank")
        comment.manual_comment = "Seen on paper"
        gradebook.db.commit()
    grade(folder, STEM, force=True)
    assert rows(folder)["blank"]["score"] == 1.5
    assert rows(folder)["blank"]["needs_manual_grade"]
    assert "Seen on paper" in Place(folder, "blank", STEM).feedback.read_text(encoding="utf8")


def test_the_summary_tells_what_an_instructor_wants_first(graded_class):
    """Are outcomes counted and the class's misconceptions named?"""
    told = "\n".join(graded_class[1].lines())
    assert "6 graded" in told
    assert "1  unreadable" in told
    assert "2  scaled_dot_product_attention: no scale" in told


def test_a_verdict_can_be_replayed(graded):
    """Can a learner's complaint be looked into, and is a changed submission noticed?"""
    folder, _ = graded
    before = rows(folder), Place(folder, "two_slips_in_one", STEM).autograded.read_bytes()
    told, same = replay(folder, STEM, "two_slips_in_one")
    assert same
    assert "Two things at once" in told
    assert (rows(folder), Place(folder, "two_slips_in_one", STEM).autograded.read_bytes()) == before
    change(folder, "two_slips_in_one", sample_answers(CHAPTER)["right"])
    told, same = replay(folder, STEM, "two_slips_in_one")
    assert not same
    assert "the submission has changed since" in told
    with pytest.raises(LookupError, match=r"Graded are: .*right"):
        replay(folder, STEM, "nobody")


def test_an_assignment_that_was_never_released_is_an_error_with_a_way_out(copied):
    """Does the message say which command is missing?"""
    with pytest.raises(LookupError, match="python -m autograder release"):
        grade(copied, "no_such_chapter")
    with pytest.raises(FileNotFoundError, match="Make one: python -m autograder release"):
        Course(copied / "source")
