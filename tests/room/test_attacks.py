"""Every attack of `attacks`, graded among honest submissions, in the strongest room and the weakest."""

import html
import json
import os
import re

import pytest
from answers import written
from attacks import (
    ATTENTION,
    BLANK,
    FULL,
    HOLDS,
    MASK,
    NOT_YET,
    NOTHING,
    RIGHT,
    STEM,
    Attack,
    all_attacks,
)  # fmt: skip
from attacks.batch import SECRET, Batch, descendants, guarded, strays
from nbgrader.api import Gradebook

from autograder.course.examiner import seed_for
from autograder.course.grading import grade
from autograder.course.samples import sample_answers
from autograder.exercise import chapters, exercises
from autograder.judge import judge
from autograder.room import sandbox

CHAPTER = chapters()[STEM]
TIERS = list(dict.fromkeys((*sandbox.available()[:1], *sandbox.available()[-1:])))
JOBS = dict(zip(TIERS, (1, 2), strict=False))
ATTACKS = all_attacks()
SAMPLES = sample_answers(CHAPTER)
# no scale: 3 of 4 claims hold, 3/2 * 3/4 = 1.125, in quarters 1; a mask the wrong way round: 0
PARTIAL = FULL | {MASK: 0, ATTENTION: 1}


def honest_one(name, answers, score, says=HOLDS):
    return Attack(name, "Nothing.", score, "by the points rule", says, answers=answers)


# Their names put them first, last and in the midst of the attackers.
HONEST = {
    one.name: one
    for one in (
        honest_one("-honest_right", RIGHT, FULL),
        honest_one("honest_right", RIGHT, FULL),
        honest_one("honest_blank", dict.fromkeys(FULL), NOTHING, BLANK),
        honest_one("honest_slips", SAMPLES["one_slip_in_each_of_two"], PARTIAL, NOT_YET),
        honest_one("raises", SAMPLES["raises"], FULL | {MASK: 0}, "undefined_name"),
        honest_one("~honest_right", RIGHT, FULL),
    )
}
EVERYONE = HONEST | ATTACKS
UNGRADABLE = b"no\xfftext"  # a name that is no text: there is no gradebook row for it
STOCK = (
    "honest_right", "honest_slips", "truncated", "format_3", "gives_itself_points", "hard_links",
    "folder_links_to_another", "a_pipe", "nested_folders", "folders_past_any_path",
    "folders_in_its_place", "four_terabytes_renamed", "thousands_of_files",
    "timestamp_of_words", "half_a_surrogate_in_a_comment",
)  # fmt: skip


@pytest.fixture(scope="module", params=TIERS)
def batch(request, course, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    made = Batch(course, folder, request.param, EVERYONE.values())
    odd = os.fsencode(made.course / "submitted") + b"/" + UNGRADABLE + b"/" + STEM.encode()
    os.makedirs(odd)
    made.summary = grade(made.course, STEM, jobs=JOBS[request.param])
    made.found = made.scores()
    yield made
    made.close()


# ---- each submission


@pytest.mark.parametrize("name", EVERYONE)
def test_every_submission_scores_what_its_answers_deserve(batch, name):
    """Does the gradebook hold the score that was worked out by hand, exercise by exercise?"""
    assert batch.found[name] == EVERYONE[name].score, EVERYONE[name].because


def unmarked(page: str) -> str:
    """Its text in one piece, where what differs is marked."""
    return html.unescape(re.sub(r"</?mark[^>]*>", "", page))


@pytest.mark.parametrize("name", EVERYONE)
def test_the_feedback_says_what_became_of_it(batch, name):
    """Does the learner read what happened, in words?"""
    page = unmarked(batch.page(name))
    assert any(phrase in page for phrase in EVERYONE[name].phrases), EVERYONE[name].tries


@pytest.mark.parametrize("name", EVERYONE)
def test_nothing_hidden_and_nothing_alive_is_on_the_page(batch, name):
    """Does a page give away the secret or the seed, or run what a learner wrote?"""
    page = batch.page(name)
    assert SECRET not in page
    assert str(seed_for(batch.course, STEM, name)) not in page
    assert "SQLite format 3" not in page
    for number in range(1, 9):
        assert f"<script>alert({number})" not in page
        assert f"onerror=alert({number})>" not in page.replace("&gt;", "")


@pytest.mark.parametrize("name", [name for name in HONEST if name != "honest_blank"])
def test_honest_verdicts_are_those_at_home(batch, name):
    """Are honest submissions judged exactly as without a single attacker around?"""
    seed = seed_for(batch.course, STEM, name)
    for exercise in map(exercises().get, FULL):
        source = (RIGHT | HONEST[name].answers)[exercise.name]
        here = judge(exercise, written(exercise, source), seed, source).asdict()
        there = batch.kept(name)["verdicts"][exercise.name]
        found = {key: there[key] for key in ("reread", "place", "closer")}
        assert json.loads(json.dumps(here)) | found == there


# ---- the batch


def test_the_batch_goes_to_its_end(batch):
    """Is everyone graded who can be, and nobody else?"""
    assert set(batch.found) == set(EVERYONE)
    assert sum(batch.summary.outcomes.values()) == len(EVERYONE)
    with Gradebook(f"sqlite:///{batch.course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(STEM):
            assert not submission.needs_manual_grade, submission.student.id


def test_a_second_run_finds_everything_graded(batch):
    """Does no attack make its own submission look new, run after run?"""
    summary = grade(batch.course, STEM)
    assert sum(summary.outcomes.values()) == 0


def test_the_limits_and_the_tier_come_from_the_configuration(batch):
    """Does the result say which sandbox held, and did the course's own limits hold?"""
    assert batch.summary.tier == batch.tier
    assert {batch.kept(name)["sandbox"] for name in EVERYONE} == {batch.tier}
    assert "stopped after 2 seconds" in batch.page("loops")
    assert "more than 4 MB of values" in batch.page("floods_the_reply")


def test_nothing_was_changed_that_grading_does_not_write(batch):
    """Are the canary, the secret, the configuration and the release as they were?"""
    assert guarded(batch.course, batch.canary) == batch.before[0]


def test_nothing_was_said_to_anybody(batch):
    """Did no packet and no connection reach those who listened?"""
    assert batch.listeners.heard() == []


def test_no_process_is_left(batch):
    """Is everything that a worker started gone with it?"""
    assert descendants(os.getpid(), besides=batch.before[1]) == []


def test_no_file_is_left(batch):
    """Did nobody write where anybody may, or beside the course's own folders?"""
    assert strays() == batch.before[2]
    expected = {
        "source", "release", "submitted", "autograded", "feedback", "set_aside", "secret",
        "nbgrader_config.py", "gradebook.db", "grading.lock",
    }  # fmt: skip
    assert {path.name for path in batch.course.iterdir()} <= expected


def test_what_learners_get_back_is_theirs(batch):
    """Are the returned files notebooks and pages, never links, never the gradebook?"""
    returned = [p for step in ("autograded", "feedback") for p in (batch.course / step).rglob("*")]
    assert len([path for path in returned if path.is_file()]) == 2 * len(EVERYONE)
    for path in returned:
        assert not path.is_symlink(), path
        assert path.is_dir() or path.suffix in (".ipynb", ".html"), path
        assert path.is_dir() or b"SQLite format 3" not in path.read_bytes(), path


def test_the_attacked_folders_are_as_they_were(batch):
    """Does a folder that was a link leave what it led to alone?"""
    submitted = batch.course / "submitted"
    assert (submitted / "honest_right" / STEM / f"{STEM}.ipynb").is_file()
    assert not (submitted / "folder_links_to_course" / STEM).exists()
    aside = batch.course / "set_aside"
    assert (aside / "folder_links_to_course" / STEM / "1" / STEM).is_symlink()
    assert (batch.course / "gradebook.db").read_bytes().startswith(b"SQLite format 3")


# ---- the same through nbgrader's own commands


@pytest.fixture(scope="module")
def stock(course, commands, tmp_path_factory):
    """Attacks by files, through stock `nbgrader autograde` and `generate_feedback`."""
    made = Batch(course, tmp_path_factory.mktemp("stock"), "", [EVERYONE[name] for name in STOCK])
    for step in ("autograde", "generate_feedback"):
        commands(made.course, "nbgrader", step, STEM)
    made.found = made.scores()
    yield made
    made.close()


@pytest.mark.parametrize("name", STOCK)
def test_stock_nbgrader_gives_the_same_scores_and_words(stock, name):
    """Do nbgrader's own commands, in this course, hold against the same files?"""
    assert stock.found[name] == EVERYONE[name].score
    page = unmarked(stock.page(name))
    assert any(phrase in page for phrase in EVERYONE[name].phrases)
    assert SECRET not in page


def test_stock_nbgrader_copies_nothing_foreign(stock):
    """Do neither links nor hard links carry the gradebook into what learners get back?"""
    assert guarded(stock.course, stock.canary) == stock.before[0]
    for step in ("autograded", "feedback"):
        for path in (stock.course / step).rglob("*"):
            assert path.is_dir() or b"SQLite format 3" not in path.read_bytes(), path
