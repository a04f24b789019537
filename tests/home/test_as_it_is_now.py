"""`hint` and "mend that first" speak of the code as it is, not as it was when it was checked."""

from answers import stub
from terminal import TRANSPOSED, TRIANGLE

from autograder.exercise import exercises

(SLIP,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
USES = """def combine_masks(attention_mask, causal):
    T = len(causal)
    return attention_mask.bool()[:, None, None, :] & causal_mask(T, T)
"""
MEND = "It uses your `causal_mask`, which is not right yet: mend that first."


def test_a_hint_is_about_the_code_as_it_is_now(terminal):
    """Is the cause told after a right answer was spoilt, and nothing after a wrong one was mended?"""
    terminal.check(TRIANGLE)
    terminal.run(TRANSPOSED)
    assert SLIP.why in terminal.run("hint('causal_mask')")
    terminal.run(TRIANGLE)
    said = terminal.run("hint('causal_mask')")
    assert "All of it holds." in said
    assert SLIP.why not in said


def test_a_hint_is_no_attempt(terminal):
    """Does a check after a hint ask its question first, as any first check?"""
    terminal.run(TRANSPOSED)
    terminal.run("hint('causal_mask')")
    said = terminal.check(TRANSPOSED)
    assert SLIP.seen in said
    assert SLIP.why not in said


def test_what_was_mended_need_not_be_mended(terminal):
    """Is another exercise looked at as it is now, where it was wrong and was not checked again?"""
    terminal.check(TRANSPOSED)
    terminal.run(USES)
    assert MEND in terminal.run("check('combine_masks')")
    terminal.run(TRIANGLE)
    assert MEND not in terminal.run("check('combine_masks')")


def test_what_was_never_checked_is_looked_at(terminal):
    """Is a learner sent to a wrong function that nobody has checked yet?"""
    terminal.run(TRANSPOSED)
    assert MEND in terminal.check(USES, "combine_masks")


def test_what_was_spoilt_is_noticed(terminal):
    """Is a right answer that was spoilt since its check seen as wrong?"""
    terminal.check(TRIANGLE)
    terminal.run(TRANSPOSED)
    assert MEND in terminal.check(USES, "combine_masks")


def test_looking_at_another_is_no_attempt_at_it(terminal):
    """Does a quiet look at `causal_mask` leave its first question for its first check?"""
    terminal.run(TRANSPOSED)
    for _ in range(3):
        terminal.check(USES, "combine_masks")
    assert SLIP.why not in terminal.run("check('causal_mask')")


def test_what_is_not_written_is_lent_to_the_first_check_that_needs_it(terminal):
    """Is an answer judged with the book's function where the learner has skipped that one?"""
    terminal.run(stub(exercises()["causal_mask"]))
    right = exercises()["combine_masks"].solution
    assert "All of it holds." in terminal.check(
        right.replace("    return", "    causal_mask(1, 1)\n    return"), "combine_masks"
    )


def test_the_true_question_comes_before_what_to_mend(terminal):
    """Is what is wrong with this answer asked before it is said that another is wrong, too?"""
    terminal.run(TRANSPOSED)
    exercise = exercises()["combine_masks"]
    asked = {m.name: m.seen for m in exercise.misconceptions}
    named = 0
    for slip in exercise.slips:
        source = exercise.slipped(slip).replace("    return", "    causal_mask(1, 1)\n    return")
        said = terminal.check(source, "combine_masks")
        if asked[slip.name] in said:
            assert said.index(asked[slip.name]) < said.index(MEND), said
            named += 1
    assert named


def test_what_is_not_there_is_lent(terminal):
    """Can a reader go on where the cell of an exercise was deleted?"""
    assert "There is no `causal_mask` yet" in terminal.run("check('causal_mask')")
    terminal.run("mask = causal_mask(1, 2)")
    assert terminal.names["mask"].tolist() == [[True, True]]
    assert "There is no `causal_mask` yet" in terminal.run("check('causal_mask')")
    assert "All of it holds." in terminal.check(TRIANGLE)
    assert "There is no `causal_mask` yet" in terminal.check("del causal_mask")


def test_the_books_own_is_no_answer(terminal):
    """Is an import told from an answer, as when it is graded?"""
    said = terminal.check("from solutions.self_attention import causal_mask")
    assert "Not written yet. (0 of 2 points)" in said
    assert "`causal_mask` is the book's own, imported. Write yours in its place." in said
    terminal.run("mask = causal_mask(1, 2)")
