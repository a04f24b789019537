"""References of a chapter that only tests have: one small exercise of every kind."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def running_mean(values: Float[Tensor, "N"]) -> Float[Tensor, "N"]:
    """The mean of each value and all before it.

    Source: any textbook.
    """
    counts = torch.arange(1, len(values) + 1)
    return values.cumsum(0) / counts


def middle(numbers: list[float]) -> float:
    """The number in the middle once all are sorted; of two in the middle, their mean.

    Source: any textbook.
    """
    ordered = sorted(numbers)
    half = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def grains(squares: int) -> int:
    """Grains of wheat on a board: 1 on the first square, on each further one twice as many.

    Source: the story of Sissa.
    """
    return 2**squares - 1


def centred(numbers: list[float]) -> list[float]:
    """Numbers around their mean, as shares of the largest distance from it.

    There are at least two different ones. Source: any textbook.
    """
    mean = sum(numbers) / len(numbers)
    away = [number - mean for number in numbers]
    largest = max(abs(distance) for distance in away)
    return [distance / largest for distance in away]


def left_over(part: float, steps: int) -> list[float]:
    """What is left of 1 before and after each of some steps, of which each leaves a part.

    Source: any textbook.
    """
    return [part**step for step in range(steps + 1)]


def distance(steps: list[int]) -> int:
    """How far from the start a walk of steps to the right (+) and to the left (-) ends.

    Source: any textbook.
    """
    return abs(sum(steps))


def claims_of_means(numbers: list[float]) -> tuple[str, dict[str, float]]:
    """The claim about means that holds, and for each of them what is measured.

    A: by how much the mean grows if the first number grows by 9. B: the sum of the distances from
    the mean, with their signs. C: how far the mean is above the middle between smallest and largest.
    Source: any textbook.
    """
    mean = sum(numbers) / len(numbers)
    grown = (sum(numbers) + 9) / len(numbers)
    middle = (min(numbers) + max(numbers)) / 2
    away = sum(number - mean for number in numbers)
    return "B", {"A": grown - mean, "B": away, "C": mean - middle}


def examine_middle(middle: Callable) -> None:
    """A test of `middle`: raises an AssertionError if it is broken, and returns if it is right.

    Source: none.
    """
    assert middle([3.0, 1.0, 2.0]) == 2.0
    assert middle([1.0, 2.0, 4.0, 8.0]) == 3.0


def why_the_middle() -> str:
    """When is the middle of some numbers a better summary than their mean?

    Give one example with numbers, and one case in which the mean is better.
    """
    return """
    The middle stays where it is when one number runs away. Take five rents: 500, 520, 540, 560
    and 5000. Their mean is 1424, which nobody pays; the middle is 540, which is close to what
    four of the five do pay. One wrong digit in the last rent changes the mean by thousands and
    the middle not at all.

    The mean is better when the sum matters. Whoever has to pay all five rents needs 5 times the
    mean, and the middle says nothing about that. It is also better when the numbers scatter evenly,
    as errors of measurement do: then every number adds something, and the mean uses them all.
    """
