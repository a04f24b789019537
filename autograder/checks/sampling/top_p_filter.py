"""Checks and misconceptions for `top_p_filter`."""

import torch

from autograder.checks.sampling import GONE, left, nucleus, of_shares
from autograder.exercise import Exercise, agree


def rows(g):
    def shuffled(*rows):
        """Rows of probabilities, each in another order of ids, moved up or down."""
        order = [torch.randperm(len(row), generator=g) for row in rows]
        logits = of_shares(*rows) + 3 * torch.randn(len(rows), 1, generator=g)
        return logits.gather(-1, torch.stack(order))

    twice = of_shares([0.3, 0.25, 0.2, 0.15, 0.1]).clone()
    twice[0, 3:] = GONE
    crossing = of_shares([0.5, 0.41, 0.09])[:, torch.randperm(3, generator=g)]
    return {
        "two tokens have 91 % and p is 0.9": (crossing, 0.9),
        "the likeliest token alone has more than p": (shuffled([0.4, 0.3, 0.2, 0.1]), 0.3),
        "p is reached by the third of five": (shuffled([0.1, 0.4, 0.22, 0.08, 0.2]), 0.7),
        "every row needs another number of tokens": (
            shuffled([0.9, 0.06, 0.03, 0.01], [0.3, 0.28, 0.22, 0.2], [0.55, 0.3, 0.1, 0.05]), 0.75,
        ),
        "many tokens have little each": (
            shuffled([0.3, *(0.1 - 0.01 * i for i in range(8)), 0.18]), 0.77,
        ),
        "four tokens are equally likely and p is a half": (torch.full((1, 4), 1.5), 0.5),
        "the last two that are left are equally likely": (torch.tensor([[0.0, 2.0, 1.0, 1.0]]), 0.7),
        "twenty tokens are equally likely": (torch.full((1, 20), -0.5), 0.34),
        "p is 0": (shuffled([0.5, 0.2, 0.3], [0.1, 0.8, 0.1]), 0.0),
        "p is 1": (torch.tensor([[2.0], [-1.0]]).expand(2, 4).clone(), 1.0),
        "some tokens were filtered out before": (twice, 0.7),
        "logits are large": (1000 + shuffled([0.45, 0.35, 0.2], [0.7, 0.2, 0.1]), 0.6),
    }  # fmt: skip


nucleus_of = Exercise(
    "sampling.top_p_filter", fast_track=True,
    title="The smallest likely set", needs=("softmax",),
    points=3, difficulty=2, minutes=20, examples=rows,
)  # fmt: skip


@nucleus_of.oracle("transformers.TopPLogitsWarper, with ties in the order of ids")
def _(logits, p):
    return nucleus(logits, p)


nucleus_of.excuse("detach", "gradients are not asked for where the reference has none")
nucleus_of.excuse("dim=-1", "there are two axes: the last one is number 1 as well")
nucleus_of.excuse("scatter(-1", "there are two axes: the last one is number 1 as well")


@nucleus_of.claim(
    "with 0.5, 0.41 and 0.09 and p = 0.9 two tokens are left: the one that crosses stays"
)
def _(answer):
    for row, p, many in (([0.09, 0.5, 0.41], 0.9, 2), ([0.06, 0.3, 0.04, 0.6], 0.7, 2),
                         ([0.2, 0.28, 0.1, 0.16, 0.26], 0.75, 4)):  # fmt: skip
        logits = of_shares(row)
        stay = left(answer(logits, p))
        assert stay.sum() == many
        agree(logits[stay].sort().values, logits[0].sort().values[-many:])


@nucleus_of.claim("one token that is likelier than p is left alone")
def _(answer):
    logits = of_shares([0.1, 0.2, 0.4, 0.3], [0.3, 0.1, 0.2, 0.4])
    for p in (0.05, 0.3):
        best = torch.nn.functional.one_hot(logits.argmax(-1), 4).float()
        agree(answer(logits, p).softmax(-1), best)


@nucleus_of.claim("what is left has p or more, and without its least likely token less than p")
def _(answer):
    logits = torch.randn(5, 12)
    probs = logits.softmax(-1)
    for p in (0.35, 0.62, 0.93):
        stay = left(answer(logits, p))
        assert stay.any(-1).all()
        assert not stay.all()
        inside = probs.where(stay, 0.0).sum(-1)
        least = probs.masked_fill(~stay, 2.0).amin(-1)
        assert (inside > p - 1e-5).all()
        assert (inside - least < p + 1e-5).all()


@nucleus_of.claim("the surer the model, the fewer tokens are left; what is left keeps its logit")
def _(answer):
    logits = torch.linspace(-2, 2, 20)[None]
    done = [answer(sharpness * logits, 0.9) for sharpness in (0.1, 2.0, 20.0)]
    counts = [int(left(each).sum()) for each in done]
    assert counts[0] > counts[1] > counts[2] >= 1
    agree(done[1][left(done[1])], (2.0 * logits)[left(done[1])])


nucleus_of.slip(
    "- probs  # what", " # what", name="drops_crossing",
    seen="With 50 %, 41 % and 9 % one token is left for p = 0.9. Together, do those that stay have p?",
    why="The token that crosses p is cut here: its own probability is counted before it is let in. "
    "Then those that stay have less than p. Cut a token only if the likelier ones already have p "
    "without it.",
)  # fmt: skip
nucleus_of.slip(
    "before >= p", "before > p", name="reached_is_not_enough",
    seen="Where p is not met exactly it is right. If two of four equal tokens have p = 0.5, is a third "
    "one needed?",
    why="The set must have *more* than p here, so that a sum of exactly p lets one more token in. The "
    "smallest set with p or more is complete when p is reached.",
)  # fmt: skip
nucleus_of.slip(
    "    dropped[:, 0] = False\n", "", name="nothing_left",
    seen="For p > 0 it is right. How many tokens are left for p = 0?",
    why="For p = 0 nothing is left here, and a softmax of nothing is NaN. The likeliest token always "
    "stays.",
)  # fmt: skip
nucleus_of.slip(
    'float("-inf")', "0.0", name="zero_fill",
    seen="The right tokens are cut. What is exp(0)?",
    why="Logits that are cut become 0 here, and a softmax gives exp(0) = 1 a share like any other. "
    "Cut means minus infinity.",
)  # fmt: skip
nucleus_of.slip(
    "dropped.scatter(-1, ids, dropped)", "dropped", name="mask_in_sorted_order",
    seen="As many tokens stay as should, but which? In what order are the places of the mask?",
    why="The mask is made for the *sorted* row and used on the row as it was. Its places have to go "
    "back to the ids that they belong to: `scatter` with the ids that `sort` gave.",
)  # fmt: skip
nucleus_of.slip(
    "logits.sort(dim=-1, descending=True, stable=True)", "logits.sort(dim=-1, stable=True)",
    name="ascending",
    seen="The least likely tokens stay. Which end of the row comes first?",
    why="Tokens are added up from the least likely one here, so that the tail stays and the favourite "
    "goes. `sort` begins with the smallest unless it is told `descending=True`.",
)  # fmt: skip
nucleus_of.slip(
    "ordered.softmax(dim=-1)", "ordered", name="cumsum_of_logits",
    seen="What is added up, and what is p a part of?",
    why="Logits are added up here, and compared with p. Only probabilities have a sum of which p is a "
    "part: take the softmax first.",
)  # fmt: skip


@nucleus_of.misconception(
    seen="Without ties it is right. Of two equally likely tokens, which one comes first?",
    why="Of equally likely tokens those with larger ids stay here, as in `transformers`, which adds up "
    "from the bottom. Both sets are smallest ones. The task wants them in the order of ids.",
    convention=True,
)
def ties_from_below(logits, p):
    ordered, ids = logits.sort(dim=-1, stable=True)
    dropped = ordered.softmax(-1).cumsum(-1) <= 1 - p
    dropped[:, -1] = False
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE)


@nucleus_of.misconception(
    seen="Without ties it is right. How small is the smallest set, if two tokens are equally likely?",
    why="All tokens stay that are as likely as the last one that is needed. For top-k that is the rule. "
    "Here the *smallest* set is wanted, with ties in the order of ids.",
    convention=True,
)
def all_that_tie(logits, p):
    ordered = logits.sort(-1, descending=True).values
    probs = ordered.softmax(-1)
    needed = probs.cumsum(-1) - probs < p
    needed[:, 0] = True
    limit = ordered.masked_fill(~needed, float("inf")).amin(-1, keepdim=True)
    return logits.masked_fill(logits < limit, GONE)


@nucleus_of.misconception(
    seen="Tokens are taken by their ids. Which token should come first?",
    why="Probabilities are added up in the order of ids, so that a token stays because its id is small. "
    "Sort first: the set is built from the likeliest token down.",
)
def unsorted(logits, p):
    probs = logits.softmax(-1)
    dropped = probs.cumsum(-1) - probs >= p
    dropped[:, 0] = False
    return logits.masked_fill(dropped, GONE)


@nucleus_of.misconception(
    seen="Is p asked of each token, or of all that stay together?",
    why="A token stays here if it alone has p or more. p is a sum: that of all tokens that stay.",
)
def p_as_a_limit(logits, p):
    return logits.masked_fill(logits.softmax(-1) < p, GONE)


@nucleus_of.misconception(
    seen="With one row it is right. How many tokens does each row need?",
    why="All rows keep as many tokens as the first one needs. Every row has its own sums.",
)
def count_of_the_first_row(logits, p):
    ordered = logits.sort(-1, descending=True).values
    probs = ordered.softmax(-1)
    count = max(1, int((probs.cumsum(-1) - probs < p)[0].sum()))
    return logits.masked_fill(logits < ordered[:, count - 1, None], GONE)


@nucleus_of.misconception(
    seen="Is a softmax part of the task?",
    why="These are probabilities that were shared out anew. Leave the softmax to the end: what stays "
    "keeps its logit.",
)
def gives_probabilities(logits, p):
    ordered, ids = logits.sort(dim=-1, descending=True, stable=True)
    probs = ordered.softmax(-1)
    dropped = probs.cumsum(-1) - probs >= p
    dropped[:, 0] = False
    return logits.masked_fill(dropped.scatter(-1, ids, dropped), GONE).softmax(-1)


@nucleus_of.alternative
def row_by_row(logits, p):
    stay = torch.zeros_like(logits, dtype=torch.bool)
    for number, row in enumerate(logits):
        probs, total = row.softmax(-1), 0.0
        for token in sorted(range(len(row)), key=lambda i, row=row: -float(row[i])):
            stay[number, token] = True
            total += float(probs[token])
            if total >= p:
                break
    return logits.masked_fill(~stay, GONE)


@nucleus_of.alternative
def shifted(logits, p):
    ordered, ids = torch.sort(logits, descending=True, stable=True)
    reached = ordered.softmax(-1).cumsum(-1) >= p
    reached[:, 1:] = reached[:, :-1].clone()
    reached[:, 0] = False
    gone = torch.zeros_like(reached).scatter(1, ids, reached)
    return torch.where(gone, GONE, logits)
