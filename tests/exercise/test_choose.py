"""Claims to choose from: what is committed, what evidence runs, and what a letter earns."""

import pytest
from frame_solutions import kinds
from small_exercises import made

from autograder.course.notebook import exercise_cells
from autograder.home.choose import choose
from autograder.judge import judge
from autograder.judge.answer import answer_of

RAN = []


def halves():
    RAN.append("halves")
    return [f"12 features for 3 heads are {12 // 3} each"]


def wide():
    RAN.append("wide")
    return [f"24 features for 6 heads are {24 // 6} each"]


OPTIONS = [
    ("More heads make each head wider.", "more than 1", lambda n, *args: n > 1,
     "The heads share what there is.", halves),
    ("Twice of both leaves a head as it is.", "1", lambda n, *args: n == 1,
     "Both numbers are doubled.", wide),
]  # fmt: skip


def choosing(name="claims_of_heads", **given):
    exercise = made("choose", name, **{
        "examples": lambda g: {"there are 12": (12, 3)}, "options": OPTIONS, "holds": "B",
        "question": "What do more heads do?",
    } | given)  # fmt: skip

    @exercise.claim("twelve features are enough for three heads of four, and twenty for two of ten")
    def _(answer):
        assert [answer(12, 3)[1]["B"], answer(20, 2)[1]["A"]] == [1.0, 0.5]

    return exercise


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    RAN.clear()


@pytest.mark.parametrize("letter", ["?", "", " ", None])
def test_the_claims_are_shown_and_nothing_runs_before_a_choice(notebook, letter, capsys):
    """Does the cell as released ask, and keep the evidence to itself?"""
    notebook(choosing())
    said = choose("claims_of_heads", letter)
    printed = capsys.readouterr().out
    assert "A. More heads make each head wider." in printed
    assert 'between the quotes, as in `choose("claims_of_heads", "A")`' in printed
    assert RAN == []
    assert 'class="bh-card choose"' in said._repr_mimebundle_()["text/html"]


def test_the_evidence_against_a_choice_is_run_and_the_others_stay_hidden(notebook, capsys):
    """Does a learner see why this claim cannot be, without being told which one holds?"""
    notebook(choosing())
    choose("claims_of_heads", "a")
    printed = capsys.readouterr().out
    assert "If it held, we would see: more than 1." in printed
    assert "12 features for 3 heads are 4 each" in printed
    assert "The heads share what there is." in printed
    assert "Choose again." in printed
    assert "24 features" not in printed
    assert "B holds" not in printed


def test_the_code_that_was_run_is_shown_as_code(notebook):
    """Can a learner see what was run, with its lines as they are?"""
    notebook(choosing())
    html = choose("claims_of_heads", "A")._repr_mimebundle_()["text/html"]
    assert '<pre tabindex="0">def halves():\n    RAN.append(&quot;halves&quot;)' in html


def test_who_has_found_it_may_ask_about_another(notebook, capsys):
    """Is nobody told to choose again who has chosen right?"""
    notebook(choosing())
    choose("claims_of_heads", "B")
    capsys.readouterr()
    choose("claims_of_heads", "A")
    printed = capsys.readouterr().out
    assert "The heads share what there is.\nSo it does not hold." in printed
    assert "Choose again" not in printed


def test_a_right_choice_is_shown_what_refutes_the_others(notebook, capsys):
    """Does somebody who was right, or lucky, see the reasons all the same?"""
    notebook(choosing())
    choose("claims_of_heads", "A")
    choose("claims_of_heads", "B")
    printed = capsys.readouterr().out
    assert printed.index("24 features for 6") < printed.index("Against A: More heads")
    assert "B holds. Now write the function that measures all of them." in printed
    assert "Your first choice was A." in printed


@pytest.mark.parametrize("letter", ["C", "AB", 2, True, ["B"]])
def test_what_is_no_letter_says_which_there_are(notebook, letter, capsys):
    """Does a learner read what came, and what fits?"""
    notebook(choosing())
    choose("claims_of_heads", letter)
    assert f"`{letter!r}` came; give one letter of A, B." in capsys.readouterr().out


def test_a_name_without_claims_is_told_so(notebook, capsys):
    """Does another exercise say which ones have claims?"""
    notebook(choosing(), made("build"))
    choose("head_width", "A")
    assert "Exercises with claims to choose from: `claims_of_heads`." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("function", "earned", "told"),
    [
        (kinds.claims_of_heads, 2, []),
        (lambda width, heads: ("B", {}), 0, []),
        (lambda width, heads: ("A", kinds.claims_of_heads(width, heads)[1]), 1, ["chose_a"]),
    ],
)
def test_numbers_earn_and_a_letter_alone_does_not(function, earned, told):
    """Is a guess worth nothing, and a wrong letter beside right numbers half?"""
    verdict = judge(choosing(), answer_of(function))
    assert (verdict.earned, verdict.names) == (earned, told)


@pytest.mark.parametrize("letter", ["b", " B "])
def test_a_letter_in_lower_case_is_the_same_letter(letter):
    """Does nobody lose points for the size of a letter?"""
    right = kinds.claims_of_heads
    verdict = judge(choosing(), answer_of(lambda width, heads: (letter, right(width, heads)[1])))
    assert (verdict.status, verdict.earned) == ("right", 2)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (lambda numbers: ("A", numbers), "at `[0]` 'A' came back, and this claim does not hold."),
        (lambda numbers: ("e", numbers), "at `[0]` 'E' came back, and the claims are A, B."),
        (lambda numbers: ("A",), "the lengths differ."),
        (lambda numbers: None, "None came back; a tuple (('?', {"),
        (lambda numbers: (None, numbers), "at `[0]` None came back; a str ('?') was wanted."),
    ],
)
def test_a_check_does_not_tell_the_letter_that_holds(given, told):
    """Is it left to what the learner measures?"""
    right = kinds.claims_of_heads
    case = judge(choosing(), answer_of(lambda *args: given(right(*args)[1]))).case
    assert case.problem.startswith(told)
    assert "'B'" not in case.wanted.split("{")[0]


def test_a_wrong_letter_is_told_beside_wrong_numbers_too():
    """Does the sentence that speaks against it come, whatever else is wrong?"""
    verdict = judge(choosing(), answer_of(lambda width, heads: ("A", {"A": 7.0, "B": 7.0})))
    assert verdict.after == [
        "It gives the letter A, and that cannot be. The heads share what there is."
    ]
    assert RAN == [], "no evidence runs while an answer is judged"


def test_the_notebook_asks_first_and_the_book_folds_the_evidence():
    """Does the choice come before the function, and do numbers stay folded on the page?"""
    exercise = choosing()
    said, ask, _, _ = exercise_cells(exercise)
    assert "**What do more heads do?**\n\n- **A.** More heads" in said.source
    assert ask.source == 'choose("claims_of_heads", "?")'
    (title, ran) = exercise.on_card[-1]
    assert title == "The evidence"
    assert "```text\n12 features for 3 heads are 4 each\n```" in ran
    assert "def halves():" in ran


@pytest.mark.parametrize("given", [{"holds": "C"}, {"options": OPTIONS[:1], "holds": "A"}])
def test_a_declaration_without_a_choice_says_so(given):
    """Does an author read which letters there are?"""
    with pytest.raises(ValueError, match=r"is none of A|holds='A' is the only one"):
        choosing(**given)
