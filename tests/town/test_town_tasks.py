"""Tiny Town's tasks: right answers, and no short cut to them."""

import re
from collections import Counter
from itertools import islice
from math import log

from byhand.town import SPLITS, documents
from byhand.town.drills import split_of_sum
from byhand.town.feelings import BAD, GOOD
from byhand.town.french import ADJECTIVES, NOUNS, PREDICATES
from byhand.town.noise import pool
from byhand.town.words import NUMBERS, plural


def words(text):
    return re.findall(r"\w+", text.lower())


def holder(told):
    """Who has the thing at the end, from the events."""
    return [e.to or e.who for e in told.events if e.kind in ("have", "give")][-1]


def bag_accuracy(pairs, train):
    """Of a naive Bayes reader of word counts: learned from the first `train`, asked the rest."""
    counts, labels = {}, Counter()
    for text, label in pairs[:train]:
        labels[label] += 1
        counts.setdefault(label, Counter()).update(set(words(text)))
    vocabulary = {word for bag in counts.values() for word in bag}

    def guess(text):
        return max(labels, key=lambda label: log(labels[label]) + sum(
            log((counts[label][word] + 1) / (labels[label] + 2))
            for word in set(words(text)) & vocabulary))  # fmt: skip

    rest = pairs[train:]
    return sum(guess(text) == label for text, label in rest) / len(rest)


# ---- sentiment


def test_a_bag_of_words_cannot_tell_a_feeling():
    """Is it at chance where words are balanced, and right where they are not?"""
    slices = {}
    for told in islice(documents(51, "sentiment"), 6000):
        slices.setdefault(told.slice, []).append((told.text, told.label))
    assert bag_accuracy(slices["plain"], 600) > 0.97
    for name in ("contrast", "but", "not"):
        assert abs(bag_accuracy(slices[name], 700) - 0.5) < 0.07, name
        labels = Counter(label for _, label in slices[name])
        assert abs(labels["positive"] / len(slices[name]) - 0.5) < 0.05


def test_every_balanced_sentence_has_a_twin_with_the_same_words():
    """Is each bag of words equally likely under both labels? Then no reader of bags can win."""
    for told in islice(documents(52, "sentiment"), 300):
        sentence = told.text[told.text.index(": ") + 2 : -1]
        if told.slice == "contrast":
            a, b = re.match(r"the \w+ was (\w+), not (\w+)", sentence).groups()
        elif told.slice == "but":
            a, b = re.findall(r"was (\w+)", sentence)
        elif told.slice == "not":  # "not" moves to the other clause
            one, two = sentence.split(" but ")
            last = "not " in two
            good = (two if last else one).split()[-1] in GOOD
            assert told.label == ("positive" if good != last else "negative")
            continue
        else:
            continue
        assert (a in GOOD) != (b in GOOD)
        assert (a in BAD) != (b in BAD)
        decides = a if told.slice == "contrast" else b
        assert told.label == ("positive" if decides in GOOD else "negative")


# ---- entailment


def test_a_hypothesis_alone_tells_nothing():
    """Is a reader who never sees the premise right one time in three?"""
    pairs = [(t.part("hypothesis"), t.label) for t in islice(documents(53, "entailment"), 6000)]
    assert abs(bag_accuracy(pairs, 4000) - 1 / 3) < 0.04
    labels = Counter(label for _, label in pairs)
    assert all(abs(labels[x] / 6000 - 1 / 3) < 0.03 for x in ("entail", "neutral", "contradict"))


def test_a_negated_claim_turns_the_label_round():
    """With the same premise: entail for the claim, contradict for its negation?"""
    labels = {}
    for told in islice(documents(54, "entailment"), 3000):
        premise = told.part("premise")
        for i, name in enumerate(re.findall(r"[A-Z]\w+", told.part("hypothesis"))):
            premise = premise.replace(name, f"<{i}>")
        premise = re.sub(r"\b(two|three|four|five|six|seven|eight|nine)\b", "some", premise)
        if "some" in premise:
            continue  # whether the numbers are the same is what counts there
        labels.setdefault((premise, told.slice), set()).add(told.label)
    turned = {"entail": "contradict", "contradict": "entail", "neutral": "neutral"}
    both = [p for p, name in labels if name == "plain" and (p, "negated") in labels]
    assert len(both) > 20
    for premise in both:
        assert len(labels[premise, "plain"]) == 1
        assert {turned[x] for x in labels[premise, "plain"]} == labels[premise, "negated"]


# ---- French

GENDER = {"balle": "la", "clé": "la", "souris": "la", "lettre": "la", "vache": "la", "poule": "la",
          "chapeau": "le", "livre": "le", "hibou": "le", "colis": "le", "gâteau": "le",
          "chien": "le"}  # fmt: skip


def test_french_nouns_have_their_gender():
    """Do twelve nouns that we know have the article that we know?"""
    french = {noun.one: noun for noun in NOUNS.values()}
    assert all(french[word].feminine == (the == "la") for word, the in GENDER.items())
    assert (french["gâteau"].many, french["souris"].many) == ("gâteaux", "souris")
    assert french["hibou"].many == "hiboux"


def test_french_agrees():
    """Are article, noun, verb and both adjectives of one gender and one number?"""
    forms = {}
    for masculine, feminine in [*ADJECTIVES.values(), *PREDICATES.values()]:
        for text, cell in ((masculine, "m1"), (feminine, "f1")):
            forms.setdefault(text, set()).add(cell)
            forms.setdefault(text if text.endswith("s") else text + "s", set()).add(cell[0] + "2")
    nouns = {}
    for noun in NOUNS.values():
        nouns.setdefault(noun.one, set()).add("f1" if noun.feminine else "m1")
        nouns.setdefault(noun.many, set()).add("f2" if noun.feminine else "m2")
    articles = {"le": {"m1"}, "la": {"f1"}, "les": {"m2", "f2"}, "est": {"m1", "f1"},
                "sont": {"m2", "f2"}}  # fmt: skip
    table = {**articles, **nouns, **forms}
    seen = 0
    for told in islice(documents(55, "french"), 600):
        if told.slice in ("is", "gives", "has"):
            found = [table[w] for w in words(told.part("french")) if w in table]
            assert set.intersection(*found), told.text
            assert len(found) >= 2
            english = words(told.part("english"))
            many = bool({*english} & {plural(noun) for noun in NOUNS})
            assert many == (min(set.intersection(*found))[1] == "2")
            seen += 1
    assert seen > 300


def test_words_are_aligned_across_the_two_lines():
    """Do "red ball" and "balle rouge" cross, and does every pair name two words?"""
    for told in islice(documents(56, "french"), 300):
        if told.slice == "is":
            lines = [re.findall(r"\w+|[^\w\s]", told.part(name)) for name in ("english", "french")]
            pairs = [(lines[0][i], lines[1][j]) for i, j in told.alignment]
            adjective = [
                p for p in pairs if p[0] in ADJECTIVES and p[1].startswith(ADJECTIVES[p[0]])
            ]
            assert len(adjective) == 1
            assert {(1, 2), (2, 1)} <= set(told.alignment)
            assert len(pairs) == 6


def test_french_tells_the_senses_apart():
    """Does the bank of coins become banque and the bank of reeds rive, in every sentence?"""
    seen = Counter()
    for told in islice(documents(57, "french"), 6000):
        if told.slice == "sense" and "bank" in told.text:
            ((*_, sense, cue, _),) = told.senses
            banque = "la banque" in told.part("french")
            assert banque != ("la rive" in told.part("french"))
            if cue:
                assert banque == (sense == "money")
            seen[sense, banque] += 1
    assert len(seen) == 4


# ---- codes and sums


def test_codes_are_answered_by_what_was_shown():
    """Is a shown letter answered as shown, and is the perfect reader right (shots + 1) / 8?"""
    right = {}
    for told in islice(documents(58, "code"), 4000):
        means = dict(re.findall(r"\b([A-H]) is (\w+)\.", told.text.split("What")[0]))
        letter, answer = re.search(r"What is ([A-H])\? (\w+)\.", told.text).groups()
        assert means.get(letter, answer) == answer
        assert letter in means or answer not in means.values()
        guess = 1 if letter in means else 1 / (8 - len(means))
        right.setdefault(len(means), []).append(guess)
        assert told.slice == f"{len(means)} shots"
    for shots in range(9):
        mean = sum(right[shots]) / len(right[shots])
        assert abs(mean - min(1, (shots + 1) / 8)) < 0.06


def test_sums_are_right_at_every_step():
    """Is each side of each equals sign the same number, and the answer where it is said?"""
    for told in islice(documents(59, "sum"), 400):
        for line in told.text.splitlines()[1:]:
            sides = [sum(map(int, side.split("+"))) for side in line.rstrip(".").split("=")]
            assert len(set(sides)) == 1, line
        for question in told.questions:
            assert sum(map(int, question.text.split("+"))) == int(question.answer)


def test_no_sum_stands_in_two_splits():
    """Is every sum of the test set one that training never shows?"""
    for split in SPLITS:
        for told in islice(documents(60, "sum", split=split), 150):
            for question in told.questions:
                assert split_of_sum(*map(int, question.text.split("+"))) == split


# ---- talk


def test_replies_do_what_they_are_asked():
    """Are sums right, capitals large, lists of the right length, and repetitions counted?"""
    numbers = {word: i + 2 for i, word in enumerate(NUMBERS)}
    kinds = Counter()
    for told in islice(documents(61, "instruction"), 800):
        prompt, reply = told.part("prompt"), told.part("reply").rstrip(".")
        kinds[told.slice] += 1
        if told.slice == "sum":
            assert sum(map(int, re.findall(r"\d+", prompt))) == int(reply.split("= ")[1])
        elif told.slice == "who":
            thing = re.search(r"Who has the (\w+)\?", prompt)[1]
            assert reply == f"{holder(told)} has the {thing}"
        elif told.slice == "capitals":
            assert reply.lower() in prompt
            assert reply.isupper()
        elif told.slice == "list":
            items = reply.split(", ")
            assert len(set(items)) == len(items) == numbers[re.search("|".join(numbers), prompt)[0]]
        elif told.slice == "repeat":
            assert len(reply.split()) == numbers[re.search("|".join(numbers), prompt)[0]]
    assert len(kinds) == 8


def test_turns_alternate_and_leave_nothing_out():
    """Does each part hold what its speaker says, and nothing of the labels?"""
    for told in islice(documents(62, "dialogue"), 100):
        names = [part.name for part in told.parts]
        if "Who has" in told.text:
            assert re.search(r"Who has the \w+\?\nTown: (\w+)\.", told.text)[1] == holder(told)
        assert names == ["user", "assistant"] * (len(names) // 2)
        said = [told.text[part.start : part.end] for part in told.parts]
        assert told.text == "\n".join(
            f"{'User' if name == 'user' else 'Town'}: {text}"
            for name, text in zip(names, said, strict=True)
        )


def test_the_longer_reply_is_not_the_better_one():
    """Is the worse reply as often longer as it is shorter, and wrong only if it says so?"""
    longer = Counter()
    for told in islice(documents(63, "preference"), 900):
        good, bad = told.part("chosen"), told.part("rejected")
        longer[(len(bad.split()) > len(good.split())) - (len(bad.split()) < len(good.split()))] += 1
        assert good.split()[0] == holder(told)
        assert (holder(told) not in bad) == (told.label == "wrong")
    assert abs(longer[1] - longer[-1]) / 900 < 0.08


def test_a_copy_is_one_edit_away_from_its_original():
    """Is each near-duplicate a story of the pool, with one sentence or two letters changed?"""
    _, stories = pool()
    whole = {begin + "".join(rest) for begin, rest in stories.items()}
    assert len(whole) == 200
    edits = Counter()
    for told in islice(documents(64, "duplicate"), 150):
        text = told.text[told.text.index(": ") + 2 :]
        edits[told.slice] += 1
        assert (text in whole) == (told.slice == "none")
        if told.slice == "slip":
            near = [w for w in whole if len(w) == len(text) and sorted(w) == sorted(text)]
            (original,) = near
            assert sum(a != b for a, b in zip(original, text, strict=True)) == 2
    assert min(edits.values()) > 30
