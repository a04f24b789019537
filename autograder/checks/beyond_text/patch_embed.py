"""Checks and misconceptions for `patch_embed`."""

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def pictures(g, B, C, P, down, along, D):
    """Pictures of so many patches down and along, and the numbers that embed them."""

    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return (draw(B, C, P * down, P * along), P, draw(D, C * P * P) / P, draw(D), draw(D),
            draw(1 + down * along, D))  # fmt: skip


def embedded(g):
    only = pictures(g, 1, 1, 2, 1, 1, 3)
    grey = pictures(g, 1, 1, 2, 2, 3, 5)
    bare = pictures(g, 2, 1, 3, 2, 1, 4)
    return {
        "a grey picture is one patch": only,
        "a grey picture is cut into two rows of three patches": grey,
        "the picture is black": (torch.zeros_like(grey[0]), *grey[1:]),
        "a patch is one pixel": pictures(g, 1, 2, 1, 2, 3, 5),
        "a colour picture is one patch": pictures(g, 1, 3, 2, 1, 1, 5),
        "only positions and cls are not 0": (
            bare[0], 3, bare[2] * 0, bare[3] * 0, *bare[4:],
        ),
        "there are five colour pictures": pictures(g, 5, 3, 2, 4, 3, 7),
        "patches are larger, and there is one channel": pictures(g, 2, 1, 4, 3, 2, 6),
    }  # fmt: skip


embed = Exercise(
    "beyond_text.patch_embed",
    title="The words of a picture",
    points=2, difficulty=2, minutes=20, examples=embedded,
)  # fmt: skip

embed.leave_out("one T", "the picture says how many rows there are")


@embed.oracle("transformers.models.vit.modeling_vit.ViTEmbeddings")
def _(img, P, W, b, cls, pos):
    from transformers import ViTConfig
    from transformers.models.vit.modeling_vit import ViTEmbeddings

    layer = ViTEmbeddings(ViTConfig(
        image_size=tuple(img.shape[2:]), patch_size=P, num_channels=img.shape[1],
        hidden_size=len(W), hidden_dropout_prob=0.0,
    )).to(img.dtype)  # fmt: skip
    layer.load_state_dict({
        "cls_token": cls[None, None], "position_embeddings": pos[None],
        "patch_embeddings.projection.weight": W.view(len(W), -1, P, P),
        "patch_embeddings.projection.bias": b,
    })  # fmt: skip
    return layer(img)


def some(B=1, C=2, P=3, down=2, along=2, D=5):
    return pictures(torch.Generator().manual_seed(B + C), B, C, P, down, along, D)


@embed.claim("a pixel that changes moves the vector of its patch, and no other")
def _(answer):
    img, *rest = some(down=2, along=3)
    other = img.clone()
    other[0, 1, 4, 7] += 1.0  # second row of patches, third column
    before, after = answer.each((img, *rest), (other, *rest))
    assert before.shape == after.shape == (1, 7, 5)
    agree(after[:, :6], before[:, :6])
    assert (after[:, 6] - before[:, 6]).abs().max() > 0.01


@embed.claim("two patches that change places, with their positions, change the order and no vector")
def _(answer):
    img, P, W, b, cls, pos = some()
    swapped = torch.cat([img[:, :, 3:], img[:, :, :3]], dim=2)  # the rows of patches
    order = [0, 3, 4, 1, 2]
    before, after = answer.each((img, P, W, b, cls, pos), (swapped, P, W, b, cls, pos[order]))
    agree(after, before[:, order])
    differ(after[:, 1:], before[:, 1:])


@embed.claim("the first vector is cls with its own position, whatever the picture shows")
def _(answer):
    img, P, W, b, cls, pos = some(B=3)
    made = answer(img, P, W, b, cls, pos)
    assert made.shape == (3, 5, 5)
    agree(made[:, 0], (cls + pos[0]).expand(3, -1))
    assert (made[0, 1:] - made[1, 1:]).abs().max() > 0.01


@embed.claim("a row of `pos` that is raised by 1 raises its vector by 1")
def _(answer):
    img, P, W, b, cls, pos = some(B=2)
    raised = pos.clone()
    raised[2] += 1.0
    before, after = answer.each((img, P, W, b, cls, pos), (img, P, W, b, cls, raised))
    lift = torch.zeros_like(before)
    lift[:, 2] = 1.0
    agree(after - before, lift)


embed.slip(
    ".permute(0, 2, 3, 1, 4, 5)", ".permute(0, 2, 3, 4, 5, 1)", name="channels_last",
    seen="Grey pictures are right. In which order do the numbers of a colour patch stand in a row of W?",
    why="The channels of each pixel are side by side here, as image files have them. In a row of W all "
    "of channel 0 comes first, then all of channel 1.", convention=True,
)  # fmt: skip
embed.slip(
    ".permute(0, 2, 3, 1, 4, 5)", ".permute(0, 3, 2, 1, 4, 5)", name="column_by_column",
    seen="A picture of one patch is right. Which patch is the second one?",
    why="The patches are read down the first column here, then down the next. A picture is read like a "
    "page, so the second patch is to the right of the first.",
)  # fmt: skip
embed.slip(
    ".permute(0, 2, 3, 1, 4, 5)", ".permute(0, 2, 3, 1, 5, 4)", name="patch_turned",
    seen="Patches of one pixel are right. In which order are the pixels of a patch read?",
    why="Each patch is read column by column here. W expects it row by row.",
)  # fmt: skip
embed.slip(
    "torch.cat([first, words], dim=1)", "torch.cat([words, first], dim=1)", name="cls_last",
    seen="There are as many vectors as there should be. Which of them is `cls`?",
    why="`cls` is the last vector here. It is the first, and the head of the model looks for it there.",
)  # fmt: skip
embed.slip(
    "torch.cat([first, words], dim=1) + pos", "torch.cat([first, words + pos[1:]], dim=1)",
    name="cls_without_position",
    seen="The patches are right. What is added to `cls`?",
    why="`cls` has no position added here. Row 0 of `pos` belongs to it: it has a place in the row, too.",
)  # fmt: skip
embed.slip(
    "torch.cat([first, words], dim=1) + pos", "torch.cat([first, words + pos[:-1]], dim=1)",
    name="pos_before_cls",
    seen="There are as many vectors as there should be. Which row of `pos` belongs to the first patch?",
    why="The positions are added before `cls` is put in front here, so each patch has the row of its "
    "neighbour on the left, and `cls` has none. Put `cls` in front first.",
)  # fmt: skip
embed.slip(
    "torch.cat([first, words], dim=1) + pos", "words + pos[1:]", name="no_cls",
    seen="The patches are right. How many vectors are there?",
    why="There is no `cls` here. The model has one vector more than patches, and reads off it what the "
    "whole picture shows.",
)  # fmt: skip
embed.slip(
    "F.linear(patches, W, b)", "F.linear(patches, W)", name="no_bias",
    seen="Where b is 0 it is right. What is a black patch?",
    why="b is not added here. So a black patch would become a vector of zeros.",
)  # fmt: skip
embed.slip(
    "dim=1) + pos", "dim=1)", name="no_positions",
    seen="The order of the vectors is right. How would the model know that order?",
    why="No position is added here. Attention does not see in which order the vectors come, so two "
    "pictures with the same patches in other places would be the same.",
)  # fmt: skip


embed.slip(
    "cls.expand(", "(cls + b).expand(", name="bias_on_cls",
    seen="The patches are right. What is added to `cls`?",
    why="b is added to all vectors here, and so to `cls` as well. It belongs to the matrix W, which only "
    "the patches go through.",
)  # fmt: skip


@embed.misconception(
    seen="A picture of one patch is right. Which numbers of a picture are in its first patch?",
    why="The numbers are taken here in the order in which they lie in memory, C · P · P at a time. These "
    "are pieces of the picture's rows. A patch is a square: P neighbours from each of P rows, in every "
    "channel.",
)
def plain_reshape(img, P, W, b, cls, pos):
    words = F.linear(img.reshape(len(img), -1, W.shape[1]), W, b)
    return torch.cat([cls.expand(len(img), 1, -1), words], dim=1) + pos


embed.slip(
    ".permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)", ".reshape(len(img), -1, W.shape[1])",
    name="channels_outermost",
    seen="Grey pictures are right. Which numbers of a colour picture are in its first patch?",
    why="The channels are still the outermost axis here when the numbers are put side by side, so a "
    "row of them is made of several patches of one channel. It is one patch, with all its channels.",
)  # fmt: skip


@embed.misconception(
    seen="One patch is right. Which pixels are beside each other in a patch?",
    why="Every few pixels are collected here, so each patch is a coarse copy of the whole picture. A "
    "patch is P neighbours from each of P neighbouring rows.",
)
def every_other_pixel(img, P, W, b, cls, pos):
    B, C, Hi, Wi = img.shape
    patches = img.reshape(B, C, P, Hi // P, P, Wi // P).permute(0, 3, 5, 1, 2, 4)
    words = F.linear(patches.reshape(B, -1, W.shape[1]), W, b)
    return torch.cat([cls.expand(B, 1, -1), words], dim=1) + pos


@embed.alternative
def as_a_convolution(img, P, W, b, cls, pos):
    kernel = W.view(len(W), img.shape[1], P, P)
    words = F.conv2d(img, kernel, b, stride=P).flatten(2).transpose(1, 2)
    return torch.cat([cls.repeat(len(img), 1, 1), words], dim=1) + pos


@embed.alternative
def patch_by_patch(img, P, W, b, cls, pos):
    each = [cls.expand(len(img), -1)]
    for top in range(0, img.shape[2], P):
        for left in range(0, img.shape[3], P):
            square = img[:, :, top : top + P, left : left + P].reshape(len(img), -1)
            each.append(square @ W.T + b)
    return torch.stack(each, dim=1) + pos
