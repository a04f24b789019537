"""Misconceptions about `decode_float`."""

from autograder.checks.number_formats.decode_float import decode

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
decode.slip(
    "-1.0 if bits >> (e + m) else 1.0", "-1.0 ** (bits >> (e + m))", name="minus_after_the_power",
    seen="The sizes are right, and so is the sign of negative numbers. What does Python make of -1 ** 0?",
    why="All numbers are negative here. Python takes the power before the minus, so -1 ** s is -(1 ** s) "
    "whatever s is. Put (-1) in parentheses.",
)  # fmt: skip
decode.slip(
    "(bits >> m) % 2**e", "bits >> m", name="sign_left_in_the_exponent",
    seen="Positive numbers are right. Which bits are left after bits >> m?",
    why="The sign bit counts as part of the exponent here, so that the exponent of negative numbers is "
    "2^e too large. Keep the last e of those bits, with % 2**e.",
)  # fmt: skip
decode.slip(
    'float("nan") if fraction else sign * float("inf")', 'float("nan")', name="all_are_nan",
    seen="Numbers and NaN are right. What if the exponent has 1 in all bits and the fraction is 0?",
    why="Each pattern whose exponent is all ones is NaN here. The one with F = 0 is infinity.",
)  # fmt: skip
decode.slip(
    'float("nan") if fraction', 'float("nan") if not fraction', name="infinity_and_nan_swapped",
    seen="All numbers are right. With the largest exponent, what does a fraction of 0 mean?",
    why="Infinity and NaN have changed places here. If F is 0 it is infinity, otherwise NaN.",
)  # fmt: skip
decode.slip(
    "if exponent == 2**e - 1:", "if exponent == 2**e - 1 and not fraction:", name="nan_as_number",
    seen="Numbers and infinity are right. What else can have the largest exponent?",
    why="Where all bits of the exponent are 1, only infinity is special here. The others became large "
    "numbers. They are NaN, whatever the fraction.",
)  # fmt: skip
decode.slip(
    "if exponent == 2**e - 1:", "if exponent == 2**e - 1 and fraction:", name="infinity_as_number",
    seen="Numbers and NaN are right. What if the exponent has 1 in all bits and the fraction is 0?",
    why="A power of two came out where infinity is meant: all bits of E are 1, and F is 0.",
)  # fmt: skip
decode.slip(
    "return sign * fraction * 2.0", "return fraction * 2.0", name="subnormals_without_sign",
    seen="Normal numbers are right. Can a subnormal be negative?",
    why="Subnormals are always positive here. The first bit is their sign, too.",
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
    seen="1.0 has the exponent bits 0111, if there are four. Which power should that be?",
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


def hidden_one_but_in_zero(bits, e, m, smallest):
    sign, exponent = -1.0 if bits >> (e + m) else 1.0, (bits >> m) % 2**e
    if exponent == 0 and bits % 2**m == 0:
        return 0.0
    if exponent == 2**e - 1:
        return number_of(sign, exponent, bits % 2**m, e)
    return sign * (1 + bits % 2**m / 2**m) * 2.0 ** (max(exponent, smallest) - 2 ** (e - 1) + 1)


@decode.misconception(
    seen="Normal numbers and 0 are right. Which rule do the other numbers with exponent 0 have?",
    why="Only 0 itself is special here, and the others with exponent 0 are read as normal numbers. None "
    "of them has a 1 before the fraction: they are F / 2^m times 2^(1 - bias).",
)
def only_zero_is_special(bits, e, m):
    return hidden_one_but_in_zero(bits, e, m, 0)


@decode.misconception(
    seen="Normal numbers and 0 are right. Does a subnormal have a 1 before its fraction?",
    why="The power is right here, but only 0 itself has no leading 1. No number with exponent 0 has one: "
    "F / 2^m times 2^(1 - bias). Else nothing would lie between 0 and 2^(1 - bias).",
)
def subnormals_with_a_one(bits, e, m):
    return hidden_one_but_in_zero(bits, e, m, 1)


@decode.misconception(
    seen="All other formats are right. Does the task make an exception for one of them?",
    why="With four and three bits the largest exponent holds numbers here, as in torch's E4M3. The task "
    "has one rule for all formats: if all bits of the exponent are 1, it is infinity or NaN.",
    convention=True,
)
def exception_for_e4m3(bits, e, m):
    return rule_of_e4m3fn(bits, e, m) if (e, m) == (4, 3) else decode.reference(bits, e, m)


@decode.misconception(
    seen="Negative numbers are right. How many digits does bin(bits) have if the first bits are 0?",
    why="The pattern is taken apart as text here, and bin() leaves out zeros at the front, so that other "
    "bits are read as the sign and the exponent. A format spec such as 08b keeps them.",
)
def zeros_left_out(bits, e, m):
    digits = bin(bits)[2:]
    sign, exponent = -1.0 if digits[0] == "1" else 1.0, int(digits[1 : 1 + e] or "0", 2)
    return number_of(sign, exponent, int(digits[1 + e :] or "0", 2) / 2**m, e)
