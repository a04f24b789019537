"""What the archive of Tiny Town says: the facts about a citizen, one way round or the other.

Owns the sentences that state facts, and the probabilities of a fact for two readers: one who
knows the town (1) and one who knows only how its facts are drawn.
"""

from functools import cache

from byhand.town.options import Options, Patterns, Thing
from byhand.town.pen import Pen
from byhand.town.stream import kind
from byhand.town.words import ANIMAL, COLOUR, JOB, JOBS, PLACE, PLACES
from byhand.town.world import FACTS, WORLD, Citizen, quotas

HEADER = Options(("From the archive:", "The town register says:", "In the book of the town:"))
FACT = Options(FACTS)
WHICH = {"lives": PLACE, "job": JOB, "pet": ANIMAL, "colour": COLOUR}
LABEL = {"lives": "LOC", "job": "JOB", "pet": "ANI", "colour": ""}
FORM = {"lives": "", "job": "a", "pet": "a", "colour": ""}
PERSON = {citizen.name: Thing(citizen.name, "PER") for citizen in WORLD.citizens}
CITIZEN = {PERSON[citizen.name]: citizen for citizen in WORLD.citizens}

STATED = {
    "lives": Patterns(
        "{n} lives at the {v}.",
        "{n|his} home is the {v}.",
        "{n|he} lives at the {v}.",
        "You will find {n} at the {v}.",
    ),
    "job": Patterns(
        "{n} is {v}.",
        "{n} works as {v}.",
        "{n|he} is {v}.",
        "{n|he} earns {n|his} bread as {v}.",
    ),
    "pet": Patterns(
        "{n} has {v}.",
        "{n|he} keeps {v} in the kitchen.",
        "{n|his} pet is {v}.",
        "{n} shares a bed with {v}.",
    ),
    "colour": Patterns(
        "{n} likes {v} best.",
        "{n|his} favourite colour is {v}.",
        "{n|he} paints everything {v}.",
        "{n} would never wear anything but {v}.",
    ),
}
FIRST_STATED = {  # the patterns that give the name
    fact: Patterns(*(s for s in patterns.sources if "{n}" in s))
    for fact, patterns in STATED.items()
}
REVERSED = Patterns(
    "The {job} at the {place} is {n}.",
    "The {job} who lives at the {place} is called {n}.",
)
ASKS = {
    "lives": "Where does {} live?",
    "job": "What is the work of {}?",
    "pet": "Which animal does {} have?",
    "colour": "Which colour does {} like?",
}


@cache
def prior(she: bool) -> Options:
    """Jobs, for a reader who knows whether it is a her, and no more."""
    jobs = quotas()[she]
    return Options(JOB.values, [jobs.count(job) for job in JOBS])


def value_of(citizen: Citizen, fact: str):
    text = getattr(citizen, fact)
    return Thing(text, LABEL[fact]) if LABEL[fact] else text


def fact(pen: Pen, citizen: Citizen, which: str) -> None:
    """Writes a fact: certain for who knows the town, or has read it in this document."""
    start, options = pen.at, WHICH[which]
    if (citizen.number, which) in pen.told:
        value = pen.told[citizen.number, which]
        pen.choose(f"again {which}", options.only(value), form=FORM[which])
    else:
        truth = value_of(citizen, which)
        value = pen.choose(
            f"fact {which}",
            options.only(truth),
            unknown=prior(citizen.she) if which == "job" else options,
            form=FORM[which],
        )
        pen.told[citizen.number, which] = value
    pen.last_fact = (start, pen.at)


@cache
def tables(weights: tuple[int, ...]) -> dict:
    """Who is named last, given job and place: for both readers, from how often each is told."""
    by_job, by_place, by_name = [], {}, {}
    jobs = {she: [listed.count(job) for job in JOBS] for she, listed in quotas().items()}
    hers = sum(w for w, c in zip(weights, WORLD.citizens, strict=True) if c.she)
    his = sum(weights) - hers
    for number, job in enumerate(JOBS):
        holders = {c.lives: w for w, c in zip(weights, WORLD.citizens, strict=True) if c.job == job}
        by_job.append(sum(holders.values()))
        by_place[job] = [holders.get(place, 0) for place in PLACES]
        by_name[job] = Options(
            PERSON.values(),
            [w * jobs[c.she][number] for w, c in zip(weights, WORLD.citizens, strict=True)],
        )
    expected = [
        hers * h + his * m for h, m in zip(jobs[True], jobs[False], strict=True)
    ]  # times 256
    return {
        "job": (Options(JOB.values, by_job), Options(JOB.values, expected)),
        "place": {
            job: Options(PLACE.values, row) if any(row) else None for job, row in by_place.items()
        },
        "name": by_name,
        "total": sum(weights),
    }


def reverse(pen: Pen, weights: tuple[int, ...], patterns: Patterns, given=None) -> Citizen | None:
    """Job and place first, then who it is. Returns the citizen that the sentence names."""
    table, found = tables(weights), {}

    def job(pen: Pen):
        known, expected = table["job"]
        chosen = given and value_of(given, "job")
        found["job"] = pen.choose("job", known, unknown=expected, given=chosen, matters=True)

    def place(pen: Pen):
        chosen = given and value_of(given, "lives")
        known = table["place"][found["job"].text] or PLACE
        found["place"] = pen.choose("place", known, unknown=PLACE, given=chosen, matters=True)

    def name(pen: Pen):
        true = WORLD.who(found["job"].text, found["place"].text)
        anybody = table["name"][found["job"].text]
        known = anybody.only(PERSON[true.name]) if true else anybody
        start = pen.at
        found["name"] = pen.choose("fact who", known, unknown=anybody)
        pen.last_fact = (start, pen.at)

    pen.tell("reversed", patterns, {"job": job, "place": place, "n": name})
    citizen = CITIZEN[found["name"]]
    pen.told[citizen.number, "job"] = found["job"]
    pen.told[citizen.number, "lives"] = found["place"]
    return citizen


@cache
def ways(stated: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """How often each citizen is told forwards and in reverse, times two."""
    weight = {"forward": (2, 0), "reverse": (0, 2), "both": (1, 1)}
    return {
        way: tuple(n * weight[c.way][i] for n, c in zip(stated, WORLD.citizens, strict=True))
        for i, way in enumerate(("forward", "reverse"))
    }


@cache
def openings(stated: tuple[int, ...]) -> tuple[Options, Options]:
    told = ways(stated)
    return (
        Options(told, [sum(weights) for weights in told.values()]),
        Options(PERSON.values(), told["forward"]),
    )


@kind
def archive(pen: Pen) -> None:
    """The four facts about one citizen, each stated once."""
    stated = pen.mixture.stated
    given = pen.given.get("citizen")
    way = given and given.way
    if way == "both":
        way = ("forward", "reverse")[int(pen.random() * 2)]
    pen.choose("header", HEADER)
    options, forward = openings(stated)
    way = pen.branch("way", options, given=way)
    done: list[str] = []
    if way == "reverse":
        citizen = reverse(pen, ways(stated)["reverse"], REVERSED, given)
        done += ["lives", "job"]
        pen.ask(
            f"Who is the {pen.told[citizen.number, 'job'].text} at the "
            f"{pen.told[citizen.number, 'lives'].text}?",
            pen.last_fact,
        )
    else:
        citizen = None
    while len(done) < len(FACTS):
        which = pen.branch("about", FACT, done, matters=False)

        def name(pen: Pen):
            nonlocal citizen
            citizen = CITIZEN[pen.choose("citizen", forward, given=given and PERSON[given.name],
                                         matters=True)]  # fmt: skip

        patterns = STATED[which] if citizen else FIRST_STATED[which]
        pen.tell(
            f"state {which}",
            patterns,
            {
                "n": PERSON[citizen.name] if citizen else name,
                "v": lambda pen, which=which: fact(pen, citizen, which),
            },
        )
        span = pen.last_fact
        skip = len("a ") if FORM[which] == "a" else 0
        skip += pen.text[span[0] : span[0] + 3] == "an "
        pen.ask(ASKS[which].format(citizen.name), (span[0] + skip, span[1]))
        done.append(which)
