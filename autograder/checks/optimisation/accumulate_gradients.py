"""Checks and misconceptions for `accumulate_gradients`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ
from autograder.exercise.lending import lend

VOCABULARY, WIDTH = 7, 3


class Model:
    """A language model that looks at one token: its mean loss, and the gradients of both tables."""

    def __init__(self, seed, dtype=torch.float32):
        g, shapes = torch.Generator().manual_seed(seed), ((VOCABULARY, WIDTH), (WIDTH, VOCABULARY))
        self.weights = [torch.randn(shape, generator=g).to(dtype) for shape in shapes]

    def __call__(self, ids, labels):
        if ids.dim() != 2 or ids.shape != labels.shape:
            raise ValueError(
                f"ids of shape {tuple(ids.shape)} and labels of shape {tuple(labels.shape)} came; "
                "both are (B, T)"
            )
        with torch.enable_grad():
            table, out = (weight.clone().requires_grad_() for weight in self.weights)
            logits = (table[ids] @ out)[:, :-1].flatten(0, 1)
            loss = F.cross_entropy(logits, labels[:, 1:].flatten(), ignore_index=-100)
            grads = torch.autograd.grad(loss, [table, out])
        return loss.detach(), list(grads)


def labelled(ids, hidden):
    """Micro-batch of ids in which the labels at these places (row, column) do not count."""
    labels = ids.clone()
    for row, column in hidden:
        labels[row, column] = -100
    return ids, labels


def batches(g):
    def ids(*shape):
        return torch.randint(VOCABULARY, shape, generator=g)

    def model():
        return lend(Model, int(torch.randint(10**6, (), generator=g)))

    def prompt(B, T, hidden):
        return labelled(ids(B, T), [(row, column) for row in range(B) for column in range(hidden)])

    return {
        "there is one micro-batch": (model(), [prompt(2, 4, 0)]),
        "two are alike in size": (model(), [prompt(2, 3, 0), prompt(2, 3, 0)]),
        "one text is short and one is long": (model(), [prompt(1, 2, 0), prompt(1, 7, 0)]),
        "one has more rows": (model(), [prompt(4, 3, 0), prompt(1, 3, 0)]),
        "prompts of unlike lengths do not count": (model(), [prompt(1, 6, 5), prompt(1, 6, 2)]),
        "padding does not count": (
            model(), [labelled(ids(2, 5), [(0, 2), (0, 3), (0, 4)]), prompt(2, 5, 0)],
        ),
        "three micro-batches have 1, 4 and 9 labels that count": (
            model(), [prompt(1, 2, 0), prompt(2, 4, 2), prompt(3, 4, 0)],
        ),
    }  # fmt: skip


accumulated = Exercise(
    "optimisation.accumulate_gradients", kind="debug", start="mean_of_means", fast_track=True,
    title="One batch, in pieces", needs=("causal_lm_loss",),
    points=2, difficulty=2, minutes=20, examples=batches,
)  # fmt: skip
accumulated.leave_out("equal", "a claim gives the same micro-batch twice")
accumulated.excuse(
    "zip(sums, weighted", "both have a tensor for each weight, and a sum has no order"
)


@accumulated.oracle("torch.autograd, on one padded batch of everything")
def _(model, micro_batches):
    longest = max(ids.shape[1] for ids, _ in micro_batches)
    ids = torch.cat([F.pad(ids, (0, longest - ids.shape[1])) for ids, _ in micro_batches])
    labels = torch.cat([F.pad(y, (0, longest - y.shape[1]), value=-100) for _, y in micro_batches])
    return model(ids, labels)[1]


def texts(*lengths):
    return [labelled(torch.randint(VOCABULARY, (1, length)), []) for length in lengths]


@accumulated.claim("a micro-batch twice, the same gradients as once")
def _(answer):
    one, other = texts(6, 6)
    once, twice, another = answer.each(*((lend(Model, 3), given)
                                         for given in ([one], [one, one], [other])))  # fmt: skip
    for a, b, c in zip(once, twice, another, strict=True):
        agree(a, b)
        differ(a, c)


@accumulated.claim("two texts in one micro-batch or in two, of any lengths: the same gradients")
def _(answer):
    before = [torch.zeros(VOCABULARY, WIDTH), torch.zeros(WIDTH, VOCABULARY)]
    for lengths in ((3, 8), (2, 5)):
        pieces, wide = texts(*lengths), max(lengths)
        ids = torch.cat([F.pad(ids, (0, wide - ids.shape[1])) for ids, _ in pieces])
        labels = torch.cat([F.pad(y, (0, wide - y.shape[1]), value=-100) for _, y in pieces])
        together, apart = answer.each((lend(Model, 5), [(ids, labels)]), (lend(Model, 5), pieces))
        for a, b, c in zip(together, apart, before, strict=True):
            agree(b, a)
            differ(a, c)
        before = together


@accumulated.claim("the order of the micro-batches makes no difference")
def _(answer):
    pieces = texts(3, 6, 2)
    there, back = answer.each((lend(Model, 7), pieces), (lend(Model, 7), pieces[::-1]))
    (alone,) = answer.each((lend(Model, 7), pieces[-1:]))
    for a, b, c in zip(there, back, alone, strict=True):
        agree(a, b)
        differ(a, c)


@accumulated.claim("the tensors that `model` gave stay as they were", universal=True)
def _(answer):
    pieces = texts(4, 7)
    wanted = [g for piece in pieces for g in Model(9)(*piece)[1]]
    given = answer.held(lend(Model, 9), pieces)[0]
    for after in given:  # once or more, in any order
        assert not after.dim() or any(
            after.shape == g.shape and torch.allclose(after, g, rtol=1e-4) for g in wanted
        )


@accumulated.claim("gradients in float64 stay in float64", universal=True)
def _(answer):
    found = answer(lend(Model, 9, torch.float64), texts(4, 7))
    assert all(g.dtype == torch.float64 for g in found)


accumulated.slip(
    "labels[:, 1:] != -100", "labels != -100", name="counts_the_first",
    seen="Labels of -100 do not count, and that is right. Which label of a row does nobody predict?",
    why="The first label of each row is counted here. The loss does not count it: there is no token "
    "before it that could predict it. A micro-batch with many short rows then weighs too much.",
)  # fmt: skip
accumulated.slip(
    "(labels[:, 1:] != -100).sum()", "labels[:, 1:].numel()", name="counts_everything",
    seen="Without padding and prompts it is right. Does a label of -100 count?",
    why="Labels of -100 are counted here. The mean loss of a micro-batch is over those that count, so "
    "only these give it weight.",
)  # fmt: skip
accumulated.slip(
    "(labels[:, 1:] != -100).sum()", "len(labels)", name="weighs_by_rows",
    seen="Where all rows are alike in length it is right. What was the mean loss a mean of?",
    why="A micro-batch weighs as much as it has rows here. The loss is a mean over tokens, and rows have "
    "unlike numbers of them.",
)  # fmt: skip
accumulated.slip(
    "labels[:, 1:] != -100", "labels[:, :-1] != -100", name="counts_all_but_the_last",
    seen="Where no label is -100 it is right. Which label of a row does nobody predict?",
    why="The last label of each row is left out here. It is the first one that nobody predicts: labels "
    "are not shifted yet.",
)  # fmt: skip
accumulated.slip(
    "(labels[:, 1:] != -100).sum()", "(labels != -100).sum() - len(labels)", name="less_one_a_row",
    seen="Where the first label of each row is not -100 it is right. What is taken away if it is?",
    why="One is taken away for each row, also where the first label is -100 and was not counted. Leave "
    "the first column out before you count.",
)  # fmt: skip
accumulated.slip(
    "(labels[:, 1:] != -100).sum()", "labels.numel()", name="counts_all",
    seen="One micro-batch, or two of one size, are right. Which labels does the loss look at?",
    why="All labels are counted here, the first of each row and those of -100, too. The mean loss is "
    "over those that count.",
)  # fmt: skip
accumulated.slip(
    "[g / count for g in sums]", "[g / len(micro_batches) for g in sums]",
    name="divides_by_micro_batches",
    seen="Each micro-batch has its weight. What is the sum of all these weights?",
    why="Gradients are weighed by labels and divided by the number of micro-batches. The weights add up "
    "to all labels that count: divide by these.",
)  # fmt: skip
accumulated.slip(
    "[g / count for g in sums]", "sums", name="never_divides",
    seen="The directions are right. How long should the gradients of a mean be?",
    why="These are the gradients of the sum of all losses: too long by the number of labels. Divide by "
    "it at the end.",
)  # fmt: skip
accumulated.slip(
    "[g / count for g in sums]", "[g / count / len(micro_batches) for g in sums]",
    name="divides_twice",
    seen="The direction is right. By what has been divided, once all is done?",
    why="This divides by the number of labels and once more by the number of micro-batches, so steps "
    "become smaller with every micro-batch. The division by the labels makes it a mean.",
)  # fmt: skip


@accumulated.misconception(
    seen="Two micro-batches of one size are right. Of how many labels is each of these gradients a mean?",
    why="This is the mean of the micro-batches' means, as in `loss / accumulation_steps`. It is right "
    "only if all have as many labels that count. Otherwise each token of a short text weighs more "
    "than one of a long text. `transformers` and others had this mistake until October 2024.",
)
def mean_of_means(model, micro_batches):
    sums = None
    for ids, labels in micro_batches:
        _, grads = model(ids, labels)
        sums = grads if sums is None else [a + b for a, b in zip(sums, grads, strict=True)]
    return [g / len(micro_batches) for g in sums]


@accumulated.misconception(
    seen="With one micro-batch it is right. What is left of the first one, if there are two?",
    why="Each micro-batch begins anew, like a `zero_grad()` inside the loop, and only the last one is "
    "left. The sums are set to zero once, before the loop.",
)
def zero_grad_inside(model, micro_batches):
    for ids, labels in micro_batches:
        _, grads = model(ids, labels)
    return list(grads)


@accumulated.misconception(
    seen="Two micro-batches of one size come out twice as long. Of what are these the gradients?",
    why="The gradients of the means are only added up. They grow with the number of micro-batches. "
    "Weigh each by its labels that count, and divide by all of them.",
)
def sum_of_means(model, micro_batches):
    sums = None
    for ids, labels in micro_batches:
        _, grads = model(ids, labels)
        sums = grads if sums is None else [a + b for a, b in zip(sums, grads, strict=True)]
    return list(sums)


@accumulated.misconception(
    seen="Short gradients are right. When is it known how long the gradients of the whole batch are?",
    why="Each micro-batch is clipped to the length 1 before it is added. Clipping is for the gradients "
    "of the whole batch, once they are complete.",
)
def clip_each(model, micro_batches):
    sums, count = None, 0
    for ids, labels in micro_batches:
        _, grads = model(ids, labels)
        norm = sum(g.square().sum() for g in grads).sqrt().clamp(min=1)
        here = (labels[:, 1:] != -100).sum()
        weighted = [here * g / norm for g in grads]
        sums = weighted if sums is None else [a + b for a, b in zip(sums, weighted, strict=True)]
        count += here
    return [g / count for g in sums]


@accumulated.alternative
def with_the_count_first(model, micro_batches):
    counts = [int((labels[:, 1:] >= 0).sum()) for _, labels in micro_batches]
    done = []
    for (ids, labels), here in zip(micro_batches, counts, strict=True):
        shares = [g * (here / sum(counts)) for g in model(ids, labels)[1]]
        done = [a + b for a, b in zip(done, shares, strict=True)] if done else shares
    return done


@accumulated.alternative
def with_a_running_mean(model, micro_batches):
    mean, count = None, 0
    for ids, labels in micro_batches:
        here = (labels[:, 1:] != -100).sum().item()
        grads, count = model(ids, labels)[1], count + here
        mean = [g.clone() for g in grads] if mean is None else mean
        mean = [old + (new - old) * here / count for old, new in zip(mean, grads, strict=True)]
    return mean
