"""What holds for every exercise of the course. No exercise is named here."""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import nbformat
import pytest
from answers import noisy, stub, trivial_answers, with_bodies, written
from jaxtyping import TypeCheckError
from nbclient import NotebookClient

from autograder.answer import Here, answer_of
from autograder.chapter import chapters
from autograder.compare import difference
from autograder.evidence import key_of, looser, outcomes_of, same
from autograder.exercise import exercises
from autograder.kinds import PLACEHOLDER, WORDS, Debug, Examine, Predict, Write, length_of
from autograder.master import graded_exercise, own

EXERCISES = exercises()
QUALITY = Path(__file__).parents[1] / "build" / "quality"
PUBLIC, GRADED = 0, (1, 987654321, 2**40 + 7)
WITH_EXERCISES = [stem for stem, chapter in chapters().items() if chapter.exercises]


def these(exercises):
    """A mark that runs a test for each of them, and for none where there is none."""
    return pytest.mark.parametrize("exercise", list(exercises), ids=str)


every_exercise = these(EXERCISES.values())
every_function = these(e for e in EXERCISES.values() if not e.in_prose)
every_compared = these(e for e in EXERCISES.values() if e.compares)
every_debugged = these(e for e in EXERCISES.values() if isinstance(e, Debug))
every_predicted = these(e for e in EXERCISES.values() if isinstance(e, Predict))
every_written = these(e for e in EXERCISES.values() if isinstance(e, Write))
every_examining = these(e for e in EXERCISES.values() if isinstance(e, Examine))
every_seed = pytest.mark.parametrize("seed", [PUBLIC, *GRADED])


def verdict(exercise, function, seed=PUBLIC):
    return exercise.grade(answer_of(function), seed)


@cache
def outcomes(exercise, function, seed=PUBLIC):
    return outcomes_of(exercise, answer_of(function), key_of(exercise, seed).examples)


@cache
def built(exercise):
    """Every misconception's code by name."""
    return {m.name: m.build() for m in exercise.misconceptions}


def lookalikes(exercise, function, seed=PUBLIC):
    """Names of the misconceptions that give the same outputs as this code."""
    key, mine = key_of(exercise, seed), outcomes(exercise, function, seed)
    return {
        name
        for name, other in built(exercise).items()
        if other is not function and same(key, mine, outcomes(exercise, other, seed))
    }


# ---- 1. what is right


@every_function
@every_seed
def test_the_reference_earns_full_points(exercise, seed):
    """Does the judge find the book's own answer right, whatever numbers are drawn?"""
    found = verdict(exercise, exercise.reference, seed)
    assert (found.status, found.earned) == ("right", exercise.points), found
    assert found.fails == found.names == found.notes == []


@every_compared
@every_seed
def test_the_reference_agrees_with_code_that_nobody_here_wrote(exercise, seed):
    """Is what we call right also right to torch, transformers, or whoever the oracle is?"""
    if exercise.oracle_function is None:
        assert exercise.alternatives, "no oracle, and not even a second way to write it"
        pytest.skip("no library has this")
    key = key_of(exercise, seed)
    theirs = outcomes_of(exercise, answer_of(exercise.oracle_function), key.examples)
    for aspect, got, wanted, allowed in zip(
        key.examples, theirs, key.outcomes, key.allowed, strict=True
    ):
        assert not got.error or wanted.error, (aspect, got.error)
        if not wanted.error:
            found = difference(got.value, wanted.value, looser(allowed))
            assert found is None, f"when {aspect}: {found}"


@every_function
def test_shapes_and_types_in_a_signature_are_enforced(exercise):
    """Is what a signature promises checked whenever a test calls the reference?"""
    nothing = [object() for _ in exercise.parameters]
    if nothing:  # what takes nothing cannot be given the wrong thing
        with pytest.raises(TypeCheckError):
            exercise.reference(*nothing)
    assert inspect.getsource(exercise.reference).startswith(exercise.signature)


@every_compared
def test_the_oracle_is_somebody_elses(exercise):
    """Could an oracle be the reference under another name, which agrees with itself?"""
    if exercise.oracle_function is None:
        pytest.skip("no library has this")
    assert exercise.oracle_name, "say whose it is"
    source = inspect.getsource(exercise.oracle_function)
    assert "solutions" not in source
    assert ".reference" not in source


@every_compared
def test_graded_examples_are_not_the_public_ones(exercise):
    """Would values learnt by heart from the public examples fail in the gradebook?"""
    if len(inspect.signature(exercise.examples).parameters) == 0 or not exercise.parameters:
        pytest.skip("nothing is drawn")
    public, graded = exercise.draw(PUBLIC), exercise.draw(GRADED[-1])
    assert repr(public) != repr(graded)
    assert repr(graded) == repr(exercise.draw(GRADED[-1])), "the same seed draws the same"


@every_compared
def test_an_exercise_teaches_enough_to_be_one(exercise):
    """Is there a property to hold on to, and are the usual mistakes known by name?"""
    assert [claim for claim in exercise.claims if not claim.universal], "no claim"
    if exercise.kind == "build":
        assert len(exercise.misconceptions) >= 3
    assert len({m.name for m in exercise.misconceptions}) == len(exercise.misconceptions)


# ---- 2. what is not written, and what raises


@every_function
def test_a_stub_earns_nothing_and_is_called_unwritten(exercise):
    """Is an answer that was not begun told apart from one that is wrong?"""
    found = exercise.grade(written(exercise, stub(exercise)), PUBLIC)
    assert (found.status, found.earned) == ("unwritten", 0)
    assert not found.case


@every_function
def test_an_answer_that_raises_is_told_where_and_why(exercise):
    """Does the verdict point at the learner's own line, and repeat what Python said?"""
    source = with_bodies(exercise, "total = 1", "return total + never_defined")
    found = exercise.grade(written(exercise, source), PUBLIC)
    assert (found.status, found.earned) == ("raised", 0)
    assert found.error["type"] == "NameError"
    assert "never_defined" in found.error["message"]
    assert found.error["text"] == "return total + never_defined"
    assert source.splitlines()[found.error["line"] - 1].strip() == found.error["text"]


# ---- 3. what is wrong, and how it is named


@every_compared
@every_seed
def test_every_misconception_loses_points_and_is_named(exercise, seed):
    """Does each known mistake get its own sentence, on public and on graded numbers?"""
    for misconception in exercise.misconceptions:
        found = verdict(exercise, built(exercise)[misconception.name], seed)
        expected = misconception.alias or misconception.name
        assert found.earned < exercise.points, f"{misconception.name} earns full points"
        assert found.names == [expected], f"{misconception.name} is taken for {found.names}"
        assert found.case, f"{misconception.name} is named, but no case is shown"


@every_compared
@every_seed
def test_misconceptions_differ_unless_they_are_declared_aliases(exercise, seed):
    """Can each mistake be told from every other one by its outputs?"""
    partners = {m.name: m.alias for m in exercise.misconceptions}
    for name, alias in partners.items():
        alike = lookalikes(exercise, built(exercise)[name], seed)
        family = {n for n in partners if (partners[n] or n) == (alias or name)} - {name}
        assert alike == family, f"{name} gives the outputs of {alike}; declared are {family}"


@every_function
def test_every_slip_fits_exactly_once(exercise):
    """Does each slip still find the one place in the reference that it edits?"""
    for slip in exercise.slips:
        assert exercise.solution.count(slip.old) == 1, slip
        assert exercise.slipped(slip) != exercise.solution


@every_compared
def test_two_slips_at_once_are_named(exercise):
    """Is a pair of slips named as that pair, or as the one mistake whose outputs it has?

    Where all examples raise, the learner is told the line instead; where another pair has
    the same outputs, neither can be named.
    """
    key = key_of(exercise, PUBLIC)
    pairs = [([m.name for m in two], a, outcomes_of(exercise, a, key.examples))
             for two, a in exercise.wrong_twice]  # fmt: skip
    singles = {m.name: m for m in exercise.misconceptions}
    for names, answer, mine in pairs:
        if not any(map(difference_of, mine, key.outcomes, key.allowed)):
            continue  # one slip undoes the other
        found = exercise.grade(answer, PUBLIC)
        assert found.earned < exercise.points, names
        alike = {singles[n].alias or n for n, function in built(exercise).items()
                 if same(key, mine, outcomes(exercise, function))}  # fmt: skip
        twins = [other for other, _, theirs in pairs if other != names and same(key, mine, theirs)]
        if all(outcome.error for outcome in mine):
            assert found.status == "raised", names
        elif alike or not twins:
            expected = [sorted(alike)] if alike else [names]
            assert [found.names] == expected, f"{names} is taken for {found.names}"


def difference_of(got, wanted, allowed):
    return bool(got.error) != bool(wanted.error) or (
        not got.error and difference(got.value, wanted.value, allowed)
    )


@every_exercise
def test_feedback_sends_to_headings_that_are_there(exercise):
    """Can a learner find the paragraph that a verdict says to reread?"""
    chapter = chapters()[exercise.module]
    assert chapter.exercises[exercise.name], "no heading stands above the exercise"
    for misconception in exercise.misconceptions:
        if misconception.reread:
            heading = re.escape(misconception.reread)
            assert re.search(rf"^#+ {heading}$", chapter.text, re.MULTILINE), heading


@every_exercise
def test_feedback_is_spoken_as_a_good_teacher_speaks(exercise):
    """Is every sentence there, calm, and about the code and not about the learner?"""
    for misconception in exercise.misconceptions:
        for sentence in (misconception.seen, misconception.why, misconception.broken or "-"):
            assert sentence.strip(), misconception.name
            assert "!" not in sentence.replace("!=", ""), sentence
            for blame in ("you forgot", "your mistake", "you failed", "obviously", "simply"):
                assert blame not in sentence.lower(), sentence
    for claim in exercise.claims:
        assert claim.sentence
        assert claim.sentence[0].islower(), f"it follows a dash or a colon: {claim.sentence}"


# ---- 4. other right answers


@every_function
@every_seed
def test_every_other_right_way_earns_full_points(exercise, seed):
    """Is it the result that is judged, and not how it was written?"""
    for alternative in exercise.alternatives:
        found = verdict(exercise, alternative, seed)
        assert found.earned == exercise.points, (alternative.__name__, found)


@every_function
def test_printing_and_warning_cost_nothing(exercise):
    """May a learner look at values, and call what is deprecated, in a right answer?"""
    found = verdict(exercise, noisy(exercise))
    assert (found.status, found.earned) == ("right", exercise.points), found


@every_function
def test_the_reference_is_self_contained(exercise):
    """Does the reference work as a cell below the chapter's imports, as an answer has to?"""
    found = exercise.grade(written(exercise, exercise.solution), PUBLIC, exercise.solution)
    assert found.earned == exercise.points, found


# ---- what nobody thought about


@every_compared
@pytest.mark.parametrize("seed", [PUBLIC, GRADED[-1]])
def test_trivial_answers_earn_nothing(exercise, seed):
    """What do zeros, ones, noise, a constant and the first argument earn?"""
    if inspect.isclass(exercise.reference):
        pytest.skip("what an object returns has no one shape")
    for name, answer in trivial_answers(exercise).items():
        found = verdict(exercise, answer, seed)
        assert found.earned == 0, f"{name} earns {found.earned}: {found.holds}"


@every_function
def test_scores_are_quarters_and_verdicts_repeat(exercise):
    """Are points multiples of 0.25, and is the same answer judged the same twice?"""
    for function in [exercise.reference, *built(exercise).values()]:
        first, second = (verdict(exercise, function, GRADED[0]) for _ in range(2))
        assert first == second
        assert (first.earned * 4).is_integer()
        assert 0 <= first.earned <= exercise.points
        if exercise.compares:
            assert first.earned in (exercise.points, min(first.earned, exercise.points / 2 + 0.25))
        json.dumps(first.asdict())


# ---- 5. small edits that nobody declared


@pytest.fixture(scope="module")
def nursery():
    """A clean process that makes mutants and judges each in a fork of its own."""
    command = [sys.executable, str(Path(__file__).with_name("mutants.py"))]
    hidden = os.environ | {"CUDA_VISIBLE_DEVICES": ""}  # what has seen a GPU must not fork
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=hidden
    ) as process:
        yield process
        process.stdin.close()


@every_compared
def test_small_edits_of_the_reference_are_rejected(exercise, nursery, record_property):
    """Do the examples notice every operator, constant, axis and line of the reference?"""
    print(exercise.name, file=nursery.stdin, flush=True)
    report = json.loads(nursery.stdout.readline())
    excused = {
        fragment: [m for m in report["alive"] if fragment in m["original"]]
        for fragment in exercise.excused
    }
    alive = [m for m in report["alive"] if not any(m in group for group in excused.values())]
    told = [f"  line {m['line']}: {m['original']}\n    {m['edit']}" for m in alive]
    record_property("survivors", told)
    print(f"{exercise!r}: {len(alive)} of {report['made']} mutants live", *told, sep="\n")
    if exercise.package == "solutions":  # for the page that says how good the exercises are
        QUALITY.mkdir(parents=True, exist_ok=True)
        counts = {"mutants": report["made"], "killed": report["made"] - len(report["alive"])}
        (QUALITY / f"{exercise.name}.json").write_text(json.dumps(counts))
    idle = [fragment for fragment, group in excused.items() if not group]
    assert not idle, f"excuses that excuse nothing: {idle}"
    assert report["made"] > 0
    assert len(alive) <= 0.05 * report["made"], "\n".join(told)


# ---- what each kind promises beside


@every_debugged
@every_seed
def test_the_code_to_be_mended_runs_earns_nothing_and_is_explained(exercise, seed):
    """Does wrong code that a learner was given earn 0, with all that is said of the mistake?"""
    for source in (exercise.released, ast.unparse(ast.parse(exercise.released))):
        found = exercise.grade(written(exercise, source), seed, source)
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
    assert exercise.grade(None).status == "by hand"


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
    exercise.grade(answer_of(lambda f: names.append(repr(type(f)) + f.__name__)), seed)
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


# ---- 6. the notebook that learners get


@pytest.mark.parametrize("stem", WITH_EXERCISES)
def test_the_released_notebook_runs_as_it_is_and_with_answers(stem, course):
    """Does the notebook run to its end unanswered, earning 0, and is it worth all answered?

    One kernel: first every cell as released, then answers and checks once more. That the
    text's own cells run with the book's functions is the book's build.
    """
    path = course / "release" / stem / f"{stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    checks = {name: cell for cell in notebook.cells if (name := graded_exercise(cell))}
    asked = chapters()[stem].exercises
    assert list(checks) == [name for name in asked if not EXERCISES[name].in_prose]
    client = NotebookClient(notebook, kernel_name="python3", timeout=120)
    client.resources = {"metadata": {"path": str(path.parent)}}
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        assert {name: shown(cell) for name, cell in checks.items()} == dict.fromkeys(checks, "0")
        for cell in notebook.cells:
            name = own(cell).get("grade_id")
            if name in EXERCISES:
                cell.source = EXERCISES[name].solution
        for index, cell in enumerate(notebook.cells):
            if own(cell).get("solution") or cell in checks.values():
                client.execute_cell(cell, index)
    full = {name: f"{EXERCISES[name].points:g}" for name in checks}
    assert {name: shown(cell) for name, cell in checks.items()} == full


def shown(cell) -> str:
    """The text of a cell's value, by which nbgrader knows the score."""
    (result,) = [output for output in cell.outputs if output.output_type == "execute_result"]
    return result["data"]["text/plain"]


@pytest.mark.parametrize("stem", WITH_EXERCISES)
def test_released_notebooks_hold_no_answer(stem, course):
    """Is any line of a reference's body left in what learners get?"""
    notebook = nbformat.read(course / "release" / stem / f"{stem}.ipynb", as_version=4)
    answers = {own(c)["grade_id"]: c.source for c in notebook.cells if own(c).get("solution")}
    for name in chapters()[stem].exercises:
        if isinstance(EXERCISES[name], Write):
            assert answers[name] == PLACEHOLDER
            continue
        if isinstance(EXERCISES[name], Debug):
            assert answers[name] == EXERCISES[name].released.rstrip()
            continue
        allowed = set(stub(EXERCISES[name]).splitlines())
        body = [line for line in EXERCISES[name].solution.splitlines() if line not in allowed]
        assert body
        assert not [line for line in body if line.strip() and line in answers[name]]
        assert "raise NotImplementedError()" in answers[name]


def test_here_is_not_fooled_by_a_changed_argument():
    """Are examples still the same after an answer wrote into its arguments?"""
    for exercise in EXERCISES.values():
        if not (exercise.plain and exercise.compares):
            continue
        before = repr(exercise.draw(PUBLIC))
        key = key_of(exercise, PUBLIC)

        def scribbler(*args):
            for argument in args:
                if hasattr(argument, "zero_"):
                    argument.zero_()

        outcomes_of(exercise, answer_of(scribbler), key.examples)
        assert repr(key.examples) == before
        assert isinstance(answer_of(scribbler)._room, Here)


@every_compared
def test_a_mistake_costs_every_learner_the_same(exercise):
    """Do claims hold or fail because of the mistake, and not because of the seed?"""
    for misconception in exercise.misconceptions:
        answer = answer_of(misconception.build())
        scores = Counter(exercise.grade(answer, seed).earned for seed in range(1, 31))
        # one in thirty for code that divides by what may be nearly 0
        assert scores.most_common(1)[0][1] >= 29, (misconception.name, scores)
