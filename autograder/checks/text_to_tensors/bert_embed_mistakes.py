"""More misconceptions about `bert_embed`."""

import torch

from autograder.checks.text_to_tensors.bert_embed import embed, normed


def summed(ids, type_ids, Wt, Ws, Wp):
    return Wt[ids] + Ws[type_ids] + Wp[: ids.shape[1]]


@embed.misconception(
    seen="Only one of three tables seems to be normalised. When does the norm come?",
    why="These are the numbers of a token's row that is normalised before the others are added. "
    "The norm comes last, over the sum.",
)
def norm_before_sum(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    return normed(Wt[ids], gamma, beta) + Ws[type_ids] + Wp[: ids.shape[1]]


@embed.misconception(
    seen="All is right but for a factor near 1. By what is the sum of squares divided?",
    why="These are the numbers of `x.std()`, which divides by D - 1. A layer norm divides by D: "
    "`correction=0`, or `F.layer_norm`.",
)
def divided_by_one_less(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    x = summed(ids, type_ids, Wt, Ws, Wp)
    return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-12) * gamma + beta


@embed.misconception(
    seen="A factor near 1 is missing, and a token whose rows are all zero gives NaN. By what is the "
    "sum of squares divided, and what is 0 / 0?",
    why="These are the numbers of `x.std()`, which divides by D - 1 and may be 0. A layer norm "
    "divides by D and adds `eps` to the variance: `F.layer_norm` does both.",
)
def divided_by_one_less_without_eps(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    x = summed(ids, type_ids, Wt, Ws, Wp)
    return (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True) * gamma + beta


embed.slip(
    "Wp[:T]", "Wp[torch.where(type_ids == 1, type_ids.cumsum(1), (1 - type_ids).cumsum(1)) - 1]",
    name="positions_start_again",
    seen="Does the second text begin at position 0 again?",
    why="These are the numbers of positions that start again with the second text. BERT counts "
    "through: to which text a token belongs is for the type ids to say.",
)  # fmt: skip
embed.slip(
    "Ws[type_ids]", "Ws[type_ids] * type_ids[..., None]", name="first_text_gets_nothing",
    seen="Right for the second text. Does a token of the first text get nothing?",
    why="These are the numbers of `Ws` used for type 1 alone. Both texts have a row of "
    "their own, type 0 as well: `Ws[type_ids]`.",
)  # fmt: skip
embed.slip(
    "Wt[ids] +", "Wt[ids] * Wt.shape[1] ** 0.5 +", name="times_root_of_width",
    seen="Tokens weigh more than positions here. Who else multiplies them?",
    why="This is the √D of the 2017 Transformer, which multiplies the token's row by it before the "
    "position is added. BERT adds the rows as they are.",
    convention=True,
)  # fmt: skip
embed.slip(
    "Wt[ids] +", "F.one_hot(ids, len(Wt)).to(Wt.dtype) @ Wt.T +", name="one_hot_transposed",
    seen="A look-up as a product: which axis of the table has one entry per id?",
    why="This multiplies the one-hot rows by the table turned over, D by V. The table is V by D, one "
    "row for each id: `one_hot @ Wt` picks rows, and so does `Wt[ids]`.",
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp[ids]", name="position_of_the_id",
    seen="Position and token ask for the same row number. What is the position of the first token?",
    why="This looks positions up by id, `Wp[ids]`: for most ids the table has no such row. A "
    "position is the number of a column, 0 to T - 1.",
)  # fmt: skip
embed.slip(
    "T = ids.shape[1]", "T = ids.shape[0]", name="texts_for_tokens",
    seen="How many positions are needed: one for each text, or one for each token of a text?",
    why="This is `len(ids)`, the number of texts. `ids` is `(B, T)`: positions are counted along "
    "the second axis, `ids.shape[1]`.",
)  # fmt: skip
embed.slip(
    "x.shape[-1:], gamma, beta, eps=1e-12)", "x.shape, eps=1e-12) * gamma + beta",
    name="normed_over_everything",
    seen="A token's neighbours change its vector. Over which axes are mean and variance taken?",
    why="This is one mean and one variance for the whole batch, `F.layer_norm(x, x.shape)`. Each "
    "vector has its own: the shape to normalise over is that of one vector, `(D,)`.",
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp", name="whole_table",
    seen="It works where a text is as long as the table of positions. Which rows does a shorter "
    "one need?",
    why="This adds the whole table of positions. A text of T tokens takes its first T rows: "
    "`Wp[:T]`.",
)  # fmt: skip


@embed.misconception(
    seen="`gamma` does not fit what it is to scale. Are three vectors laid side by side?",
    why="This lays the three side by side, 3 D wide. BERT adds them, and `gamma` and `beta` fit the "
    "sum.",
)
def concat(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    at = Wp[: ids.shape[1]].expand(*ids.shape, -1)
    return normed(torch.cat([Wt[ids], Ws[type_ids], at], dim=-1), gamma, beta)
