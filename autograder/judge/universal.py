"""What every right answer does besides giving the right values.

Owns: dtypes, arguments that stay as they were, gradients that flow, and what is said of each.
"""

import torch

from autograder.judge.answer import AnswerError, answer_of
from autograder.judge.compare import difference, tolerances
from autograder.judge.evidence import precise
from autograder.room.values import mapped


def universal_failures(exercise, answer, key, outcomes, found) -> list[str]:
    """Sentences for what every right answer does and this one does not."""
    failures = []
    if any(item and item.kind == "dtype" for item in found):
        failures.append("Where the values are right, their dtype is not.")
    if not exercise.plain:
        return failures
    usable = [i for i, o in enumerate(outcomes) if not o.error and not key.outcomes[i].error]
    aspects = list(key.examples.values())
    if usable:
        most = max(usable, key=lambda i: tensors_in(aspects[i]))
        if trouble := second_call_trouble(exercise, answer, aspects[most]):
            failures.append(trouble)
    for index in usable[:2]:
        args = aspects[index]
        if found[index] or not (trouble := gradient_trouble(exercise, answer, args)):
            continue
        if gradient_trouble(exercise, answer, aside(args)):  # at a kink, several slopes are right
            failures.append(trouble)
            break
    return failures


def tensors_in(args) -> int:
    return sum(isinstance(arg, torch.Tensor) for arg in args)


def second_call_trouble(exercise, answer, args) -> str:
    """What goes wrong when it is called once more and the arguments are looked at, or ""."""
    try:
        left = answer.after(*args)
    except AnswerError as error:
        return f"A second call with the same arguments raises {str(error)[:200]}"
    ours = answer_of(exercise.reference)
    if difference(left, args) and not difference(ours.after(*args), args):
        return "An argument is changed in place: work on a copy."
    return ""


def gradient_trouble(exercise, answer, args) -> str:
    """What keeps the reference's gradients from reaching the same arguments, or ""."""
    floats = [
        i for i, a in enumerate(args) if isinstance(a, torch.Tensor) and a.is_floating_point()
    ]
    reference = answer_of(exercise.reference)
    wanted = reference.gradients(*args, wrt=floats) if floats else []
    if all(gradient is None for gradient in wanted):
        return ""
    try:
        got = answer.gradients(*args, wrt=floats)
    except AnswerError as error:
        if "inplace operation" in str(error):
            return (
                "Gradients cannot flow back: a tensor that autograd still needs is changed in "
                "place. `masked_fill`, `where` and `nan_to_num` make a new one instead."
            )
        return f"Gradients cannot flow back: {str(error)[:200]}"
    exact = reference.gradients(*precise(args), wrt=floats)
    # of sums with weights up to 1: where terms cancel, their rounding errors are what is left
    allowed = [
        bound if bound is None else max(bound, 64 * torch.finfo(gradient.dtype).eps)
        for bound, gradient in zip(tolerances(wanted, exact), wanted, strict=True)
    ]
    if difference(got, wanted, allowed) is None:
        return ""
    return "Where the values are right, the gradients are not: something is cut off on the way."


def aside(args: tuple) -> tuple:
    """The same arguments a little further on: no number stays at 0, no two stay equal."""

    def moved(tensor):
        if not tensor.is_floating_point():
            return tensor
        steps = torch.linspace(1e-3, 2e-3, tensor.numel(), dtype=torch.float64)
        return tensor + steps.reshape(tensor.shape).to(tensor.dtype)

    return mapped(args, lambda leaf: leaf, moved)
