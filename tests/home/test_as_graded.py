"""What an answer finds while it is checked at home, and what is left of that afterwards."""

import random
import signal
import threading
from html import unescape

import numpy
import pytest
import torch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from terminal import IMPORTS, TRIANGLE, demonstration

from autograder.home import as_graded
from autograder.room.sandbox import Limits

STOPPED = "Is there a loop that does not end?"
LOOPS = {
    "a loop": "while True:\n        pass",
    "a loop that sleeps": "import time\n    while True:\n        time.sleep(0.05)",
}


def endless(loop: str) -> str:
    return f"def causal_mask(Tq, Tk):\n    {loop}\n"


def state():
    return (
        random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state().tolist(),
        torch.get_num_threads(), signal.getsignal(signal.SIGALRM),
    )  # fmt: skip


@pytest.mark.parametrize("loop", LOOPS)
def test_an_endless_loop_is_stopped(loop, terminal, monkeypatch):
    """Does the cell come back, with a kind word, and is everything as it was?"""
    monkeypatch.setattr(as_graded, "SECONDS", 0.5)
    terminal.run(endless(LOOPS[loop]))
    before, names = state(), dict(terminal.names)
    said = terminal.run("check('causal_mask')")
    assert f"Your code was stopped after 0.5 seconds. {STOPPED}" in said
    assert state() == before
    assert {n: v for n, v in terminal.names.items() if n in names} == names
    assert "All of it holds." in terminal.check(TRIANGLE)


def test_a_loop_that_catches_everything_is_stopped_between_two_tries(terminal, monkeypatch):
    """Is an answer that hears no exception told so each time, until it leaves?"""
    monkeypatch.setattr(as_graded, "SECONDS", 0.2)
    monkeypatch.setattr(as_graded, "AGAIN", 0.2)
    stubborn = "tries = 0\n    while tries < 3:\n        try:\n            while True:\n" \
        "                pass\n        except BaseException:\n            tries += 1\n"  # fmt: skip
    said = terminal.check(endless(stubborn))
    assert STOPPED in said or "None came back" in said


def test_home_waits_as_long_as_a_grader():
    """Is what is too slow at home too slow when it is graded, and the other way round?"""
    assert Limits().question_seconds == as_graded.SECONDS


def test_a_check_in_a_thread_has_no_limit_and_works(terminal):
    """Are alarms left alone where Python allows none?"""
    terminal.run(TRIANGLE)
    errors = []

    def ask():
        try:
            exec("result = check('causal_mask')", terminal.names)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert not errors
    assert terminal.names["result"] == 2


def test_an_alarm_of_the_learners_own_goes_on(terminal):
    """Does a check leave a timer running that the notebook had set?"""
    handler = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 600)
    try:
        terminal.check(TRIANGLE)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 500
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


CHANCE = """import random, numpy
def causal_mask(Tq, Tk):
    if random.random() + numpy.random.rand() + torch.rand(()) < 1.5:
        return None
    return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)
"""


def test_chance_is_the_same_at_each_check(terminal):
    """Is an answer that draws numbers judged alike each time, whatever was drawn before?"""
    terminal.run(CHANCE + "\ncheck('causal_mask')")  # from the second time on, more is said
    said = set()
    for seed in range(4):
        random.seed(seed)
        numpy.random.seed(seed)
        torch.manual_seed(seed)
        before = state()
        said.add(terminal.run("check('causal_mask')"))
        assert state() == before
    assert len(said) == 1


def test_names_of_demonstrations_come_back(terminal):
    """Is a name that was hidden from an answer there again, also after an error?"""
    cell, name = demonstration()
    terminal.names |= {"In": ["", IMPORTS, cell], name: "still here"}
    terminal.check(TRIANGLE.replace("    return", f"    {name}\n    return"))
    assert terminal.names[name] == "still here"
    import solutions.self_attention as module

    assert callable(module.causal_mask)


def test_a_notebook_goes_on_after_an_endless_loop():
    """Is a kernel as good as before: its namespace, its interrupts, the next check?"""
    sources = [
        "from autograder import check\nfrom autograder.home import as_graded\n" + IMPORTS,
        "as_graded.SECONDS = 1.0\nkept = [1]",
        endless(LOOPS["a loop"]) + "check('causal_mask')",
        "kept.append(2)\n" + TRIANGLE + "check('causal_mask')",
        "kept, check('causal_mask')",
    ]
    made = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(made, kernel_name="python3", timeout=120).execute()
    stopped, right, last = (next(o for o in c.outputs if "data" in o).data for c in made.cells[2:])
    assert STOPPED in unescape(stopped["text/html"])
    assert stopped["text/plain"] == "0"
    assert right["text/plain"] == "2"
    assert last["text/plain"] == "([1, 2], 2)"
