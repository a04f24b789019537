"""Checks and misconceptions for `pseudo_log_likelihood`."""

import torch

from autograder.checks.encoders import MASK, blanks, head
from autograder.exercise import Exercise
from autograder.exercise.tiny_bert import PLACES, SPECIAL, WIDTH, WORDS, weights


def texts(g):
    def seed():
        return torch.randint(1000, (1,), generator=g).item()

    def told(*ids, special=(), kind="tiny"):
        marks = torch.zeros(len(ids), dtype=torch.bool)
        marks[list(special)] = True
        return blanks(seed(), kind), torch.tensor(ids), marks

    def words(count):
        return torch.randint(4, len(SPECIAL + WORDS), (count,), generator=g).tolist()

    twice = words(1) * 2
    return {
        "there is a single token": told(*words(1)),
        "there are three tokens": told(*words(3)),
        "two tokens are between marks": told(2, *words(2), 3, special=(0, 3)),
        "the text is longer": told(2, *words(6), 3, special=(0, 7)),
        "the same token comes twice": told(2, *twice, *words(1), 3, special=(0, 4)),
        "marks are in the middle, too": told(2, *words(2), 3, *words(3), 3, special=(0, 3, 7)),
        "padding follows": told(2, *words(3), 3, 0, 0, special=(0, 4, 5, 6)),
        "the model's logits are large and the text surprises it": told(*words(9), kind="sharp"),
        "there is nothing but marks": told(2, 3, special=(0, 1)),
    }  # fmt: skip


score = Exercise(
    "encoders.pseudo_log_likelihood", fast_track=True,
    title="How likely is a text to a model that fills gaps?", needs=("sequence_log_prob",),
    points=2, difficulty=2, minutes=25, examples=texts,
)  # fmt: skip


score.excuse("[:, 0]", "there is one column, so the first is the last")


@score.oracle("a loop over transformers.BertForMaskedLM with the same weights")
def _(mlm, ids, special):
    from transformers import BertConfig, BertForMaskedLM

    name = mlm.name
    config = BertConfig(
        vocab_size=len(SPECIAL + WORDS), hidden_size=WIDTH, num_hidden_layers=1,
        num_attention_heads=2, intermediate_size=20, max_position_embeddings=PLACES,
        tie_word_embeddings=False,
    )  # fmt: skip
    model = BertForMaskedLM(config).eval()
    model.load_state_dict(weights(name, 2) | head(name), strict=False)
    total = 0.0
    for place in (~special).nonzero()[:, 0].tolist():
        seen, labels = ids.clone(), torch.full_like(ids, -100)
        seen[place], labels[place] = MASK, ids[place]
        with torch.no_grad():
            total -= model(input_ids=seen[None], labels=labels[None]).loss.item()
    return total


class Counted:
    """A model that knows how likely each token is, whatever is around it, and what it was asked."""

    def __init__(self, shares):
        self.shares, self.asked = shares, []

    def __call__(self, ids, hidden):
        self.asked += hidden.tolist()
        return self.shares.log().expand(*ids.shape, -1)


@score.claim("a model that knows nothing gives each token one chance in V")
def _(answer):
    for V in (5, 9):
        model = Counted(torch.full((V,), 1 / V))
        found = answer(model, torch.tensor([4, 1, 3, 2]), torch.tensor([True, False, False, False]))
        assert abs(found + 3 * torch.tensor(float(V)).log().item()) < 1e-4


@score.claim("it adds up what each token costs, and marks cost nothing")
def _(answer):
    shares = torch.tensor([0.5, 0.25, 0.125, 0.0625, 0.0625])
    ids, special = torch.tensor([0, 3, 1, 2, 0]), torch.tensor([True, False, False, False, True])
    found = answer(Counted(shares), ids, special)
    assert abs(found - shares[ids[1:4]].log().sum().item()) < 1e-4
    assert abs(answer(Counted(shares), ids, ~special) - 2 * shares[0].log().item()) < 1e-4


@score.claim(
    "a token that can be copied from its neighbour costs nothing, though it is hidden itself"
)
def _(answer):
    def copies(ids, hidden):
        """Knows a gap if both of its neighbours can be read, and then says what the left one says."""
        before, shut = ids.roll(1, -1), hidden.roll(1, -1) | hidden.roll(-1, -1)
        seen = torch.nn.functional.one_hot(before, 6) * 40.0
        return seen.masked_fill((shut | ~hidden)[..., None], 0.0)

    ids, special = torch.full((5,), 4), torch.tensor([True, False, False, False, True])
    assert abs(answer(copies, ids, special)) < 1e-4
    assert answer(copies, torch.tensor([4, 4, 5, 4, 4]), special) < -50


score.slip(
    "found[~special].sum()", "found.sum()", name="specials_scored",
    seen="Texts without marks are right. Which tokens would be in every text, whatever it says?",
    why="The marks are counted, too, in this code. They say nothing about the text: leave them out.",
)  # fmt: skip
score.slip(
    "found[~special].sum()", "(found[~special].sum() / max(1, (~special).sum()))", name="mean_vs_sum",
    seen="A single token is right. A mean or a sum?",
    why="This is the mean over the tokens. The result is their sum, like the log-probability of a "
    "text.",
)  # fmt: skip
score.slip(
    "torch.eye(len(ids), dtype=torch.bool)", "(~special).expand(len(ids), -1)",
    name="mask_all_at_once",
    seen="A single token is right. What does the model see of the others while it guesses one?",
    why="All tokens are hidden at once in this code, so the model guesses each of them from nothing. "
    "Hide one at a time and let it read all others.",
)  # fmt: skip
score.slip(
    "torch.eye(len(ids), dtype=torch.bool)", "torch.zeros(len(ids), len(ids), dtype=torch.bool)",
    name="nothing_hidden",
    seen="Can the model see the token that it is asked for?",
    why="Nothing is hidden here, so the model is asked for tokens that it sees. It was trained to copy "
    "those. Hide the token first.",
)  # fmt: skip
score.slip(
    "torch.eye(len(ids), dtype=torch.bool)", "torch.ones(len(ids), len(ids), dtype=torch.bool).triu()",
    name="left_only",
    seen="The last token is right. What may the model read beside a gap: what comes before, or all?",
    why="All that comes after the token is hidden, too, in this code, as if the model wrote from left "
    "to right. Here it may read both sides: only the token itself is hidden.",
)  # fmt: skip
score.slip(
    "torch.eye(len(ids), dtype=torch.bool)", "torch.ones(len(ids), len(ids), dtype=torch.bool).tril()",
    name="right_only",
    seen="The first token is right. How many tokens are hidden while one is guessed?",
    why="Tokens before the one that is asked for are hidden, too. Only the token itself is hidden.",
)  # fmt: skip
score.slip(
    "logits.log_softmax(-1)", "logits.softmax(-1)", name="prob_sum",
    seen="What is added up: probabilities, or their logarithms?",
    why="These are sums of probabilities. The probability of several things together is a product, "
    "and the logarithm makes a sum of it.",
)  # fmt: skip
score.slip(
    "logits.log_softmax(-1)", "logits", name="logits_added",
    seen="Are these logarithms of probabilities? Then none is above 0.",
    why="Logits are added up as they come. `log_softmax` makes logarithms of probabilities of them.",
)  # fmt: skip
score.slip(
    ".sum().item()", ".sum().neg().item()", name="surprise", convention=True,
    seen="The size is right. Is it a likelihood or a surprise?",
    why="This is the sum of surprises, as a loss adds it up. The result is the sum of the log-"
    "probabilities themselves, so it is never above 0.",
)  # fmt: skip
score.slip(
    "diagonal()", "flip(1).diagonal()", name="wrong_place",
    seen="Where in a row is the gap, and where is the score taken?",
    why="The logits of another position are taken than that of the gap. In the row where token t is "
    "hidden, take those at t.",
)  # fmt: skip


score.slip(
    "torch.eye(len(ids), dtype=torch.bool)", "torch.eye(len(ids), dtype=torch.bool) | special",
    name="marks_hidden",
    seen="Texts without marks are right. May the model see [CLS] and [SEP] while it guesses?",
    why="All marks are hidden beside the token here. They cost nothing, but the model reads them: "
    "they tell it where a text begins and ends. Only the token itself is hidden.",
)  # fmt: skip
score.slip(
    "ids[:, None])[:, 0]", "at_gap.argmax(1)[:, None])[:, 0]", name="best_guess",
    seen="Is it the model's favourite that is to be scored, or the token that is in the text?",
    why="The log-probability of the likeliest token is taken at each gap, whatever the text says. "
    "Take that of the text's own token.",
)  # fmt: skip


score.slip(
    "torch.eye(len(ids), dtype=torch.bool)",
    "torch.ones(len(ids), len(ids), dtype=torch.bool).triu() & ~special", name="chain",
    seen="The last token is right. While the first token is guessed, which others can be read?",
    why="The gaps are opened one after the other here, from left to right, so the first token is "
    "guessed without those after it. Hide one token at a time: all others can be read.",
)  # fmt: skip
score.slip(
    "torch.eye(len(ids), dtype=torch.bool)",
    "torch.ones(len(ids), len(ids), dtype=torch.bool).tril() & ~special", name="gaps_stay_closed",
    seen="The first token is right. How many tokens are hidden while the last one is guessed?",
    why="A token that has been asked for stays hidden here. Open its gap again before the next is "
    "asked for.",
)  # fmt: skip
score.slip(
    "torch.eye(len(ids), dtype=torch.bool)", "~torch.eye(len(ids), dtype=torch.bool)",
    name="hidden_inverted",
    seen="Where `hidden` is True, does the model see a token or [MASK]?",
    why="`hidden` is True here at all tokens but the one that is asked for. So the model sees this "
    "one and none of the others. True hides.",
)  # fmt: skip
score.slip(
    "log_softmax(-1).diagonal()", "log_softmax(-1).roll(1, 1).diagonal()", name="shifted",
    convention=True,
    seen="A single token is right. At which position are the scores for a hidden token?",
    why="The logits before the gap are taken, as in a language model, which predicts the next token. "
    "A model that fills gaps has its answer at the gap itself.",
)  # fmt: skip
score.slip(
    "found[~special].sum()", "(found[~special].sum() / torch.tensor(2.0).log())", name="bits",
    convention=True,
    seen="The sign is right. Which unit does the result have?",
    why="This is the result in bits, from logarithms to the base 2. In nats it is the natural "
    "logarithm.",
)  # fmt: skip
score.slip(
    "logits.log_softmax(-1)", "logits.softmax(-1).log()", name="too_small",
    seen="Small logits are right. What happens to a number that is too small for a float?",
    why="A probability, or the product of several, is computed before the logarithm here. What is too "
    "small for a float becomes 0, whose logarithm is minus infinity. `log_softmax` gives the "
    "logarithms at once, and these are added up.",
)  # fmt: skip


@score.misconception(
    seen="Texts without marks are right. What should the model read beside the gap?",
    why="The marks are cut out of the text before the model reads it here. They cost nothing, but the "
    "model reads them: leave them in `ids`, and leave them out of the sum.",
)
def marks_cut_out(mlm, ids, special):
    words = ids[~special]
    return one_by_one(mlm, words, torch.zeros_like(words, dtype=torch.bool))


@score.misconception(
    seen="Texts without marks are right. In the row where the first word is hidden, where is the gap?",
    why="The number of the row is taken for the position of the gap here. With [CLS] in front, the "
    "first row has its gap at position 1. Take the logits where `hidden` is True.",
)
def row_for_position(mlm, ids, special):
    hidden = torch.eye(len(ids), dtype=torch.bool)[~special]
    logits = mlm(ids.expand(len(hidden), -1), hidden)
    rows = torch.arange(len(hidden))
    return logits.log_softmax(-1)[rows, rows, ids[~special]].sum().item()


@score.misconception(
    alias="too_small",
    seen="Small logits are right. What happens to a number that is too small for a float?",
    why="The probabilities are multiplied before the logarithm is taken here. Their product is too "
    "small for a float and becomes 0. Take the logarithms first, and add them up.",
)
def log_of_a_product(mlm, ids, special):
    hidden = torch.eye(len(ids), dtype=torch.bool)[~special]
    chances = mlm(ids.expand(len(hidden), -1), hidden)[hidden].double().softmax(-1)
    return chances.gather(1, ids[~special][:, None]).prod().log().item()


@score.alternative
def one_by_one(mlm, ids, special):
    total = 0.0
    for place in range(len(ids)):
        if special[place]:
            continue
        hidden = torch.zeros_like(special)
        hidden[place] = True
        logits = mlm(ids[None], hidden[None])[0, place]
        total += torch.log_softmax(logits, 0)[ids[place]].item()
    return total


@score.alternative
def without_a_branch(mlm, ids, special):
    hidden = torch.eye(len(ids), dtype=torch.bool)[~special]
    logits = mlm(ids.expand(len(hidden), -1), hidden)  # no rows where all are special
    return logits[hidden].log_softmax(-1).gather(1, ids[~special][:, None]).sum().item()


@score.alternative
def by_cross_entropy(mlm, ids, special):
    places = (~special).nonzero()[:, 0]
    if not len(places):
        return 0.0
    hidden = torch.nn.functional.one_hot(places, len(ids)).bool()
    logits = mlm(ids.repeat(len(places), 1), hidden)[torch.arange(len(places)), places]
    return -torch.nn.functional.cross_entropy(logits, ids[places], reduction="sum").item()
