"""Tiny Town's grammar: one derivation for each text, and floors that samples agree with."""

from itertools import islice
from math import exp, inf, isclose, log

import pytest

from byhand.town import (
    KINDS,
    WORLD,
    Mixture,
    document,
    documents,
    exact,
    floor,
    read,
    sampled,
)
from byhand.town.floors import SAMPLED
from byhand.town.options import Options
from byhand.town.world import quotas

LONG = {"story": 4, "summary": 2, "dialogue": 12, "duplicate": 15, "sum": 12, "archive": 20}


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_has_one_derivation(kind):
    """Read back with every choice tried: is there one way to write it, at the stated price?"""
    for told in islice(documents(21, kind), LONG.get(kind, 25)):
        reading = read(told.text, kind)
        assert len(reading.derivations) == 1, told.text
        assert isclose(reading.nats, told.known, abs_tol=1e-9)
        assert isclose(reading.total, 1, abs_tol=1e-9)
        written = tuple((choice.name, choice.chosen) for choice in told.choices)
        assert reading.derivations[0].choices == written


def test_the_whole_mixture_has_one_derivation_too():
    """Could no text of one kind have been written as another kind?"""
    for told in islice(documents(22), 40):
        for known, nats in ((True, told.known), (False, told.unknown)):
            reading = read(told.text, known=known)
            assert len(reading.derivations) == 1, told.text
            assert isclose(reading.nats, nats, abs_tol=1e-9)
            assert isclose(sum(reading.surprisal), nats, abs_tol=1e-9)


def test_what_the_town_would_not_write_has_no_price():
    """Is a text of somebody else told apart, and the letter where it leaves the grammar?"""
    text = "The pilot sat down because it was tired."
    reading = read(text, "pronoun")
    assert reading.nats == inf
    assert not reading.derivations
    assert reading.surprisal.index(inf) == text.index("it was")


def test_surprisal_falls_where_the_choice_falls():
    """Does a pronoun cost log 5 or log 5/4 at its first letter, and nothing afterwards?"""
    for word, p in (("she", 0.8), ("he", 0.2)):
        text = f"The plumber sat down because {word} was tired."
        at = text.index(f"{word} was")
        surprisal = read(text, "pronoun").surprisal
        assert isclose(surprisal[at], -log(p))
        assert max(surprisal[at + 1 : at + len(word) + 4]) < 1e-9


def test_a_fact_is_free_for_those_who_know_it():
    """Do the two readers differ at the fact, by log 40 for a home, and nowhere else?"""
    for told in islice(documents(23, "archive"), 20):
        for choice in told.choices:
            if choice.name == "fact lives":
                assert choice.known == 0
                assert isclose(choice.unknown, log(40))
                name = told.text[choice.start : choice.end]
                home = {c.lives for c in WORLD.citizens if c.name in told.text}
                assert home == {name}
            elif not choice.name.startswith(("fact", "job", "place")):
                assert choice.known == choice.unknown
    blind = read(told.text, "archive", known=False)
    assert isclose(blind.nats, told.unknown)


def test_a_false_fact_is_impossible_only_for_those_who_know():
    """Does a reader without facts believe what a reader with facts rules out?"""
    told = next(t for t in documents(24, "archive") if "fact pet" in {c.name for c in t.choices})
    choice = next(choice for choice in told.choices if choice.name == "fact pet")
    pet = told.text[choice.start : choice.end]
    other = told.text.replace(pet, "a frog" if pet != "a frog" else "a swan")
    assert read(other, "archive").nats == inf
    assert isclose(read(other, "archive", known=False).nats, told.unknown)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - SAMPLED))
def test_the_exact_floor_is_what_samples_find(kind):
    """Is the walk over all paths within four standard errors of the mean of -log p?"""
    truth, found = exact(kind), sampled(kind, 700, seed=31, plain=True)
    for nats, mean, error in zip(truth, found[:2], found[2:4], strict=True):
        assert abs(nats - mean) <= 4 * error + 1e-9


def test_both_ways_to_sample_a_story_agree():
    """Is the mean cost of choices an honest stand-in for the mean of -log p?"""
    plain, calm = (sampled("story", 500, seed=32, plain=plain) for plain in (True, False))
    assert abs(plain.known - calm.known) < 4 * plain.error_known
    assert calm.error_known < plain.error_known < 0.02 * plain.known


def test_floors_agree_with_a_calculation_by_hand():
    """Written out on paper, do the simplest kinds cost what the walk says?"""
    job = (6 * -(0.8 * log(0.8) + 0.2 * log(0.2)) + 26 * log(2)) / 32
    assert isclose(exact("pronoun")[0], log(32) + log(8) + job + log(8))
    keys = 20 * (1 * log(2220 / 1) + 10 * log(2220 / 10) + 100 * log(2220 / 100)) / 2220
    assert isclose(exact("canary")[0], keys)
    assert isclose(exact("canary")[1], keys + 6 * log(10))
    code = log(9) + log(8) + log(7)  # how many are shown, and the two letters asked
    for shots in range(9):
        shown = sum(2 * log(8 - i) for i in range(shots))
        first = log(8 - shots) * (8 - shots) / 8 if shots < 8 else 0
        seen, new = shots / 8, (8 - shots) / 8
        second = seen * (8 - shots) / 7 * log(max(1, 8 - shots))
        second += new * (7 - shots) / 7 * log(max(1, 7 - shots))
        code += (shown + first + second) / 9
    assert isclose(exact("code")[0], code)


def test_what_the_world_is_worth_in_an_archive_entry():
    """Is the gap between the two floors four facts wide: about 13 nats, or 19 bits?"""
    known, unknown = exact("archive")
    counts = quotas()[True]
    job = -sum(n / 256 * log(n / 256) for n in (counts.count(j) for j in set(counts)))
    assert abs(unknown - known - (log(40) + job + log(24) + log(16))) < 0.1


def test_the_floor_of_the_mixture_adds_up():
    """Is it the entropy of the kind and then each kind's own?"""
    small = Mixture(
        slots={"code": 3000, "sum": 1000}, exposures=(0, 1, 1, 1, 1, 1), repeats=[0] * 4
    )
    found = floor(n=50, mixture=small)
    shares = {"code": 3000, "sum": 1000, "archive": 400}
    total = sum(shares.values())
    kinds = -sum(n / total * log(n / total) for n in shares.values())
    rest = sum(n / total * exact(kind, mixture=small)[0] for kind, n in shares.items())
    assert isclose(found.known, kinds + rest)
    assert found.error_known == 0
    assert found.known_per_character < found.unknown_per_character


def test_a_beginning_has_an_exact_probability():
    """Is p(text so far) the product of what the letters cost, as for a language model?"""
    text = document(25, 0, "agreeing").text
    begin = text[: text.index(" ", 5)]
    whole, part = read(text, "agreeing").surprisal, read(begin, "agreeing").surprisal
    assert isclose(exp(-sum(whole[: len(begin)])), exp(-sum(part[: len(begin)])))


def test_weights_are_checked():
    """Is somebody who gives too few weights told how many are needed?"""
    with pytest.raises(ValueError, match=r"3 options got weights .*give one integer for each"):
        Options("abc", (1, 2))
    with pytest.raises(ValueError, match="use sampled"):
        exact("story")
    with pytest.raises(ValueError, match="needs 2 documents"):
        sampled("code", 1)
