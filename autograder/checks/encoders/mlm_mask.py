"""Checks and misconceptions for `mlm_mask`."""

from unittest import mock

import torch

from autograder.exercise import Exercise

IGNORED = -100


def gaps(g):
    def batch(B, T, V, *dice, marks=0, p=0.15, mask_id=1):
        """Dice that are not given are drawn; the first and last `marks` of each row are special."""
        special = torch.zeros(B, T, dtype=torch.bool)
        special[:, :marks] = special[:, T - marks :] = True
        u = torch.rand(3, B, T, generator=g)
        for place, given in enumerate(dice):
            if given is not None:
                u[place] = torch.tensor(given)
        ids = torch.randint(2, V, (B, T), generator=g)
        return ids, special, u, torch.randint(10**6, (B, T), generator=g), p, mask_id, V

    def of(low, high):
        return (low + (high - low) * torch.rand(1, generator=g)).item()

    mixed = batch(3, 14, 40, marks=1, p=0.5, mask_id=3)
    padded = batch(2, 9, 23, marks=1, p=0.6)
    padded[1][1, 5:] = True
    return {
        "one token is chosen and masked": batch(1, 5, 11, [[0.9, of(0, 0.1), 0.5, 0.7, 0.2]],
                                                [[of(0.1, 0.4)] * 5]),
        "one token is chosen and replaced by a random one": batch(
            1, 4, 13, [[0.9, 0.6, of(0, 0.1), 0.8]], [[of(0.92, 1)] * 4], [[of(0.2, 0.45)] * 4],
        ),
        "one token is chosen and its third die is very low": batch(
            1, 5, 14, [[0.9, of(0, 0.1), 0.8, 0.3, 0.7]], [[of(0.92, 1)] * 5], [[of(0.01, 0.09)] * 5],
        ),
        "one token is chosen and left as it is": batch(
            1, 6, 17, [[0.9, 0.6, 0.8, 0.3, of(0, 0.1), 0.5]], [[of(0.82, 0.88)] * 6],
            [[of(0.55, 1)] * 6],
        ),
        "all are chosen, and the second die is high": batch(
            1, 4, 19, None, [[0.85, 0.97, 0.92, 0.88]], [[0.3, 0.2, 0.7, 0.95]], p=1.0,
        ),
        "dice lie just at a bound": batch(
            1, 4, 21, [[0.5, 0.3, 0.2, 0.1]], [[0.3, 0.8, 0.8, 0.3]], [[0.1, 0.5, 0.3, 0.7]], p=0.5,
        ),
        "the marks of the text roll low numbers": batch(
            1, 5, 12, [[0.01, 0.02, 0.9, 0.05, 0.03]], [[of(0.1, 0.4)] * 4 + [of(0.9, 1)]],
            [[of(0.1, 0.4)] * 5], marks=1,
        ),
        "no token is chosen": batch(1, 4, 10, [[0.9, 0.5, 0.3, 0.6]]),
        "every second token is chosen in three rows": mixed,
        "one row is padded": padded,
    }  # fmt: skip


mask = Exercise(
    "encoders.mlm_mask", fast_track=True,
    title="Gaps for BERT to fill",
    points=2, difficulty=2, minutes=20, examples=gaps,
)  # fmt: skip


@mask.oracle("transformers.DataCollatorForLanguageModeling, fed with the same dice")
def _(ids, special, u, rand_ids, p, mask_id, V):
    from types import SimpleNamespace

    from transformers import DataCollatorForLanguageModeling

    class Words(SimpleNamespace):
        def __len__(self):
            return V

    words = Words(mask_token="[MASK]", convert_tokens_to_ids=lambda token: mask_id)
    collator = DataCollatorForLanguageModeling(words, mlm_probability=p)
    rolls = iter(u)

    def bernoulli(chances, generator=None):
        return (next(rolls) < chances).to(chances.dtype)

    with (
        mock.patch("torch.bernoulli", bernoulli),
        mock.patch("torch.randint", return_value=rand_ids % V),
    ):
        return tuple(collator.torch_mask_tokens(ids.clone(), special))


def drawn(B=40, T=50, p=0.3, V=1000):
    ids = torch.randint(2, V, (B, T))
    special = torch.rand(B, T) < 0.2
    return ids, special, torch.rand(3, B, T), torch.randint(10**6, (B, T)), p, 1, V


def told(ids, inputs, labels):
    """Fails unless both have the shape of the ids and hold whole numbers."""
    assert inputs.shape == ids.shape == labels.shape
    assert inputs.dtype == labels.dtype == ids.dtype


@mask.claim("the answer at a chosen place is the original token, and nowhere else is one asked for")
def _(answer):
    ids, special, u, *rest = drawn()
    inputs, labels = answer(ids, special, u, *rest)
    told(ids, inputs, labels)
    chosen = (u[0] < rest[1]) & ~special
    assert torch.equal(labels[chosen], ids[chosen])
    assert (labels[~chosen] == IGNORED).all()


@mask.claim("of the chosen tokens about 80 % become [MASK], 10 % a random token, and 10 % stay")
def _(answer):
    ids, special, u, *rest = drawn(B=60)
    inputs, labels = answer(ids, special, u, *rest)
    told(ids, inputs, labels)
    chosen = labels != IGNORED
    assert 300 < chosen.sum() < 1200
    masked, stayed = inputs[chosen] == 1, inputs[chosen] == ids[chosen]
    shares = [each.double().mean().item() for each in (masked, stayed, ~masked & ~stayed)]
    assert all(abs(share - of) < 0.05 for share, of in zip(shares, (0.8, 0.1, 0.1), strict=True))


@mask.claim("what is not chosen, marks and padding among it, reaches the model unchanged")
def _(answer):
    ids, special, u, *rest = drawn()
    inputs, labels = answer(ids, special, u, *rest)
    told(ids, inputs, labels)
    kept = (u[0] >= rest[1]) | special
    assert torch.equal(inputs[kept], ids[kept])
    assert (inputs[~kept] != ids[~kept]).double().mean() > 0.8


mask.slip(
    "(u[1] < 0.8)", "(u[1] < 1)", name="all_mask",
    seen="The choice and the labels are right. What becomes of the chosen tokens whose second die is "
    "0.8 or more?",
    why="These are the numbers of code that masks every chosen token. Later texts have no [MASK], so a "
    "model that has only ever answered at [MASK] need not say anything about other tokens: a fifth of "
    "the chosen ones do not become [MASK].",
)  # fmt: skip
mask.slip(
    "(u[2] < 0.5)", "(u[2] < 0.1)", name="random_10_of_rest",
    seen="Tokens become [MASK] at the right places. How many of the chosen ones are left for the third "
    "die, and what share of *these* makes 10 % of all?",
    why="These are the numbers of code that compares the third die with 0.1. Only a fifth of the "
    "chosen tokens are left by then, so 2 % of all become random. Half of a fifth is the 10 %.",
)  # fmt: skip
mask.slip(
    "ids.masked_fill(~chosen, -100)", "ids.clone()", name="labels_everywhere",
    seen="The inputs are right. About which tokens is the model asked?",
    why="The labels hold all tokens here. Then most of the loss is about tokens that the model can "
    "see, and copying them is all it learns. Labels are -100 where nothing was chosen.",
)  # fmt: skip
mask.slip(
    "(u[0] < p) & ~special", "(u[0] < p)", name="masks_special",
    seen="Words are treated right. What happens to a mark whose first die is low?",
    why="Marks and padding are chosen, too, in this code. Nothing is learned from guessing them, for "
    "they are at the same places in every text. Where `special` is True nothing is chosen.",
)  # fmt: skip
mask.slip(
    "ids.masked_fill(~chosen, -100)", "ids.masked_fill(~masked, -100)",
    name="loss_only_on_mask_token",
    seen="The inputs are right. Is the model asked only where it sees [MASK]?",
    why="Here labels are kept only at [MASK]. The tokens that were replaced or left alone were chosen, "
    "too, and the model has to answer there: that is what they are for.",
)  # fmt: skip
mask.slip(
    "rand_ids % V", "rand_ids", name="no_remainder",
    seen="Which tokens does the vocabulary have? Are the random ones among them?",
    why="The large numbers of `rand_ids` are put in as they are. An id goes up to V - 1: take the "
    "remainder on division by V.",
)  # fmt: skip
mask.slip(
    "(u[0] < p)", "(u[0] > p)", name="chooses_the_rest",
    seen="How many tokens are chosen: a share of p, or all but that?",
    why="A token is chosen here if its die is *above* p, which is 85 % of them for p = 0.15.",
)  # fmt: skip
mask.slip(
    "chosen & ~masked & (u[2] < 0.5)", "chosen & (u[2] < 0.5)", name="swaps_masked_too",
    seen="How many of the chosen tokens are still [MASK] in the end?",
    why="The third die is asked about all chosen tokens in this code, so half of those that were "
    "[MASK] become random tokens. It is asked only about those that did not become [MASK].",
)  # fmt: skip
mask.slip(
    "inputs, ids.masked_fill(~chosen, -100)", "inputs, inputs.masked_fill(~chosen, -100)",
    name="labels_from_inputs",
    seen="The inputs are right. What is the right answer at a [MASK]?",
    why="The labels are read off after the masking here, so that [MASK] is the right answer at a gap. "
    "They hold the original tokens.",
)  # fmt: skip


mask.slip(
    "ids.masked_fill(~chosen, -100)", "ids.masked_fill(~(masked | swapped), -100)",
    name="no_label_where_it_stays",
    seen="The inputs are right. Is the model asked where a chosen token stays?",
    why="A chosen token that stays has no label here. The model is asked there, too, so "
    "that a token which it sees may be the answer.",
)  # fmt: skip
mask.slip(
    "ids.masked_fill(~chosen, -100)", "ids.masked_fill(~chosen, 0)", name="labels_0",
    seen="The inputs are right. Which label does the loss leave out?",
    why="Where nothing is asked the label is 0 here, which is the id of a token: the model would be "
    "asked for it. PyTorch's loss leaves out -100.",
)  # fmt: skip
mask.slip(
    "ids.masked_fill(~chosen, -100)", "ids.masked_fill(~chosen, -1)", name="labels_minus_1",
    seen="The inputs are right. Which label does the loss leave out?",
    why="Where nothing is asked the label is -1 here. PyTorch's loss leaves out -100, and at -1 it "
    "raises an error.",
)  # fmt: skip
mask.slip(
    "& ~special", "& special", name="special_inverted",
    seen="What does True mean in `special`: a word, or a mark?",
    why="Only marks and padding are chosen here. `special` is True at these, so it is the others that "
    "can be chosen.",
)  # fmt: skip
mask.slip(
    "chosen & ~masked & (u[2] < 0.5)", "chosen & ~masked", name="none_stays",
    seen="What becomes [MASK] is right. What does the third die decide?",
    why="All chosen tokens that do not become [MASK] are replaced by random ones here. Half of them "
    "stay, so that what the model sees at a chosen place may be right.",
)  # fmt: skip
mask.slip(
    "(u[2] < 0.5)", "(u[2] < 0.9)", name="third_die_below_0_9",
    seen="What becomes [MASK] is right. What share of the rest becomes random?",
    why="The third die is compared with 0.9 here. That would be the bound if the second die decided "
    "between a random token and the original one. The third die halves what is left.",
)  # fmt: skip
mask.slip(
    "(u[2] < 0.5)", "(u[2] >= 0.5)", name="third_die_inverted",
    seen="What becomes [MASK] is right. Does a low third die replace a token, or keep it?",
    why="A low third die keeps the token here. Below 0.5 it becomes a random one.",
)  # fmt: skip
mask.slip(
    "torch.where(swapped, rand_ids % V, inputs)", "inputs.masked_scatter(swapped, rand_ids % V)",
    name="random_in_order",
    seen="The places are right. Which of the numbers in `rand_ids` belongs to a place?",
    why="The first numbers of `rand_ids` are taken here, in order, for the places that become random. "
    "Each place has its own number, at the same position.",
)  # fmt: skip


@mask.misconception(
    seen="The choice and the labels are right. Which die is asked first about a chosen token?",
    why="The second and the third die have changed places here. `u[1]` says whether a chosen token "
    "becomes [MASK], and `u[2]` says what becomes of the rest.",
)
def dice_changed_places(ids, special, u, rand_ids, p, mask_id, V):
    return token_by_token(ids, special, u[[0, 2, 1]], rand_ids, p, mask_id, V)


@mask.misconception(
    convention=True,
    seen="What becomes [MASK] is right. Which die decides between a random token and the original one?",
    why="The second die decides everything here: up to 0.8 [MASK], up to 0.9 random. That gives the "
    "same shares. In this exercise, the choice between the two last ones is made by the third.",
)
def one_die(ids, special, u, rand_ids, p, mask_id, V):
    chosen = (u[0] < p) & ~special
    inputs = ids.masked_fill(chosen & (u[1] < 0.8), mask_id)
    swapped = chosen & (u[1] >= 0.8) & (u[1] < 0.9)
    return torch.where(swapped, rand_ids % V, inputs), ids.masked_fill(~chosen, IGNORED)


@mask.misconception(
    seen="With one die for each token it is right on average. Does each token roll its own here?",
    why="Exactly a share of p of each row is chosen here, those with the lowest dice. In this "
    "exercise every token rolls for itself, so a row has sometimes more gaps and sometimes fewer.",
)
def exact_share(ids, special, u, rand_ids, p, mask_id, V):
    dice = u[0].masked_fill(special, 2.0)
    many = max(1, round(p * ids.shape[1]))
    left_out = (dice.argsort(1).argsort(1) >= many).to(u.dtype)
    rolled = torch.stack([left_out, u[1], u[2]])
    return token_by_token(ids, special, rolled, rand_ids, p, mask_id, V)


@mask.misconception(
    seen="Which comes first in the result: what the model reads, or what it should say?",
    why="The two are the other way round: inputs first, labels second.",
)
def swapped_results(ids, special, u, rand_ids, p, mask_id, V):
    return token_by_token(ids, special, u, rand_ids, p, mask_id, V)[::-1]


@mask.alternative
def token_by_token(ids, special, u, rand_ids, p, mask_id, V):
    inputs, labels = ids.clone(), torch.full_like(ids, IGNORED)
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            if special[b, t] or u[0, b, t] >= p:
                continue
            labels[b, t] = ids[b, t]
            if u[1, b, t] < 0.8:
                inputs[b, t] = mask_id
            elif u[2, b, t] < 0.5:
                inputs[b, t] = rand_ids[b, t] % V
    return inputs, labels
