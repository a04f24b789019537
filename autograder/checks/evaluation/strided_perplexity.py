"""Checks and misconceptions for `strided_perplexity`."""

import math

import torch

from autograder.exercise import Exercise
from autograder.exercise.lending import lend

VOCABULARY = 7


class Reader:
    """A model whose logits depend on all ids that it is given, and which reads at most `limit`."""

    def __init__(self, seed, limit):
        g = torch.Generator().manual_seed(seed)
        self.limit = limit
        self.start = torch.randn(VOCABULARY, generator=g, dtype=torch.float64)
        self.mix = 1.5 * torch.randn(VOCABULARY, VOCABULARY, generator=g, dtype=torch.float64)

    def __call__(self, ids):
        if ids.dim() != 1 or not 0 < len(ids) <= self.limit:
            raise ValueError(
                f"ids of shape {tuple(ids.shape)} came; this model reads 1 to {self.limit} ids"
            )
        age = torch.arange(len(ids))[:, None] - torch.arange(len(ids))
        weight = (0.8 ** age.clamp_min(0)).double() * (age >= 0)
        return self.start + weight @ self.mix[ids]


class Even:
    """A model that never has an opinion, or one that has it if it sees `needed` ids or more."""

    def __init__(self, limit, needed=10**6):
        self.limit, self.needed = limit, needed

    def __call__(self, ids):
        if ids.dim() != 1 or not 0 < len(ids) <= self.limit:
            raise ValueError(f"ids of shape {tuple(ids.shape)} came; it reads 1 to {self.limit}")
        logits = torch.zeros(len(ids), VOCABULARY, dtype=torch.float64)
        logits[self.needed - 1 :, 3] = math.log(VOCABULARY - 1)  # a half for the id 3
        return logits


def texts(g):
    def told(length, window, stride):
        seed = int(torch.randint(10**6, (), generator=g))
        ids = torch.randint(VOCABULARY, (length,), generator=g)
        return lend(Reader, seed, window), ids, window, stride

    return {
        "the text is shorter than the window": told(5, 8, 3),
        "the text is as long as the window": told(6, 6, 2),
        "the text is one id longer than the window": told(9, 8, 5),
        "there are two ids": told(2, 4, 3),
        "the stride is 1": told(11, 4, 1),
        "one id of each window was there before": told(13, 5, 4),
        "the last window is full": told(17, 9, 4),
        "the last window has one new id": told(15, 6, 4),
        "most of each window was there before": told(19, 10, 3),
        "the window has two ids": told(8, 2, 1),
        "the text is long, and the model without opinions": (
            lend(Even, 160), torch.randint(VOCABULARY, (401,), generator=g), 160, 130,
        ),
    }  # fmt: skip


strided = Exercise(
    "evaluation.strided_perplexity", optional=True,
    title="Perplexity beyond the window", needs=("perplexity",),
    points=2, difficulty=2, minutes=20, examples=texts,
)  # fmt: skip


@strided.oracle("the recipe of transformers' documentation, on a causal model's own loss")
def _(model, ids, window, stride):
    from transformers.loss.loss_utils import ForCausalLMLoss

    total, count, before = 0.0, 0, 0
    for begin in range(0, len(ids), stride):
        end = min(begin + window, len(ids))
        part = ids[begin:end]
        labels = part.clone()
        labels[: before - end] = -100  # all but the last end - before
        scored = int((labels[1:] != -100).sum())
        loss = ForCausalLMLoss(model(part)[None], labels[None], VOCABULARY)
        total, count, before = total + loss.item() * scored, count + scored, end
        if end == len(ids):
            break
    return math.exp(total / count)


def near(got, wanted):
    """Is it the same number, be it worked out in float32?"""
    return abs(got - wanted) < 1e-5 * wanted


@strided.claim("a model that never has an opinion has the size of its vocabulary, at any stride")
def _(answer):
    ids = torch.arange(13) % VOCABULARY
    for window, stride in ((5, 4), (6, 1), (20, 7)):
        assert near(answer(lend(Even, window), ids, window, stride), VOCABULARY)


@strided.claim("each id is scored once, with as much before it as its first window has")
def _(answer):
    ids = torch.full((12,), 3)
    seen = [1, 2, 3, 4, 5, 6, 5, 6, 5, 6, 5]  # by the model, of ids before those from 1 to 11
    for needed in (1, 3, 5, 6):
        found = answer(lend(Even, 7, needed), ids, 7, 2)
        sure = sum(many >= needed for many in seen)
        nats = (sure * math.log(2) + (11 - sure) * math.log(VOCABULARY)) / 11
        assert near(found, math.exp(nats))


@strided.claim("a text that fits into one window has its ordinary perplexity, whatever the stride")
def _(answer):
    ids = torch.tensor([3, 1, 4, 1, 5])
    reader = Reader(5, 9)
    logps = reader(ids)[:-1].log_softmax(-1).gather(1, ids[1:, None])
    wanted = math.exp(-logps.mean().item())
    for stride in (1, 3, 8):
        assert near(answer(lend(Reader, 5, 9), ids, 9, stride), wanted)


strided.excuse("log_softmax(-1)", "there are two axes: the last one is number 1 as well")
strided.excuse("gather(-1", "there are two axes: the last one is number 1 as well")
strided.excuse("[:, 0]", "there is one column")
strided.excuse("if scored == len(ids)", "later windows have nothing new")
strided.excuse("break", "later windows have nothing new")
strided.slip(
    "each[len(each) - new :].sum().item()\n        scored += new",
    "each.sum().item()\n        scored += new", name="not_counted_again",
    seen="A text of one window is right. How many surprises are added up, and by what is their sum "
    "divided?",
    why="All surprises of each window are added up here, those of the overlap several times, but the sum "
    "is divided by the ids once. Only ids that no window had before are scored.",
)  # fmt: skip
strided.slip(
    "(len(ids) - 1)", "len(ids)", name="first_id_counted",
    seen="The sum is right. How many ids are scored?",
    why="The sum is divided by all ids here. The first one has nothing before it and is not scored.",
)  # fmt: skip
strided.slip(
    "return math.exp(total / (len(ids) - 1))", "return total / (len(ids) - 1)", name="no_exp",
    seen="Is this a perplexity, or the mean surprise?",
    why="This is the mean surprise in nats. Perplexity is exp of it.",
)  # fmt: skip
strided.slip(
    "each[len(each) - new :]", "each[: new]", name="first_part",
    seen="A text of one window is right. Where in a window are the ids that are new?",
    why="The first ids of a window are scored here, which an earlier window had already. The new ones "
    "are at its end.",
)  # fmt: skip
strided.slip(
    "each[len(each) - new :]", "each[len(each) - new + (begin > 0) :]", name="first_new_lost",
    seen="A text of one window is right. Has the first new id of a window something before it?",
    why="The first new id of each later window is not scored here, as if nothing were before it. The "
    "overlap is.",
)  # fmt: skip
strided.slip(
    "logps = model(part)[:-1]", "logps = model(part)[1:]", name="not_shifted",
    seen="Which row of the logits scores an id: its own, or the one before?",
    why="Each id is scored by its own row here, which has seen it. Row t scores the id after it.",
)  # fmt: skip
strided.slip(
    "        if scored == len(ids):\n            break\n",
    "        if scored == len(ids) or begin + stride + window > len(ids):\n            break\n",
    name="last_lost",
    seen="Where the windows fit it is right. What becomes of the end of the text?",
    why="The last window is left out here if it is not full, and the ids in it are not scored. It "
    "counts, however short.",
)  # fmt: skip
strided.slip(
    "log_softmax(-1)", "softmax(-1)", name="no_logarithm",
    seen="Which number says how surprising an id is: its probability, or something made of it?",
    why="Probabilities are added up here. The surprise of an id is the negative logarithm of its "
    "probability: `log_softmax` gives the logarithm.",
)  # fmt: skip
strided.slip(
    "model(part)[:-1].log_softmax(-1)", "model(part).log_softmax(0)[:-1]", name="over_the_places",
    seen="Which numbers of the logits are the rivals of one id: its column, or its row?",
    why="The softmax runs over the places of the window here, since axis 0 counts those. The rivals of "
    "an id are all ids that could be in its place: the last axis.",
)  # fmt: skip
