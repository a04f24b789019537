"""Checks and misconceptions for `additive_attention`."""

import torch

from autograder.exercise import Exercise, agree, differ


def meetings(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def weights(inside, decoder, encoder):
        return draw(inside, decoder), draw(inside, encoder), draw(inside)

    def all_there(*shape):
        return torch.ones(*shape, dtype=torch.bool)

    padded = torch.tensor([[True] * 3 + [False], [True] * 4, [False, False, True, True]])
    return {
        "two states are looked at": (draw(1, 2), draw(1, 2, 3), *weights(4, 2, 3), all_there(1, 2)),
        "there is a batch of two": (draw(2, 3), draw(2, 5, 4), *weights(6, 3, 4), all_there(2, 5)),
        "there are as many states as sequences": (
            draw(3, 2), draw(3, 3, 4), *weights(5, 2, 4), all_there(3, 3),
        ),
        "some of the states are padding": (draw(3, 5), draw(3, 4, 2), *weights(3, 5, 2), padded),
        "all widths are the same": (draw(2, 3), draw(2, 4, 3), *weights(3, 3, 3), padded[:2]),
        "one state is there": (draw(2, 2), draw(2, 1, 3), *weights(4, 2, 3), all_there(2, 1)),
    }  # fmt: skip


attention = Exercise(
    "from_recurrence.additive_attention",
    title="The first attention", needs=("softmax",), fast_track=True,
    points=3, difficulty=2, minutes=25, examples=meetings,
)  # fmt: skip


@attention.alternative
def by_loops(dec, enc, Wq, Wk, v, mask):
    contexts, weights = [], []
    for query, keys, there in zip(dec, enc, mask, strict=True):
        energies = torch.stack([v @ torch.tanh(Wq @ query + Wk @ key) for key in keys])
        grown = torch.where(there, (energies - energies[there].max()).exp(), 0 * energies)
        weights.append(grown / grown.sum())
        contexts.append(sum(w * key for w, key in zip(weights[-1], keys, strict=True)))
    return torch.stack(contexts), torch.stack(weights)


@attention.oracle("torch.einsum and torch.masked.softmax")
def _(dec, enc, Wq, Wk, v, mask):
    inside = torch.einsum("ad,bd->ba", Wq, dec).unsqueeze(1) + torch.einsum("ae,bse->bsa", Wk, enc)
    scores = torch.einsum("a,bsa->bs", v, inside.tanh())
    weights = torch.masked.softmax(scores, 1, mask=mask)
    return torch.einsum("bs,bse->be", weights, enc), weights


attention.excuse("scores.softmax", "there are two axes: the last is number 1")
attention.excuse("[:, 0]", "the axis has one entry: the first is the last")


def drawn():
    return torch.randn(6, 3) / 2, torch.randn(6, 4) / 2, torch.randn(6)


@attention.claim("weights are shares of the states, and states that are alike come back unchanged")
def _(answer):
    enc = torch.randn(2, 1, 4).expand(2, 5, 4)
    context, weights = answer(torch.randn(2, 3), enc, *drawn(), torch.ones(2, 5).bool())
    agree(context, enc[:, 0])
    agree(weights, torch.full((2, 5), 0.2))


@attention.claim("padding has no influence, what is there has")
def _(answer):
    dec, enc, given = torch.randn(2, 3), torch.randn(2, 5, 4), drawn()
    mask = torch.ones(2, 5).bool()
    mask[:, 3] = False
    before, weights = answer(dec, enc, *given, mask)
    agree(weights[:, 3], torch.zeros(2))
    enc[:, 3] += 2
    agree(answer(dec, enc, *given, mask)[0], before)
    enc[:, 1] += 2
    differ(answer(dec, enc, *given, mask)[0], before)


@attention.claim("states may come in any order: nothing says where one stands")
def _(answer):
    dec, enc, given = torch.randn(2, 3), torch.randn(2, 5, 4), drawn()
    mask, order = torch.ones(2, 5).bool(), torch.tensor([3, 0, 4, 1, 2])
    context, weights = answer(dec, enc, *given, mask)
    turned, again = answer(dec, enc[:, order], *given, mask)
    agree(turned, context)
    agree(again, weights[:, order])
    differ(weights[:, 0], weights[:, 1])


attention.slip(
    "torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T)", "((dec @ Wq.T)[:, None] + enc @ Wk.T)",
    name="no_tanh",
    seen="Change `dec` and look at the weights. Do they change at all?",
    why="These are the numbers without the tanh. Then the decoder's part is the same for every "
    "state, a softmax does not see what all scores share, and everyone would always look at the "
    "same place.",
)  # fmt: skip
attention.slip(
    "scores.softmax(dim=-1)", "scores.softmax(dim=0)", name="softmax_batch",
    seen="Which numbers should sum to 1: those of one sequence, or those of one place in all of "
    "them?",
    why="These weights sum to 1 across the batch. Each sequence shares its attention among its own "
    "states: the softmax goes along the last axis.",
)  # fmt: skip
attention.slip(
    'masked_fill(~mask, float("-inf"))', "masked_fill(~mask, 0.0)", name="mask_zero",
    seen="Row sums hold, yet padding still gets weight. What is exp(0)?",
    why="These are the numbers of code in which padding has the score 0. 0 is a score like any other. "
    "Only minus infinity becomes the weight 0.",
)  # fmt: skip
attention.slip(
    ".masked_fill(~mask, float(\"-inf\"))", "", name="no_mask",
    seen="The states without padding are right. Who gets weight where a sequence has ended?",
    why="These are the numbers of code that never looks at the mask. Give padding the score minus "
    "infinity before the softmax.",
)  # fmt: skip
attention.slip(
    "masked_fill(~mask,", "masked_fill(mask,", name="mask_inverted",
    seen="Who gets weight here, the states or the padding? What does True say?",
    why="These are the numbers of code that hides what is there. The mask is True where there is a "
    "state: hide where it is not, `~mask`.",
)  # fmt: skip
attention.slip(
    "(meeting @ v)", "(meeting @ v / len(v) ** 0.5)", name="scaled",
    seen="The order of the weights is right, but they are too even. What are the scores divided by?",
    why="These are scores divided by √A, as the Transformer does with its dot products. Here they "
    "stay as they are: v is learned and can have any length.",
    convention=True,
)  # fmt: skip


@attention.misconception(
    seen="What do the weights sum to where there is padding?",
    why="These weights were set to 0 at padding *after* the softmax, so a part of the whole is "
    "missing. Hide the scores before the softmax, and the rest share everything.",
)
def mask_after(dec, enc, Wq, Wk, v, mask):
    weights = (torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T) @ v).softmax(-1)
    weights = weights.masked_fill(~mask, 0.0)
    return (weights[:, None] @ enc)[:, 0], weights


@attention.misconception(
    seen="Who gets weight here, the states or the padding? What does True say?",
    why="These are the numbers of code that hides what is there. The mask is True where there is a "
    "state: hide where it is not, `~mask`.",
)
def mask_inverted_with_large_number(dec, enc, Wq, Wk, v, mask):
    scores = torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T) @ v
    weights = scores.masked_fill(mask, -1e9).softmax(-1)
    return (weights[:, None] @ enc)[:, 0], weights


@attention.misconception(
    seen="A state at padding is all zeros now. Which score does it get?",
    why="These are the numbers of code that sets the states at padding to zero. A state of zeros "
    "still has a score, v · tanh(Wq dec), and so a weight. Hide its score instead.",
)
def padding_set_to_zero(dec, enc, Wq, Wk, v, mask):
    enc = enc * mask[..., None]
    weights = (torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T) @ v).softmax(-1)
    return (weights[:, None] @ enc)[:, 0], weights


@attention.misconception(
    seen="The weights are right. What are they for?",
    why="This context is the plain mean of the states. Multiply each state by its weight and add "
    "them up.",
)
def unweighted_mean(dec, enc, Wq, Wk, v, mask):
    scores = torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T) @ v
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    there = mask[..., None].to(enc.dtype)
    return (enc * there).sum(1) / there.sum(1), weights


@attention.misconception(
    seen="What goes through the tanh first: A numbers, or their sum?",
    why="These are the numbers of code that multiplies by `v` before the tanh. v weighs the A "
    "numbers that come *out* of the tanh, so that each of them can have bent on its own.",
)
def v_inside(dec, enc, Wq, Wk, v, mask):
    scores = torch.tanh(((dec @ Wq.T)[:, None] + enc @ Wk.T) @ v)
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    return (weights[:, None] @ enc)[:, 0], weights


@attention.misconception(
    seen="The weights are right. Whose mean is the context, that of the states or of what was made "
    "of them for the scores?",
    why="This context mixes the projected states `enc @ Wk.T`. Here it mixes the states themselves; "
    "values of their own came with the Transformer.",
    convention=True,
)
def mixes_keys(dec, enc, Wq, Wk, v, mask):
    keys = enc @ Wk.T
    scores = torch.tanh((dec @ Wq.T)[:, None] + keys) @ v
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    return (weights[:, None] @ keys)[:, 0], weights


@attention.misconception(
    seen="The pair is there. Which of the two comes first?",
    why="These are the right tensors, weights first. The context comes first here.",
)
def swapped_pair(dec, enc, Wq, Wk, v, mask):
    scores = torch.tanh((dec @ Wq.T)[:, None] + enc @ Wk.T) @ v
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    return weights, (weights[:, None] @ enc)[:, 0]
