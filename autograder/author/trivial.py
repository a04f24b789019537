"""Answers that know the shape of the right value and nothing else about it.

Owns: making them, and which claims they fulfil. A claim that zeros or noise fulfil pays for
nothing: it has to ask for something that only an understanding answer does.
"""

import functools
import inspect
from collections.abc import Callable

import torch

from autograder.exercise import Claim, Exercise
from autograder.judge.answer import answer_of
from autograder.judge.judging import holds
from autograder.room.values import copied, is_data

NOISE = "noise"
SEEDS, DRAWS = (0, 1), range(20)  # of a claim's own numbers; noise has luck in some of them
BY_CHANCE = 0.1  # of the draws in which noise may fulfil a claim


def trivial_answers(exercise: Exercise) -> dict[str, Callable]:
    """By name; none for a class, for what an object returns has no one shape."""
    reference = exercise.reference
    if inspect.isclass(reference):
        return {}

    def shaped(make):
        @functools.wraps(reference)
        def answer(*args):
            try:
                value = reference(*copied(args))  # it may change them
            except Exception:  # bad input: a trivial answer does not notice
                return None
            return filled_with(value, make)

        return answer

    @functools.wraps(reference)
    def first_argument(*args):
        return args[0]

    first_example = next(iter(exercise.draw(0).values()))

    @functools.wraps(reference)
    def constant(*args):
        return reference(*first_example)

    answers = {
        "zeros": shaped(torch.zeros_like),
        "ones": shaped(torch.ones_like),
        NOISE: shaped(random_like),
    }
    if exercise.parameters:  # without any, the value is always the same
        answers["the first argument"] = first_argument
        answers["the first example's value"] = constant
    return answers


def filled_with(value, make):
    """A tree like `value` whose tensors come from `make` and whose numbers and texts are empty."""
    if isinstance(value, torch.Tensor):
        return make(value)
    if isinstance(value, dict):
        return {key: filled_with(item, make) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(filled_with(item, make) for item in value)
    return type(value)() if is_data(value) and not isinstance(value, torch.dtype) else value


def random_like(tensor):
    if tensor.is_floating_point():
        return torch.randn(tensor.shape).to(tensor.dtype)
    return torch.randint(0, 2, tensor.shape).to(tensor.dtype)


def fulfilled(exercise: Exercise) -> dict[str, dict[str, float]]:
    """By the sentence of each claim: trivial answers that fulfil it, and in which share of draws."""
    answers = {name: answer_of(made) for name, made in trivial_answers(exercise).items()}
    found = {}
    for claim in exercise.claims:
        shares = {}
        for name, answer in answers.items():
            seeds = draws(claim, name)
            shares[name] = sum(holds(claim, answer, seed) for seed in seeds) / len(seeds)
        found[claim.sentence] = {name: share for name, share in shares.items() if share}
    return found


def draws(claim: Claim, name: str):
    """Seeds of the claim's own numbers: many where noise could earn points by luck."""
    return DRAWS if name == NOISE and not claim.universal else SEEDS


def unearned(exercise: Exercise, shares=None) -> dict[str, list[str]]:
    """The same for claims that earn points, as far as chance does not explain it.

    shares: what `fulfilled` gives, where that is known already.
    """
    paying = [claim.sentence for claim in exercise.claims if not claim.universal]
    names = {
        sentence: [n for n, share in held.items() if share > (BY_CHANCE if n == NOISE else 0)]
        for sentence, held in (shares or fulfilled(exercise)).items() if sentence in paying
    }  # fmt: skip
    return {sentence: found for sentence, found in names.items() if found}
