"""Checks and misconceptions for `to_bf16`."""

import torch

from autograder.exercise import Exercise, agree

STEP = 2.0**-7  # of BF16 between 1 and 2


def numbers(g):
    def rand(*shape):
        return torch.rand(*shape, generator=g)

    def among(n, low, high):
        """n different whole numbers."""
        return low + torch.randperm(high - low, generator=g)[:n]

    def near(steps, share):
        """Between 1 and 2: so many whole steps, and a share of the next."""
        return 1 + (steps + share) * STEP

    even, odd = 2 * among(3, 10, 60), 2 * among(2, 10, 60) + 1
    largest = torch.finfo(torch.bfloat16).max
    return {
        "one number lies a little below the next one": (near(among(1, 8, 60), 0.8),),
        "one number lies a little above the last one": (near(among(1, 8, 60), 0.2),),
        "numbers are BF16 already": (torch.tensor([0.0, 1.5, -3.0, 2.25]),),
        "it is halfway, and the number below ends with a 0": (near(even, 0.5),),
        "it is halfway, and the number below ends with a 1": (near(odd, 0.5),),
        "halfway numbers are negative": (-near(torch.cat([even[:2], odd]), 0.5),),
        "a number is hardly more than halfway": (near(even[:2], 0.5) + 2.0**-23,),
        "they are of any size around 1": (2 * torch.randn(3, 2, generator=g),),
        "a number is close below 2": (torch.tensor([2 - 2.0**-10]),),
        "numbers are in the thousands": (2000 + 6000 * rand(2, 3),),
        "numbers are larger than float16 can hold": (1e6 * (1 + rand(5)),),
        "numbers are smaller than float16 can hold": (1e-9 * (1 + rand(4)),),
        "one is the largest float32": (torch.tensor([torch.finfo(torch.float32).max]),),
        "one is just below what becomes infinity": (torch.tensor([largest * (1 + 2.0**-10)]),),
        "some are infinite": (torch.tensor([float("inf"), 1 + rand(1).item(), -float("inf")]),),
        "one is NaN": (torch.cat([torch.full((1,), float("nan")), 3 + rand(2)]),),
        "NaN has 1 in all bits": (torch.tensor([2**31 - 1], dtype=torch.int32).view(torch.float32),),
        "numbers are subnormal": (torch.tensor([3e-39, -7e-39]) * (1 + rand(2)),),
        "there are no numbers": (torch.zeros(0, 3),),
        "there is one number and no axis": (near(among(1, 8, 60)[0], 0.7),),
    }  # fmt: skip


rounded = Exercise(
    "number_formats.to_bf16", fast_track=True,
    title="Sixteen bits less", needs=("decode_float",),
    points=2, difficulty=2, minutes=20, examples=numbers,
    forbid=("bfloat16", "autocast"),
)  # fmt: skip
rounded.leave_out("float64", "the last 16 of 32 bits are meant")
rounded.excuse("detach", "the view as integers has no gradient either")


@rounded.oracle("torch.Tensor.to")
def _(x):
    return x.to(torch.bfloat16).to(torch.float32)


@rounded.alternative
def by_its_size(x):
    """The fraction as a number from 128 to 256, which `round` takes to the nearest even."""
    _, exponent = torch.frexp(x.double())
    unit = torch.ldexp(torch.ones_like(x, dtype=torch.float64), exponent.clamp(min=-125) - 8)
    near = (x.double() / unit).round() * unit
    beyond = near.abs() >= 2.0**128
    near = torch.where(beyond, near.sign() * float("inf"), near)
    return torch.where(x.isfinite(), near.float(), x)


@rounded.alternative
def one_by_one(x):
    import struct

    def of(number):
        if number != number:
            return number
        (bits,) = struct.unpack("<I", struct.pack("<f", number))
        kept, rest = divmod(bits, 65536)
        kept += rest > 32768 or (rest == 32768 and kept % 2 == 1)
        return struct.unpack("<f", struct.pack("<I", kept * 65536))[0]

    return torch.tensor([of(each) for each in x.flatten().tolist()]).reshape(x.shape)


@rounded.claim("no BF16 number is nearer than the one that comes out, and what is BF16 stays")
def _(answer):
    g = torch.Generator().manual_seed(4)
    x = 1 + torch.rand(40, generator=g)
    done = answer(x)
    assert not torch.equal(done, x)
    assert ((done - x).abs() <= STEP / 2).all()
    assert torch.equal((done / STEP).round() * STEP, done)
    agree(answer(done), done)


@rounded.claim("halfway numbers go up as often as down, so that their sum stays")
def _(answer):
    x = 1 + (torch.arange(20) + 0.5) * STEP
    done = answer(x)
    assert (done > x).sum() == (done < x).sum() == 10
    agree(done.sum(), x.sum())


@rounded.claim("a number twice as large is rounded to twice as much")
def _(answer):
    x = torch.tensor([1.2345, -0.3456, 2.7182, 1.00390625])
    once, twice, small = answer.each((x,), (2.0**20 * x,), (2.0**-40 * x,))
    assert 0 < (once - x).abs().max() < 0.01
    assert torch.equal(twice, 2.0**20 * once)
    assert torch.equal(small, 2.0**-40 * once)


@rounded.claim("a thousandth above 1 is lost, and 300 squared stays finite")
def _(answer):
    done = answer(torch.tensor([1.001, 300.0**2, -1e38]))
    assert done[0] == 1
    assert done[1] == 90112
    assert done.isfinite().all()


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
    seen="Up to the largest number it is right. What is nearer than infinity?",
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
    seen="Positive numbers are right. What of their sign do negative ones keep?",
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
