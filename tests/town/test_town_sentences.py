"""Tiny Town's single sentences: what is said of them is true of their text."""

import re
from collections import Counter
from itertools import islice

from byhand.town import documents
from byhand.town.senses import CUES, MEANINGS
from byhand.town.words import ANIMALS, JOBS, LEANING, OBJECTS, plural


def test_a_verb_agrees_with_the_first_noun():
    """Across 0 to 4 nouns in between: is the verb that of the subject?"""
    many = {plural(animal) for animal in ANIMALS}
    seen = Counter()
    for told in islice(documents(47, "agreeing"), 600):
        (verb,) = [choice for choice in told.choices if choice.name == "agreement"]
        head = told.text.split()[1]
        assert (verb.chosen in ("are", "have", "like")) == (head in many), told.text
        nouns = re.findall(r"the (\w+)", told.text[: verb.start])
        opposing = sum((noun in map(plural, OBJECTS)) != (head in many) for noun in nouns)
        assert verb.info == (len(nouns), opposing)
        assert {verb.chosen, *verb.other} in ({"is", "are"}, {"has", "have"}, {"likes", "like"})
        seen[len(nouns)] += 1
    assert set(seen) == {0, 1, 2, 3, 4}


def test_a_cue_stands_where_it_is_said_to_stand():
    """Is the distance that of the words, 1 to 30 before or after, and one in ten without?"""
    distances, senses = [], Counter()
    for told in islice(documents(48, "ambiguous"), 2500):
        ((start, end, word, sense, cue, distance),) = told.senses
        assert told.text[start:end] == word
        senses[sense] += 1
        if not cue:
            others = {c.english[4:] for c in CUES[word]}
            assert not others & set(re.findall(r"\w+", told.text))
            continue
        words = [match.span() for match in re.finditer(r"\w+", told.text)]
        noun = cue.split()[-1]
        here = next(i for i, (a, _) in enumerate(words) if a == start)
        there = next(i for i, (a, b) in enumerate(words)
                     if told.text[a:b] == noun and (a > start) == (distance > 0))  # fmt: skip
        assert there - here == distance, told.text
        assert 1 <= abs(distance) <= 30
        assert (word, sense) in MEANINGS
        distances.append(distance)
    assert min(distances) < -15
    assert max(distances) > 15
    assert 1 in distances
    assert 0.08 < senses[None] / 2500 < 0.12


def test_senses_are_even():
    """Has each of the eight words both senses equally often, before anything is read?"""
    assert len(CUES) == 8
    for cues in CUES.values():
        assert sorted(Counter(cue.sense for cue in cues).values()) == [4, 4]


def test_pronouns_lean_as_planted():
    """In 4,000 sentences: 80 % she for three jobs, 20 % for three, half for the others?"""
    says = {}
    for told in islice(documents(49, "pronoun"), 4000):
        job, pronoun = re.match(r"The (\w+) .* because (s?he) ", told.text).groups()
        says.setdefault(job, []).append(pronoun == "she")
    for jobs, share in ((LEANING["she"], 0.8), (LEANING["he"], 0.2)):
        seen = [she for job in jobs for she in says[job]]
        assert abs(sum(seen) / len(seen) - share) < 0.08
    rest = [she for job in JOBS for she in says[job] if job not in sum(LEANING.values(), ())]
    assert abs(sum(rest) / len(rest) - 0.5) < 0.04
