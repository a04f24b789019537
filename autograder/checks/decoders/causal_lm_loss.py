"""Checks and misconceptions for `causal_lm_loss`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def guesses(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def ids(*shape, of):
        return torch.randint(of, shape, generator=g)

    def padded(labels, *rows):
        for row, length in rows:
            labels[row, length:] = -100
        return labels

    sharp = 40 * draw(1, 4, 5)
    return {
        "there are two tokens": (draw(1, 2, 3), ids(1, 2, of=3)),
        "there are more": (draw(1, 5, 7), ids(1, 5, of=7)),
        "there is a batch": (draw(2, 4, 6), ids(2, 4, of=6)),
        "one row ends early": (draw(2, 5, 4), padded(ids(2, 5, of=4), (1, 3))),
        "rows end at different places": (
            draw(3, 6, 5), padded(ids(3, 6, of=5), (0, 4), (2, 2)),
        ),
        "the model is sure": (sharp, ids(1, 4, of=5)),
        "the first label is left out": (
            draw(1, 4, 5), torch.tensor([[-100, 2, 0, 4]]),
        ),
    }  # fmt: skip


loss = Exercise(
    "decoders.causal_lm_loss", fast_track=True,
    title="The loss of a decoder", needs=("cross_entropy",),
    points=2, difficulty=1, minutes=12, examples=guesses,
)  # fmt: skip
loss.leave_out("one T", "one token is followed by none: there is nothing to predict")


@loss.oracle("transformers.loss.loss_utils.ForCausalLMLoss")
def _(logits, labels):
    from transformers.loss.loss_utils import ForCausalLMLoss

    wide = ForCausalLMLoss(logits, labels, logits.shape[-1])
    return wide.to(logits.dtype)


loss.excuse("ignore_index=-100", "this is what torch does unless it is told otherwise")


@loss.claim("a model that is sure of the token that comes next is not surprised")
def _(answer):
    labels = torch.randint(6, (2, 5))
    sure = torch.zeros(2, 5, 6)
    sure[:, :-1] = 50 * F.one_hot(labels[:, 1:], 6).float()
    agree(answer(sure, labels), torch.tensor(0.0))
    differ(answer(-sure, labels), torch.tensor(0.0))


@loss.claim("a model that knows nothing is surprised by the logarithm of the vocabulary")
def _(answer):
    for size in (4, 9):
        labels = torch.randint(size, (2, 6))
        labels[1, 3:] = -100
        agree(answer(torch.zeros(2, 6, size), labels), torch.tensor(float(size)).log())


@loss.claim("what the model says after the last token, and about what is left out, does not count")
def _(answer):
    logits, labels = torch.randn(2, 5, 4), torch.randint(4, (2, 5))
    labels[0, 3:] = -100
    before = answer(logits, labels)
    logits[:, -1] += torch.randn(4)
    logits[0, 2:] -= torch.randn(4)
    agree(answer(logits, labels), before)
    logits[1, 1, labels[1, 2]] -= 3
    differ(answer(logits, labels), before)


loss.slip(
    "logits[:, :-1].flatten(0, 1)  # B T V -> N V\n    return F.cross_entropy(guessed, "
    "labels[:, 1:].flatten()",
    "logits.flatten(0, 1)\n    return F.cross_entropy(guessed, labels.flatten()",
    name="no_shift",
    seen="What are the logits at the first position about, the first token or the second?",
    why="These are the numbers of code that compares logits with the token at the *same* place, which "
    "the model has just read. Position t predicts t + 1.",
)  # fmt: skip


@loss.misconception(
    seen="Which is shifted against which?",
    why="These are logits compared with the token *before* theirs: the past is predicted. Logits lose "
    "their last position, labels their first.",
)
def shift_labels_right(logits, labels):
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), labels[:, :-1].flatten())


@loss.misconception(
    seen="With one row it is right. What follows the last token of the first row?",
    why="The rows are laid end to end before the shift, so that the last token of one text is asked "
    "for the first of the next. Shift along T first, then flatten.",
)
def flattened_first(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1)[:-1], labels.flatten()[1:])


@loss.misconception(
    seen="What are the last logits of a row compared with?",
    why="The labels are rolled round, so that the last logits are asked for the first token. There "
    "is no token after the last: drop these logits.",
)
def rolled(logits, labels):
    return F.cross_entropy(logits.flatten(0, 1), labels.roll(-1, 1).flatten())


@loss.misconception(
    seen="Is a place left out because of the token that it has read, or of the token that it is "
    "asked for?",
    why="What is left out is read from the labels before the shift. A position counts if the label "
    "that it is asked for is not -100: that is the next one.",
)
def left_out_unshifted(logits, labels):
    following = labels[:, 1:].clamp(min=0)
    losses = F.cross_entropy(logits[:, :-1].mT, following, reduction="none")
    return losses[labels[:, :-1] != -100].mean()


@loss.misconception(
    seen="What does `cross_entropy` take, scores or probabilities?",
    why="A softmax is taken twice here: `F.cross_entropy` takes scores and does it inside. Of "
    "probabilities between 0 and 1 it can never make a model that is sure.",
)
def softmax_twice(logits, labels):
    given = logits[:, :-1].softmax(-1).flatten(0, 1)
    return F.cross_entropy(given, labels[:, 1:].flatten())


@loss.misconception(
    seen="How far ahead does a position look: one token, or two?",
    why="Labels are shifted twice here, as happens where a data set has shifted them already. Here "
    "`labels` are the ids themselves: shift once.",
)
def double_shift(logits, labels):
    if labels.shape[1] < 3:
        return logits.sum() * 0 + float("nan")
    return F.cross_entropy(logits[:, :-2].flatten(0, 1), labels[:, 2:].flatten())


@loss.misconception(
    seen="Without -100 it is right. By how many is the sum divided?",
    why="The sum is divided by all positions here, those with -100 among them. Then a batch with more "
    "padding looks better. Divide by the labels that count.",
)
def divides_by_all(logits, labels):
    losses = F.cross_entropy(
        logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="none"
    )
    return losses.mean()


@loss.misconception(
    seen="Is it a mean over tokens, or over rows?",
    why="Each row's mean counts the same here, however short the row is. The mean is over all tokens "
    "that count.",
)
def mean_of_row_means(logits, labels):
    means = [
        F.cross_entropy(row[:-1], own[1:])
        for row, own in zip(logits, labels, strict=True)
        if (own[1:] >= 0).any()
    ]
    return torch.stack(means).mean()


@loss.misconception(
    seen="A mean or a sum?",
    why="This is the sum over all tokens. It grows with the batch; the mean does not.",
)
def summed(logits, labels):
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")


@loss.misconception(
    seen="Which axis does `cross_entropy` take for the tokens of the vocabulary?",
    why="`cross_entropy` takes axis 1 for the vocabulary, and here that is the positions. Make one row "
    "of scores for each question first: `flatten(0, 1)` of the logits, `flatten()` of the labels.",
)
def not_flattened(logits, labels):
    return F.cross_entropy(logits[:, :-1], labels[:, 1:])


@loss.alternative
def by_gather(logits, labels):
    logp, following = logits[:, :-1].log_softmax(-1), labels[:, 1:]
    counts = following != -100
    found = logp.gather(-1, following.clamp(min=0)[..., None])[..., 0]
    return -found[counts].mean()
