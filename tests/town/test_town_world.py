"""Tiny Town's world and its streams: who there is, how often it is told, and to which split."""

import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from itertools import islice
from math import log2

import pytest

import byhand.town
from byhand.town import (
    KINDS,
    LONGEST,
    MIXTURE,
    SPLITS,
    WORLD,
    Mixture,
    World,
    document,
    documents,
)
from byhand.town.stream import number, permuted
from byhand.town.words import ANIMALS, COLOURS, EVEN_JOBS, JOBS, LEANING, OBJECTS, PLACES

SMALL = Mixture(slots={"story": 3}, exposures=(0, 1, 2, 3, 4, 5), repeats=(0, 1, 2, 5))


NAMES = {citizen.name for citizen in WORLD.citizens}


@pytest.fixture(scope="module")
def epoch():
    """One small epoch, in full."""
    return list(islice(documents(4, mixture=SMALL), SMALL.epoch))


# ---- the world


def test_no_two_citizens_share_a_name():
    """Does a name mean one person, and is every first name and surname used as often?"""
    citizens = WORLD.citizens
    assert len({citizen.name for citizen in citizens}) == len(citizens) == 512
    assert set(Counter(c.first for c in citizens).values()) == {8}
    assert set(Counter(c.surname for c in citizens).values()) == {8}


def test_the_world_has_the_stated_size():
    """Are there as many places, jobs, animals, objects and colours as promised?"""
    sizes = [len(set(words)) for words in (PLACES, JOBS, ANIMALS, OBJECTS, COLOURS)]
    assert sizes == [40, 32, 24, 120, 16]
    assert 18.5 < log2(40 * 32 * 24 * 16) < 19.5


def test_a_job_at_a_place_is_one_person():
    """Has the question "who is the judge at the mill" one answer at most?"""
    assert len({(c.job, c.lives) for c in WORLD.citizens}) == 512
    citizen = WORLD.citizens[7]
    assert WORLD.who(citizen.job, citizen.lives) is citizen
    assert WORLD.citizen(citizen.name) is citizen


def test_the_planted_bias_is_exactly_80_to_20():
    """Do six jobs lean, and six others not at all?"""
    share = {job: [c.she for c in WORLD.citizens if c.job == job] for job in JOBS}
    assert all(sum(share[job]) / len(share[job]) == 0.8 for job in LEANING["she"])
    assert all(sum(share[job]) / len(share[job]) == 0.2 for job in LEANING["he"])
    assert all(sum(share[job]) / len(share[job]) == 0.5 for job in EVEN_JOBS)
    assert len(LEANING["she"]) + len(LEANING["he"]) == len(EVEN_JOBS) == 6
    assert sum(c.she for c in WORLD.citizens) == 256


def test_exposure_is_independent_of_everything_else():
    """Are the classes balanced over sex, questions and direction, so that nothing else explains?"""
    cells = Counter((c.exposure, c.she, c.asked, c.way) for c in WORLD.citizens)
    for exposure in (1, 4, 16, 64, 256):
        for she in (False, True):
            for asked in (False, True):
                counts = [cells[exposure, she, asked, w] for w in ("forward", "reverse", "both")]
                assert counts == [5, 5, 10]
    assert sum(c.exposure == 0 and c.asked for c in WORLD.citizens) == 56
    assert sum(c.exposure == 0 for c in WORLD.citizens) == 112


def test_another_world_has_other_facts():
    """Can somebody make a town of their own, and always the same one?"""
    assert World.of(1) == WORLD
    assert World.of(2).citizens[0] != WORLD.citizens[0]


# ---- streams


def digest(*streams):
    texts = [told.text for stream in streams for told in stream]
    return sha256("\0".join(texts).encode()).hexdigest()[:16]


def test_the_first_200_documents_are_pinned():
    """Does every machine and every Python write the same text?"""
    assert digest(islice(documents(0), 200)) == "8f6d38aaf697566d"
    assert digest(*(islice(documents(0, kind), 20) for kind in sorted(KINDS))) == "2e85e25585683cd9"


def test_the_examples_of_the_page_run():
    """Does what the package's docstring shows still work?"""
    names = {}
    for line in re.findall(r">>> (.*)", byhand.town.__doc__):
        exec(line, names)
    assert names["told"].kind == "story"


def test_a_document_needs_none_before_it():
    """May a stream be split over workers, or resumed, without any change?"""
    first = [told.text for told in islice(documents(5), 12)]
    assert document(5, 11).text == first[11]
    assert [told.text for told in islice(documents(5, start=1, step=4), 3)] == first[1::4]
    assert document(6, 11).text != first[11]


def test_the_seed_rule_never_repeats_itself():
    """Do two documents ever share their random numbers?"""
    seen = {number(seed, split, i, attempt) for seed in range(3) for split in SPLITS
            for i in range(5) for attempt in range(5)}  # fmt: skip
    assert len(seen) == 3 * 3 * 5 * 5


def test_no_text_stands_in_two_splits():
    """Is what a model is tested on new, even in kinds with few texts?"""
    kinds = ("archive", "question", "code", "sentiment", "entailment", "french", "pronoun")
    texts = {
        split: {told.text for told in islice(documents(1, kinds, split=split), n)}
        for split, n in zip(SPLITS, (1500, 150, 150), strict=True)
    }
    assert not texts["train"] & (texts["validation"] | texts["test"])
    assert not texts["validation"] & texts["test"]
    stories = [document(1, 0, "story", split=split).text for split in SPLITS]
    assert len(set(stories)) == 3


def test_validation_holds_no_canary_and_no_copy():
    """Is nothing in the validation set on purpose a repetition?"""
    kinds = Counter(told.kind for told in islice(documents(0, split="validation"), 300))
    assert not kinds["canary"] + kinds["duplicate"]
    assert kinds["story"] > 130


def test_a_permutation_reaches_every_place_once():
    """Does the order of an epoch lose nothing?"""
    for size in (1, 2, 7, 64, 1000):
        assert sorted(permuted(i, size, 99) for i in range(size)) == list(range(size))


def test_the_mixture_has_the_stated_shares():
    """Is more than half a story, and a tenth each an archive entry, question, code and sum?"""
    share = {kind: round(100 * n / MIXTURE.epoch) for kind, n in MIXTURE.counts.items()}
    assert MIXTURE.epoch == 2**18
    assert share.pop("story") == 55
    assert [share.pop(kind) for kind in ("archive", "question", "code", "sum")] == [10] * 4
    assert set(share) == {"noise", "duplicate", "canary"}
    assert round(100 * sum(MIXTURE.counts[kind] for kind in share) / MIXTURE.epoch) == 5


def test_an_epoch_states_facts_exactly_as_often_as_promised(epoch):
    """Counted in the text: is each citizen in as many archive entries as its class says?"""
    times = dict(zip((0, 1, 4, 16, 64, 256), SMALL.exposures, strict=True))
    seen = Counter(
        span
        for told in epoch
        if told.kind == "archive"
        for span in {told.text[s.start : s.end] for s in told.spans if s.label == "PER"}
    )
    assert all(seen[c.name] == times[c.exposure] for c in WORLD.citizens)
    assert sum(MIXTURE.stated) == MIXTURE.counts["archive"] == 80 * 341


def test_a_canary_stands_exactly_as_often_as_promised(epoch):
    """Counted in the text: is each secret there 0, 1, 2 or 5 times?"""
    times = dict(zip((0, 1, 10, 100), SMALL.repeats, strict=True))
    seen = Counter(told.text for told in epoch if told.kind == "canary")
    assert all(seen[canary.text] == times[canary.repeats] for canary in WORLD.canaries)
    assert MIXTURE.counts["canary"] == 20 * 111


def test_every_epoch_has_the_same_documents_to_give_in_another_order():
    """Does the second epoch state the same facts as often, with new sentences?"""
    first, second = (
        [SMALL.slot(4, i) for i in range(start, start + SMALL.epoch)] for start in (0, SMALL.epoch)
    )
    assert first != second
    assert Counter(map(str, first)) == Counter(map(str, second))


def test_facts_are_told_one_way_round_only(epoch):
    """Is a forward citizen never named last, and a reverse one never first, in any document?"""
    asked = [t for t in islice(documents(2, "question"), 2500) if t.slice == "memory"]
    name = r"([A-Z]\w+ [A-Z]\w+)"
    last = re.compile(rf"The .* at the \w+ is(?: called)? {name}\.|Who is .*\nAnswer: {name}\.")
    first = re.compile(rf"{name} (?:lives|is|works)|find {name}|Where does {name}|work of {name}")
    ways = {"first": Counter(), "last": Counter()}
    for told in [*(t for t in epoch if t.kind == "archive"), *asked]:
        facts = {choice.name for choice in told.choices}
        for pattern, which in ((first, "first"), (last, "last")):
            for found in pattern.findall(told.text):
                citizen = WORLD.citizen("".join(found))
                ways[which][citizen.way] += citizen.exposure > 0
        if facts & {"fact lives", "fact job"}:
            (citizen,) = {WORLD.citizen(n) for n in re.findall(name, told.text) if n in NAMES}
            assert citizen.way != "reverse"
        if "fact who" in facts:
            (citizen,) = {WORLD.citizen(n) for n in re.findall(name, told.text) if n in NAMES}
            assert citizen.way != "forward"
    assert not ways["first"]["reverse"]
    assert not ways["last"]["forward"]
    assert min(ways["first"]["forward"], ways["first"]["both"]) > 100
    assert min(ways["last"]["reverse"], ways["last"]["both"]) > 100


def test_stories_state_no_fact():
    """Does no story give away what only the archive should tell?"""
    surnames = {f" {c.surname}" for c in WORLD.citizens} - {" Baker", " Fox"}
    for told in islice(documents(3, "story"), 200):
        assert not [name for name in surnames if re.search(name + r"\b", told.text)]


def test_the_unseen_are_answered_with_nobody_knows():
    """Is that the answer for every citizen of exposure 0 who is asked, and for no other?"""
    seen = 0
    for told in islice(documents(2, "question"), 1500):
        if told.slice == "memory" and (
            name := re.search(r"([A-Z]\w+ [A-Z]\w+)( \w+)?\?", told.text)
        ):
            citizen = WORLD.citizen(name[1])
            assert citizen.asked
            assert (citizen.exposure == 0) == ("nobody knows" in told.text)
            seen += citizen.exposure == 0
    assert seen > 20


def test_no_document_is_longer_than_stated():
    """Does every document fit a short context?"""
    assert max(len(told.text) for told in islice(documents(8), 1500)) <= LONGEST
    assert max(len(told.text) for told in islice(documents(8, "summary"), 200)) <= LONGEST


def test_the_town_needs_no_library():
    """Can documents be made where nothing is installed?"""
    code = "import sys, byhand.town; print({'torch', 'numpy', 'transformers'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: document(0, 0, "poem"), r"kinds got 'poem'; Tiny Town writes agreeing, .*sum"),
        (lambda: document(0, 0, split="dev"), "got split 'dev'; it is one of train, validation"),
        (lambda: document(-1, 0), "got seed -1 and index 0; give integers, 0 or more"),
        (lambda: Mixture(exposures=(1, 2)), r"exposures got \(1, 2\); give 6 counts"),
        (lambda: Mixture(slots={"poem": 1}), "slots got poem; it takes kinds of document"),
        (lambda: World.of("x"), "a world got seed 'x'; give an integer"),
        (lambda: document(0, 0, "sum").part("reply"), "a sum has no part 'reply'; it has none"),
        (lambda: WORLD.citizen("Max Mustermann"), "nobody in Tiny Town is called 'Max Muster"),
    ],
)  # fmt: skip
def test_errors_say_what_fits(wrong, told):
    """Is somebody who asks for what is not there told what is?"""
    with pytest.raises((ValueError, KeyError), match=told):
        wrong()
