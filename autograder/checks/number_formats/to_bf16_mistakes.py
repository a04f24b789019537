"""Misconceptions about `to_bf16`."""

import torch

from autograder.checks.number_formats.to_bf16 import rounded


def bits_of(x):
    return x.detach().float().view(torch.int32)


rounded.slip(
    "(bits + 0x7FFF + (kept & 1)) >> 16", "bits >> 16", name="truncate",
    seen="Some numbers are right. Of two neighbours, which one is nearer?",
    why="The last 16 bits are cut off here, so that each number moves towards 0. Over many numbers that "
    "is a drift. Take the *nearest*: one more if those bits are worth more than a half.",
)  # fmt: skip
rounded.slip(
    "0x7FFF + (kept & 1)", "0x8000", name="half_up",
    seen="Nearly all numbers are right. Where does one go that lies exactly halfway?",
    why="Halfway numbers always go away from 0 here, as at school. In the task they go to the neighbour "
    "whose bits end with a 0, so that half of them go up and half go down.",
    convention=True,
)  # fmt: skip
rounded.slip(
    " + (kept & 1)", "", name="half_down",
    seen="Nearly all numbers are right. Where does one go that lies exactly halfway?",
    why="Halfway numbers always go towards 0 here. They go to the neighbour whose bits end with a 0: "
    "that is up if the last bit that is kept is a 1.",
)  # fmt: skip
rounded.slip(
    "0x7FFF + (kept & 1)", "0x8000 - (kept & 1)", name="half_to_odd",
    seen="Nearly all numbers are right. Which neighbour of a halfway number ends with a 0?",
    why="Halfway numbers go to the neighbour that ends with a 1 here. It should be the one that ends "
    "with a 0.",
)  # fmt: skip
rounded.slip(
    "torch.where(x.isnan(), x, nearest.view(torch.float32))", "nearest.view(torch.float32)",
    name="nan_carries_over",
    seen="All numbers are right. What becomes of NaN if 1 is added to its bits?",
    why="NaN is rounded like a number here. If its last bits are ones, the carry runs through the "
    "exponent into the sign, and a number comes out. Leave NaN as it is.",
)  # fmt: skip
rounded.slip(
    "0x7FFF + (kept & 1)", "0xFFFF", name="any_rest_up",
    seen="BF16 numbers stay as they are. Of two neighbours, which one is nearer?",
    why="Whatever is not a BF16 number goes away from 0 here, however close the lower neighbour is. "
    "Go up only if the last 16 bits are worth more than a half, or exactly a half and the rest is odd.",
)  # fmt: skip
rounded.slip(
    " >> 16 << 16", "", name="nothing_is_cut",
    seen="BF16 numbers have 16 zeros at the end of their bits. Have yours?",
    why="The bits were added to and the last 16 of them are still there. Cut them off afterwards.",
)  # fmt: skip


@rounded.misconception(
    seen="The numbers are right in size. How many bits of the fraction are left?",
    why="One bit too many is kept: eight of the fraction. Of 16 bits one is the sign and eight are the "
    "exponent, which leaves seven.",
)
def sign_not_counted(x):
    bits = bits_of(x)
    near = (bits + 0x3FFF + (bits >> 15 & 1)) >> 15 << 15
    return torch.where(x.isnan(), x, near.view(torch.float32))


@rounded.misconception(
    seen="Around 1 the numbers have too many digits. How large may a number become?",
    why="These are float16 numbers: finer than BF16, with infinity beyond 65,504 and 0 below about "
    "3e-8. BF16 keeps all exponents of float32 and has three fraction bits less.",
)
def fp16_range(x):
    return x.detach().to(torch.float16).to(torch.float32)


@rounded.misconception(
    seen="Between 1 and 2 it is right. How far apart are BF16 numbers in the thousands?",
    why="Every number is rounded to a multiple of 1/128 here, the step between 1 and 2. In a float "
    "the step doubles with each power of two.",
)
def one_step_for_all(x):
    return (x.detach() * 128).round() / 128


@rounded.misconception(
    seen="Close to 1 it looks right. In which digits is BF16 exact?",
    why="The numbers are rounded to two decimal places here. BF16 has seven *binary* places after the "
    "first 1, wherever that is.",
)
def two_decimals(x):
    return torch.round(x.detach(), decimals=2)


@rounded.misconception(
    seen="Up to the largest number it is right. Which number would come next if there were one more "
    "exponent? And what is halfway to it?",
    why="Too large numbers become the largest one here. Many casts to FP8 saturate like this. The task, "
    "as the casts of torch to 16 bits, gives infinity.",
    convention=True,
)
def saturated(x):
    largest = 2.0**128 - 2.0**120
    done = rounded.reference(x)
    return torch.where(x.isfinite(), done.clamp(-largest, largest), done)


@rounded.misconception(
    seen="Up to the largest number it is right. Is infinity a number to be rounded?",
    why="Infinity became the largest number here. It stays infinity.",
)
def nothing_is_infinite(x):
    largest = 2.0**128 - 2.0**120
    return rounded.reference(x).clamp(-largest, largest)


@rounded.misconception(
    seen="All others are right. Are subnormal numbers 0?",
    why="Subnormal numbers became 0 here, as on some chips that save the effort. BF16 has subnormals, "
    "and the same rule rounds them.",
    convention=True,
)
def flushed(x):
    done = rounded.reference(x)
    return torch.where(done.abs() < 2.0**-126, torch.zeros_like(done), done)


@rounded.misconception(
    seen="Nearly all numbers are right. Where do halfway numbers go, above 0 and below?",
    why="Halfway numbers go up here, towards plus infinity, whatever their sign. The rule is the same on "
    "both sides of 0: to the neighbour that ends with a 0.",
)
def up_for_both_signs(x):
    bits = bits_of(x)
    more = 0x8000 - (bits < 0).int()
    return torch.where(x.isnan(), x, ((bits + more) >> 16 << 16).view(torch.float32))


@rounded.misconception(
    seen="What are the numbers now? Is a pattern of bits worth the whole number it looks like?",
    why="The *number* became a whole number here, with `to` or `int`. What is meant is the pattern: "
    "`view` shows the same bits as another type.",
)
def numbers_for_bits(x):
    return (x.detach().nan_to_num(0.0, 0.0, 0.0).long() >> 16 << 16).float()


@rounded.misconception(
    seen="The numbers are right in size. How many bits of the fraction are left?",
    why="One bit too few is kept: six of the fraction. The 1 before the fraction takes none of the 16 "
    "bits. One is the sign and eight are the exponent, which leaves seven.",
)
def hidden_one_counted(x):
    bits = bits_of(x)
    near = (bits + 0xFFFF + (bits >> 17 & 1)) >> 17 << 17
    return torch.where(x.isnan(), x, near.view(torch.float32))


@rounded.misconception(
    seen="Most numbers are right. How large is the gap at 0, and among the smallest numbers?",
    why="The gap is computed from log2 of the number here. For 0 that is minus infinity, and 0 / 0 is "
    "NaN. Infinity becomes NaN, too, and subnormals have a smallest gap. The bits need no logarithm.",
)
def gap_from_log2(x):
    x = x.detach()
    gap = 2.0 ** (x.abs().log2().floor() - 7)
    return torch.round(x / gap) * gap


@rounded.misconception(
    seen="All numbers are right, if there is no NaN beside them. What of the others, if there is?",
    why="If one of the numbers is NaN, none is rounded here. Each number is rounded for itself: "
    "`torch.where` takes the NaN from x and all else from the result.",
)
def one_nan_stops_all(x):
    return x.detach().clone() if x.isnan().any() else rounded.reference(x)


@rounded.misconception(
    seen="Numbers and NaN are right. What is a number that is not finite, besides NaN?",
    why="Infinity became NaN here. It stays infinity. Only NaN has to be kept from the rounding.",
)
def infinity_to_nan(x):
    return torch.where(x.isfinite(), rounded.reference(x), float("nan"))


@rounded.misconception(
    seen="All numbers are right. What stays NaN?",
    why="NaN became 0 here, so that nobody would see that something went wrong before. It stays NaN.",
)
def nan_to_zero(x):
    return torch.where(x.isnan(), 0.0, rounded.reference(x))


@rounded.misconception(
    seen="Most numbers are right. How many bits of a whole number does float32 keep?",
    why="The bits were divided by 2^16 and rounded as float32, which keeps 24 of them. So numbers "
    "hardly more than halfway look halfway. Stay with whole numbers, or divide in float64.",
)
def pattern_as_float32(x):
    near = torch.round(bits_of(x) / 2**16).to(torch.int32) << 16
    return torch.where(x.isnan(), x, near.view(torch.float32))
