"""What is shown beside a question: the case that the question is about, with a difference to see."""

import pytest

from autograder.exercise import exercises
from autograder.home.card import headline
from autograder.judge import judge
from autograder.judge.answer import answer_of
from autograder.judge.compare import difference
from autograder.judge.verdict import Verdict

SHOWN = [  # exercise, known mistake, when
    ("bigram_probs", "once_per_document", "a pair comes twice, and in the next document again"),
    ("bigram_probs", "seen_or_not", "a pair comes in two documents"),
    ("bigram_probs", "off_the_end", ""),
    ("sequence_log_prob", "product_underflow", "a text is long"),
    ("bpe_decode", "read_as_latin_1", "letters take two bytes"),
    ("wordpiece_encode", "unknown_letter_skipped", "a letter in the middle is unknown"),
    ("scaled_dot_product_attention", "nan_full_row", "one query may see nothing"),
    ("bert_embed", "divided_by_one_less", "one text of two tokens"),
    ("bert_embed", "divided_by_one_less_without_eps", "the only token are zero"),
]


@pytest.mark.parametrize(("name", "mistake", "when"), SHOWN)
@pytest.mark.parametrize("seed", [0, 2024])
def test_the_case_is_the_one_that_the_question_is_about(name, mistake, when, seed):
    """Does a learner see the smallest case in which this mistake shows, and no other's?"""
    exercise = exercises()[name]
    (known,) = (m for m in exercise.misconceptions if m.name == mistake)
    found = judge(exercise, answer_of(known.build()), seed)
    assert found.names == [mistake]
    assert when in found.case.when
    assert (found.case.error is not None) == (not when)


@pytest.mark.parametrize("name", ["zero_shot_scores", "bert_embed", "tool_loop"])
def test_the_arguments_are_shown_where_a_probe_only_hands_them_on(name):
    """Can a learner call the answer as it was called, with a model that says what it replies?"""
    exercise = exercises()[name]
    found = judge(exercise, answer_of(exercise.misconceptions[0].build()), 0)
    assert all(f"{parameter} =" in found.case.given for parameter in exercise.parameters)


@pytest.mark.parametrize(
    ("mistake", "when"),
    [
        ("break_at_the_end", "there are no examples"),
        ("one_is_always_kept", "only instruction and query fit"),
        ("one_above", "there is one token too many"),
    ],
)
def test_an_error_that_the_task_asks_for_has_words_of_ones_own(mistake, when):
    """Is a cause found, and a value shown rather than an error, whatever the error says?"""
    exercise = exercises()["few_shot_prompt"]
    (known,) = (m for m in exercise.misconceptions if m.name == mistake)
    function = known.build()

    def in_own_words(*args):
        try:
            return function(*args)
        except ValueError:
            raise ValueError("no, this is too much") from None

    found = judge(exercise, answer_of(in_own_words), 0)
    assert found.names == [mistake]
    assert when in found.case.when


@pytest.mark.parametrize(
    ("gives", "asked"),
    [(lambda text: None, True), (lambda text: "7" if "owls" in text else None, False)],
)
def test_where_none_can_be_right_a_return_is_asked_for_only_if_nothing_comes(gives, asked):
    """Is a learner who returns None on purpose spared the question whether there is a `return`?"""
    found = judge(exercises()["extract_answer"], answer_of(gives), 0)
    assert "None came back" in found.case.problem
    assert ("Is there a `return`?" in found.case.problem) == asked


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ("각 e", "\u1100\u1161\u11a8 e"),
        ("é", "e\u0301"),
        (0.1 + 0.2, 0.3),
        (1 / 3, 0.3333333),
        ([*range(80)], [*range(81)]),
        (["long" * 50, 1], ["long" * 50, 1, 2]),
    ],
)
def test_what_differs_looks_different(got, wanted):
    """Can one see how two texts or numbers differ that print alike?"""
    found = difference([got], [wanted], [0.0])
    assert found.got != found.wanted


def test_one_thing_is_one_thing():
    """Does the headline count what is listed below it?"""
    one = Verdict("x", "A title", 1.0, status="wrong", notes=["a"])
    two = Verdict("x", "A title", 1.0, status="wrong", notes=["a"], fails=["b"])
    assert "One thing is missing" in headline(one)
    assert "Some things are missing" in headline(two)
