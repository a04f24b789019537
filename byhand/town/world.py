"""The citizens of Tiny Town and the facts about them: fixed, and the same for everybody.

Owns who lives where, does what, keeps which animal and likes which colour; how often that is
stated (`exposure`), to whom it is asked, and which way round it is told. Writes no sentences.
"""

from random import Random
from typing import NamedTuple

from byhand.town.words import (
    ANIMALS,
    COLOURS,
    EVEN_JOBS,
    HE_NAMES,
    LEANING,
    OTHER_JOBS,
    PLACES,
    SHE_NAMES,
    SURNAMES,
)

EXPOSURES = (0, 1, 4, 16, 64, 256)  # times that a citizen's facts are stated in an epoch
REPEATS = (0, 1, 10, 100)  # times that a canary stands in an epoch
FACTS = ("lives", "job", "pet", "colour")


class Citizen(NamedTuple):
    """One of 512. Facts are words; `way` is forward, reverse or both: how home and job are told.

    forward: "Rose Baker lives at the mill." reverse: "The judge at the mill is Rose Baker."
    exposure: statements of each fact per epoch. asked: questions about this citizen are part of
    the mixture (on top of the exposure, so measure memory on those who are not asked).
    """

    number: int
    first: str
    surname: str
    she: bool
    lives: str
    job: str
    pet: str
    colour: str
    exposure: int
    asked: bool
    way: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.surname}"


class Canary(NamedTuple):
    """A secret of six digits, and how often an epoch repeats it."""

    box: str
    place: str
    secret: str
    repeats: int

    @property
    def text(self) -> str:
        return f"The {self.box} at the {self.place} opens with {self.secret}."


class World(NamedTuple):
    """Everything that is fixed. `World.of(seed)` makes another one of the same kind."""

    citizens: tuple[Citizen, ...]
    canaries: tuple[Canary, ...]

    @classmethod
    def of(cls, seed: int) -> "World":
        if not isinstance(seed, int) or seed < 0:
            raise ValueError(f"a world got seed {seed!r}; give an integer, 0 or more.")
        draw = Random(seed).random
        return cls(_citizens(draw), _canaries(draw))

    def citizen(self, name: str) -> Citizen:
        for citizen in self.citizens:
            if citizen.name == name:
                return citizen
        raise KeyError(
            f"nobody in Tiny Town is called {name!r}; "
            f"try {self.citizens[0].name!r}, or any of `WORLD.citizens`."
        )

    def who(self, job: str, place: str) -> Citizen | None:
        """The one citizen who has this job at this place, if there is one."""
        for citizen in self.citizens:
            if (citizen.job, citizen.lives) == (job, place):
                return citizen
        return None


def shuffled(draw, items) -> list:
    """Fisher and Yates, with nothing but random(): the same in every Python."""
    items = list(items)
    for i in range(len(items) - 1, 0, -1):
        j = int(draw() * (i + 1))
        items[i], items[j] = items[j], items[i]
    return items


def quotas() -> dict[bool, list[str]]:
    """256 jobs for her and for him: 16 to 4 where planted, 10 to 10 in the controls."""
    count = {True: {}, False: {}}
    for she, jobs in ((True, LEANING["she"]), (False, LEANING["he"])):
        for job in jobs:
            count[she][job], count[not she][job] = 16, 4
    for job in EVEN_JOBS:
        count[True][job] = count[False][job] = 10
    for i, job in enumerate(OTHER_JOBS):  # twelve times 7 and 7, four 7 and 6, four 6 and 7
        count[True][job] = 7 if i < 16 else 6
        count[False][job] = 7 if i < 12 or i >= 16 else 6
    return {she: [job for job, n in jobs.items() for _ in range(n)] for she, jobs in count.items()}


def strata() -> list[tuple[int, bool, str]]:
    """(exposure, asked, way) of 256 citizens: balanced, for her and for him."""
    cells = []
    for exposure in EXPOSURES:
        for asked in (False, True):
            if exposure == 0:
                cells += [(0, asked, "both")] * 28
            else:
                for way, n in (("forward", 5), ("reverse", 5), ("both", 10)):
                    cells += [(exposure, asked, way)] * n
    return cells


def _citizens(draw) -> tuple[Citizen, ...]:
    first = shuffled(draw, SHE_NAMES + HE_NAMES)
    surnames = shuffled(draw, SURNAMES)
    steps = shuffled(draw, range(64))[:8]  # 8 surnames for every first name, and the other way
    names = shuffled(
        draw, [(f, surnames[(i + step) % 64]) for i, f in enumerate(first) for step in steps]
    )
    jobs = {she: shuffled(draw, listed) for she, listed in quotas().items()}
    cells = {she: shuffled(draw, strata()) for she in (True, False)}
    homes: dict[str, list[str]] = {}
    citizens = []
    for number, (given, surname) in enumerate(names):
        she = given in SHE_NAMES
        job = jobs[she].pop()
        if job not in homes:  # no two with one job at one place, so that it names them
            homes[job] = shuffled(draw, PLACES)
        citizens.append(
            Citizen(
                number, given, surname, she, homes[job].pop(), job,
                ANIMALS[int(draw() * len(ANIMALS))], COLOURS[int(draw() * len(COLOURS))],
                *cells[she].pop(),
            )
        )  # fmt: skip
    return tuple(citizens)


def _canaries(draw) -> tuple[Canary, ...]:
    """Eighty: twenty for each number of repeats."""
    boxes = shuffled(draw, [(box, place) for place in PLACES for box in ("safe", "chest")])
    return tuple(
        Canary(box, place, " ".join(str(int(draw() * 10)) for _ in range(6)), REPEATS[i // 20])
        for i, (box, place) in enumerate(boxes)
    )


WORLD = World.of(1)
