"""Checks and misconceptions for `gradient_through_time`."""

import torch

from autograder.exercise import Exercise, agree, differ


def states(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "a step leads from one state to the next": (draw(3, 3), draw(2, 3).tanh()),
        "three states follow one another": (draw(2, 2), (draw(3, 2) / 2).tanh()),
        "the states are wider": (draw(5, 5) / 2, draw(4, 5).tanh()),
        "all states are near zero": (draw(4, 4), draw(6, 4) / 100),
        "there is a single state": (draw(3, 3), draw(1, 3).tanh()),
        "one number of a state is close to 1": (draw(3, 3), (3 * draw(5, 3)).tanh()),
    }


def fading(answer):
    """Along thirty states of a small network whose matrix stretches by 1.1."""
    g = torch.Generator().manual_seed(3)
    W = 1.1 * torch.linalg.qr(torch.randn(4, 4, generator=g))[0]
    h, hs = torch.zeros(4), []
    for _ in range(30):
        h = torch.tanh(W @ h + torch.randn(4, generator=g) / 2)
        hs.append(h)
    return answer(W, torch.stack(hs)).tolist()


gradient = Exercise(
    "from_recurrence.gradient_through_time",
    title="Gradients through time", needs=("rnn_forward",), kind="read",
    points=3, difficulty=3, minutes=35, examples=states,
    forbid=("jacobian", "jacrev", "jacfwd"),
    question="A network has read thirty words, and its matrix makes vectors longer by a tenth. How "
    "much does its last state change with each state before it: which curve is which?",
    curves=[
        ("", "the derivatives, multiplied step by step",
         "Near the end there is little left to go through, so it ends at √H, and what lies far back "
         "has nearly no say."),
        ("no_tanh", "the same without the derivative of tanh",
         "Only the matrix is left, which makes everything longer by a tenth a step: on this axis a "
         "straight line, growing into the past."),
        ("product_of_norms", "the norms of all steps multiplied, in place of the matrices",
         "Each factor counts the stretching in all four directions at once, so it grows by far too "
         "much."),
        ("forward", "how each state changes with the *first* one",
         "It starts at √H and fades to the right: the right question at the wrong end."),
    ],
    drawn=fading, axes=("step t", "norm"), log=True,
)  # fmt: skip


@gradient.oracle("torch.autograd.functional.jacobian")
def _(W_hh, hs):
    norms = []
    for t in range(len(hs)):

        def last(h, t=t):
            for before, after in zip(hs[t:-1], hs[t + 1 :], strict=True):
                read = torch.atanh(after) - W_hh @ before  # what led from one to the other
                h = torch.tanh(W_hh @ h + read)
            return h

        norms.append(torch.autograd.functional.jacobian(last, hs[t], create_graph=True).norm())
    return torch.stack(norms)


gradient.excuse("flip(0)", "there is one axis")


@gradient.claim("the last state changes with itself one to one: the root of the width")
def _(answer):
    for width in (3, 7):
        norms = answer(torch.randn(width, width), torch.randn(4, width).tanh())
        assert norms.shape == (4,)
        agree(norms[-1], torch.tensor(width**0.5))
        differ(norms[0], norms[-1])


@gradient.claim("a state at the ends of tanh lets nothing through from before")
def _(answer):
    hs = torch.randn(5, 3).clamp(-1, 1) / 2
    hs[2] = torch.tensor([1.0, -1.0, 1.0])
    norms = answer(torch.randn(3, 3) + torch.eye(3), hs)
    agree(norms[:2], torch.zeros(2))
    assert (norms[2:] > 0.01).all()


@gradient.claim("with all states at zero only powers of the matrix are left")
def _(answer):
    W = torch.randn(4, 4) / 2
    powers = [torch.linalg.matrix_power(W, n).norm() for n in (3, 2, 1, 0)]
    agree(answer(W, torch.zeros(4, 4)), torch.stack(powers))


gradient.slip(
    "(1 - h**2)[:, None] * W_hh", "W_hh", name="no_tanh",
    seen="With states near zero it is right. What does tanh do to a change when its result is near "
    "1?",
    why="These are the numbers of powers of `W_hh` alone. Between two states there is also a tanh, "
    "whose slope is 1 - h²: a factor for each number of the *later* state.",
)  # fmt: skip
gradient.slip(
    "chain @ ((1 - h**2)[:, None] * W_hh)", "((1 - h**2)[:, None] * W_hh) @ chain",
    name="wrong_order",
    seen="One step is right, two are not. Which matrix does a change of h[t] meet first?",
    why="These are the numbers of the same matrices multiplied in the opposite order. A change of "
    "h[t] goes through step t + 1 first, so that matrix is the rightmost: going back in time, each "
    "earlier one is put at the right end.",
)  # fmt: skip
gradient.slip(
    "* W_hh)", "* W_hh.T)", name="transposed",
    seen="Which way round is `W_hh` in h[t] = tanh(... + W_hh h[t - 1])?",
    why="These are the numbers with `W_hh.T`. The derivative of W h by h is W itself. A transpose "
    "belongs to rows that are multiplied from the left, as in `h @ W.T`.",
)  # fmt: skip
gradient.slip(
    "(1 - h**2)[:, None]", "(1 - h**2)", name="scales_columns",
    seen="Which numbers does the slope of tanh belong to: what goes in, or what comes out?",
    why="These are the numbers of code that scales the *columns* of `W_hh`. The slope belongs to "
    "what comes out of tanh, and each row makes one of these numbers: `(1 - h**2)[:, None]`.",
)  # fmt: skip
gradient.slip(
    "hs[1:].flip(0)", "hs[:-1].flip(0)", name="off_by_one",
    seen="The step from h[1] to h[2] has a tanh. Whose slope is it, that of h[1] or of h[2]?",
    why="These are the numbers of slopes taken at the *earlier* state of each pair. tanh gave the "
    "later one: the step from h[t] to h[t + 1] has the slope 1 - h[t + 1]².",
)  # fmt: skip
gradient.slip(
    "torch.stack(norms).flip(0)", "torch.stack(norms)", name="last_first",
    seen="Which of your numbers belongs to the last state?",
    why="These are the right numbers from the last state to the first. Number t belongs to h[t], so "
    "what was counted backwards is turned round at the end.",
)  # fmt: skip


gradient.slip(
    "1 - h**2", "1 - torch.tanh(h)**2", name="tanh_twice",
    seen="What is in `hs`: what went into tanh, or what came out?",
    why="These are slopes taken with tanh of the states. A state is already tanh of something, and "
    "1 - tanh(a)² is 1 - h².",
)  # fmt: skip


@gradient.misconception(
    seen="What is carried back here, a vector or a matrix?",
    why="A vector of ones is carried back, as backpropagation does for a sum of the last state. Its "
    "derivatives can cancel. Asked is the whole matrix, which starts as the identity.",
)
def carries_a_vector(W_hh, hs):
    carried = torch.ones(len(W_hh), dtype=W_hh.dtype)
    norms = [carried.norm()]
    for h in hs[1:].flip(0):
        carried = (carried * (1 - h**2)) @ W_hh
        norms.append(carried.norm())
    return torch.stack(norms).flip(0)


@gradient.misconception(
    seen="Two steps in a row: is the norm of a product the product of the norms?",
    why="These are norms of single steps, multiplied. That is an upper bound, and a loose one: "
    "multiply the matrices and take the norm of the product.",
)
def product_of_norms(W_hh, hs):
    norms = [torch.eye(len(W_hh), dtype=W_hh.dtype).norm()]
    for h in hs[1:].flip(0):
        norms.append(norms[-1] * ((1 - h**2)[:, None] * W_hh).norm())
    return torch.stack(norms).flip(0)


@gradient.misconception(
    seen="Which state stays the same in all of these derivatives, the last or the first?",
    why="This is how each state changes with the *first* one. Asked is how the *last* one changes "
    "with each: start from the end and go back.",
)
def forward(W_hh, hs):
    chain = torch.eye(len(W_hh), dtype=W_hh.dtype)
    norms = [chain.norm()]
    for h in hs[1:]:
        chain = ((1 - h**2)[:, None] * W_hh) @ chain
        norms.append(chain.norm())
    return torch.stack(norms)


@gradient.misconception(
    seen="This is a norm of the right matrix. Which one is asked for?",
    why="These are spectral norms, the most that a vector can be stretched. They are what proofs "
    "about vanishing gradients use. Asked is the Frobenius norm: the root of the sum of all squares.",
    convention=True,
)
def spectral(W_hh, hs):
    chain = torch.eye(len(W_hh), dtype=W_hh.dtype)
    norms = [torch.linalg.matrix_norm(chain, 2)]
    for h in hs[1:].flip(0):
        chain = chain @ ((1 - h**2)[:, None] * W_hh)
        norms.append(torch.linalg.matrix_norm(chain, 2))
    return torch.stack(norms).flip(0)


@gradient.alternative
def by_slow_products(W_hh, hs):
    steps = [torch.diag(1 - h**2) @ W_hh for h in hs]
    norms = []
    for t in range(len(hs)):
        product = torch.eye(len(W_hh), dtype=W_hh.dtype)
        for step in steps[t + 1 :]:
            product = step @ product
        norms.append(product.square().sum() ** 0.5)
    return torch.stack(norms)
