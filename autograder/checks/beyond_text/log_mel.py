"""Checks and misconceptions for `log_mel`."""

import math

import torch
from torch.nn import functional as F

from autograder.exercise import Exercise, agree, differ


def bands(g, M):
    """Triangles of weights over 201 frequencies, each with a height of its own."""
    center = (torch.arange(M) + 0.5) * 201 / M + 4 * torch.rand(M, generator=g)
    away = (torch.arange(201) - center[:, None]).abs()
    height = 0.002 + 0.02 * torch.rand(M, 1, generator=g)
    return height * (1 - away / (150 / M + 5)).clamp(min=0)


def waves(g):
    def noise(N, loud=0.1):
        return loud * torch.randn(N, generator=g)

    def click(N, at):
        wave = torch.zeros(N)
        wave[at] = 0.5 + float(torch.rand((), generator=g))
        return wave

    few = bands(g, 3)
    faint = few * torch.tensor([[1.0], [1e-5], [1e-13]])
    return {
        "there is one frame, and one band": (noise(250), bands(g, 1)),
        "the wave is silent": (torch.zeros(330), bands(g, 2)),
        "one band is much fainter than another": (noise(330), faint),
        "a click is the third sample": (click(500, 2), few),
        "a click is the third sample from the end": (click(490, -3), few),
        "a click is in the middle": (click(800, 401), few),
        "it gets silent": (torch.cat([noise(500), torch.zeros(700)]), few),
        "the first frames are much fainter": (
            torch.cat([noise(900, 1e-6), noise(700, 0.3)]), bands(g, 2),
        ),
        "the wave is very loud": (noise(400, 80.0), few),
        "the length is a multiple of 160": (noise(640), bands(g, 5)),
        "the length is one less than a multiple of 160": (noise(479), few),
        "the wave is hardly there": (noise(490, 2e-6), bands(g, 4)),
        "there are seven bands": (noise(2005), bands(g, 7)),
        "there are 128 bands": (noise(490), bands(g, 128)),
    }  # fmt: skip


tones = Exercise(
    "beyond_text.log_mel",
    title="The words of a sound",
    points=3, difficulty=3, minutes=30, examples=waves,
)  # fmt: skip


tones.excuse('mode="reflect")[0]', "there is one row: the last one is number 0 as well")
tones.excuse("unfold(0, 400", "there is one axis: the last one is number 0 as well")
tones.excuse("hann_window(400, dtype", "a window in float32 differs in the eighth digit")


@tones.oracle("transformers.WhisperFeatureExtractor")
def _(wave, mel):
    from transformers import WhisperFeatureExtractor

    reader = WhisperFeatureExtractor(feature_size=len(mel))
    reader.mel_filters = mel.T.numpy()
    made = reader(wave.numpy(), sampling_rate=16_000, padding=False, truncation=False)
    return torch.as_tensor(made["input_features"][0], dtype=wave.dtype)


def bright(N=900):
    return 0.1 * torch.randn(N), bands(torch.Generator().manual_seed(N), 4)


@tones.claim("a wave that is ten times as loud has every number higher by a half")
def _(answer):
    wave, mel = bright()
    once, louder = answer.each((wave, mel), (10 * wave, mel))
    assert once.shape == (4, 5)
    agree(louder, once + 0.5)


@tones.claim("silence is -1.5 everywhere, and a wave with one click is not")
def _(answer):
    _, mel = bright()
    click = torch.zeros(480)
    click[240] = 1.0
    silent, heard = answer.each((torch.zeros(480), mel), (click, mel))
    agree(silent, torch.full((4, 3), -1.5))
    assert heard.max() > -1.0


@tones.claim("nothing is more than 2 below the loudest number")
def _(answer):
    wave, mel = bright(1200)
    wave[:700] *= 1e-6
    made = answer(wave, mel)
    assert made.shape == (4, 7)
    agree(made.min(), made.max() - 2)


@tones.claim("a sound that begins 160 samples later is one frame further to the right")
def _(answer):
    wave, mel = bright(1600)
    wave[:500] = 0.0
    wave[1100:] = 0.0
    once, later = answer.each((wave, mel), (wave.roll(160), mel))
    assert once.shape == (4, 10)
    agree(later[:, 1:], once[:, :-1])
    differ(later[:, 1:], once[:, 1:])


@tones.claim("a tone of 2,000 Hz is at frequency number 50: 40 Hz for each")
def _(answer):
    wave = torch.sin(2 * math.pi * 2000 * torch.arange(800) / 16_000)
    mel = torch.zeros(3, 201)
    mel[0, 40], mel[1, 50], mel[2, 60] = 1.0, 1.0, 1.0
    made = answer(wave, mel)
    assert made.shape == (3, 5)
    assert (made[1, 1:-1] > made[0, 1:-1] + 0.5).all()
    assert (made[1, 1:-1] > made[2, 1:-1] + 0.5).all()
    agree(made[1, 2], (torch.tensor(100.0**2).log10() + 4) / 4)  # the window adds up to 200


tones.slip(
    ".log10()", ".log()", name="natural_log",
    seen="The order of loud and faint is right. Which logarithm of 100 is 2?",
    why="The natural logarithm is taken here. With base 10 the 8 means a hundred-millionth of the power, "
    "and 4 / 4 brings the numbers near 0.",
)  # fmt: skip
tones.slip(
    "log = (mel", "log = 10 * (mel", name="db",
    seen="The order of the numbers is right. How far apart are two of them?",
    why="These are decibels, 10 times the logarithm, as engineers count loudness. Here the logarithm "
    "itself is used, and the 8 and the 4 belong to it.", convention=True,
)  # fmt: skip
tones.slip(
    "hann_window(400, dtype", "hann_window(400, periodic=False, dtype", name="symmetric_hann",
    seen="All is nearly right. What is the last number of the window?",
    why="This window is symmetric: 399 is in its denominator, and its last number is 0. The one that is "
    "asked for would be 0 again only at sample 400, which is the first of the next period.",
    convention=True,
)  # fmt: skip
tones.slip(
    "(torch.maximum(log, log.max() - 8) + 4) / 4", "torch.maximum(log, log.max() - 8)",
    name="no_affine",
    seen="The differences are four times what they should be. What comes last?",
    why="The logarithms are given as they are here. At the end 4 is added, and the sum is divided by 4: "
    "a network learns best from numbers near 0.",
)  # fmt: skip
tones.slip(
    ".abs() ** 2", ".abs()", name="not_squared",
    seen="How much higher is a number if the wave is ten times as loud?",
    why="The absolute value of the Fourier transform is used here. Power is its square.",
)  # fmt: skip
tones.slip(
    "frames * window", "frames", name="no_window",
    seen="The number of frames is right. What happens at the edges of a frame?",
    why="There is no window here. A frame then begins and ends with a jump, and a jump sounds at all "
    "frequencies. The window fades each frame in and out.",
)  # fmt: skip
tones.slip(
    'mode="reflect"', 'mode="constant"', name="padded_with_zeros",
    seen="In the middle it is right. What was there before the first sample?",
    why="Zeros are put at both ends here. The wave is continued by its mirror image.",
)  # fmt: skip
tones.slip(
    "torch.maximum(log, log.max() - 8)", "torch.maximum(log, log.amax(0) - 8)",
    name="floor_of_each_frame",
    seen="With one frame it is right. The loudest number of what?",
    why="The largest number of each frame is taken here. It is the largest of the whole result, so that "
    "a silent frame stays silent beside a loud one.",
)  # fmt: skip
tones.slip(
    ".unfold(0, 400, 160)[:-1]", ".unfold(0, 400, 160)", name="last_frame_kept",
    seen="The numbers that should be there are right. How many frames are there?",
    why="All frames that fit are kept here. The last one is left out, so that a second is 100 frames "
    "and not 101.",
)  # fmt: skip


tones.slip(
    "torch.maximum(log, log.max() - 8)", "torch.maximum(log, log.amax(1, keepdim=True) - 8)",
    name="floor_of_each_band",
    seen="With one band it is right. The loudest number of what?",
    why="The largest number of each band is taken here. It is the largest of the whole result, so that "
    "a faint band stays faint beside a loud one.",
)  # fmt: skip
tones.slip(
    "torch.maximum(log, log.max() - 8)", "log.clamp(min=-8)", name="floor_at_minus_8",
    seen="Where nothing is faint it is right. 8 below what?",
    why="All that is below -8 is raised to -8 here. The floor moves with the sound: it is 8 below the "
    "largest number of the result.",
)  # fmt: skip


def worded(power, mel):
    log = (mel @ power.T).clamp(min=1e-10).log10()
    return (torch.maximum(log, log.max() - 8) + 4) / 4


def powers(wave, window=400, hop=160, longer=200, norm=None):
    wave = F.pad(wave[None], (longer, longer), mode="reflect")[0] if longer else wave
    frames = wave.unfold(0, window, hop)
    hann = torch.hann_window(window, dtype=wave.dtype)
    return torch.fft.rfft(frames * hann, n=400, norm=norm).abs() ** 2


@tones.misconception(
    seen="In the middle it is right. How often is the first sample there?",
    why="The mirror image repeats the first and the last sample here. The sample at the end is the "
    "mirror itself, so the image begins with its neighbour.",
)
def mirror_repeats_the_end(wave, mel):
    longer = torch.cat([wave[:200].flip(0), wave, wave[-200:].flip(0)])
    return worded(powers(longer, longer=0)[:-1], mel)


@tones.misconception(
    seen="The bands are right. Which sample is in the middle of the first frame?",
    why="The first frame begins at the first sample here. It should have that sample in its middle, "
    "so the wave is continued by 200 samples at both ends.",
)
def not_centered(wave, mel):
    if len(wave) < 400:
        wave = F.pad(wave, (0, 400 - len(wave)))
    return worded(powers(wave, longer=0), mel)


@tones.misconception(
    seen="Most numbers differ from what they should be by the same amount. What is divided?",
    why="The power is divided by 400 here, or the transform by 20, the root of 400, so that the energy "
    "is kept. That is useful elsewhere. This format does not divide.",
    convention=True,
)
def orthonormal(wave, mel):
    return worded(powers(wave, norm="ortho")[:-1], mel)


@tones.misconception(
    seen="The number of bands is right. How many frames does a second have?",
    why="The frames follow each other without overlap here. A new one begins at every 160th sample, "
    "before the last one has ended.",
)
def no_overlap(wave, mel):
    return worded(powers(wave, hop=400)[:-1], mel)


@tones.misconception(
    seen="Powers and floors look right. The logarithm of what is taken?",
    why="The logarithm is taken of each of the 201 powers here, and then they are added up in bands. "
    "The bands add up powers, and the logarithm comes after.",
)
def log_before_mel(wave, mel):
    log = powers(wave)[:-1].clamp(min=1e-10).log10().T
    log = mel @ log
    return (torch.maximum(log, log.max() - 8) + 4) / 4


@tones.misconception(
    seen="Loud numbers are nearly right. What is the logarithm of a very faint one?",
    why="1e-10 is added to every sum here, so that the logarithm exists. Instead what is below 1e-10 "
    "becomes 1e-10, and all else stays as it is.",
)
def floor_added(wave, mel):
    log = (mel @ powers(wave)[:-1].T + 1e-10).log10()
    return (torch.maximum(log, log.max() - 8) + 4) / 4


@tones.alternative
def with_stft(wave, mel):
    window = torch.hann_window(400, dtype=wave.dtype)
    spectrum = torch.stft(wave, 400, 160, window=window, return_complex=True)[:, :-1]
    log = torch.log10(torch.clamp(mel @ spectrum.abs().square(), min=1e-10))
    return torch.clamp(log, min=(log.max() - 8).item()) / 4 + 1


@tones.alternative
def by_cosines_and_sines(wave, mel):
    n = torch.arange(400, dtype=torch.float64)
    hann = (1 - torch.cos(2 * math.pi * n / 400)) / 2
    angle = 2 * math.pi / 400 * torch.arange(201, dtype=torch.float64)[:, None] * n
    left, right = wave[1:201].flip(0), wave[-201:-1].flip(0)
    longer = torch.cat([left, wave, right])
    rows = []
    for start in range(0, 160 * (len(wave) // 160), 160):
        frame = longer[start : start + 400].double() * hann
        rows.append((torch.cos(angle) @ frame) ** 2 + (torch.sin(angle) @ frame) ** 2)
    return worded(torch.stack(rows).to(wave.dtype), mel)
