"""Claims, evidence and misconceptions for `claims_about_seeing`."""

import torch

from autograder.exercise import Exercise


def draw(g):
    return {
        "three tokens score each other": (torch.randn(3, 3, generator=g),),
        "seven tokens score each other": (2 * torch.randn(7, 7, generator=g),),
        "the first token's scores are all far below 0": (
            torch.cat([torch.full((1, 5), -4.0), torch.randn(4, 5, generator=g)]),
        ),
    }


# ---- evidence: what runs once a letter is committed


def zeros_are_no_mask():
    scores = torch.tensor([1.0, 0.0, 0.0])  # of the first word, its future set to 0
    weights = scores.softmax(-1)
    hidden = torch.tensor([1.0, -torch.inf, -torch.inf]).softmax(-1)
    return [
        f"with scores of 0 the two later words get {weights[1:].sum():.0%} of the weight",
        f"with scores of minus infinity they get {hidden[1:].sum():.0%}",
    ]


def a_token_sees_itself():
    seen = torch.ones(4, 4).tril()
    return [
        f"query 2 of 0 to 3 may attend to keys {seen[2].nonzero().flatten().tolist()}",
        f"with equal scores it gives itself {(seen[2] / seen[2].sum())[2]:.0%}",
    ]


def a_vector_for_each_token():
    from transformers import BertConfig, BertModel

    sizes = {"num_hidden_layers": 2, "hidden_size": 24, "num_attention_heads": 2}
    bert = BertModel(BertConfig(vocab_size=50, intermediate_size=48, **sizes)).eval()
    with torch.no_grad():
        given = bert(torch.arange(17)[None]).last_hidden_state
    return [f"a BERT reads 17 tokens and gives {given.shape[1]} vectors, none of them a word"]


def the_last_word_reaches_the_first():
    scores = torch.tensor([[0.2, 0.9, 1.4], [0.1, 0.3, 0.5], [0.7, 0.2, 0.6]])
    later = torch.ones(3, 3).triu(1).bool()
    decoder = scores.masked_fill(later, -torch.inf).softmax(-1)
    return [
        f"in an encoder the first token gives the last {scores.softmax(-1)[0, 2]:.0%}",
        f"in a decoder it gives it {decoder[0, 2]:.0%}",
    ]


seeing = Exercise(
    "family_tree.claims_about_seeing",
    title="Who sees what",
    points=2, difficulty=2, minutes=15, examples=draw, kind="choose",
    question="Four claims about what a model sees and gives. Which one holds?",
    options=[
        ("A decoder hides later words by setting their attention scores to 0.",
         "a weight of 0 for all later words",
         lambda n, scores: n == 0,
         "A softmax turns a score of 0 into exp(0) = 1 before it divides, so the future leaks in.",
         zeros_are_no_mask),
        ("A token in a decoder is given context from one side only, left or right, and not itself.",
         "a weight of 0 for the token itself",
         lambda n, scores: n == 0,
         "Each token attends to what is on its left and to itself, never to its right.",
         a_token_sees_itself),
        ("BERT was made to give better summaries, so it gives less than it reads.",
         "fewer vectors than tokens",
         lambda n, scores: n < len(scores),
         "An encoder gives a vector for each token, which a head then classifies. It sums up "
         "nothing.",
         a_vector_for_each_token),
        ("In an encoder, what the model makes of the first word depends on the last one.",
         "a weight above 0 for the last word",
         lambda n, scores: n > 0,
         "Nothing is hidden in an encoder, and a softmax gives every key some weight.",
         the_last_word_reaches_the_first),
    ],
    holds="D",
)  # fmt: skip
seeing.leave_out("empty", "no token sees nothing")
seeing.excuse("softmax(-1)", "scores have two axes, and the last is the second")


@seeing.alternative
def by_hand(scores):
    size = len(scores)
    e = scores.double().exp()
    first = torch.cat([e[0, :1], torch.ones(size - 1, dtype=torch.float64)])
    return "D", {
        "A": float(1 - first[0] / first.sum()),
        "B": float(e[-1, -1] / e[-1].sum()),
        "C": float(size),
        "D": float(e[0, -1] / e[0].sum()),
    }


@seeing.claim("two equal scores of ln 3 leak a quarter, and the last token keeps half for itself")
def _(answer):
    got = dict(answer(torch.full((2, 2), 3.0).log())[1])
    assert abs(got["A"] - 0.25) < 1e-4
    assert abs(got["B"] - 0.5) < 1e-4


@seeing.claim(
    "three tokens get three vectors, and with equal scores the first gives the last a third"
)
def _(answer):
    got = dict(answer(torch.zeros(3, 3))[1])
    assert got["C"] == 3
    assert abs(got["D"] - 1 / 3) < 1e-4


seeing.slip(
    ".triu(1)", ".triu()", name="hides_itself",
    seen="Does the first token of a decoder have anything to attend to?",
    why="These are the numbers of a mask that hides a token from itself, so the first query has "
    "nothing left. A decoder's token sees those before it and itself: the mask begins one above the "
    "diagonal.",
)  # fmt: skip
seeing.slip(
    "masked_fill(later, 0.0).softmax(-1)", "softmax(-1).masked_fill(later, 0.0)",
    name="zeroed_weights",
    seen="The leak comes out as none. Are the scores set to 0 before this softmax?",
    why="A leak of 0 comes from scores of minus infinity, or from weights that are set to 0 after the "
    "softmax. Claim A speaks of scores of 0 before it, and the softmax gives each of them a share.",
)  # fmt: skip
seeing.slip(
    "zeroed[0, 1:].sum()", "zeroed[0, 1:].mean()", name="one_later_word",
    seen="With two tokens it is right. How much goes to all later keys together?",
    why="This is what a later key gets on average. The claim is about all of them together: add up.",
)  # fmt: skip
seeing.slip(
    "encoder[0, -1]", "decoder[0, -1]", name="looks_in_the_decoder",
    seen="The weight from the first to the last comes out as 0. Whose weights are these?",
    why="These are a decoder's weights, where the last word is hidden from the first. Claim D is "
    "about an encoder, which hides nothing.",
)  # fmt: skip
seeing.slip(
    "scores.softmax(-1)", "scores.softmax(0)", name="over_the_queries",
    seen="Whose weights should add up to 1, those of a query or those of a key?",
    why="The softmax of the encoder went down the columns. Each query shares out its weight among the "
    "keys, so it runs along the rows.",
)  # fmt: skip
seeing.slip(
    "encoder[0, -1]", "encoder[-1, 0]", name="last_to_first",
    seen="Who gives this weight, and to whom?",
    why="This is what the last query gives to the first key. A decoder has that weight as well. Claim "
    "D is about the first query, which looks ahead.",
)  # fmt: skip
seeing.slip(
    "encoder[0, -1]", "encoder[0, 1:].sum()", name="all_later_keys",
    seen="With two tokens it is right. About which later key is claim D?",
    why="This is what the first query gives to all later keys together. Claim D is about the last one.",
)  # fmt: skip
seeing.slip(
    "float(len(encoder))", "float(encoder.numel())", name="counts_weights",
    seen="Are vectors counted for C, or the weights that they are made with?",
    why="This counts weights, T for each of the T tokens. A row of weights makes one vector, so there "
    "are as many vectors as rows.",
)  # fmt: skip
seeing.slip(
    "zeroed[0, 1:].sum()", "encoder[0, 1:].sum()", name="leak_without_zeros",
    seen="Have any scores been set to 0 before this softmax?",
    why="This is what the first query gives to later keys when nothing is hidden. In claim A their "
    "scores are set to 0 first, whatever they were.",
)  # fmt: skip
