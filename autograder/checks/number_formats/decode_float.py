"""Checks for `decode_float`; what goes wrong is in decode_float_mistakes."""

from itertools import pairwise

import torch

from autograder.exercise import Exercise

FORMATS = {torch.float16: (5, 10), torch.bfloat16: (8, 7), torch.float8_e5m2: (5, 2)}


def patterns(g):
    def draw(low, high):
        return torch.randint(low, high, (), generator=g).item()

    def pattern(sign, E, F, e, m):
        return (sign << (e + m)) + (E << m) + F, e, m

    return {
        "the format has 1 + 2 + 1 bits": pattern(0, 1, 1, 2, 1),
        "all bits are 0": pattern(0, 0, 0, 3, 4),
        "the fraction is 0": pattern(0, draw(4, 7), 0, 3, 4),
        "the number is smaller than 1": pattern(0, draw(9, 14), 2 * draw(0, 8) + 1, 5, 4),
        "the number is negative": pattern(1, draw(3, 6), draw(3, 14), 3, 4),
        "it is a 16-bit float of the older kind": pattern(0, draw(17, 20), draw(341, 683), 5, 10),
        "it is a BF16 number": pattern(1, draw(128, 131), draw(19, 113), 8, 7),
        "it is a float32": pattern(0, draw(128, 131), draw(2**20, 2**23), 8, 23),
        "the exponent has 0 in all bits": pattern(0, 0, draw(2, 7), 3, 3),
        "it is the smallest positive number": pattern(0, 0, 1, 4, 3),
        "it is a negative number without an exponent": pattern(1, 0, draw(5, 14), 3, 4),
        "the exponent is the smallest that a normal number has": pattern(0, 1, draw(3, 6), 3, 3),
        "the exponent is the largest that a number has": pattern(0, 14, draw(3, 6), 4, 3),
        "the exponent has 1 in all bits, the fraction has none": pattern(0, 15, 0, 4, 3),
        "the same is negative": pattern(1, 7, 0, 3, 4),
        "the exponent has 1 in all bits, the fraction has some": pattern(0, 15, draw(2, 6), 4, 3),
        "all bits are 1": pattern(1, 15, 7, 4, 3),
    }


decode = Exercise(
    "number_formats.decode_float", fast_track=True,
    title="What bits are worth",
    points=2, difficulty=2, minutes=20, examples=patterns,
)  # fmt: skip


@decode.oracle("torch: a tensor of integers, seen as another type")
def _(bits, e, m):
    """The fraction of any format fits into float32; exponents are moved by a power of two."""
    wide = torch.tensor([bits], dtype=torch.int64)
    body = (wide & (2 ** (e + m) - 1)) << (23 - m)
    all_ones = (body >> 23) == 2**e - 1
    moved = torch.where(all_ones, body | (255 << 23), body).to(torch.int32)
    up = 0 if all_ones else 127 - (2 ** (e - 1) - 1)
    number = torch.ldexp(moved.view(torch.float32).double(), torch.tensor(up)).item()
    return -number if bits >= 2 ** (e + m) else number


@decode.alternative
def by_its_digits(bits, e, m):
    digits = f"{bits:0{1 + e + m}b}"
    sign, exponent, fraction = digits[0], digits[1 : 1 + e], digits[1 + e :]
    size = int("0" + exponent, 2) - (2 ** (e - 1) - 1)
    if "0" not in exponent:
        number = float("nan") if "1" in fraction else float("inf")
    else:
        whole = "1" if "1" in exponent else "0"
        number = int(whole + fraction, 2) * 2.0 ** (max(size, 1 - (2 ** (e - 1) - 1)) - m)
    return -number if sign == "1" else number


@decode.claim("each sixteen-bit pattern of torch's two formats is worth what torch says")
def _(answer):
    g = torch.Generator().manual_seed(8)
    for dtype in (torch.float16, torch.bfloat16):
        e, m = FORMATS[dtype]
        some = torch.randint(2**15, (12,), generator=g).tolist()
        some += [1, 2**m - 1, 2**m, 2**15 + 2**m - 1, (2**e - 1) * 2**m - 1]
        some = [bits for bits in some if (bits >> m) % 2**e != 2**e - 1]
        wide = torch.tensor(some).sub(0).to(torch.int32).to(torch.int16)
        wanted = wide.view(dtype).double().tolist()
        got = answer.each(*((bits, e, m) for bits in some))
        assert [float(each) for each in got] == wanted


@decode.claim("one more in the bits is the next number, from 0 to infinity")
def _(answer):
    for e, m in ((2, 3), (3, 2)):
        top = (2**e - 1) * 2**m
        line = [float(each) for each in answer.each(*((bits, e, m) for bits in range(top + 1)))]
        assert line[0] == 0 < line[1]
        assert line[-1] == float("inf") > line[-2]
        steps = [after - before for before, after in pairwise(line)]
        assert all(step > 0 for step in steps)
        assert steps[0] == steps[2**m - 1] == steps[2 ** (m + 1) - 1]
        assert steps[-2] == steps[0] * 2 ** (2**e - 3)


@decode.claim("the same number has a pattern in each format that is wide enough")
def _(answer):
    for sign, number in ((0, 1.75), (1, -1.75)):
        for e, m in ((3, 2), (4, 3), (5, 10), (8, 7)):
            one = 2 ** (e - 1) - 1
            assert answer((sign << (e + m)) + (one << m) + 3 * 2 ** (m - 2), e, m) == number


@decode.claim("where all bits of the exponent are 1 there is no number: infinity, or NaN")
def _(answer):
    top = 15 << 3
    plus, minus, *others = answer.each(*((bits, 4, 3) for bits in (top, 128 + top, top + 1, 255)))
    assert plus == float("inf")
    assert minus == -float("inf")
    assert all(each != each for each in others)
    assert answer(top - 1, 4, 3) == 240
