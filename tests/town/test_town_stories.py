"""Tiny Town's stories: what is said of them is true of their text."""

import re
from collections import Counter
from itertools import islice

import pytest

from byhand.town import documents
from byhand.town.words import (
    ANIMALS,
    HE_NAMES,
    JOBS,
    OBJECTS,
    PLACES,
    SHE_NAMES,
    SURNAMES,
    plural,
)


@pytest.fixture(scope="module")
def stories():
    return list(islice(documents(41, "story"), 800))


def sentences(text):
    return re.split(r'(?<=[.])"? (?=["A-Z])', text)


class Simulator:
    """Who has what, and where everybody is: from the events alone, by rules that check them."""

    def __init__(self, events):
        self.has, self.at, self.lies, self.first, self.log = {}, {}, {}, {}, []
        for event in events:
            getattr(self, event.kind)(event)
            self.log.append(event)

    def have(self, e):
        assert e.what not in self.has
        self.has[e.what] = self.first[e.what] = e.who
        if e.where:
            self.at[e.who] = e.where

    def go(self, e):
        if e.what:
            assert self.has[e.what] == e.who, "only who has it can carry it"
        assert self.at[e.who] != e.where, "nobody goes where they are"
        self.at[e.who] = e.where

    def give(self, e):
        assert self.has[e.what] == e.who, "only who has it can give it"
        assert self.at[e.who] == e.where, "it changes hands where the giver is"
        assert self.at.get(e.to, e.where) == e.where, "the taker is there"
        self.has[e.what], self.at[e.to] = e.to, e.where

    def drop(self, e):
        assert self.has.pop(e.what) == e.who
        self.lies[e.what] = self.at[e.who]
        assert e.where == self.at[e.who]

    def take(self, e):
        assert self.lies.pop(e.what) == e.where
        self.has[e.what], self.at[e.who] = e.who, e.where

    def eat(self, e):
        assert self.has.pop(e.what) == e.who

    def answer(self, question):
        if found := re.fullmatch(r"Who had the (.+) first\?", question):
            return self.first[found[1]]
        if found := re.fullmatch(r"Who got the (.+) in the end\?", question):
            return [e.to for e in self.log if e.kind == "give" and e.what == found[1]][-1]
        if found := re.fullmatch(r"(Who gave|Why did .* give) the (.+) to (\w+)\?", question):
            (e,) = [e for e in self.log if (e.kind, e.what, e.to) == ("give", found[2], found[3])]
            return e.who if found[1] == "Who gave" else e.why
        if found := re.fullmatch(r"Where did (\w+) leave the (.+)\?", question):
            (e,) = [e for e in self.log if (e.kind, e.who) == ("drop", found[1])]
            return e.where
        if found := re.fullmatch(r"Who has the (.+)\?", question):
            return self.has[found[1]]
        if found := re.fullmatch(r"Where is the (.+)\?", question):
            return self.at[self.has[found[1]]]
        if found := re.fullmatch(r"Where is (\w+)\?", question):
            return self.at[found[1]]
        return None


def simulated(events):
    first = [e for e in events if e.kind == "at"]
    simulator = Simulator([e for e in events if e.kind != "at"])
    return simulator, first


def test_the_events_of_a_story_are_possible(stories):
    """Does a thing only leave the hands that hold it, at the place where they are?"""
    for told in stories:
        simulator, (start,) = simulated(told.events)
        assert simulator.at[start.who] == start.where, "the thing reaches the hero at home"
        transfers = [e for e in told.events if e.kind in ("give", "take")]
        assert 1 <= len(transfers) <= 4


def test_every_answer_follows_from_the_events(stories):
    """Does an independent simulator give the answers that the story claims?"""
    kinds = Counter()
    for told in stories:
        simulator, (start,) = simulated(told.events)
        for question in told.questions:
            if question.text == f"Where was {start.who}?":
                truth = start.where
            elif question.text == "What was the trouble?":
                continue
            else:
                truth = simulator.answer(question.text)
            assert question.answer == truth, (question, told.text)
            kinds[question.text.split()[0]] += 1
    assert min(kinds[word] for word in ("Who", "Where", "Why")) > 100


def test_short_stories_are_answered_by_the_same_simulator():
    """Who has the ball, where is it, where is she: is the answer what the events give?"""
    asked = [t for t in islice(documents(42, "question"), 900) if t.slice == "story"]
    for told in asked:
        ((question, answer, _, _),) = told.questions
        assert simulated(told.events)[0].answer(question) == answer, told.text
    assert len(asked) > 200


def test_steps_are_answered_by_walking():
    """One to four seats in front: does the answer follow from who sits behind whom?"""
    far = {"one seat": 1, "two seats": 2, "three seats": 3, "four seats": 4}
    seen = Counter()
    for told in islice(documents(42, "question"), 900):
        if told.slice.endswith("steps"):
            front = dict(re.findall(r"(\w+) sits behind (\w+)", told.text))
            seats, who = re.search(r"sits (\w+ seats?) in front of (\w+)", told.text).groups()
            for _ in range(far[seats]):
                who = front[who]
            assert told.questions[0].answer == who
            seen[told.slice] += 1
    assert len(seen) == 4


def test_spans_are_what_they_say(stories):
    """Is each span a whole word or name of its kind, and do no two overlap?"""
    people = {*SHE_NAMES, *HE_NAMES, *SURNAMES}
    words = {
        "LOC": {*PLACES, *map(plural, PLACES), "Paris", "Jordan"},
        "ANI": {*ANIMALS, *map(plural, ANIMALS), "Paris", "Fox", "elephant", "moths", "herring"},
        "OBJ": {*OBJECTS, *map(plural, OBJECTS)},
        "JOB": {*JOBS, *map(plural, JOBS), "Baker"},
    }
    others = islice(documents(43, ("archive", "question", "entity", "agreeing", "pronoun")), 600)
    for told in [*stories, *others]:
        end = 0
        for span in told.spans:
            text = told.text[span.start : span.end]
            assert span.start >= end, told.text
            assert re.fullmatch(r"\W?", told.text[span.end : span.end + 1])
            if span.label == "PER":
                assert {*text.split()} <= people or re.fullmatch(r"([A-Z]?[a-z]{1,2}){3}", text)
            else:
                assert text in words[span.label], (text, span)
            end = span.end


def test_no_entity_is_left_out(stories):
    """Is a mayor or a hen a mayor or a hen wherever it stands, also where nobody chose it?"""
    listed = {*JOBS, *ANIMALS, *map(plural, ANIMALS), "pencil", "trumpet"}
    for told in stories[:300]:
        for (start, end), tag in zip(told.words, told.tags, strict=True):
            assert tag != "O" or told.text[start:end] not in listed, told.text


def test_tags_say_the_same_as_spans(stories):
    """Does every span become one B and its I, and everything else O?"""
    for told in stories[:200]:
        tags = Counter(tag[0] for tag in told.tags)
        assert tags["B"] == len(told.spans)
        assert len(told.tags) == len(told.words)
    told = next(t for t in documents(44, "archive"))
    assert "I-PER" in told.tags


def test_names_mislead(stories):
    """Are Paris, April, Rose and Baker different things in different sentences?"""
    labels = {}
    for told in [*stories, *islice(documents(45, "entity"), 600)]:
        for (start, end), tag in zip(told.words, told.tags, strict=True):
            labels.setdefault(told.text[start:end], set()).add(tag[2:])
    assert labels["Paris"] == {"LOC", "ANI"}
    assert labels["April"] >= {"PER", ""}
    assert labels["Rose"] >= {"PER", ""}
    assert labels["Jordan"] == {"PER", "LOC"}
    assert labels["Baker"] == {"PER", "JOB"}
    assert labels["Fox"] == {"PER", "ANI"}
    assert labels["baker"] == {"JOB"}


def test_the_last_word_decides_what_the_first_one_is():
    """Do two sentences differ in their last word only, and in the tag of their first?"""
    tags = {}
    for told in islice(documents(46, "entity"), 800):
        if told.slice == "last word":
            tags.setdefault(told.text.rsplit(" ", 1)[0], set()).add(told.tags[0])
    assert len(tags) == 6
    assert all(len(found) == 2 for found in tags.values())


def test_stories_keep_their_measure(stories):
    """6 to 14 sentences, 0 to 8 asides, one in five with invented names?"""
    invented = 0
    for told in stories:
        names = Counter(choice.name for choice in told.choices)
        count = len(sentences(told.text))
        assert 6 <= count <= 14, told.text
        assert sum(c.chosen is True for c in told.choices if c.name == "aside") <= 8
        invented += names["syllable"] > 0
    assert 0.15 < invented / len(stories) < 0.25


def test_nobody_gives_the_same_reason_twice(stories):
    """Is a story free of a sentence that it has already used?"""
    for told in stories:
        reasons = [e.why for e in told.events if e.why]
        assert len(set(reasons)) == len(reasons)


def test_the_summary_names_who_and_what(stories):
    """Does the one sentence have the hero, the thing and everybody who passed it on?"""
    for told in stories:
        first = next(e for e in told.events if e.kind == "at")
        have = next(e for e in told.events if e.kind == "have" and e.where)
        way = [e.to or e.who for e in told.events if e.kind in ("give", "take")][:-1]
        for name in (first.who, have.who, have.what, *way):
            assert re.search(rf"\b{name}\b", told.summary)
        assert told.summary.count(".") == 1


def test_invented_names_are_found_where_they_are_mentioned(stories):
    """Is each invented name a person of its story, and found at its mentions alone?"""
    named = [told for told in stories if told.invented]
    assert 0.1 < len(named) / len(stories) < 0.3
    for told in named:
        people = {told.text[span.start : span.end] for span in told.spans if span.label == "PER"}
        for name, starts in told.invented.items():
            assert name in people
            assert starts == sorted(set(starts))
            assert all(told.text.startswith(name, start) for start in starts)
