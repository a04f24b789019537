"""Checks and misconceptions for `score_choices`."""

import torch

from autograder.exercise import Exercise, agree


def scored(g):
    def case(N, ctx_len, To, V, *lengths):
        mask = (torch.arange(To)[None] < torch.tensor(lengths)[:, None]).long()
        ids = torch.randint(1, V, (N, To), generator=g) * mask
        more = torch.randint(2, 6, (N,), generator=g)
        wide = torch.tensor(lengths) * more + torch.arange(N) % 3
        logits = 2 * torch.randn(N, ctx_len + To, V, generator=g)
        return logits, ctx_len, ids, mask, wide

    uneven = case(3, 2, 4, 6, 4, 1, 2)
    padded_with_a_word = (*uneven[:2], uneven[2].where(uneven[3] > 0, 5), *uneven[3:])
    low, wide_apart = case(2, 3, 2, 5, 2, 1), case(3, 2, 4, 6, 4, 4, 4)
    return {
        "each answer has one token": case(3, 2, 1, 5, 1, 1, 1),
        "answers have two tokens": case(2, 3, 2, 4, 2, 2),
        "the context has one token": case(3, 1, 2, 5, 2, 1, 2),
        "answers differ in length": case(2, 4, 3, 7, 1, 3),
        "padding has an id that occurs in texts, too": padded_with_a_word,
        "there is one answer": case(1, 5, 3, 8, 3),
        "there is room for more than the longest answer": case(2, 3, 4, 6, 2, 1),
        "the logits are far from 0": (low[0] - 200, *low[1:]),
        "the logits are far from each other": (100 * wide_apart[0], *wide_apart[1:]),
        "there are many": case(6, 4, 5, 11, 5, 3, 1, 2, 4, 5),
    }


choices = Exercise(
    "prompting.score_choices", fast_track=True,
    title="Which answer is the likeliest?",
    points=3, difficulty=2, minutes=20, examples=scored,
)  # fmt: skip
choices.leave_out("one", "logits, ids and mask belong to each other")
choices.leave_out("two", "logits, ids and mask belong to each other")


@choices.oracle("torch.nn.functional.cross_entropy with ignore_index")
def _(logits, ctx_len, choice_ids, choice_mask, choice_bytes):
    context = torch.full((len(logits), ctx_len), -100)
    labels = torch.cat([context, choice_ids.masked_fill(choice_mask == 0, -100)], dim=1)
    lost = torch.nn.functional.cross_entropy(
        logits[:, :-1].mT, labels[:, 1:], ignore_index=-100, reduction="none"
    )
    total = -lost.sum(1)
    return total, total / (labels >= 0).sum(1), total / choice_bytes


@choices.alternative
def token_by_token(logits, ctx_len, choice_ids, choice_mask, choice_bytes):
    logp = torch.log_softmax(logits, dim=-1)
    totals = []
    for row in range(len(logits)):
        many = int(choice_mask[row].sum())
        each = [logp[row, ctx_len - 1 + i, choice_ids[row, i]] for i in range(many)]
        totals.append(torch.stack(each).sum())
    total = torch.stack(totals)
    return total, total / choice_mask.sum(1), total / choice_bytes


choices.excuse("dim=-1", "the last axis has this number as well")


def even(N, ctx_len, To, V):
    """A model that finds all tokens equally likely everywhere."""
    return torch.zeros(N, ctx_len + To, V)


@choices.claim("with equally likely tokens, each costs log V, and padding costs nothing")
def _(answer):
    for V in (4, 9):
        mask = torch.tensor([[1, 0, 0], [1, 1, 1]])
        ids = torch.tensor([[1, 0, 0], [3, 2, 1]])
        total, token, byte = answer(even(2, 4, 3, V), 4, ids, mask, torch.tensor([2, 12]))
        log = torch.tensor(float(V)).log()
        agree(total, -log * torch.tensor([1.0, 3.0]))
        agree(token, -log * torch.tensor([1.0, 1.0]))
        agree(byte, -log * torch.tensor([1 / 2, 1 / 4]))


@choices.claim("two answers that begin alike differ by what their last tokens cost")
def _(answer):
    g = torch.Generator().manual_seed(5)
    for ctx_len in (1, 3):
        row = torch.randn(1, ctx_len + 3, 6, generator=g)
        ids = torch.tensor([[4, 1, 2], [4, 1, 5]])
        total, _, _ = answer(
            row.repeat(2, 1, 1), ctx_len, ids, torch.ones_like(ids), torch.tensor([7, 8])
        )
        last = row[0, ctx_len + 1]
        agree(total[0] - total[1], last[2] - last[5])


@choices.claim("what counts is said from the last token of the context to the last but one of all")
def _(answer):
    g = torch.Generator().manual_seed(6)
    logits = torch.randn(2, 7, 5, generator=g)
    ids = torch.tensor([[1, 2, 4], [3, 3, 1]])
    other = logits.clone()
    other[:, :3] = torch.randn(2, 3, 5, generator=g)
    other[:, -1] = torch.randn(2, 5, generator=g)
    asked = logits.clone()
    asked[:, 3, 0] += 1
    rest = (4, ids, torch.ones_like(ids), torch.tensor([9, 5]))
    one, two, three = answer.each((logits, *rest), (other, *rest), (asked, *rest))
    for a, b, c in zip(one, two, three, strict=True):
        agree(a, b)
        assert (a > c).all()


choices.slip(
    "logits[:, ctx_len - 1 : ctx_len - 1 + To]", "logits[:, ctx_len : ctx_len + To]", name="no_shift",
    seen="The logits at a position: about which token are they?",
    why="Each token is looked up in the logits at its own position here. A model has read that token by "
    "then, and tells of the next one. The first token of an answer is scored at the last position of "
    "the context.",
)  # fmt: skip
choices.slip(
    "each.masked_fill(choice_mask == 0, 0.0).sum(dim=-1)", "each.sum(dim=-1)", name="padding_counted",
    seen="The longest answer is right. What is added to the shorter ones?",
    why="Padding is scored like a word here, so short answers lose. Only tokens where the mask is 1 "
    "count.",
)  # fmt: skip
choices.slip(
    "total / choice_mask.sum(dim=-1)", "total / To", name="padded_length",
    seen="The sums are right. By how many tokens is each divided?",
    why="Every sum is divided by the length with padding here. An answer is divided by the number of its "
    "own tokens.",
)  # fmt: skip
choices.slip(
    "total / choice_bytes", "total / choice_mask.sum(-1)", name="normalise_by_tokens",
    seen="The first two are right. What is the third one counted per?",
    why="The third score is per token here, like the second. It is per byte: that does not depend on how "
    "a tokenizer cuts a word, so models with different tokenizers can be compared.",
)  # fmt: skip
choices.slip(
    ".log_softmax(dim=-1)", "", name="raw_logits",
    seen="What are the numbers that are added up?",
    why="Logits are added up here. They are not log-probabilities until a log-softmax has made them so. "
    "A logit may be high where all others are, too.",
)  # fmt: skip
choices.slip(
    ".log_softmax(dim=-1)", ".softmax(dim=-1)", name="probabilities_added",
    seen="What are the numbers that are added up?",
    why="Probabilities are added up here. The probability of a text is a product, so their *logarithms* "
    "are added.",
)  # fmt: skip
choices.slip(
    ".log_softmax(dim=-1)", ".softmax(dim=-1).log()", name="softmax_then_log",
    seen="What is the logarithm of a probability that is too small for a float?",
    why="The softmax comes first here and its logarithm after. A tiny probability is rounded to 0, and "
    "log 0 is minus infinity. A log-softmax does both in one step and has no 0 on the way.",
)  # fmt: skip
choices.slip(
    "logits[:, ctx_len - 1 : ctx_len - 1 + To]",
    "logits[:, max(ctx_len - 2, 0) : max(ctx_len - 2, 0) + To]", name="one_too_early",
    seen="Which position tells of the first token of the answer?",
    why="Each token is looked up one position too early here. The logits there are about the token "
    "before it. The first token of an answer is scored at the last position of the context.",
)  # fmt: skip
choices.slip(
    "each = logp", "each = -logp", name="losses",
    seen="The numbers are right. Can a log-probability be above 0?",
    why="These are losses: log-probabilities with a minus before them. The likeliest answer then has the "
    "lowest score.", convention=True,
)  # fmt: skip
choices.slip(
    "total / choice_mask.sum(dim=-1), total / choice_bytes",
    "total / choice_bytes, total / choice_mask.sum(dim=-1)", name="token_and_byte_swapped",
    seen="Each of the three is there. Which one comes second?",
    why="The score per byte comes second here, and the one per token third. It is the other way round.",
)  # fmt: skip
choices.slip(
    "total / choice_bytes", "total / choice_mask.sum(dim=-1) / choice_bytes", name="divided_twice",
    seen="The first two are right. What is the third one a share of?",
    why="The mean per token is divided once more here, by the bytes. The score per byte is the *sum* "
    "divided by the bytes.",
)  # fmt: skip
choices.slip(
    "0.0).sum(dim=-1)\n", "0.0)[:, 0]\n", name="first_token_only",
    seen="Answers of one token are right. What do the others cost?",
    why="Only the first token of each answer is scored here. Answers that begin with the same token then "
    "tie, and a likely beginning hides an unlikely end.",
)  # fmt: skip


@choices.misconception(
    seen="Each of the three is there. In which order?",
    why="The first score is the mean here, and the second one the sum. A sum gets lower with each token, "
    "a mean does not, so the two can choose different answers.",
)
def mean_vs_sum(logits, ctx_len, choice_ids, choice_mask, choice_bytes):
    To = choice_ids.shape[1]
    logp = logits[:, ctx_len - 1 : ctx_len - 1 + To].log_softmax(-1)
    each = logp.gather(-1, choice_ids[..., None]).squeeze(-1)
    total = each.masked_fill(choice_mask == 0, 0.0).sum(-1)
    return total / choice_mask.sum(-1), total, total / choice_bytes


@choices.misconception(
    seen="Does it matter how the context ends?",
    why="The answer is looked for at the end of each row here. It comes right after the "
    "context, and what follows a short one is padding.",
)
def from_the_end(logits, ctx_len, choice_ids, choice_mask, choice_bytes):
    logp = logits.log_softmax(-1)
    totals = []
    for row in range(len(logits)):
        many = int(choice_mask[row].sum())
        places = logp[row, logits.shape[1] - many - 1 : -1]
        totals.append(places.gather(-1, choice_ids[row, :many, None]).sum())
    total = torch.stack(totals)
    return total, total / choice_mask.sum(-1), total / choice_bytes


@choices.misconception(
    seen="What do the scores of one answer know of the others?",
    why="The scores are made into shares of all answers here. Each answer is scored by itself; which of "
    "them wins is for the caller to say.",
)
def among_the_choices(logits, ctx_len, choice_ids, choice_mask, choice_bytes):
    To = choice_ids.shape[1]
    logp = logits[:, ctx_len - 1 : ctx_len - 1 + To].log_softmax(-1)
    each = logp.gather(-1, choice_ids[..., None]).squeeze(-1)
    total = each.masked_fill(choice_mask == 0, 0.0).sum(-1)
    every = (total, total / choice_mask.sum(-1), total / choice_bytes)
    return tuple(one.log_softmax(0) for one in every)
