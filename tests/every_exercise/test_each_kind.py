"""What each kind of exercise promises beside what all do. No exercise is named here."""

import ast
import inspect
import math

from answers import written
from every import (
    built,
    every_chosen,
    every_debugged,
    every_examining,
    every_ordered,
    every_predicted,
    every_read,
    every_seed,
    every_written,
    verdict,
)

from autograder.exercise.kinds.write import WORDS, length_of
from autograder.judge import judge
from autograder.judge.answer import answer_of


@every_debugged
@every_seed
def test_the_code_to_be_mended_runs_earns_nothing_and_is_explained(exercise, seed):
    """Does wrong code that a learner was given earn 0, with all that is said of the mistake?"""
    for source in (exercise.released, ast.unparse(ast.parse(exercise.released))):
        found = judge(exercise, written(exercise, source), seed, source)
        assert (found.status, found.earned) == ("wrong", 0), found
        assert found.unchanged
        assert found.case
        assert exercise.begins.seen in found.seen or exercise.begins.alias
        assert not found.begun, "the book's function is lent until there is another one"
    assert exercise.released.startswith(exercise.signature)
    assert exercise.statement.splitlines()[0] in exercise.released


@every_debugged
def test_other_mistakes_than_the_given_one_count_as_begun(exercise):
    """Is a learner who mended something and broke something else told about that?"""
    for misconception in exercise.misconceptions:
        if exercise.start not in (misconception.name, misconception.alias):
            assert verdict(exercise, built(exercise)[misconception.name]).begun


@every_ordered
@every_seed
def test_lines_as_they_were_given_earn_nothing(exercise, seed):
    """Are lines that nobody moved known as such, worth 0, and lent over?"""
    found = judge(exercise, written(exercise, exercise.released), seed, exercise.released)
    assert found.earned == 0, found
    assert found.unchanged
    moved = exercise.released.replace("\n    return", "\n\n    return")
    assert exercise.as_given(moved), "blank lines move nothing"
    assert not exercise.as_given(exercise.solution)


@every_read
def test_curves_can_be_told_apart(exercise):
    """Are any two of them a twentieth of the axis apart somewhere, and is each told by a sign?"""
    lines = list(exercise.lines.values())
    scale = math.log if exercise.log else float
    points = [[scale(y) for y in ys] for ys in lines]
    flat = [y for ys in points for y in ys]
    height = max(flat) - min(flat)
    assert exercise.question.strip().endswith("?")
    for number, one in enumerate(points):
        for other in points[:number]:
            assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > height / 20
    assert all(curve.phrase and curve.tell[-1] == "." for curve in exercise.curves)


@every_chosen
@every_seed
def test_one_claim_fits_the_numbers_and_a_letter_alone_earns_nothing(exercise, seed):
    """Do the measured numbers decide, for every learner, and is a guess worth nothing?"""
    for args in exercise.draw(seed).values():
        letter, numbers = exercise.reference(*args)
        assert list(numbers) == list(exercise.options)
        fitting = [x for x, one in exercise.options.items() if one.fits(numbers[x], *args)]
        assert fitting == [letter] == [exercise.holds]
    shape = ", ".join(exercise.parameters)
    for guess in (f"({exercise.holds!r}, {{}})", f"{exercise.holds!r}"):
        source = f"def {exercise.name}({shape}):\n    return {guess}\n"
        assert judge(exercise, written(exercise, source), seed, source).earned == 0


@every_chosen
def test_evidence_runs_and_a_wrong_letter_is_told_what_speaks_against_it(exercise):
    """Does each claim have lines that decide it, and a sentence that says how?"""
    assert exercise.question.strip().endswith("?")
    for letter, option in exercise.options.items():
        assert exercise.lines[letter], letter
        assert all(isinstance(line, str) and line.strip() for line in exercise.lines[letter])
        assert option.claim[-1] == option.because[-1] == "."
        assert option.would[-1] != "."
    for letter in exercise.wrong:
        found = verdict(exercise, exercise.with_letter(letter))
        assert found.earned == exercise.points / 2, found
        assert exercise.options[letter].because in found.why[0]
        assert repr(exercise.holds) not in found.case.problem + found.case.wanted, "it is told"
    small = exercise.with_letter(exercise.holds.lower())
    assert verdict(exercise, small).earned == exercise.points, "a letter is one in either case"


@every_predicted
def test_what_is_to_be_predicted_can_be_counted(exercise):
    """Is there a question, and a positive number that the reference counts?"""
    assert exercise.question.strip().endswith("?")
    assert exercise.count > 0
    assert exercise.count == exercise.count.real


@every_written
def test_an_exemplar_is_as_long_as_it_asks_and_the_rubric_adds_up(exercise):
    """Could the book's own text be handed in, and does each line of the rubric earn something?"""
    words = int(length_of(exercise.solution).split()[0])
    assert WORDS[0] <= words <= WORDS[1], words
    assert exercise.statement
    assert sum(exercise.rubric.values()) == exercise.points
    for line, points in exercise.rubric.items():
        assert line.strip()
        assert points > 0
        assert points * 4 % 1 == 0
    assert judge(exercise, None).status == "by hand"


@every_examining
@every_seed
def test_a_test_that_looks_at_nothing_or_refuses_everything_earns_nothing(exercise, seed):
    """Is it the catching that earns, and only where what is right may pass?"""
    assert not inspect.isclass(exercise.examined.reference)

    def accepts_all(implementation):
        return None

    def refuses_all(implementation):
        raise AssertionError("broken")

    def looks_at_it(implementation):
        assert repr(type(implementation)) + implementation.__name__ == names[0]

    names = []
    first = exercise.right_ones[0]
    judge(exercise, answer_of(lambda f: names.append(repr(type(f)) + f.__name__)), seed)
    assert len(set(names)) == 1, f"implementations of {first.__name__} can be told apart"
    for function in (accepts_all, refuses_all, looks_at_it):
        found = verdict(exercise, function, seed)
        assert (found.status, found.earned) == ("wrong", 0), function.__name__


@every_examining
def test_whatever_gets_through_a_test_is_told_as_a_question(exercise):
    """Does a learner read what a missed implementation does, in words for that?"""
    found = verdict(exercise, lambda implementation: None)
    assert found.names == [exercise.broken[0]]
    assert exercise.broken_ones[0].broken in found.seen[0]
    for misconception in exercise.broken_ones:
        assert misconception.broken[0].islower()
        assert misconception.broken[-1] != "."
