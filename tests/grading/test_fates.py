"""One submission, one fate: each step of grading goes wrong for somebody, in each way, at once."""

import time

import pytest
from a_class import rows
from fates import FATES, STEM, WHOLE, a_doomed_class, doom

from autograder.course.folder import Course
from autograder.course.grading import grade

FULL = 7
UNGRADED = "This submission could not be graded."
AT_ONCE = (
    "hangs",
    "dies",
    "is killed",
    "loops in C",
)  # nobody can ask such a process anything more
OTHERS = ("a first one", "the last one")
JOBS = {"one process": 1, "two processes": 2}
STOCK, STEPS_OF_STOCK = "stock nbgrader", ("autograde", "generate_feedback")
PATIENCE = (3, 9, 27)  # times the seconds, where the machine was too busy


@pytest.fixture(scope="module")
def all_fates(course, commands, tmp_path_factory):
    """Three classes of the doomed, graded: folder, summary or what was said, seconds in its due.

    A hanging step is only waited for, so stock nbgrader does each of its steps beside one of
    our gradings. Who was cut short because the machine was busy is graded once more, with more time.
    """
    folders = {way: tmp_path_factory.mktemp("fates") / "course" for way in (*JOBS, STOCK)}
    for way, folder in folders.items():
        a_doomed_class(course, folder, in_stock=way == STOCK)
    graded, said, begun = {}, [], time.monotonic()
    for step, (way, jobs) in zip(STEPS_OF_STOCK, JOBS.items(), strict=True):
        commands.begin(folders[STOCK], "nbgrader", step, STEM)
        graded[way] = in_our_way(folders[way], jobs)
        said.append(commands.ended())
    graded[STOCK] = folders[STOCK], said, time.monotonic() - begun
    for way, folder in folders.items():
        for patience in PATIENCE:
            if not cut_short(*graded[way]):
                break
            a_doomed_class(course, folder, way == STOCK, patience)
            again = in_our_way(folder, JOBS[way]) if way in JOBS else in_stock(folder, commands)
            graded[way] = *again[:2], again[2] / patience
    return graded


def in_our_way(folder, jobs: int):
    with pytest.MonkeyPatch.context() as patch:
        doom(patch.setattr)
        begun = time.monotonic()
        return folder, grade(folder, STEM, jobs=jobs), time.monotonic() - begun


def in_stock(folder, commands):
    said, begun = [], time.monotonic()
    for step in STEPS_OF_STOCK:
        commands.begin(folder, "nbgrader", step, STEM)
        said.append(commands.ended())
    return folder, said, time.monotonic() - begun


def cut_short(folder, said, seconds) -> bool:
    """Whether time was over for somebody whom nothing keeps waiting."""
    if isinstance(said, list) and any(status != "0" for status, _ in said):
        return True  # not even a page without verdicts was made in time
    quick = [*OTHERS, *(fate for fate in FATES if fate.startswith("render"))]
    if any(rows(folder)[learner]["score"] != FULL for learner in quick):
        return True
    if any("Your notebook was stopped" in page_of(folder, fate) for fate in FATES):
        return True  # before its fate could befall it
    return "could not be judged" not in page_of(folder, "judge raises")


@pytest.fixture(params=[*JOBS, STOCK])
def fates(request, all_fates):
    """A class of the doomed, graded; and the summary, or what stock nbgrader said."""
    return all_fates[request.param]


def page_of(folder, learner) -> str:
    return (folder / "feedback" / learner / STEM / f"{STEM}.html").read_text(encoding="utf8")


@pytest.mark.parametrize("learner", OTHERS)
def test_whom_nothing_befalls_has_all_points(fates, learner):
    """Is whoever comes before and after the doomed graded as without them?"""
    assert rows(fates[0])[learner]["score"] == FULL
    assert "All of it holds." in page_of(fates[0], learner)


@pytest.mark.parametrize("fate", FATES)
def test_each_fate_is_its_own(fates, fate):
    """Does a submission on which a step fails have a result and a page that says what happened?"""
    step, _, way = fate.partition(" ")
    score, page = rows(fates[0])[fate]["score"], page_of(fates[0], fate)
    if step == "render":
        assert score == FULL
        assert "cannot be shown" in page
    elif score == 0 and UNGRADED in page:  # it died, or on a busy machine its time was over
        assert fate != "judge raises"
    else:
        assert step != "read"
        assert way not in AT_ONCE
        assert score <= FULL - 2
        assert "could not be judged" in page or "took too long" in page


def test_everybody_has_a_result_and_nothing_is_left_halfway(fates):
    """Is nobody missing, and no file left that says that somebody is at work?"""
    folder, said, _ = fates
    assert set(rows(folder)) == {*OTHERS, *FATES}
    assert not [path for path in folder.rglob("*") if path.name.endswith(".part")]
    assert not (folder / ".grading").exists()
    if isinstance(said, list):
        assert [status for status, _ in said] == ["0", "0"], said
    else:
        assert said.lost == []
        assert sum(said.outcomes.values()) == len(FATES) + len(OTHERS)


def test_a_second_run_finds_nothing_to_do(fates):
    """Is a submission that once failed not tried again and again?"""
    folder, said, _ = fates
    if isinstance(said, list):
        pytest.skip("nbgrader keeps no digest of ours")
    assert all(place.graded() for place in Course(folder).places(STEM))


def test_time_is_lost_only_where_it_hangs(fates):
    """Does each fate end within its own deadline?"""
    slow = sum(fate.endswith(("hangs", "loops in C")) for fate in FATES)
    assert fates[2] < 240 + 3 * WHOLE * slow  # a page is tried three times


# ---- saving


def test_what_cannot_be_saved_is_said_and_the_next_is_graded(copied, monkeypatch, one_starter):
    """Does a row that cannot be written, or a folder in a file's way, cost its own submission?"""
    real = Course.record

    def record(self, gradebook, place, scores, comments):
        if place.learner == "right":
            raise ValueError("no such row")
        return real(self, gradebook, place, scores, comments)

    monkeypatch.setattr(Course, "record", record)
    in_the_way = copied / "autograded" / "blank" / STEM / f"{STEM}.ipynb" / "folder"
    in_the_way.mkdir(parents=True)
    summary = grade(copied, STEM)
    assert sorted(summary.lost) == ["blank", "right"]
    assert "Not saved" in "\n".join(summary.lines())
    assert sum(summary.outcomes.values()) == 4
    assert not (copied / ".grading").exists()
    monkeypatch.setattr(Course, "record", real)
    in_the_way.rmdir()
    in_the_way.parent.rmdir()
    again = grade(copied, STEM)
    assert (sum(again.outcomes.values()), again.skipped, again.lost) == (2, 4, [])
