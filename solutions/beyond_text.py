"""Pictures and sounds as rows of vectors, and what to ask of a model that reads them.

Owns: patches, mel frames, and the rules by which frames, boxes and captions find their answers.
Ignores the block that reads the vectors: it is that of the_block.
"""

from itertools import groupby, permutations

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def patch_embed(
    img: Float[Tensor, "B C Hi Wi"],
    P: int,
    W: Float[Tensor, "D I"],
    b: Float[Tensor, "D"],
    cls: Float[Tensor, "D"],
    pos: Float[Tensor, "T D"],
) -> Float[Tensor, "B T D"]:
    """The vectors that a Vision Transformer reads: one for the whole picture, then one for each patch.

    Each picture is cut into squares of P by P pixels, read like a page: the top row of patches from
    left to right, then the row below. Hi and Wi are multiples of P. The numbers of a patch are put
    side by side: first all of channel 0, then all of channel 1, and so on, and within a channel row
    by row. That makes I = C · P · P of them. A patch becomes W times these numbers, plus b. The
    vector `cls` goes before the patches, and at the end row t of `pos` is added to the vector
    number t. So T is 1 + (Hi / P) · (Wi / P).

    Source: Dosovitskiy et al. 2021, section 3.1, equation 1.
    """
    patches = img.unfold(2, P, P).unfold(3, P, P)  # B C Hi Wi -> B C rows columns P P
    patches = patches.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)  # -> B T-1 I
    words = F.linear(patches, W, b)
    first = cls.expand(len(img), 1, -1)
    return torch.cat([first, words], dim=1) + pos


def log_mel(wave: Float[Tensor, "N"], mel: Float[Tensor, "M 201"]) -> Float[Tensor, "M T"]:
    """How loud each of M bands of pitch is in each hundredth of a second, as Whisper reads it.

    `wave` holds samples, 16,000 for a second, and more than 200 of them. It is continued by 200
    samples at both ends, by its mirror image that does not repeat the first or the last sample.
    Frames of 400 samples begin at every 160th sample of this longer wave. Of the frames that fit, the
    last is left out, so T is N // 160. Sample n of a frame is multiplied by the Hann window
    (1 - cos(2π · n / 400)) / 2. The power of a frame at the frequencies 0 to 200 is the squared
    absolute value of its Fourier transform, without any division. Row m of `mel` says with which
    weights the 201 powers are added up in band m.

    Each sum below 1e-10 becomes 1e-10. Then its logarithm with base 10 is taken, and each number
    that is more than 8 below the largest one of the whole result becomes that largest minus 8. At the
    end 4 is added and the sum is divided by 4. `wave` and `mel` have the same dtype, and so has
    the result.

    Source: Radford et al. 2023, section 2.2, as `whisper/audio.py` computes it.
    """
    longer = F.pad(wave[None], (200, 200), mode="reflect")[0]
    frames = longer.unfold(0, 400, 160)[:-1]  # T 400
    window = torch.hann_window(400, dtype=wave.dtype, device=wave.device)
    power = torch.fft.rfft(frames * window).abs() ** 2  # T 400 -> T 201
    log = (mel @ power.T).clamp(min=1e-10).log10()
    return (torch.maximum(log, log.max() - 8) + 4) / 4


def ctc_collapse(ids: list[int], blank: int) -> list[int]:
    """What a row of frames says: one id for each run of equal ids, and no blanks.

    `ids` has the most likely id of each frame, and may be empty. Neighbours that are equal count
    once. Then every `blank` is left out. So two equal ids stay two only if a blank lies between them.

    Source: Graves et al. 2006, section 3.1.
    """
    return [each for each, _ in groupby(ids) if each != blank]


def hungarian_match(
    prob: Float[Tensor, "N C"],
    boxes: Float[Tensor, "N 4"],
    labels: Int[Tensor, "M"],
    targets: Float[Tensor, "M 4"],
) -> list[tuple[int, int]]:
    """The cheapest way to give each object a guess of its own: pairs (guess, object).

    A model makes N guesses: row n of `prob` has the probabilities of C classes, and row n of `boxes`
    a box, as the center's x and y, width and height. There are M objects, at most as many as guesses,
    with their classes in `labels` and their boxes in `targets`. To give object m the guess n costs
    the sum of the four absolute differences between their boxes, minus the probability of the
    object's class in the guess. No guess is given twice. Of all ways to do this, take the one whose
    costs have the smallest sum. The pairs are tuples of int, in the order of the guesses, and guesses
    without an object are left out. If there are no objects, the result is empty. `prob` and `boxes`
    carry no gradient. No two ways cost the same.

    Source: Carion et al. 2020, equation 1 and section 3.1, without the overlap of the boxes.
    """
    apart = (boxes[:, None] - targets).abs().sum(-1)  # N M
    cost = (apart - prob[:, labels]).tolist()
    ways = permutations(range(len(boxes)), len(targets))
    best = min(ways, key=lambda way: sum(cost[n][m] for m, n in enumerate(way)))
    return sorted((n, m) for m, n in enumerate(best))


def clip_loss(
    img: Float[Tensor, "B D"], txt: Float[Tensor, "B D"], logit_scale: Float[Tensor, ""]
) -> Float[Tensor, ""]:
    """How badly pictures and captions find each other: a mean of two cross-entropies.

    Row i of `img` and row i of `txt` belong together. Each row is divided by its length. The score
    of a picture and a caption is the dot product of the two, times exp(`logit_scale`). Each picture
    chooses among all B captions by a softmax over its scores, and pays -ln of the probability of its
    own caption. The mean over the pictures is the first cross-entropy. For the second, each caption
    chooses among all B pictures in the same way. The result is the mean of both, in nats.
    `logit_scale` may be as large as 5, so take care that nothing overflows.

    Source: Radford et al. 2021, section 2.3, figure 3.
    """
    scores = F.normalize(img, dim=-1) @ F.normalize(txt, dim=-1).T * logit_scale.exp()
    own = torch.arange(len(img), device=img.device)
    return (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2
