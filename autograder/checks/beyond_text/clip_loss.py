"""Checks and misconceptions for `clip_loss`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree


def pairs(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def log_scale(low, high):
        return low + (high - low) * torch.rand((), generator=g)

    img, six = draw(3, 5), draw(4, 6)
    return {
        "each vector has length 1, and the scale is 1": (
            F.normalize(draw(2, 3), dim=-1), F.normalize(draw(2, 3), dim=-1), torch.tensor(0.0),
        ),
        "the vectors have other lengths": (3 * draw(3, 4), 0.2 * draw(3, 4), torch.tensor(0.0)),
        "one picture is brighter than the others": (
            torch.cat([10 * draw(1, 5), draw(2, 5)]), draw(3, 5), torch.tensor(0.0),
        ),
        "the scale is not 1": (
            F.normalize(draw(2, 3), dim=-1), F.normalize(draw(2, 3), dim=-1), log_scale(0.5, 1.5),
        ),
        "the logarithm of the scale is negative": (draw(4, 3), draw(4, 3), log_scale(-1.5, -0.5)),
        "two captions are equal": (img, draw(2, 5)[[0, 0, 1]], log_scale(0.5, 1.0)),
        "all captions are equal": (img, draw(1, 5).repeat(3, 1), log_scale(0.5, 1.0)),
        "pictures and captions are drawn": (draw(7, 10), draw(7, 10), log_scale(0.5, 2.5)),
        "pictures are close to their captions": (img, img + 0.5 * draw(3, 5), log_scale(0.8, 1.6)),
        "the scale is 110": (draw(4, 6), draw(4, 6), torch.tensor(4.7)),
        "pairs fit and the scale is 100": (six, six + 0.1 * draw(4, 6), torch.tensor(4.6052)),
    }  # fmt: skip


loss = Exercise(
    "beyond_text.clip_loss",
    title="Which caption belongs to which picture",
    points=2, difficulty=2, minutes=15, examples=pairs,
)  # fmt: skip


loss.excuse("dim=-1", "each of the two has two axes: the last one is number 1, the default")
loss.excuse("device=img.device", "the checks run on one device")


@loss.oracle("transformers.models.clip.modeling_clip.image_text_contrastive_loss")
def _(img, txt, logit_scale):
    from transformers.models.clip.modeling_clip import image_text_contrastive_loss

    img = img / img.norm(dim=-1, keepdim=True)
    txt = txt / txt.norm(dim=-1, keepdim=True)
    return image_text_contrastive_loss(txt @ img.t() * logit_scale.exp())


def drawn(B=4, D=6, scale=1.2):
    return torch.randn(B, D), torch.randn(B, D), torch.tensor(scale)


@loss.claim("pictures and captions may change places: both directions count")
def _(answer):
    img, txt, scale = drawn()
    once, turned, other = answer.each(
        (img, txt, scale), (txt, img, scale), (img, txt[[1, 0, 2, 3]], scale)
    )
    agree(once, turned)
    assert once.shape == ()
    assert (once - other).abs() > 1e-4


@loss.claim("how long a vector is makes no difference")
def _(answer):
    img, txt, scale = drawn()
    once, longer, other = answer.each(
        (img, txt, scale), (img * torch.tensor([[5.0], [1.0], [0.2], [3.0]]), 2 * txt, scale),
        (img, txt.flip(0), scale),
    )  # fmt: skip
    agree(once, longer)
    assert (once - other).abs() > 1e-4


@loss.claim("where nothing tells pictures and captions apart, a guess is all that is left: ln B")
def _(answer):
    img, txt, scale = drawn()
    three, five = answer.each(
        (img[:1].repeat(3, 1), txt[:1].repeat(3, 1), scale),
        (img[:1].repeat(5, 1), txt[:1].repeat(5, 1), scale),
    )
    agree(torch.stack([three, five]), torch.tensor([3.0, 5.0]).log())


@loss.claim("where each picture points exactly where its caption does, a larger scale costs less")
def _(answer):
    img = torch.eye(4)[:3] * 2.0
    near, nearer, turned = answer.each(
        (img, img, torch.tensor(0.0)), (img, img, torch.tensor(1.0)),
        (img, img.roll(1, 0), torch.tensor(1.0)),
    )  # fmt: skip
    assert near > nearer > 0
    assert turned > near


loss.slip(
    "(F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2",
    "F.cross_entropy(scores, own)", name="one_direction",
    seen="The scores are right. Who chooses among whom?",
    why="Only pictures choose among captions here. Captions choose among pictures, too, and the result "
    "is the mean of both.",
)  # fmt: skip
loss.slip(
    "(F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2",
    "F.cross_entropy(scores.T, own)", name="captions_alone",
    seen="The scores are right. Who chooses among whom?",
    why="Only captions choose among pictures here. Pictures choose among captions, too, and the result "
    "is the mean of both.",
)  # fmt: skip
loss.slip(
    "F.normalize(img, dim=-1) @ F.normalize(txt, dim=-1).T", "img @ txt.T", name="not_normalised",
    seen="With vectors of length 1 it is right. May a picture win because its vector is long?",
    why="The dot products are taken of the vectors as they are here, so a long one has large scores "
    "with everybody. Divided by their lengths, only their directions count.",
)  # fmt: skip
loss.slip(
    "logit_scale.exp()", "logit_scale", name="no_exp",
    seen="How large is the scale where `logit_scale` is 0?",
    why="The scores are multiplied by `logit_scale` itself here. It is a logarithm, so that a training "
    "step can never make the scale negative. Take exp of it first.",
)  # fmt: skip
loss.slip(
    "* logit_scale.exp()", "", name="no_scale",
    seen="With the scale 1 it is right. What does `logit_scale` do?",
    why="The scale has no effect here. Cosines are between -1 and 1, too close together for a softmax "
    "to choose clearly. Multiply the scores by it: that moves them apart.",
)  # fmt: skip
loss.slip(
    "* logit_scale.exp()", "/ logit_scale.exp()", name="divided_by_scale",
    seen="With the scale 1 it is right. Does a larger scale make the choices clearer?",
    why="The scores are divided here, as by a temperature. `logit_scale` is the logarithm of what they "
    "are multiplied by, so of 1 divided by the temperature.", convention=True,
)  # fmt: skip
loss.slip(
    "scores.T, own)) / 2", "scores.T, own))", name="sum_of_both",
    seen="Both directions are there. How large is the result beside one of them?",
    why="The two cross-entropies are added here. Their mean is asked for.",
)  # fmt: skip
loss.slip(
    "F.normalize(img, dim=-1) @", "F.normalize(img, dim=0) @", name="wrong_axis",
    seen="The captions have length 1. Which numbers make up the length of a picture's vector?",
    why="Each column of `img` is divided by its length here, over all pictures. Each row is one picture.",
)  # fmt: skip
loss.slip(
    "F.normalize(img, dim=-1) @", "img @", name="captions_normalised",
    seen="The captions have length 1. How long are the vectors of the pictures?",
    why="Only the captions are divided by their lengths here. A picture with a long vector then has "
    "large scores with everybody. Divide both.",
)  # fmt: skip
loss.slip(
    "logit_scale.exp()", "logit_scale.exp().clamp(max=100)", name="clamped",
    seen="Up to the scale 100 it is right. What happens above it?",
    why="The scale is held at 100 here, as the training of CLIP did. That belongs to the training, not "
    "to the loss.", convention=True,
)  # fmt: skip


def scored(img, txt, logit_scale):
    scores = F.normalize(img, dim=-1) @ F.normalize(txt, dim=-1).T * logit_scale.exp()
    return scores, torch.arange(len(img))


@loss.misconception(
    seen="Is each picture's vector of length 1?",
    why="Each column is divided by its length here, over the whole batch. A row is one picture or one "
    "caption, and its own length counts.",
)
def columns_normalised(img, txt, logit_scale):
    scores = F.normalize(img, dim=0) @ F.normalize(txt, dim=0).T * logit_scale.exp()
    own = torch.arange(len(img))
    return (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2


@loss.misconception(
    seen="Small scales are right. How large is exp(100)?",
    why="exp is taken of each score as it is here. From about 89 on, the result is too large for "
    "float32 and becomes infinite. Subtract the largest score of a row first, or take a function that "
    "does so, such as `log_softmax` or `cross_entropy`.",
)
def exp_by_hand(img, txt, logit_scale):
    scores, _ = scored(img, txt, logit_scale)
    powers = scores.exp()
    rows, columns = powers / powers.sum(1, keepdim=True), powers / powers.sum(0)
    return -(rows.diagonal().log().mean() + columns.diagonal().log().mean()) / 2


@loss.misconception(
    seen="Small scales are right. What does a caption cost that has the probability 1e-20?",
    why="A small number is added before the logarithm here, so that it exists. Then no pair can cost "
    "more than the logarithm of that number. Take the logarithm and the softmax in one, such as "
    "`log_softmax`, and nothing has to be added.",
)
def added_before_log(img, txt, logit_scale):
    scores, _ = scored(img, txt, logit_scale)
    both = [(scores.softmax(axis).diagonal() + 1e-8).log().mean() for axis in (0, 1)]
    return -sum(both) / 2


@loss.misconception(
    seen="The scores are right. How many times is a softmax taken?",
    why="`cross_entropy` gets probabilities here, and takes the softmax of them once more. It wants the "
    "scores themselves.",
)
def softmax_twice(img, txt, logit_scale):
    scores, own = scored(img, txt, logit_scale)
    return sum(F.cross_entropy(each.softmax(1), own) for each in (scores, scores.T)) / 2


@loss.misconception(
    seen="The scores are right. Among how many captions does one picture choose?",
    why="One softmax is taken over all pairs of the batch here. Each picture chooses by itself, among "
    "the captions, and each caption among the pictures.",
)
def one_softmax(img, txt, logit_scale):
    scores, _ = scored(img, txt, logit_scale)
    return scores.flatten().logsumexp(0) - scores.diagonal().mean()


@loss.misconception(
    seen="Each choice has its right cost. What is the loss of a batch that is twice as large?",
    why="The costs are added up over the batch here, so a larger batch has a larger loss. Take the mean.",
)
def sum_not_mean(img, txt, logit_scale):
    scores, own = scored(img, txt, logit_scale)
    both = [F.cross_entropy(each, own, reduction="sum") for each in (scores, scores.T)]
    return sum(both) / 2


@loss.misconception(
    seen="The scores are right. Which scores are in the denominator of a softmax?",
    why="The right pair is missing in the denominator here. A softmax shares 1 among all of them, the "
    "right one included.",
)
def diagonal_excluded(img, txt, logit_scale):
    scores, own = scored(img, txt, logit_scale)
    rest = scores.masked_fill(torch.eye(len(own), dtype=torch.bool), float("-inf"))
    right = scores.diagonal().mean()
    return (rest.logsumexp(0).mean() + rest.logsumexp(1).mean()) / 2 - right


@loss.misconception(
    seen="A pair that fits costs little. What keeps all pictures and captions from being one vector?",
    why="Each picture is only pulled towards its own caption here. If all vectors were equal, that would "
    "cost nothing. The *other* captions have to be in it, as wrong answers.",
)
def pairs_alone(img, txt, logit_scale):
    scores, _ = scored(img, txt, logit_scale)
    return logit_scale.exp() - scores.diagonal().mean()


@loss.misconception(
    seen="The scores are right. Is each of them a question of yes or no?",
    why="Each score is turned into a probability of its own here, by a sigmoid, as in SigLIP. CLIP lets "
    "all captions compete in one softmax.",
    convention=True,
)
def sigmoids(img, txt, logit_scale):
    scores, own = scored(img, txt, logit_scale)
    signs = 2 * torch.eye(len(own), dtype=scores.dtype) - 1
    return -F.logsigmoid(signs * scores).sum() / len(own)


@loss.alternative
def by_log_sum_exp(img, txt, logit_scale):
    img = img / img.norm(dim=1, keepdim=True)
    txt = txt / txt.norm(dim=1, keepdim=True)
    scores = torch.einsum("id,jd->ij", img, txt) * torch.exp(logit_scale)
    right = torch.diagonal(scores)
    by_row = torch.logsumexp(scores, 1) - right
    by_column = torch.logsumexp(scores, 0) - right
    return (by_row + by_column).mean() / 2
