"""Reading one token after another, what of it can be learned, and the first attention.

Owns: a plain recurrent network without layers, batches of equal length, no training.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def rnn_forward(
    x: Float[Tensor, "B T I"],
    h0: Float[Tensor, "B H"],
    W_ih: Float[Tensor, "H I"],
    W_hh: Float[Tensor, "H H"],
    b_ih: Float[Tensor, "H"],
    b_hh: Float[Tensor, "H"],
) -> Float[Tensor, "B T H"]:
    """The states of a recurrent network: h[t] = tanh(W_ih x[t] + b_ih + W_hh h[t - 1] + b_hh).

    `x` holds T vectors of I numbers for each of B sequences, `h0` the state before the first of
    them. The result holds the state after each step. W_ih and W_hh are written as in the formula,
    which takes a single vector as a column.

    Source: Elman 1990; the names are those of `torch.nn.RNN`.
    """
    states, h = [], h0
    for x_t in x.unbind(dim=1):  # B I, one step of all sequences
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return torch.stack(states, dim=1)


def gradient_through_time(
    W_hh: Float[Tensor, "H H"], hs: Float[Tensor, "T H"]
) -> Float[Tensor, "T"]:
    """How much the last state of a recurrent network changes with each state before it.

    `hs` holds the states after steps 1 to T, each h[t] = tanh(... + W_hh h[t - 1]). Number t of the
    result is the Frobenius norm (the root of the sum of all squares) of the matrix of derivatives
    of h[T] by h[t]; the last number is that of h[T] by itself. Both arguments have the same dtype, and
    the result has it, too. The derivative of tanh(a) is
    1 - tanh(a) ** 2.

    Source: Pascanu et al. 2013, equation 5.
    """
    chain = torch.eye(len(W_hh), dtype=W_hh.dtype)
    norms = [chain.norm()]
    for h in hs[1:].flip(0):  # the last state first
        chain = chain @ ((1 - h**2)[:, None] * W_hh)
        norms.append(chain.norm())
    return torch.stack(norms).flip(0)


def additive_attention(
    dec: Float[Tensor, "B Hd"],
    enc: Float[Tensor, "B S He"],
    Wq: Float[Tensor, "A Hd"],
    Wk: Float[Tensor, "A He"],
    v: Float[Tensor, "A"],
    mask: Bool[Tensor, "B S"],
) -> tuple[Float[Tensor, "B He"], Float[Tensor, "B S"]]:
    """What a decoder takes from S encoder states, and how much from each: (context, weights).

    The score of state s is v · tanh(Wq dec + Wk enc[s]), with A numbers inside the tanh. Scores
    become weights by a softmax over the states; the context is the states' mean with these
    weights. `mask` is True where there is a state and False at padding, which gets the weight 0;
    each sequence has at least one state.

    Source: Bahdanau et al. 2015, section 3.1 and appendix A.1.2.
    """
    meeting = torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T)  # B 1 A + B S A -> B S A
    scores = (meeting @ v).masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    return (weights[:, None] @ enc)[:, 0], weights  # B 1 S @ B S He -> B 1 He
