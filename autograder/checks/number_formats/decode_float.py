"""Checks and misconceptions for `decode_float`."""

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


decode.slip(
    "2 ** (e - 1) - 1\n", "2 ** (e - 1)\n", name="bias_off_by_one",
    seen="Each number is half of what it should be. Which exponent should 1.0 have?",
    why="The bias is 2^(e-1) here. It is one less, 15 for five bits, so that the exponents that are not "
    "special lie from 1 - 15 to 15.",
)  # fmt: skip
decode.slip(
    "sign * (1 + fraction) *", "sign * fraction *", name="no_leading_one",
    seen="Where the fraction is 0, so is your number. With which digit do binary numbers begin?",
    why="The 1 before the fraction is missing. It is not stored, because each normal number has it, but "
    "it counts: 1 + F / 2^m.",
)  # fmt: skip
decode.slip(
    "/ 2**m\n", "/ (2**m - 1)\n", name="share_of_the_largest",
    seen="Where the fraction is 0 it is right. How many steps are there from 1 up to 2?",
    why="The fraction is divided by the largest F, 2^m - 1. Then it reaches 1, and the last number "
    "before 2 would be 2 itself. There are 2^m steps: divide by 2^m.",
)  # fmt: skip
decode.slip(
    "2.0 ** (1 - bias)", "2.0 ** -bias", name="gap_below_the_normal_numbers",
    seen="Normal numbers are right. What is the largest subnormal, and the smallest normal number?",
    why="Subnormals get the exponent 0 - bias here, which is half of what they need. Then there is a gap "
    "below the smallest normal number. They share its exponent, 1 - bias.",
)  # fmt: skip
decode.slip(
    "    if exponent == 0:\n        return sign * fraction * 2.0 ** (1 - bias)\n", "",
    name="no_subnormals",
    seen="Most numbers are right. Which pattern is worth 0?",
    why="Here an exponent of 0 is one like any other, with a 1 before the fraction, so that there is no "
    "0 at all. With exponent 0 that 1 is gone: F / 2^m times 2^(1 - bias).",
)  # fmt: skip
decode.slip(
    "return sign * fraction * 2.0 ** (1 - bias)", "return 0.0", name="flushed_to_zero",
    seen="Normal numbers and 0 are right. What is between 0 and the smallest normal number?",
    why="Subnormals became 0 here. Some chips do that to be fast. The format has them all the same: "
    "F / 2^m times 2^(1 - bias).",
    convention=True,
)  # fmt: skip
decode.slip(
    '    if exponent == 2**e - 1:\n        return float("nan") if fraction else sign * float("inf")\n',
    "", name="inf_as_number",
    seen="All numbers are right. Is each pattern a number?",
    why="Where all bits of the exponent are 1 a large number came out. This exponent is kept for what is "
    "no number: infinity if the fraction is 0, else NaN.",
)  # fmt: skip
decode.slip(
    'float("nan") if fraction else sign * float("inf")', 'sign * float("inf")', name="nan_as_inf",
    seen="Infinity is right. What if there is a fraction beside it?",
    why="Each pattern whose exponent is all ones is infinity here. Only the one with F = 0 is. The "
    "others are NaN.",
)  # fmt: skip
decode.slip(
    'else sign * float("inf")', 'else float("inf")', name="one_infinity",
    seen="All numbers are right. How many infinities are there?",
    why="Both infinities are positive here. The sign bit counts for them, too.",
)  # fmt: skip
decode.slip(
    "sign = -1.0 if bits >> (e + m) else 1.0", "sign = 1.0", name="no_sign",
    seen="The sizes are right. What does the first bit say?",
    why="All numbers are positive here. If the first bit is 1, the number is negative.",
)  # fmt: skip


def number_of(sign, exponent, fraction, e, bias=None):
    bias = 2 ** (e - 1) - 1 if bias is None else bias
    if exponent == 2**e - 1:
        return float("nan") if fraction else sign * float("inf")
    if exponent == 0:
        return sign * fraction * 2.0 ** (1 - bias)
    return sign * (1 + fraction) * 2.0 ** (exponent - bias)


@decode.misconception(
    seen="With eight bits for the exponent it is right. Which exponent has 1.0, if there are five?",
    why="The bias is always 127 here. That is the one of float32 and of BF16, which have eight exponent "
    "bits. With e bits it is 2^(e-1) - 1.",
)
def bias_of_float32(bits, e, m):
    sign = -1.0 if bits >> (e + m) else 1.0
    return number_of(sign, (bits >> m) % 2**e, bits % 2**m / 2**m, e, 127)


@decode.misconception(
    seen="Is it the right number of bits for each? Which of them come first, after the sign?",
    why="The fraction is read before the exponent here. After the sign come the e bits of the exponent, "
    "and the m bits of the fraction are the last ones.",
)
def fraction_first(bits, e, m):
    sign = -1.0 if bits >> (e + m) else 1.0
    return number_of(sign, bits % 2**e, (bits >> e) % 2**m / 2**m, e)


@decode.misconception(
    seen="Positive numbers are right. What else changes, if the first bit does?",
    why="Negative numbers are read as in INT8, where the first bit counts as a large negative number. "
    "In a float the sign bit changes the sign and nothing else.",
)
def twos_complement(bits, e, m):
    sign, size = 1.0, bits
    if bits >> (e + m):
        sign, size = -1.0, 2 ** (1 + e + m) - bits
    return number_of(sign, (size >> m) % 2**e, size % 2**m / 2**m, e)


@decode.misconception(
    seen="All numbers are right but those with the largest exponent. Which formats use it for numbers?",
    why="Here only the pattern with 1 in all bits is NaN, and there is no infinity. That is the rule of "
    "E4M3 in torch, `float8_e4m3fn`. The task has the rule of IEEE 754, which all the others follow: if "
    "all bits of the exponent are 1, it is infinity or NaN.",
    convention=True,
)
def rule_of_e4m3fn(bits, e, m):
    sign = -1.0 if bits >> (e + m) else 1.0
    exponent, fraction, bias = (bits >> m) % 2**e, bits % 2**m, 2 ** (e - 1) - 1
    if exponent == 2**e - 1 and fraction == 2**m - 1:
        return float("nan")
    if exponent == 0:
        return sign * fraction / 2**m * 2.0 ** (1 - bias)
    return sign * (1 + fraction / 2**m) * 2.0 ** (exponent - bias)


@decode.misconception(
    seen="Which number multiplies the fraction if its exponent grows by 1?",
    why="Powers of ten are taken here, as in a number like 1.5e3. The exponent of a float counts powers "
    "of two.",
)
def powers_of_ten(bits, e, m):
    sign = -1.0 if bits >> (e + m) else 1.0
    exponent, fraction, bias = (bits >> m) % 2**e, bits % 2**m / 2**m, 2 ** (e - 1) - 1
    if exponent == 2**e - 1:
        return float("nan") if fraction else sign * float("inf")
    if exponent == 0:
        return sign * fraction * 10.0 ** (1 - bias)
    return sign * (1 + fraction) * 10.0 ** (exponent - bias)


@decode.misconception(
    seen="Which exponent has the number 1.0, if its bits are 0111?",
    why="The exponent is read as a whole number with a sign, where a first bit of 1 means negative. "
    "In a float it is counted from 0 up, and the bias is taken off: 0111 is 7 - 7 = 0.",
)
def signed_exponent(bits, e, m):
    sign, exponent = -1.0 if bits >> (e + m) else 1.0, (bits >> m) % 2**e
    if exponent == 2**e - 1:
        return float("nan") if bits % 2**m else sign * float("inf")
    if exponent == 0:
        return sign * (bits % 2**m) / 2**m * 2.0 ** (2 - 2 ** (e - 1))
    exponent -= 2**e if exponent >= 2 ** (e - 1) else 0
    return sign * (1 + bits % 2**m / 2**m) * 2.0**exponent


@decode.misconception(
    seen="Normal numbers and 0 are right. Does a subnormal have a 1 before its fraction?",
    why="Only 0 itself has no leading 1 here. All numbers whose exponent bits are 0 have none: "
    "F / 2^m times 2^(1 - bias). Else nothing would lie between 0 and 2^(1 - bias).",
)
def only_zero_is_special(bits, e, m):
    sign, exponent = -1.0 if bits >> (e + m) else 1.0, (bits >> m) % 2**e
    fraction, bias = bits % 2**m / 2**m, 2 ** (e - 1) - 1
    if exponent == 2**e - 1:
        return float("nan") if fraction else sign * float("inf")
    if exponent == 0 and fraction == 0:
        return 0.0
    return sign * (1 + fraction) * 2.0 ** (max(exponent, 1) - bias)
