"""Checks and misconceptions for `clip_grad_norm`."""

import torch

from autograder.exercise import Exercise, agree


def gradients(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def long(scale, *shapes):
        """Tensors that are `scale` long together."""
        drawn = [draw(*shape) for shape in shapes]
        norm = torch.cat([each.flatten() for each in drawn]).norm()
        return [scale * each / norm for each in drawn]

    one, two = long(9.0, (3,), (2, 2))
    turned, beside = long(7.0, (3, 2), (5,))
    return {
        "3 and 4 are too long by half": ([torch.tensor([3.0, -4.0])], 2.5),
        "two tensors are too long together": (long(12.0, (2,), (2, 3)), 4.0),
        "each alone is short enough, together they are not": (
            [torch.tensor([4.0, 0.0]), torch.tensor([[0.0, 5.0, 0.0]]), torch.tensor([-4.0])], 6.0,
        ),
        "one number is large": ([torch.tensor([0.5, -20.0, 1.0]), draw(2)], 10.0),
        "they are short enough": (long(3.0, (4,), (2, 1)), 5.0),
        "a weight got no gradient": ([None, one, None, two], 3.5),
        "all of them are 0": ([torch.zeros(3), torch.zeros(2, 1)], 1.0),
        "there is one number": ([torch.tensor(-8.0)], 6.0),
        "nothing is allowed": (long(2.0, (2,), (3,)), 0.0),
        "a tensor is transposed": ([turned.T, beside], 2.0),
        "numbers are large and in float64": (
            [g.double() for g in long(11e7, (2, 4), (3,))], 5e7,  # torch adds 1e-6 to a length
        ),
    }  # fmt: skip


clip = Exercise(
    "optimisation.clip_grad_norm",
    title="Gradients that are too long",
    points=2, difficulty=1, minutes=15, examples=gradients,
    forbid=("clip_grad_norm_", "clip_grad_value_"),
)  # fmt: skip
clip.excuse("norm > max_norm", "what is exactly as long is multiplied by 1")


@clip.probe
def _(answer, *args):
    """The length that is returned, and the tensors that came in as the call leaves them."""
    return {"norm": answer(*args), "grads": answer.held(*args)[0]}


@clip.oracle("torch.nn.utils.clip_grad_norm_")
def _(grads, max_norm):
    zeros = [torch.zeros(1) if g is None else torch.zeros_like(g) for g in grads]
    weights = [torch.nn.Parameter(zero) for zero in zeros]
    for weight, g in zip(weights, grads, strict=True):
        weight.grad = g  # the tensor itself, which is changed in place
    return torch.nn.utils.clip_grad_norm_(weights, max_norm)


def left(answer, grads, max_norm):
    return answer.held(grads, max_norm)[0]


@clip.claim("what is too long has the length `max_norm` afterwards, and its direction is kept")
def _(answer):
    grads = [torch.randn(3) + 4, torch.randn(2, 2) - 5]
    for max_norm in (0.5, 2.0):
        vector = torch.cat([g.flatten() for g in left(answer, grads, max_norm)])
        agree(vector.norm(), torch.tensor(max_norm))
        before = torch.cat([g.flatten() for g in grads])
        agree(vector / vector.norm(), before / before.norm())


@clip.claim("what is short enough stays as it is, and its length is told")
def _(answer):
    grads = [torch.tensor([2.0, 1.0]), torch.tensor([[-2.0]])]
    agree(answer(grads, 4.0), torch.tensor(3.0))
    for g, after in zip(grads, left(answer, grads, 4.0), strict=True):
        agree(after, g)


@clip.claim("the length that is told is that of before")
def _(answer):
    agree(answer([torch.tensor([6.0]), torch.tensor([2.0, -3.0])], 2.0), torch.tensor(7.0))
    agree(answer([torch.tensor([[3.0, 4.0]])], 1.0), torch.tensor(5.0))


@clip.claim("where there is no gradient, None stays, and the others are made shorter")
def _(answer):
    none, some = answer.after([None, torch.tensor([6.0, 8.0])], 5.0)[0]
    assert none is None
    agree(some, torch.tensor([3.0, 4.0]))


clip.slip(
    "    if norm > max_norm:\n        for g in found:\n            g.mul_(max_norm / norm)\n",
    "    for g in found:\n        g.mul_(max_norm / norm)\n",
    name="scales_up",
    seen="What is too long is right. What happens to what is short enough, or 0?",
    why="Everything gets the length `max_norm`, also what was shorter. Then a step near the goal is as "
    "long as one far away, and gradients of 0 become NaN. Only what is too long is changed.",
)  # fmt: skip
clip.slip(
    ".sum().sqrt()", ".sum()", name="squared_norm",
    seen="What is the length of a vector with the numbers 3 and 4?",
    why="This is the sum of the squares, 25 for 3 and 4. The length is its root, 5.",
)  # fmt: skip
clip.slip(
    "[g for g in grads if g is not None]", "list(grads)", name="none_grad_crash",
    seen="Where all weights have gradients it is right. Where can a None be met, and how often?",
    why="A weight that had no part in the loss has no gradient: its `.grad` is None and not 0. Such an "
    "entry is left out, of the length and of what is made shorter.",
)  # fmt: skip
clip.slip(
    "g.square().sum()", "g.norm()", name="root_of_the_sum_of_norms",
    seen="What is below the root: lengths, or their squares?",
    why="Lengths are added up here and a root is taken of that. Squares add up: the length of all is the "
    "root of the sum of the squared lengths.",
)  # fmt: skip


@clip.misconception(
    seen="Is it each number that is too large, or all of them together?",
    why="Each number is cut off at `max_norm` here, which is called clipping by value. It changes the "
    "direction: large numbers lose and small ones do not. Clipping by norm makes all shorter by one "
    "factor.",
)
def by_value(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.square().sum() for g in found]).sum().sqrt()
    for g in found:
        g.clamp_(-max_norm, max_norm)
    return norm


@clip.misconception(
    seen="The gradients are right. Is the length that of before or of after?",
    why="This tells the length after clipping, which is never more than `max_norm`. One wants to know "
    "how long the gradients really were: that is the number to watch.",
)
def returns_after(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.square().sum() for g in found]).sum().sqrt()
    if norm > max_norm:
        for g in found:
            g.mul_(max_norm / norm)
    return torch.stack([g.square().sum() for g in found]).sum().sqrt()


@clip.misconception(
    seen="With a single tensor it is right. How many vectors are there, if there are three tensors?",
    why="Each tensor is clipped by its own length. Then a layer with long gradients loses against the "
    "others, and the direction changes. All tensors together are one vector.",
)
def each_for_itself(grads, max_norm):
    found = [g for g in grads if g is not None]
    norms = [g.square().sum().sqrt() for g in found]
    for g, norm in zip(found, norms, strict=True):
        if norm > max_norm:
            g.mul_(max_norm / norm)
    return torch.stack(norms).square().sum().sqrt()


@clip.misconception(
    seen="The length is right. Are the tensors that came in shorter now?",
    why="`g * factor` makes a new tensor, and the one that came in stays as long as it was, also if the "
    "new one takes its place in the list. A weight's `.grad` is that tensor and knows of no list. In "
    "place is `g.mul_(factor)` or `g *= factor`.",
)
def not_in_place(grads, max_norm):
    found = [g for g in grads if g is not None]
    return torch.stack([g.square().sum() for g in found]).sum().sqrt()


@clip.misconception(
    seen="With a single tensor it is right. Of two tensors with one number each, 3 and 4: how "
    "long is the vector (3, 4)?",
    why="The lengths of the tensors are added up. They are parts of one vector, and its length is the "
    "root of the sum of their squares.",
)
def sum_of_norms(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.square().sum().sqrt() for g in found]).sum()
    if norm > max_norm:
        for g in found:
            g.mul_(max_norm / norm)
    return norm


@clip.misconception(
    seen="With a single number it is right. How long is the vector (3, 4)?",
    why="The sizes of all numbers are added up, 7 for 3 and 4. The length is the root of the sum of "
    "the squares, 5.",
)
def sum_of_sizes(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.abs().sum() for g in found]).sum()
    if norm > max_norm:
        for g in found:
            g.mul_(max_norm / norm)
    return norm


@clip.misconception(
    seen="With a single number it is right. What do the other numbers add to the length?",
    why="The length is taken to be the largest number. Many small ones make a long vector, too.",
)
def largest_number(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.abs().max() for g in found]).max()
    if norm > max_norm:
        for g in found:
            g.mul_(max_norm / norm)
    return norm


@clip.misconception(
    seen="The length is right. If all are too long together, which of them are made shorter?",
    why="Only tensors that are too long alone are made shorter here, so the direction changes. All are "
    "one vector, and get the same factor.",
)
def only_long_ones(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.square().sum() for g in found]).sum().sqrt()
    for g in found:
        if norm > max_norm and g.square().sum().sqrt() > max_norm:
            g.mul_(max_norm / norm)
    return norm


@clip.misconception(
    seen="It tells how much shorter they become. Which number was asked for?",
    why="This returns the factor. What is asked for is the length before.",
)
def returns_the_factor(grads, max_norm):
    found = [g for g in grads if g is not None]
    norm = torch.stack([g.square().sum() for g in found]).sum().sqrt()
    if norm > max_norm:
        for g in found:
            g.mul_(max_norm / norm)
    return (max_norm / norm).clamp(max=1.0)


@clip.alternative
def by_one_long_vector(grads, max_norm):
    norm = torch.cat([g.flatten() for g in grads if g is not None]).norm()
    factor = min(1.0, max_norm / max(norm.item(), 1e-12))
    for i, g in enumerate(grads):
        if g is not None:
            grads[i] *= factor
    return norm


@clip.alternative
def by_norms(grads, max_norm):
    norm = torch.stack([torch.linalg.vector_norm(g) for g in grads if g is not None]).norm()
    for g in grads:
        if g is not None and norm > max_norm:
            g.copy_(g / norm * max_norm)
    return norm
