"""More misconceptions about `speculative_step`."""

from itertools import accumulate

import torch

from autograder.checks.speculative_decoding.speculative_step import step


def kept(draft, q, p, u):
    """How many tokens come before the first that is refused."""
    places = torch.arange(len(draft))
    accepted = u * q[places, draft] < p[places, draft]
    return int(accepted.long().cumprod(0).sum())


def drawn(weights, v):
    sums = weights.cumsum(0)
    return (sums <= v * sums[-1]).sum()[None]


def missing(q, p, n):
    return (p[n] - q[n]).clamp(min=0) if n < len(q) else p[n]


@step.misconception(
    seen="With one token it is right. May a token be kept that comes after a refused one?",
    why="All accepted tokens are counted here, also those that come after a refused one. They were "
    "drafted for a text with the refused token in it, so the first refusal ends the draft.",
)
def counted_and_not_in_order(draft, q, p, u, v):
    places = torch.arange(len(draft))
    n = int((u * q[places, draft] < p[places, draft]).sum())
    return torch.cat([draft[:n], drawn(missing(q, p, n), v)])


@step.misconception(
    seen="Where something is refused it is right. If nothing is, what has the target worked out beside "
    "the draft?",
    why="If all of the draft is accepted, the step ends here. But the target was asked for a row after "
    "the last drafted token as well, and that row is paid for: one more token can be drawn from it.",
)
def no_bonus_token(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    return torch.cat([draft[:n], drawn(missing(q, p, n), v)])[: len(draft)]


@step.misconception(
    seen="Where all is accepted it is right. What stands in the place of a refused token?",
    why="A refused token is only left out here, and nothing comes in its place. Then tokens of which the "
    "draft has too little stay rare, and a step may write nothing at all. One token is drawn from what "
    "is missing, p - q where that is positive.",
)
def nothing_in_its_place(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    if n < len(draft):
        return draft[:n].clone()
    return torch.cat([draft, drawn(p[n], v)])


@step.misconception(
    seen="Which row of p belongs to the first drafted token?",
    why="Token i of the draft is judged by row i + 1 of p, which comes *after* it. Row i of p is what "
    "the target says *before* token i, as row i of q is for the drafting model. Only the last row of p "
    "has no token of the draft.",
)
def p_index_off_by_one(draft, q, p, u, v):
    n = kept(draft, q, p[1:], u)
    return torch.cat([draft[:n], drawn(missing(q, p[1:], n) if n < len(draft) else p[n], v)])


@step.misconception(
    seen="The right tokens are accepted and refused. Is the refused one the only token that q has too "
    "often?",
    why="Only the refused token is taken out of p, and the rest is shared out anew. But other tokens may "
    "be frequent enough in the draft already. Subtract q from p everywhere, and let negative differences "
    "be 0.",
)
def only_the_refused_is_barred(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    left = p[n].clone()
    if n < len(draft):
        left[draft[n]] = 0
    return torch.cat([draft[:n], drawn(left, v)])


@step.misconception(
    seen="Nothing is drawn: is v used?",
    why="The likeliest of what is left is taken whatever v is. Then the target's other tokens come too "
    "seldom. `v` draws one of them.",
)
def likeliest_of_what_is_left(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    return torch.cat([draft[:n], missing(q, p, n).argmax()[None]])


@step.misconception(
    seen="The coins make no difference. When is a draft kept, if one samples?",
    why="A drafted token is kept if it is the target's likeliest one. That is the rule for greedy "
    "decoding. Where tokens are drawn, a token is kept if its coin is below p / q.",
    convention=True,
)
def only_the_favourite_is_kept(draft, q, p, u, v):
    agree = draft == p[:-1].argmax(-1)
    n = int(agree.long().cumprod(0).sum())
    return torch.cat([draft[:n], drawn(missing(q, p, n), v)])


@step.misconception(
    seen="The coins make no difference. If the draft has a token a little too often, should every one of "
    "its drafts be refused?",
    why="A token is kept only if p is at least q. But what the draft has too often is only the part "
    "above p. The rest should stay, so it is kept with the probability p / q.",
)
def kept_if_p_is_larger(draft, q, p, u, v):
    places = torch.arange(len(draft))
    n = int((p[places, draft] >= q[places, draft]).long().cumprod(0).sum())
    return torch.cat([draft[:n], drawn(missing(q, p, n), v)])


@step.misconception(
    seen="With one token it is right. How many coins does a draft need?",
    why="The first coin serves the whole draft, so tokens that are equally doubtful stay or go together. "
    "Each token has a coin of its own.",
)
def one_coin_for_all(draft, q, p, u, v):
    n = kept(draft, q, p, u[:1].expand(len(draft)))
    return torch.cat([draft[:n], drawn(missing(q, p, n), v)])


@step.misconception(
    seen="Where something is refused it is right. After a whole draft, is anything of p spent already?",
    why="The last token is drawn from what p has more than q in the row *before*. But no draft was made "
    "for the last place, so nothing is spent there: all of the last row of p is drawn from.",
)
def last_row_less_the_one_before(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    left = (p[n] - q[min(n, len(q) - 1)]).clamp(min=0) if len(q) else p[n]
    return torch.cat([draft[:n], drawn(left, v)])


@step.misconception(
    seen="The right tokens are accepted and refused. In what order are probabilities added up?",
    why="The probabilities are added up from the likeliest down here. It draws as often as it should, "
    "but other tokens for the same v: the task adds up in the order of ids.",
    convention=True,
)
def from_the_likeliest(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    ordered, ids = missing(q, p, n).sort(descending=True, stable=True)
    return torch.cat([draft[:n], ids[drawn(ordered, v)]])


@step.misconception(
    seen="With one token it is right. Is a token judged by itself, or by all that come before it, too?",
    why="The ratios p / q are multiplied along the draft, so that a doubtful token is held against those "
    "after it. Each token has a coin of its own, and that is compared with its own ratio.",
)
def ratios_multiplied(draft, q, p, u, v):
    places = torch.arange(len(draft))
    ratio = (p[places, draft] / q[places, draft]).cumprod(0)
    n = int((u < ratio).long().cumprod(0).sum())
    return torch.cat([draft[:n], drawn(missing(q, p, n), v)])


@step.misconception(
    seen="Where the two models agree it is right. Which of them drafts, and which has the say?",
    why="p and q have changed places, in the ratio and in what is missing. `q` has drafted, and the text "
    "has to be that of `p`: p / q decides, and p - q is missing.",
)
def models_swapped(draft, q, p, u, v):
    n = kept(draft, p, q, u)
    left = missing(p, q, n) if n < len(draft) else p[n]
    return torch.cat([draft[:n], drawn(left, v)])


@step.misconception(
    seen="Where nothing is refused it is right. What is worth anything after a refused token?",
    why="A refused token is replaced, and then the rest of the draft is judged as well. But it was "
    "drafted for a text with the refused token in it. A step ends with the replacement.",
)
def goes_on_judging(draft, q, p, u, v):
    stays = [u[i] * q[i, token] < p[i, token] for i, token in enumerate(draft)]
    made = [draft[i][None] if one else drawn(missing(q, p, i), v) for i, one in enumerate(stays)]
    return torch.cat([*made, drawn(p[-1], v)])


@step.misconception(
    seen="Where nothing is refused it is right. How many tokens follow those that are kept?",
    why="After a refusal two tokens are added here, the replacement and one from the last row of p. But "
    "that row follows a draft of which a part was refused. One token is added, in either case.",
)
def one_more_after_a_refusal(draft, q, p, u, v):
    n = kept(draft, q, p, u)
    more = [drawn(p[-1], v)] if n < len(draft) else []
    return torch.cat([draft[:n], drawn(missing(q, p, n), v), *more])


ROW = "The right tokens are accepted and refused. From which row is the replacement drawn?"
OWN = "The refused token's own row says what is missing in its place: row n of p less row n of q."


def replaced_from(left):
    """A step with another idea of what is missing; what is negative becomes 0."""

    def answer(draft, q, p, u, v):
        n = kept(draft, q, p, u)
        return torch.cat([draft[:n], drawn(left(q, p, n).clamp(min=0) if n < len(q) else p[n], v)])

    return answer


for name, left, seen, why in (
    ("replaced_from_the_next_row", lambda q, p, n: p[n + 1] - q[n], ROW,
     "The replacement is drawn from row n + 1 of p, *after* the refused token, as if that were kept."),
    ("replaced_from_the_last_row", lambda q, p, n: p[-1] - q[n], ROW,
     f"The replacement is drawn from the last row of p, which follows the whole draft. {OWN}"),
    ("replaced_from_the_first_row", lambda q, p, n: p[0] - q[0], ROW,
     f"The replacement is always drawn from the first row. {OWN}"),
    ("replaced_from_the_row_before", lambda q, p, n: p[n - 1] - q[n - 1], ROW,
     f"The replacement is drawn from the rows of the token before. {OWN}"),
    ("all_of_p_where_it_is_larger", lambda q, p, n: p[n] * (p[n] > q[n]),
     "The right tokens are accepted and refused. How much is missing of a token that was kept at times?",
     "Where p is larger, all of p is drawn from. But q has written a part of it already, and what was "
     "kept counts. Only p - q is missing."),
    ("missing_as_a_ratio", lambda q, p, n: p[n] / q[n] - 1,
     "The right tokens are accepted and refused. Is what is missing a ratio or a difference?",
     "What is drawn from is how many times p has of what q has. That makes rare tokens frequent. What "
     "is missing is a share: p - q."),
):  # fmt: skip
    wrong = replaced_from(left)
    wrong.__name__ = name
    step.misconception(seen=seen, why=why)(wrong)

KEPT = "[draft[:n], token"
DRAW = "(sums <= v * sums[-1]).sum()"
for old, new, name, seen, why in (
    ("< p[places, draft]", "< p[places + 1, draft]", "judged_by_the_next_row",
     "Which row of p belongs to the first drafted token?",
     "Token i is judged by row i + 1 of p, which comes *after* it. Row i comes before it, in p and q."),
    ("else p[n]", "else p[n - 1]", "one_more_from_the_row_before",
     "Where something is refused it is right. Which row of p follows the whole draft?",
     "The last token is drawn from the row that judged the token before it. p has one row more than q, "
     "and that row comes after the whole draft."),
    (KEPT, "[draft[accepted], token", "kept_after_a_refusal",
     "With one token it is right. May a token be kept that comes after a refused one?",
     "All accepted tokens are kept, also those after a refused one. They were drafted for a text with "
     "the refused token in it, so the first refusal ends the draft."),
    (KEPT, "[draft[: n + 1], token", "refused_is_kept",
     "Where nothing is refused it is right. What becomes of the refused token?",
     "The refused token stays, and its replacement comes after it. It has to come in its place."),
    ("sums <= v", "sums <= (u[n] if n < len(draft) else v)", "refusing_coin_draws",
     "The right tokens are accepted and refused. With which number is the replacement drawn?",
     "The coin that refused also draws the replacement. But it refused because it is high, so the last "
     "ids come too often. `v` draws."),
    ("u * q[places, draft] <", "u * q[places, draft] >", "coin_turned_round",
     "If p / q is small, should most coins keep the token, or few?",
     "A token is kept if its coin is *above* p / q. Then what the target likes is refused. A coin is "
     "below p / q as often as p / q says, and then the token is kept."),
    ("int(accepted.long().cumprod(0).sum())", "int(accepted.long().argmin()) if len(draft) else 0",
     "nothing_refused_is_0", "Where something is refused it is right. What is argmin if all is kept?",
     "Where nothing is refused, argmin gives 0, as if the first token were. All of the draft is kept."),
    (DRAW, f"{DRAW} if n == len(draft) else p[n].argmax()", "likeliest_replacement",
     "Where nothing is refused it is right. Is a replacement drawn?",
     "In place of a refused token comes the target's likeliest. It is drawn with `v` from p - q."),
    (DRAW, f"{DRAW} if n < len(draft) else p[n].argmax()", "likeliest_after_all",
     "Where something is refused it is right. Is the last token drawn?",
     "After a whole draft the likeliest token is taken. It is drawn with `v`, as a replacement is."),
):  # fmt: skip
    step.slip(old, new, name=name, seen=seen, why=why)


@step.alternative
def token_by_token(draft, q, p, u, v):
    written = []
    for i, token in enumerate(draft.tolist()):
        if u[i] >= p[i, token] / q[i, token]:
            left = [max(0.0, a - b) for a, b in zip(p[i].tolist(), q[i].tolist(), strict=True)]
            break
        written.append(token)
    else:
        left = p[-1].tolist()
    sums = list(accumulate(share / sum(left) for share in left))
    chosen = next((i for i, reached in enumerate(sums) if reached > v), None)
    if chosen is None:  # rounded sums do not exceed v: the last token that has something
        chosen = max(i for i, share in enumerate(left) if share > 0)
    return torch.tensor([*written, chosen])


@step.alternative
def with_a_row_of_zeros(draft, q, p, u, v):
    """Nothing was drafted for the last place, so the draft has 0 of every token there."""
    q = torch.cat([q, torch.zeros_like(p[:1])])
    ratio = p[:-1].gather(1, draft[:, None]) / q[:-1].gather(1, draft[:, None])
    refused = (u >= ratio[:, 0]).nonzero()[:, 0].tolist()
    n = min([*refused, len(draft)])
    left = (p[n] - q[n]).relu().double()
    sums = (left / left.sum()).cumsum(0)
    token = torch.searchsorted(sums, torch.tensor(v, dtype=sums.dtype), right=True)
    return torch.cat([draft[:n], token[None]])
