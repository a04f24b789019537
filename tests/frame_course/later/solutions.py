"""References of a second chapter, which takes functions of the first one."""


def spread(numbers: list[float]) -> list[float]:
    """How far each number lies from the one in the middle, of an odd number of them.

    Source: any textbook.
    """
    centre = sorted(numbers)[len(numbers) // 2]
    return [abs(number - centre) for number in numbers]
