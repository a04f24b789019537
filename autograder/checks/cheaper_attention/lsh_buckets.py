"""Checks and misconceptions for `lsh_buckets`."""

from types import SimpleNamespace
from unittest.mock import patch

import torch

from autograder.exercise import Exercise, agree


def vectors(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    signs = torch.tensor([[1.0, 1], [-1, 1], [-1, -1], [1, -1]])
    far = signs * (1 + torch.rand(4, 2, generator=g))
    longer = torch.eye(3, 2)
    longer[1, 1] = 20.0
    return {
        "two directions make four buckets": (far[None] * torch.tensor([3.0, 1]), torch.eye(2)),
        "there is one direction": (draw(1, 6, 3), draw(3, 1)),
        "all vectors go against the directions": (-1 - draw(1, 5, 4).abs(), draw(4, 3).abs()),
        "there are several texts": (draw(3, 5, 4), draw(4, 2)),
        "there are more directions than numbers": (draw(2, 7, 3), draw(3, 8)),
        "a vector is nearest to two directions": (
            torch.tensor([[[-1.0, 1], [1, 1], [-1, -1], [1, -1]]]), torch.eye(2),
        ),
        "a vector is zero": (torch.zeros(1, 2, 3), draw(3, 4)),
        "a direction is longer than the others": (draw(2, 6, 3), longer),
        "there are many vectors": (draw(2, 30, 5), draw(5, 4)),
    }  # fmt: skip


buckets = Exercise(
    "cheaper_attention.lsh_buckets", optional=True,
    title="Buckets for vectors of like direction",
    points=1, difficulty=2, minutes=12, examples=vectors,
)  # fmt: skip


@buckets.oracle("transformers.models.reformer.LSHSelfAttention._hash_vectors")
def _(x, R):
    from transformers.models.reformer.modeling_reformer import LSHSelfAttention

    layer = SimpleNamespace(num_buckets=2 * R.shape[1], hash_seed=None, num_attention_heads=1)
    with patch("torch.randn", return_value=R[None, :, None]):  # the directions that it would draw
        return LSHSelfAttention._hash_vectors(layer, x[:, None], 1, None)[:, 0]


@buckets.claim("a vector and its opposite are half of all buckets apart")
def _(answer):
    x, R = torch.randn(2, 60, 6), torch.linalg.qr(torch.randn(6, 6)).Q[:, :5]
    here, there = answer.each((x, R), (-x, R))
    assert here.shape == (2, 60)
    assert ((here - there).abs() == 5).all()
    assert set(here.flatten().tolist()) | set(there.flatten().tolist()) == set(range(10))


@buckets.claim("a vector keeps its bucket when it is ten times as long")
def _(answer):
    x, R = torch.randn(2, 60, 5), torch.linalg.qr(torch.randn(5, 5)).Q[:, :4]
    once, longer = answer.each((x, R), (10 * x, R))
    assert torch.equal(once, longer)
    assert len(set(once.flatten().tolist())) == 8


@buckets.claim("each direction is in its own bucket, and its opposite in that of the other half")
def _(answer):
    R = torch.linalg.qr(torch.randn(6, 6)).Q
    both = torch.cat([R.T, -R.T])[None]
    agree(answer(both, R).double(), torch.arange(12)[None].double())


buckets.slip(
    "torch.cat([along, -along], dim=-1)", "along", name="no_negation",
    seen="Vectors along a direction are right. Where does one go that points against all of them?",
    why="Only the directions themselves are buckets here. Their opposites are buckets, too, which makes "
    "twice as many.",
)  # fmt: skip
buckets.slip(
    "torch.cat([along, -along], dim=-1)", "along.abs()", name="abs",
    seen="Vectors along a direction are right. Do a vector and its opposite belong together?",
    why="The sign is taken away here, so that a vector and its opposite share a bucket. They point in "
    "opposite directions, and their score is as low as it can be.",
)  # fmt: skip
buckets.slip(
    ".argmax(dim=-1)", ".argmin(dim=-1)", name="softmax_argmin",
    seen="Each vector is half of all buckets from where it should be. Which half of the numbers belongs "
    "to the directions themselves, and is the largest product taken?",
    why="Each vector has the number of its opposite here. Either the smallest product is taken in place "
    "of the largest, or the opposites come before the directions.",
)  # fmt: skip
buckets.slip(
    "[along, -along]", "[-along, along]", name="opposites_first",
    seen="Each vector is half of all buckets from where it should be. Which half of the numbers belongs "
    "to the directions themselves, and is the largest product taken?",
    why="Each vector has the number of its opposite here. Either the smallest product is taken in place "
    "of the largest, or the opposites come before the directions.",
    alias="softmax_argmin",
)  # fmt: skip
buckets.slip(
    "torch.cat([along, -along], dim=-1).argmax(dim=-1)",
    "torch.stack([along, -along], dim=-1).flatten(-2).argmax(dim=-1)", name="interleaved",
    seen="With one direction it is right. Which number has the opposite of the first direction?",
    why="A direction and its opposite are neighbours here, 2 i and 2 i + 1. The opposites come after all "
    "directions, so that of direction i is M + i.",
)  # fmt: skip
buckets.slip(
    "[along, -along]", "[along, -along.flip(-1)]", name="mirrored",
    seen="Vectors along a direction are right. Which number has the opposite of the first direction, "
    "M or the last?",
    why="The opposites are numbered from the end here, so that the opposite of the first direction comes "
    "last. They are in the order of the directions: that of direction i is M + i.",
)  # fmt: skip
buckets.slip(
    ".argmax(dim=-1)", ".argmax(dim=1)", name="over_tokens",
    seen="Which axis holds the directions, and which the tokens?",
    why="For each direction the nearest *token* is found here. For each token the nearest direction is "
    "asked for, which is the last axis.",
)  # fmt: skip
buckets.slip(
    "along = x @ R", "along = x @ (R / R.norm(dim=0))", name="unit_directions",
    seen="Right where all directions are equally long. What is done to R here?",
    why="The directions are made equally long here. That is a sensible thing to do, and here "
    "they are taken as they are.", convention=True,
)  # fmt: skip


@buckets.misconception(
    seen="Each direction gives a bit, and the bits make a number. How many buckets are there to be?",
    why="The signs of all products are read as a binary number here: 2 ** M buckets. That is another "
    "locality sensitive hash, by hyperplanes. Here a bucket is the *nearest* of 2 M directions.",
    convention=True,
)
def sign_bits(x, R):
    bits = (x @ R > 0).long()
    return (bits * 2 ** torch.arange(R.shape[1])).sum(-1)


@buckets.misconception(
    seen="The first token is right. Are the directions the same for all tokens?",
    why="Each token has its directions in another order here. Two tokens share a bucket only if both "
    "are asked about the same directions, in the same order.",
)
def different_R_per_token(x, R):
    turned = torch.stack([R.roll(t, dims=1) for t in range(x.shape[1])])  # T Dh M
    along = torch.einsum("btd,tdm->btm", x, turned)
    return torch.cat([along, -along], dim=-1).argmax(dim=-1)


@buckets.misconception(
    seen="Right for most. Where two sizes are equal, which of the two numbers is smaller?",
    why="The largest *size* is looked for here, and its sign afterwards. Where two sizes are equal, the "
    "earlier direction wins, even if it goes with its opposite, whose number is larger. The first of "
    "the 2 M largest counts.",
)
def size_then_sign(x, R):
    along = x @ R
    nearest = along.abs().argmax(dim=-1)
    against = along.gather(-1, nearest[..., None])[..., 0] < 0
    return nearest + R.shape[1] * against


@buckets.misconception(
    seen="Right where all directions are equally long. Is the smallest distance asked for, or the "
    "largest dot product?",
    why="A direction is taken for a point here, and the nearest point is found. A longer direction then "
    "often ends farther away. Its dot product with a vector is larger, and the dot product counts.",
)
def nearest_point(x, R):
    points = torch.cat([R, -R], dim=1).T  # 2M Dh
    return (x[..., None, :] - points).norm(dim=-1).argmin(dim=-1)


@buckets.misconception(
    seen="Right for most. Of several equally near directions, which one counts?",
    why="Of several largest products the last one counts here. It is the first, as with `argmax`.",
)
def last_of_equals(x, R):
    both = torch.cat([x @ R, -(x @ R)], dim=-1)
    return both.shape[-1] - 1 - both.flip(-1).argmax(dim=-1)


@buckets.alternative
def with_both_directions(x, R):
    return (x @ torch.cat([R, -R], dim=1)).max(dim=-1).indices


@buckets.alternative
def by_size_and_sign(x, R):
    along = x @ R
    nearest = along.abs().argmax(dim=-1)
    against = along.gather(-1, nearest[..., None])[..., 0] < 0
    first = torch.cat([along, -along], dim=-1).argmax(dim=-1)
    tied = (along.abs() == along.abs().amax(-1, keepdim=True)).sum(-1) > 1
    return torch.where(tied, first, nearest + R.shape[1] * against)
