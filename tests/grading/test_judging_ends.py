"""Judging comes to an end: answers that are small and would keep whoever looks at them for hours."""

import json
import shutil
import time

import pytest

from autograder.course.folder import Place
from autograder.course.grading import grade
from autograder.exercise import exercises
from autograder.room.apart import Apart, Failed, Gone, TooLong, hurried

STEM, NAME = "reading_tasks", "decode_bio"
STRICT = """
c.Examine.question_seconds = 5
c.Examine.judge_seconds = 2
c.Examine.judge_memory = 2**29
"""
HEAD = f"def {NAME}(tags):\n    "
ENDLESS = (
    "class Endless:\n    def __iter__(self):\n        return self\n"
    "    def __next__(self):\n        return {item}\n\n\n"
)
ANSWERS = {
    "a range of a million millions": HEAD + "return [('PER', 0, 10**12)]",
    "a range below zero": HEAD + "return [('PER', -10**15, 10**15)]",
    "a range in every place": HEAD + "return [('PER', 0, 10**8)] * 1000",
    "the largest number": HEAD + "import sys; return [('PER', 0, sys.maxsize)]",
    "a number of four thousand digits": HEAD + "return [('PER', 0, 10**4000)]",
    "an iterator without an end": ENDLESS.format(item="('PER', 0, 1)") + HEAD + "return Endless()",
    "an iterator of long texts": ENDLESS.format(item="'x' * 10**6") + HEAD + "return Endless()",
    "an iterator of iterators": ENDLESS.format(item="Endless()") + HEAD + "return Endless()",
    "a generator without an end": HEAD + "\n    while True:\n        yield 'PER', 0, 10**9",
    "a set whose hashes collide": HEAD + "return {i * (2**61 - 1) for i in range(20000)}",
    "a dict whose hashes collide": HEAD + "return {i * (2**61 - 1): 1 for i in range(20000)}",
    "a thousand tensors": HEAD + "import torch; return [torch.arange(1000.) for _ in range(1000)]",
    "one tensor a thousand times": HEAD + "import torch; return [torch.arange(1000.)] * 1000",
    "a tensor without elements": HEAD + "import torch; return torch.zeros(0, 4 * 10**8)",
    "tensors in place of numbers": HEAD + "import torch; return [('PER', torch.tensor(0), "
    "torch.tensor(10**12))]",
    "a long text": HEAD + "return 'x' * 10**7",
    "long texts in long lists": HEAD + "return [('x' * 10**5, 0, 1)] * 100",
    "lists within lists": HEAD + "loop = []\n    for _ in range(60):\n        loop = [loop, loop]\n"
    "    return loop",
    "very many entities": HEAD + "return [('PER', 0, 1)] * 50000",
    "a number that is not finite": HEAD + "return [('PER', 0, float('inf'))]",
    "nothing": HEAD + "return []",
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """A class of these, between two who are right; what came of it, and the seconds it took."""
    folder = tmp_path_factory.mktemp("ends") / "course"
    shutil.copytree(course, folder, ignore=shutil.ignore_patterns("submitted"))
    with (folder / "nbgrader_config.py").open("a", encoding="utf8") as file:
        file.write(STRICT)
    right = exercises()[NAME].solution
    released = Place(folder, "", STEM).released.read_text(encoding="utf8")
    for learner, source in {"-right": right, **ANSWERS, "~right": right}.items():
        notebook = json.loads(released)
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == NAME:
                cell["source"] = source
        place = Place(folder, learner, STEM)
        place.submitted.parent.mkdir(parents=True)
        place.submitted.write_text(json.dumps(notebook), encoding="utf8")
    begun = time.monotonic()
    return folder, grade(folder, STEM), time.monotonic() - begun


def kept(folder, learner) -> dict:
    return json.loads(Place(folder, learner, STEM).autograded.read_text())["metadata"][
        "llms_by_hand"
    ]


@pytest.mark.parametrize("learner", ANSWERS)
def test_such_an_answer_has_a_verdict_of_its_own(graded, learner):
    """Does it cost its author this exercise, with words, and nobody anything else?"""
    found = kept(graded[0], learner)
    assert "unreadable" not in found
    verdict = found["verdicts"][NAME]
    assert verdict["earned"] <= 1.5
    assert verdict["status"] in ("wrong", "raised", "unusable")
    assert Place(graded[0], learner, STEM).feedback.exists()


@pytest.mark.parametrize("learner", ["-right", "~right"])
def test_who_is_right_stays_right(graded, learner):
    """Is the first of the class judged as the last, after all of these?"""
    assert kept(graded[0], learner)["verdicts"][NAME]["status"] == "right"


def test_all_of_them_together_take_minutes_at_most(graded):
    """Is everybody graded, nobody lost, and the time what the limits allow?"""
    _, summary, seconds = graded
    assert summary.lost == []
    assert sum(summary.outcomes.values()) == len(ANSWERS) + 2
    assert seconds < 60 + 20 * len(ANSWERS)


# ---- the process that judges


@pytest.fixture
def apart():
    made = []

    def start(step, memory=2**28, cpu_seconds=1.0):
        made.append(Apart({"step": step}, memory, cpu_seconds))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_it_gives_what_a_step_gives_and_stays(apart):
    """Is one process used again and again, as long as it is well?"""
    process = apart(lambda number: {"double": 2 * number})
    assert process.ask("step", 2, seconds=20) == {"double": 4}
    first = process.pid
    assert process.ask("step", 3, seconds=20) == {"double": 6}
    assert process.pid == first


def test_what_raises_is_told_and_the_process_stays(apart):
    """Is an error of ours a message with its traceback, and no reason to start anew?"""
    process = apart(lambda zero: 1 / zero)
    with pytest.raises(Failed, match="ZeroDivisionError: division by zero") as caught:
        process.ask("step", 0, seconds=20)
    assert "1 / zero" in caught.value.told
    first = process.pid
    assert process.ask("step", 1, seconds=20) == 1.0
    assert process.pid == first


def test_what_hangs_has_a_deadline(apart):
    """Is a step that waits for ever ended by the clock, and the next one done by a new process?"""
    process = apart(time.sleep)
    begun = time.monotonic()
    with pytest.raises(Gone, match="took too long"):
        process.ask("step", 1000, seconds=0.5)
    assert time.monotonic() - begun < 10
    assert process.ask("step", 0, seconds=20) is None


def test_a_loop_that_hears_no_exception_has_a_deadline(apart):
    """Does the system end a loop in C once the processor's time is used?"""
    process = apart(lambda: sum(range(10**12)))
    with pytest.raises(Gone, match="took too long"):
        process.ask("step", seconds=120)


def test_memory_is_limited(apart):
    """Does a step that allocates meet an error, and is the process replaced if it keeps much?"""
    process = apart(lambda size: len(bytearray(size)))
    with pytest.raises(Failed, match="MemoryError"):
        process.ask("step", 2**30, seconds=20)
    assert process.ask("step", 2**20, seconds=20) == 2**20
    hoard = []
    process = apart(lambda size: hoard.append(bytearray(size)))
    process.ask("step", 2**27, seconds=20)
    assert process.pid == 0
    assert process.ask("step", 1, seconds=20) is None


def test_what_cannot_be_told_is_an_error(apart):
    """Is a result that is no data the step's own failure?"""
    with pytest.raises(Failed, match="not JSON serializable"):
        apart(lambda: object()).ask("step", seconds=20)


def test_time_of_the_processor_ends_a_loop_that_hides_every_error():
    """Does TooLong come through where every Exception is caught, and again if it is swallowed?"""

    def stubborn():
        while True:
            try:
                while True:
                    pass
            except Exception:
                continue

    with pytest.raises(TooLong), hurried(0.2):
        stubborn()


def test_a_short_judgement_is_not_hurried():
    """Is nothing left ticking once a verdict is there?"""
    with hurried(0.05):
        pass
    begun = time.process_time()
    while time.process_time() - begun < 0.3:
        pass
