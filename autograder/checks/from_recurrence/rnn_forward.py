"""Checks and misconceptions for `rnn_forward`."""

import torch

from autograder.exercise import Exercise, agree, differ


def weights(draw, width, inputs):
    return draw(width, inputs), draw(width, width) / width**0.5, draw(width), draw(width)


def sequences(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "one step follows the first state": (draw(1, 1, 2), draw(1, 3), *weights(draw, 3, 2)),
        "two steps are taken": (draw(1, 2, 3), draw(1, 2), *weights(draw, 2, 3)),
        "there is a batch of two": (draw(2, 4, 3), draw(2, 5), *weights(draw, 5, 3)),
        "inputs are as wide as states": (draw(3, 4, 5), draw(3, 5), *weights(draw, 5, 5)),
        "there are as many steps as sequences": (draw(3, 3, 2), draw(3, 4), *weights(draw, 4, 2)),
    }


rnn = Exercise(
    "from_recurrence.rnn_forward",
    title="A recurrent network", fast_track=True,
    points=2, difficulty=1, minutes=15, examples=sequences,
    forbid=("RNN", "RNNCell", "rnn_tanh", "rnn_tanh_cell", "RNNBase"),
)  # fmt: skip


@rnn.oracle("torch.nn.RNN")
def _(x, h0, W_ih, W_hh, b_ih, b_hh):
    network = torch.nn.RNN(x.shape[-1], len(W_hh), batch_first=True).to(x.dtype)
    given = {"weight_ih_l0": W_ih, "weight_hh_l0": W_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    return torch.func.functional_call(network, given, (x, h0[None]))[0]


def drawn(inputs=3, width=16):
    return [torch.randn(width, inputs), torch.randn(width, width) / 4,
            torch.randn(width), torch.randn(width)]  # fmt: skip


@rnn.claim("a state knows what was read before it, and nothing of what comes after")
def _(answer):
    x, h0, given = torch.randn(2, 5, 3), torch.randn(2, 16), drawn()
    before = answer(x, h0, *given)
    x[:, 2] += 1
    after = answer(x, h0, *given)
    agree(after[:, :2], before[:, :2])
    for step in (2, 3, 4):
        differ(after[:, step], before[:, step])


@rnn.claim("reading can stop anywhere and go on from the state that was reached")
def _(answer):
    x, h0, given = torch.randn(2, 6, 3), torch.randn(2, 16), drawn()
    whole = answer(x, h0, *given)
    begun = answer(x[:, :4], h0, *given)
    assert whole.shape == (2, 6, 16)
    differ(whole[:, 4], whole[:, 5])
    agree(answer(x[:, 4:], begun[:, -1], *given), whole[:, 4:])


@rnn.claim("where nothing is read and all weights are zero the state is tanh of the two biases")
def _(answer):
    a, b = torch.randn(4), torch.randn(4)
    states = answer(torch.zeros(1, 3, 2), torch.randn(1, 4), torch.zeros(4, 2), torch.zeros(4, 4),
                    a, b)  # fmt: skip
    agree(states, torch.tanh(a + b).expand(1, 3, 4))


rnn.slip(
    "h @ W_hh.T + b_hh)", "h @ W_hh.T)", name="one_bias",
    seen="Four things are added inside the tanh. Which of them is missing?",
    why="These are the numbers of code with a single bias. The formula has two, one for what is "
    "read and one for the state. One would do as much; torch keeps both, and so do its weights.",
)  # fmt: skip
rnn.slip(
    "torch.tanh(", "torch.relu(", name="relu",
    seen="How large can a state become after many steps?",
    why="These are the numbers of code with ReLU in place of tanh. tanh keeps each number between "
    "-1 and 1, however long one reads; with ReLU it can grow at each step.",
)  # fmt: skip
rnn.slip(
    "h @ W_hh.T", "h0 @ W_hh.T", name="never_moves_on",
    seen="The first state is right. Which state does the second step start from?",
    why="These are the numbers of code in which every step starts from `h0`. Each has to start from "
    "the state before it: that is how anything is remembered.",
)  # fmt: skip
rnn.slip(
    "h @ W_hh.T", "h @ W_hh", name="states_untransposed",
    seen="One product is right, the other is not. What is a row of `W_hh` for?",
    why="These are the numbers of `h @ W_hh`. A row of `W_hh` holds the weights of one new number, "
    "and rows of `h` meet columns in `@`: transpose, `h @ W_hh.T`. Since it is square, no shape "
    "complains.",
)  # fmt: skip


rnn.slip(
    "x_t @ W_ih.T", "x_t @ W_ih", name="no_transpose",
    seen="Shapes fit where inputs are as wide as states. What do the rows of `W_ih` stand for?",
    why="These are the numbers of `x @ W_ih` without a transpose. It only fits where W_ih is square, "
    "and is wrong there, too: its rows belong to the numbers of the state. Write `x @ W_ih.T`.",
)  # fmt: skip
rnn.slip(
    "states, h = [], h0", "states, h = [], torch.zeros_like(h0)", name="starts_from_zeros",
    seen="What does the first step have before it?",
    why="These states start from zeros, as `torch.nn.RNN` does if it is given none. Here `h0` is "
    "given: what was read before is in it.", convention=True,
)  # fmt: skip
rnn.slip(
    "torch.tanh(", "torch.sigmoid(", name="sigmoid",
    seen="Between which two numbers does a state lie here, and between which should it?",
    why="These are the numbers of a sigmoid, as in Elman's paper. torch, and the formula here, have "
    "tanh, which lies between -1 and 1.", convention=True,
)  # fmt: skip


@rnn.misconception(
    seen="Is one state asked for, or one for each step?",
    why="This is the last state alone, without an axis for steps. It is what an encoder hands on; "
    "here all states are wanted, B by T by H.",
)
def last_only(x, h0, W_ih, W_hh, b_ih, b_hh):
    h = h0
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
    return h


@rnn.misconception(
    seen="Which axis of `x` holds the steps, the first or the second?",
    why="These are the numbers of code that takes the first axis for time, as `torch.nn.RNN` does "
    "unless `batch_first=True`. Here `x` is B by T by I: loop over its second axis.",
    convention=True,
)
def time_batch_swapped(x, h0, W_ih, W_hh, b_ih, b_hh):
    states, h = [], h0
    for x_t in x.unbind(0):
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return torch.stack(states, 0)


@rnn.misconception(
    seen="There is one state per step. Which step does the first of them follow?",
    why="These states begin with `h0` and lack the last one. The result holds the state *after* each "
    "step: append after the step, not before it.",
)
def before_each_step(x, h0, W_ih, W_hh, b_ih, b_hh):
    states, h = [], h0
    for x_t in x.unbind(1):
        states.append(h)
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
    return torch.stack(states, 1)


@rnn.alternative
def both_at_once(x, h0, W_ih, W_hh, b_ih, b_hh):
    W = torch.cat([W_ih, W_hh], dim=1)
    states = [h0]
    for t in range(x.shape[1]):
        read = torch.cat([x[:, t], states[-1]], dim=1)
        states.append(torch.tanh(torch.einsum("hi,bi->bh", W, read) + (b_ih + b_hh)))
    return torch.stack(states[1:], dim=1)
