"""What every right answer does besides giving the right values.

Owns: dtypes, arguments that stay as they were, gradients that flow, numbers in another form, and
what is said of each.
"""

import torch

from autograder.exercise.probes import forms
from autograder.judge.answer import Answer, AnswerError, answer_of
from autograder.judge.compare import difference
from autograder.judge.evidence import Key, gradients_and_tolerances
from autograder.room.values import mapped
from autograder.room.worker import tensors_of

CHANGED = "An argument is changed in place when {aspect}: work on a copy."
NOT_A_NUMBER = (
    "Where the values are right, a gradient is NaN: somewhere on the way there is a root, a "
    "logarithm or a quotient of 0, also in a branch that is thrown away. Change what goes into it: "
    "what comes out is mended too late."
)
CUT = (
    "Where the values are right, the gradients are not: something is cut off on the way, or flows "
    "where it should not."
)
KEPT = (
    "A second call gives the same tensor once more: whoever changes the first result in place changes "
    "the next. Make a new one in each call."
)
FORMS = {
    "views": "It does not work on views, whose numbers lie otherwise in memory (slices, "
    "transposed or expanded tensors)",
    "float64": "In float64 it does not give what the book's function gives",
}


def universal_failures(exercise, answer: Answer, key: Key, outcomes, found) -> list[str]:
    """Sentences for what every right answer does and this one does not."""
    failures = []
    if any(item and item.kind == "dtype" for item in found):
        failures.append("Where the values are right, their dtype is not.")
    if not exercise.plain:
        return failures
    usable = [i for i, o in enumerate(outcomes) if not o.error and not key.outcomes[i].error]
    aspects = list(key.examples)
    changed = [i for i in usable if not key.changes[i] and is_changed(outcomes[i], key, aspects[i])]
    if changed:
        failures.append(CHANGED.format(aspect=aspects[changed[0]]))
    if usable and not any(found):  # else some values are right by chance, for some learners
        cases = [i for i in usable if key.floats[i]]
        if trouble := first_trouble(exercise, answer, key, cases):
            failures.append(trouble)
        most = max(usable, key=lambda i: tensors_in(key.examples[aspects[i]]))
        failures += form_troubles(exercise, answer, key.examples[aspects[most]])
        if keeps(answer, key.examples[aspects[most]], outcomes[most].value):
            failures.append(KEPT)
    return failures


def tensors_in(args) -> tuple[int, int]:
    """How many there are, and along how many axes their layout in memory shows."""
    tensors = [arg for arg in args if isinstance(arg, torch.Tensor)]
    return len(tensors), sum(size > 1 for tensor in tensors for size in tensor.shape)


def keeps(answer: Answer, args: tuple, value) -> bool:
    """Does a change of one result show in the next? value: what the answer gave before."""
    wanted = tensors_of(value)
    try:
        got = answer.again(*args) if wanted else []
    except AnswerError:  # a value came before, so that this is about the change as well
        return True
    return bool(difference(got, wanted, roughly(wanted)))


def is_changed(outcome, key: Key, aspect: str) -> bool:
    return outcome.after is not None and bool(
        difference(tuple(outcome.after), key.examples[aspect])
    )


def first_trouble(exercise, answer: Answer, key: Key, cases: list[int]) -> str:
    """What keeps the reference's gradients from reaching the same arguments, or ""."""
    examples = list(key.examples.values())
    calls = [(examples[i], key.floats[i]) for i in cases]
    for index, (args, wrt), got in zip(cases, calls, answer.many_gradients(calls), strict=True):
        wanted, allowed = key.gradients[index]
        trouble = gradient_trouble(got, wanted, allowed)
        if not trouble:
            continue
        if trouble == NOT_A_NUMBER:  # a slope nowhere, at a kink neither
            return trouble
        moved = aside(args)  # at a kink, several slopes are right
        there = gradients_and_tolerances(answer_of(exercise.reference), moved, wrt)
        (again,) = answer.many_gradients([(moved, wrt)])
        if there and gradient_trouble(again, *there):
            return trouble
    return ""


def gradient_trouble(got: list | AnswerError, wanted: list, allowed: list) -> str:
    if isinstance(got, AnswerError):
        if "inplace operation" in str(got):
            return (
                "Gradients cannot flow back: a tensor that autograd still needs is changed in "
                "place. `masked_fill`, `where` and `nan_to_num` make a new one instead."
            )
        return f"Gradients cannot flow back: {str(got)[:200]}"
    if not isinstance(got, AnswerError) and any(
        a is not None and b is not None and (a.isnan() & ~b.isnan()).any()
        for a, b in zip(got, wanted, strict=True)
    ):
        return NOT_A_NUMBER
    pairs = [(a, b) if a is not None or b is None else (torch.zeros_like(b), b)
             for a, b in zip(got, wanted, strict=True)]  # fmt: skip
    same = all(
        b is None or not difference(a, b, c) for (a, b), c in zip(pairs, allowed, strict=True)
    )
    return "" if same else CUT


def form_troubles(exercise, answer: Answer, args: tuple) -> list[str]:
    """Sentences for the forms of the same numbers in which it no longer agrees."""
    asked = forms(exercise, args)
    calls = list(asked.values())
    reference = answer_of(exercise.reference)
    troubles = []
    for probe, got, wanted in zip(asked, answer.many(calls), reference.many(calls), strict=True):
        if wanted.error:
            continue
        if got.error:
            troubles.append(f"{FORMS[probe]}: {got.error['type']}: {got.error['message'][:160]}")
        elif difference(exercise.taken(got.value), wanted.value, roughly(wanted.value)):
            troubles.append(f"{FORMS[probe]}.")
    return troubles


def roughly(wanted):
    """Room for rounding in float32: what is asked here is whether the form is dealt with."""
    if isinstance(wanted, torch.Tensor):
        if not wanted.is_floating_point() or not wanted.isfinite().any():
            return 0.0
        scale = wanted[wanted.isfinite()].abs().max().item()
        return 64 * max(torch.finfo(wanted.dtype).eps, torch.finfo(torch.float32).eps) * scale
    if isinstance(wanted, dict):
        return {key: roughly(value) for key, value in wanted.items()}
    return [roughly(value) for value in wanted] if isinstance(wanted, list | tuple) else None


def aside(args: tuple) -> tuple:
    """The same arguments a little further on: no number stays at 0, no two stay equal."""

    def moved(tensor):
        if not tensor.is_floating_point():
            return tensor
        steps = torch.linspace(1e-3, 2e-3, tensor.numel(), dtype=torch.float64)
        return tensor + steps.reshape(tensor.shape).to(tensor.dtype)

    return mapped(args, lambda leaf: leaf, moved)
