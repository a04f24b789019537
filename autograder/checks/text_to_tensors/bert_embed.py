"""Checks and misconceptions for `bert_embed`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def tables(g, V=23, D=10, P=9, scale=0.05):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return scale * draw(V, D), scale * draw(2, D), scale * draw(P, D), 1 + draw(D) / 3, draw(D)


def embedded(g):
    def ids(*shape, V=23):
        return torch.randint(0, V, shape, generator=g)

    def halves(first, B, T):
        return (torch.arange(T) >= first).long().repeat(B, 1)

    some = torch.randint(0, 2, (3, 7), generator=g)
    some[:, 0], some[:, -1] = 0, 1
    return {
        "there is one text of two tokens": (
            1 + ids(1, 2, V=4), torch.zeros(1, 2, dtype=torch.long), *tables(g, 5, 4, 3),
        ),
        "there is padding": (
            torch.tensor([[1 + int(ids(1, V=4)), 0]]), torch.zeros(1, 2, dtype=torch.long),
            *tables(g, 5, 4, 3),
        ),
        "the second text begins halfway": (ids(2, 5), halves(3, 2, 5), *tables(g)),
        "all is one text": (ids(2, 4), torch.zeros(2, 4, dtype=torch.long), *tables(g)),
        "all is the second text": (ids(2, 6), torch.ones(2, 6, dtype=torch.long), *tables(g)),
        "each row has its own second text": (ids(3, 7), some, *tables(g)),
        "a token is repeated": (
            torch.full((2, 4), int(ids(1, V=9))), halves(2, 2, 4), *tables(g),
        ),
        "the table of positions is used up, and there is padding": (
            torch.cat([ids(2, 8), ids(2, 1) * 0], 1), halves(4, 2, 9), *tables(g),
        ),
        "the numbers in the tables are large": (
            ids(2, 5), halves(3, 2, 5), *tables(g, scale=1.0),
        ),
        "the three rows of the only token are zero": (
            ids(1, 1) * 0, torch.zeros(1, 1, dtype=torch.long), *(
                table.index_fill(0, torch.tensor([0]), 0.0) if table.dim() == 2 else table
                for table in tables(g, 5, 4, 3)
            ),
        ),
    }  # fmt: skip


embed = Exercise(
    "text_to_tensors.bert_embed",
    title="BERT's first layer",
    points=2, difficulty=2, minutes=15, examples=embedded,
)  # fmt: skip


for axis in "VP":
    embed.leave_out(f"one {axis}", "a table has a row for every id and every position")
embed.leave_out("one D", "one or two numbers, normalised, are 0 or 1 whatever they were")


@embed.oracle("transformers.models.bert.modeling_bert.BertEmbeddings")
def _(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertEmbeddings

    config = BertConfig(
        vocab_size=len(Wt), hidden_size=Wt.shape[1], max_position_embeddings=len(Wp),
        hidden_dropout_prob=0.0,
    )  # fmt: skip
    layer = BertEmbeddings(config).to(Wt.dtype)
    layer.load_state_dict({
        "word_embeddings.weight": Wt, "token_type_embeddings.weight": Ws,
        "position_embeddings.weight": Wp, "LayerNorm.weight": gamma, "LayerNorm.bias": beta,
    })  # fmt: skip
    return layer(input_ids=ids, token_type_ids=type_ids).detach()


def plain_tables(D=6):
    return torch.randn(9, D), torch.randn(2, D), torch.randn(8, D), torch.ones(D), torch.zeros(D)


A_PAIR = torch.tensor([[3, 4, 5, 3, 4]]), torch.tensor([[0, 0, 0, 1, 1]])


@embed.claim("the same token at another position, or in the other text, gets another vector")
def _(answer):
    drawn = plain_tables()
    ids = torch.tensor([[4, 4, 4]])
    zeros = torch.zeros(1, 3, dtype=torch.long)
    x = answer(ids, zeros, *drawn)
    differ(x[0, 0], x[0, 1])
    differ(x[0, 1], x[0, 2])
    differ(answer(ids, zeros + 1, *drawn), x)
    agree(answer(ids, zeros, *drawn), x)


@embed.claim("a token's neighbours do not touch its vector, the token itself decides")
def _(answer):
    drawn = plain_tables()
    ids, types = A_PAIR
    other = torch.tensor([[6, 4, 7, 8, 0]])
    x, y = answer(ids, types, *drawn), answer(other, types, *drawn)
    assert x.shape == (1, 5, 6)
    agree(x[0, 1], y[0, 1])
    differ(x[0, 2], y[0, 2])


@embed.claim("what one table gains and another loses leaves no trace: the three are summed")
def _(answer):
    Wt, Ws, Wp, gamma, beta = plain_tables()
    shift = torch.linspace(-1, 1, 6)
    x = answer(*A_PAIR, Wt, Ws, Wp, gamma, beta)
    agree(answer(*A_PAIR, Wt + shift, Ws, Wp - shift, gamma, beta), x)
    agree(answer(*A_PAIR, Wt, Ws - shift, Wp + shift, gamma, beta), x)
    differ(answer(*A_PAIR, Wt, Ws + shift, Wp + shift, gamma, beta), x)


@embed.claim("with gamma 1 and beta 0, each vector has mean 0 and variance 1")
def _(answer):
    x = answer(*A_PAIR, *plain_tables(24))
    assert x.shape == (1, 5, 24)
    agree(x.mean(-1), torch.zeros(1, 5))
    agree(x.var(-1, correction=0), torch.ones(1, 5))
    differ(x[0, 0], x[0, 2])


embed.slip(
    " + Ws[type_ids]", "", name="no_segment",
    seen="Right up to a difference that depends on the type ids. Which table was not asked?",
    why="These are the numbers of two tables, tokens and positions. The third has a row for each of "
    "the two texts: `Ws[type_ids]`.",
)  # fmt: skip
embed.slip(
    " + Wp[:T]", "", name="no_position",
    seen="The same token has the same vector everywhere. What tells the first place from the second?",
    why="These are the numbers of two tables, tokens and type ids. Without positions *dog bites man* "
    "and *man bites dog* are the same three vectors.",
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp[1 : T + 1]", name="position_from_1",
    seen="At which row of the table of positions does a text begin?",
    why="These are the numbers of positions counted from 1. RoBERTa begins later still, one after "
    "the id of its padding; BERT's first token has position 0.",
    convention=True,
)  # fmt: skip
embed.slip(
    "Wp[:T]", "Wp[torch.arange(T) * (ids != 0)]", name="padding_at_0",
    seen="Rows with id 0 differ. Which position do they have?",
    why="These are the numbers of position 0 for padding. `[PAD]` has a row and a position like any "
    "other token.",
)  # fmt: skip
embed.slip(
    "return F.layer_norm(x, ", "return F.layer_norm(x * (ids != 0)[..., None], ",
    name="padding_zeroed",
    seen="Rows with id 0 differ. Is padding another kind of token here?",
    why="These are the numbers of sums set to 0 for padding. `[PAD]` has a row and a position like "
    "any other token; the attention mask is what hides it.",
)  # fmt: skip
embed.slip(
    "beta, eps=1e-12", "beta, eps=1e-5", name="eps_of_torch",
    seen="Slightly off, except where the numbers in the tables are large. What is added to the "
    "variance?",
    why="These are the numbers of `eps=1e-5`, PyTorch's default and the value of GPT-2. BERT's is "
    "1e-12. Where the tables hold numbers like 0.05, one sees the difference.",
    convention=True,
)  # fmt: skip
embed.slip(
    "gamma, beta, eps", "beta, gamma, eps", name="gamma_beta_swapped",
    seen="Which of the two is multiplied, which is added?",
    why="These are the numbers of `gamma` and `beta` in each other's place. Weight comes first, "
    "bias second.",
)  # fmt: skip
embed.slip(
    "gamma, beta, eps", "None, None, eps", name="no_scale_no_shift",
    seen="Each vector has mean 0 and variance 1. Which learned numbers come after that?",
    why="These are the normalised sums before they are scaled by `gamma` and shifted by `beta`: "
    "`F.layer_norm` takes both.",
)  # fmt: skip


def normed(x, gamma, beta):
    return F.layer_norm(x, x.shape[-1:], gamma, beta, eps=1e-12)


embed.slip(
    "return F.layer_norm(x, x.shape[-1:], gamma, beta, eps=1e-12)", "return x", name="no_norm",
    seen="Sums are there. What do `gamma` and `beta` do?",
    why="These are the plain sums. BERT normalises them: `F.layer_norm` over the last axis, with "
    "`gamma` and `beta`.",
)  # fmt: skip


@embed.alternative
def by_products(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    def rows(chosen, table):
        return F.one_hot(chosen, len(table)).to(table.dtype) @ table

    x = rows(ids, Wt) + rows(type_ids, Ws) + rows(torch.arange(ids.shape[1]), Wp)
    return normed(x, gamma, beta)


@embed.alternative
def by_embedding(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    at = torch.arange(ids.size(1)).expand_as(ids)
    x = F.embedding(ids, Wt) + F.embedding(type_ids, Ws) + F.embedding(at, Wp)
    spread = x.var(-1, keepdim=True, correction=0)
    return (x - x.mean(-1, keepdim=True)) / (spread + 1e-12).sqrt() * gamma + beta
