"""Checks for `to_bf16`; what goes wrong is in to_bf16_mistakes."""

import torch

from autograder.exercise import Exercise, agree

STEP = 2.0**-7  # of BF16 between 1 and 2
TINY = 2.0**-133  # of BF16 subnormals


def numbers(g):
    def rand(*shape):
        return torch.rand(*shape, generator=g)

    def among(n, low, high):
        """n different whole numbers."""
        return low + torch.randperm(high - low, generator=g)[:n]

    def near(steps, share):
        """Between 1 and 2: so many whole steps, and a share of the next."""
        return 1 + (steps + share) * STEP

    even, odd = 257.0 + 4 * among(3, 0, 60), 259.0 + 4 * among(2, 0, 60)  # steps of 2 there
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0])
    tiny = torch.tensor([0.6, 1.8, -2.3, 3.2, -4.4, 6.7]) * TINY
    tied = torch.tensor([1.0, 3.0, 5.0, -7.0, 9.0, -11.0]) * TINY / 2
    largest = torch.finfo(torch.bfloat16).max
    return {
        "one number lies a little below the next one": (near(among(1, 8, 60), 0.8),),
        "one number lies a little above the last one": (near(among(1, 8, 60), 0.2),),
        "numbers are BF16 already": (torch.tensor([0.0, 1.5, -3.0, 2.25]),),
        "it is halfway, and the number below ends with a 0": (even,),
        "it is halfway, and the number below ends with a 1": (odd,),
        "halfway numbers lie above and below 0": (torch.cat([even[:2], odd]) * signs,),
        "a number is 2^-15 more than halfway": (even[:2] + 2.0**-15,),
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
        "numbers are subnormal": (7e-39 * (2 * rand(7) - 1),),
        "they are 0.6, 1.8, -2.3, 3.2, -4.4 and 6.7 times 2^-133": (tiny,),
        "1, 3, 5, -7, 9 and -11 times 2^-134 are halfway": (tied,),
        "it is the smallest float32": (torch.tensor([2.0**-149]),),
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


@rounded.claim("no BF16 number is nearer than the one that comes out, also among subnormals")
def _(answer):
    g = torch.Generator().manual_seed(4)
    x = 1 + torch.rand(40, generator=g)
    done = answer(x)
    assert not torch.equal(done, x)
    assert ((done - x).abs() <= STEP / 2).all()
    assert torch.equal((done / STEP).round() * STEP, done)
    agree(answer(done), done)
    small = TINY * 100 * torch.rand(40, generator=g)
    assert ((answer(small).double() - small.double()).abs() <= TINY / 2).all()


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
