"""Checks for `few_shot_prompt`; what goes wrong is in few_shot_prompt_mistakes."""

import re
from functools import partial

import torch

from autograder.exercise import Exercise
from autograder.exercise.lending import Exposed


class Words:
    """Words, digits, marks and line breaks are tokens; long words are several.

    A line break before a word is one token with its beginning: lines cannot be counted alone.
    """

    def __init__(self, most=6):
        self.most = most

    def encode(self, text):
        pieces = re.findall(rf"\n?[^\W\d]{{1,{self.most}}}|[^\S\n]+$|\S|\n", text)
        return [1 + sum(map(ord, piece)) % 997 for piece in pieces]


def lent(most=6):
    """It can be asked to encode, and nothing else."""
    return Exposed(partial(Words, most), calls=("encode",))


def length(*lines, most=6):
    return len(Words(most).encode("\n".join(lines)))


def asked(g):
    def term():
        return int(torch.randint(10, 99, (), generator=g))

    def example():
        a, b = term(), term()
        return f"{a} + {b} =", f"{a + b}."

    def examples(many):
        found = dict(example() for _ in range(3 * many))
        return list(found.items())[:many]

    def lines(given):
        return [f"{question} {answer}" for question, answer in given]

    one, two, three, five = examples(1), examples(2), examples(3), examples(5)
    words = [("harbour", "sea"), ("sponge", "water"), ("bridge", "river"), ("ox", "meadow")]
    query = f"1 + {term()} ="
    sums, animals = "Sums:", "Where is it?"
    full = length(sums, *lines(three), query)
    last_two = length(sums, *lines(three[1:]), query)
    alone = length(sums, query)
    return {
        "there is room for everything": (sums, two, query, lent(), 99),
        "there are no examples": (sums, [], query, lent(), 99),
        "it fits exactly": (sums, three, query, lent(), full),
        "there is one token too many": (sums, three, query, lent(), full - 1),
        "there are two tokens too many": (sums, three, query, lent(), full - 2),
        "there are five tokens too many": (sums, three, query, lent(), full - 5),
        "there is room for two of five": (
            sums, five, query, lent(), length(sums, *lines(five[3:]), query) + 3,
        ),
        "two fit exactly": (sums, three, query, lent(), last_two),
        "only instruction and query fit": (sums, one, query, lent(), alone),
        "not even instruction and query fit": (sums, two, query, lent(), alone - 1),
        "there are no examples, and the query does not fit": (animals, [], "ox", lent(), 3),
        "the query is among the examples": (
            sums, [*one, (query, "99."), *two], query, lent(), 99,
        ),
        "the query is among the examples, and without it they fit": (
            sums, [*three[:2], (query, "99."), three[2]], query, lent(), full,
        ),
        "the query is among the examples twice": (
            sums, [(query, "99."), *two, (query, "98."), *one], query, lent(), 99,
        ),
        "two examples are equal": (sums, [*two, *one, *two], query, lent(), 99),
        "a question differs from the query by a capital letter": (
            animals, [words[1], ("Ox", "stable"), words[2]], "ox", lent(), 99,
        ),
        "a question differs from the query by a space": (
            animals, [words[1], ("ox ", "stable"), words[2]], "ox", lent(), 99,
        ),
        "an answer has spaces at its ends": (
            animals, [words[1], ("barn", " cow "), words[2]], "ox", lent(), 99,
        ),
        "the query is in a longer question": (
            animals, [("ox cart", "barn"), *words[:2]], "ox", lent(), 99,
        ),
        "the first is short and the second is long": (
            animals, [words[3], ("a harbour with bridges", "sea"), words[1]], "owl", lent(),
            length(animals, "ox meadow", "sponge water", "owl"),
        ),
        "the last is long": (
            animals, [words[3], words[1], ("a harbour, which has two long bridges", "sea")], "owl",
            lent(), length(animals, "ox meadow", "sponge water", "owl") + 1,
        ),
        "the tokens are short": (
            animals, words[:3], "ox", lent(2),
            length(animals, *lines(words[1:3]), "ox", most=2) + 1,
        ),
        "words begin the lines, and it fits exactly": (
            animals, words[:3], "owl", lent(), length(animals, *lines(words[:3]), "owl"),
        ),
        "the answer of an example is the query": (
            animals, [("mill", "ox"), ("barn", "cow")], "ox", lent(), 99,
        ),
    }  # fmt: skip


shots = Exercise(
    "prompting.few_shot_prompt",
    title="Examples, as many as fit",
    points=2.5, difficulty=2, minutes=15, examples=asked,
)  # fmt: skip
shots.excuse("range(len(lines) + 1)", "where no line is left, no more can be dropped")
SIX = [(f"{i} + 1 =", f"{i + 1}.") for i in range(6)]


@shots.alternative
def from_the_last_one(instruction, examples, query, tokenizer, budget):
    lines = [query]
    if len(tokenizer.encode(instruction + "\n" + query)) > budget:
        raise ValueError("no room")
    for question, answer in reversed(examples):
        if question == query:
            continue
        longer = [question + " " + answer, *lines]
        if len(tokenizer.encode("\n".join([instruction, *longer]))) > budget:
            break
        lines = longer
    return "\n".join([instruction, *lines])


@shots.alternative
def popping(instruction, examples, query, tokenizer, budget):
    kept = [list(pair) for pair in examples if pair[0] != query]
    text = ""
    while not text or len(tokenizer.encode(text)) > budget:
        if text and not kept:
            raise ValueError(f"{budget} tokens are too few")
        if text:
            kept.pop(0)
        text = instruction + "\n"
        for question, answer in kept:
            text += f"{question} {answer}\n"
        text += query
    return text


@shots.claim("with every budget from just enough up, the prompt fits, and the query is its end")
def _(answer):
    budgets = range(length("Sums:", "7 + 1 ="), 46, 3)
    prompts = answer.each(*(("Sums:", SIX, "7 + 1 =", lent(), budget) for budget in budgets))
    for budget, prompt in zip(budgets, prompts, strict=True):
        assert length(prompt) <= budget
        assert prompt.startswith("Sums:\n")
        assert prompt.endswith("\n7 + 1 =")
    assert len(set(prompts)) > 3


@shots.claim("examples come whole and in their order, and the last ones stay")
def _(answer):
    lines = [" ".join(pair) for pair in SIX]
    for most in range(20, 60, 4):
        inside = answer("Sums:", SIX, "7 + 1 =", lent(), most).split("\n")[1:-1]
        assert inside == lines[len(lines) - len(inside) :]
    assert inside == lines


@shots.claim("the answer to the query is not in the prompt, even where an example has it")
def _(answer):
    for place in range(3):
        given = [(f"{i} + 40 =", f"{i + 40}.") for i in range(2, 4)]
        given.insert(place, ("33 + 33 =", "66."))
        prompt = answer("Sums:", given, "33 + 33 =", lent(), 99)
        assert "66" not in prompt
        assert prompt.count("40") == 2
