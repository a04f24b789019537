"""`check`, `hint` and `solution`, as a learner meets them."""

import re

import pytest
from answers import stub
from terminal import TRANSPOSED, TRIANGLE

from autograder.exercise import exercises

# ---- right, unwritten, wrong


def test_a_right_answer_is_told_so_and_is_worth_its_points(terminal):
    """What does a learner read when it is right?"""
    said = terminal.check(TRIANGLE)
    assert said.startswith("The causal mask: All of it holds. (2 of 2 points)\n")
    assert "hint" not in said
    assert terminal.names["result"] == 2.0
    assert repr(terminal.names["result"]) == "2"


def test_what_is_not_written_is_lent(terminal):
    """Can a reader go on below an exercise that was skipped, and come back to it later?"""
    said = terminal.check(stub(exercises()["causal_mask"]))
    assert "Not written yet. (0 of 2 points)" in said
    assert "The cells below use the book's function until yours is there." in said
    terminal.run("mask = causal_mask(2, 3)")
    assert terminal.names["mask"].tolist() == [[True, True, False], [True, True, True]]
    assert "Not written yet." in terminal.run("check('causal_mask')"), "lent is not written"
    assert "All of it holds." in terminal.check(TRIANGLE)


def test_a_wrong_answer_is_not_replaced(terminal):
    """Do the cells below show what the learner's own function does?"""
    terminal.check(TRANSPOSED)
    terminal.run("mask = causal_mask(2, 2)")
    assert terminal.names["mask"].tolist() == [[True, True], [False, True]]


def test_the_first_check_asks_and_the_second_explains(terminal):
    """Is there time to think between the question and the cause?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    first = terminal.check(TRANSPOSED)
    assert slip.seen in first
    assert slip.why not in first
    assert 'hint("causal_mask")' in first
    second = terminal.run("check('causal_mask')")
    assert slip.seen in second
    assert slip.why in second


@pytest.mark.parametrize("argument", ["'causal_mask'", "causal_mask"])
def test_a_hint_gives_the_cause_at_once(terminal, argument):
    """May a learner ask for the cause after one check, by name or by function?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    terminal.check(TRANSPOSED)
    assert slip.why in terminal.run(f"hint({argument})")


def test_a_hint_without_a_check_looks_first(terminal):
    """Does `hint` work as the first thing that is called?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    terminal.run(TRANSPOSED)
    assert slip.why in terminal.run("hint('causal_mask')")


def test_a_right_answer_forgets_the_failed_attempts(terminal):
    """Is a new mistake after a right answer a first one again?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    for source in (TRANSPOSED, TRANSPOSED, TRIANGLE):
        terminal.check(source)
    assert slip.why not in terminal.check(TRANSPOSED)


def test_the_case_that_differs_is_shown_with_its_arguments(terminal):
    """Can a learner run the very call that went wrong?"""
    said = terminal.check("def causal_mask(Tq, Tk):\n    return torch.ones(Tq, Tk).bool()\n")
    shown = re.search(
        r"called with:\n +Tq = (\d+)\n +Tk = (\d+)\n +got:\n(( +\[.*\]\n[ ^]*\n?)+)", said
    )
    assert shown, said
    Tq, Tk = int(shown[1]), int(shown[2])
    assert shown[3].count("1") == Tq * Tk, "what came back for just these arguments"
    assert "^" in shown[3], "what differs is pointed at"
    softmax = "def row_shares(counts):\n    return counts.softmax(dim=-1)\n"
    said = terminal.check(softmax, "row_shares")
    shown = r"  called with:\n    counts =\n( +\[( +\d+\.000)+\]\n)+  got:"
    assert re.search(shown, said), said


NAMED = {  # answers whose cause the first words name already
    "no return": ("torch.ones(Tq, Tk).bool().tril()", "Is there a `return`?"),
    "a name that is none": ("return torch.ones(Tq, Tk, dtype=torch.boul).tril(k)", None),
    "another type": ("return 'a mask'", "a str ('a mask') came back"),
    "an unknown name": ("return torch.ones(Tq, Tk).tril(wide)", "NameError: name 'wide'"),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_cause_that_is_named_is_not_taken_back(terminal, case):
    """Is "Nobody has described this mistake yet" said only where nothing is known?"""
    line, named = NAMED[case]
    terminal.check(f"def causal_mask(Tq, Tk):\n    {line}\n")
    said = terminal.run("check('causal_mask')")
    assert ("Nobody has described this mistake yet" in said) == (named is None)
    assert (named or "AttributeError") in said


def test_types_and_shapes_hold_only_where_something_came_back(terminal):
    """Is code that raises in some cases not told that its shapes are right?"""
    body = "    return counts / counts.sum({})\n"
    one_total, no_keepdim = (f"def row_shares(counts):\n{body}".format(x) for x in ("", "dim=-1"))
    assert "types and shapes are right" in terminal.check(one_total, "row_shares")
    assert "types and shapes are right" not in terminal.check(no_keepdim, "row_shares")


@pytest.mark.parametrize(("body", "full"), [
    ("torch.nn.functional.normalize(counts, p=1, dim=-1)", True),  # another slope, at 0 alone
    ("counts / counts.sum(dim=-1, keepdim=True).detach()", False),
])  # fmt: skip
def test_gradients_are_asked_where_there_is_one(terminal, body, full):
    """Are two slopes of a kink both right, and is a gradient that is cut off still seen?"""
    said = terminal.check(f"def row_shares(counts):\n    return {body}\n", "row_shares")
    assert said.startswith("Shares, row by row: " + ("All" if full else "The values agree")), said
    assert ("the gradients are not" in said) != full


def test_the_solution_is_shown_on_request(terminal):
    """Is what `solution` prints the reference itself, and what does it say of a wrong name?"""
    assert terminal.run("solution('causal_mask')").rstrip() == (
        exercises()["causal_mask"].solution.rstrip()
    )
    assert "Did you mean" in terminal.run("solution('causal_maks')")


def test_a_check_says_what_to_mend_first(terminal):
    """Is a learner sent to the function that is wrong, and not to the one that uses it?"""
    terminal.check(TRANSPOSED)
    said = terminal.check(
        "def combine_masks(attention_mask, causal):\n"
        "    T = len(causal)\n"
        "    return attention_mask.bool()[:, None, None, :] & causal_mask(T, T)\n",
        "combine_masks",
    )
    assert "It uses your `causal_mask`, which is not right yet: mend that first." in said


# ---- what costs nothing


def test_printing_and_warning_cost_nothing_and_are_shown(terminal):
    """May a learner look at values while the check runs?"""
    noise = "    print('sizes', Tq)\n    import warnings; warnings.warn('old')\n    return"
    said = terminal.check(TRIANGLE.replace("    return", noise))
    assert "All of it holds. (2 of 2 points)" in said
    assert "Your code printed:\n    sizes 3" in said


def test_what_an_endless_printer_prints_is_cut(terminal):
    """Does the card stay readable?"""
    said = terminal.check(
        TRIANGLE.replace("    return", "    print(*range(99), sep='\\n')\n    return")
    )
    assert len(said.splitlines()) < 15
