"""What an exercise is made of: claims, misconceptions, slips."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A property of right answers, as a sentence. Universal claims earn nothing by holding."""

    sentence: str
    holds: Callable
    universal: bool = False


@dataclass(frozen=True)
class Misconception:
    """Wrong code, and what a good teacher would say about it."""

    name: str
    seen: str
    why: str
    build: Callable[[], Callable]
    convention: bool = False  # right elsewhere: praised before it is named
    alias: str | None = None  # the other misconception with the same outputs
    reread: str = ""  # the heading to go back to, where it is not the one above the exercise
    code: str = ""  # a pattern that the answer's source must hold for this cause to be said of it
    broken: str = ""  # what such code does, as a clause: for exercises that examine it


@dataclass(frozen=True)
class Slip:
    """An edit of one place in the reference's source."""

    name: str
    old: str
    new: str
