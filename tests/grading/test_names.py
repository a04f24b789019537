"""One learner whose name two computers spell in different bytes, and what rules a grade."""

import shutil
from unicodedata import normalize

import pytest
from a_class import CHAPTER, STEM, rows

from autograder.course import rules
from autograder.course.folder import Course
from autograder.course.grading import grade
from autograder.course.names import unite
from autograder.course.replay import replay
from autograder.course.samples import place

COMPOSED, APART = (normalize(form, "José") for form in ("NFC", "NFD"))
assert COMPOSED != APART


def hand_in(folder, name, sample="right"):
    target = place(folder, name, CHAPTER)
    shutil.copy(place(folder, sample, CHAPTER), target)
    return target


@pytest.mark.parametrize("name", [COMPOSED, APART])
def test_one_name_in_two_spellings_is_one_student(copied, one_starter, name):
    """Is a learner found under one name, however the folder spells it?"""
    hand_in(copied, name)
    grade(copied, STEM)
    names = [row for row in rows(copied) if normalize("NFC", row) == COMPOSED]
    assert names == [COMPOSED]
    assert rows(copied)[COMPOSED]["score"] == 7
    assert "All of it holds" in replay(copied, STEM, APART)[0]


def test_chapters_under_two_spellings_come_together(copied, one_starter):
    """One chapter from a Mac, one from elsewhere: do both count for one learner?"""
    hand_in(copied, APART)
    other = copied / "submitted" / COMPOSED / "tokenization"
    other.mkdir(parents=True)
    (other / "tokenization.ipynb").write_text("{}", encoding="utf8")
    grade(copied, STEM)
    folders = {path.name for path in (copied / "submitted").iterdir()}
    assert COMPOSED in folders
    assert APART not in folders
    assert {path.name for path in (copied / "submitted" / COMPOSED).iterdir()} == {
        STEM,
        "tokenization",
    }


def test_two_submissions_of_one_learner_are_both_kept(copied, one_starter, caplog):
    """Where both spellings hold the same chapter: is one graded, none lost, and is it said?"""
    hand_in(copied, COMPOSED)
    second = hand_in(copied, APART, "two_slips_in_one")
    kept = second.read_bytes()
    grade(copied, STEM)
    assert "is one learner in two spellings" in caplog.text
    assert second.read_bytes() == kept
    assert [row for row in rows(copied) if normalize("NFC", row) == COMPOSED] == [COMPOSED]
    assert rows(copied)[COMPOSED]["score"] == 7


def test_a_roster_decides_which_spelling_counts(copied, one_starter):
    """If the gradebook knows the learner already, does the folder follow its spelling?"""
    hand_in(copied, COMPOSED)
    course = Course(copied)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(APART, first_name="José")
    with course.gradebook() as gradebook:
        unite(copied, gradebook)
    grade(copied, STEM)
    assert APART in rows(copied)
    assert COMPOSED not in rows(copied)


def test_what_changes_a_score_makes_a_submission_changed(graded, one_starter, monkeypatch):
    """Are a submission, a setting, and the judge's own source looked at before work is skipped?"""
    folder, first = graded
    everybody = sum(first.outcomes.values())
    assert not grade(folder, STEM).outcomes
    with (folder / "nbgrader_config.py").open("a", encoding="utf8") as file:
        file.write("c.Examine.question_seconds = 11\n")
    assert all(not place.graded() for place in Course(folder).places(STEM))
    (folder / "nbgrader_config.py").write_text(
        (folder / "nbgrader_config.py").read_text().replace("question_seconds = 11\n", "x = 1\n")
    )
    assert sum(grade(folder, STEM).outcomes.values()) == everybody
    monkeypatch.setattr(rules, "sources", lambda: "another judge")
    assert all(not place.graded() for place in Course(folder).places(STEM))


def test_sources_are_read_once_and_are_those_that_judge(tmp_path):
    """Is every file of the judge, the checks and the references in the digest, and no author's?"""
    assert rules.sources() == rules.sources()
    one, other = tmp_path / "a.py", tmp_path / "b.py"
    one.write_text("x"), other.write_text("x")
    assert rules.hashed([one]) != rules.hashed([other])
    assert "author" not in rules.SOURCES["autograder"]
    assert {"checks", "judge", "exercise"} <= set(rules.SOURCES["autograder"])
