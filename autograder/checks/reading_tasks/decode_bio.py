"""Checks and misconceptions for `decode_bio`."""

import torch

from autograder.exercise import Exercise


def rows_of_tags(g):
    kinds = ["PER", "LOC", "ANI", "OBJ", "JOB"]
    order = torch.randperm(5, generator=g).tolist()
    P, Q, *_ = [kinds[i] for i in order]
    tags = ["O", *(f"{way}-{kind}" for way in "BI" for kind in (P, Q))]
    weights = torch.tensor([3.0, 1, 1, 2, 2])

    odd = [["ITEM", "ZOO", "BOB"][i] for i in torch.randperm(3, generator=g).tolist()]

    def any_row(length):
        drawn = torch.multinomial(weights, length, replacement=True, generator=g)
        return [tags[i] for i in drawn]

    return {
        "a name has two words": ([f"B-{P}", f"I-{P}", "O"],),
        "there is no entity": (["O", "O"],),
        "the last word is an entity": (["O", "O", f"B-{Q}"],),
        "an entity has three words": (["O", f"B-{Q}", f"I-{Q}", f"I-{Q}", "O"],),
        "two of a kind are side by side": (["O", f"B-{P}", f"B-{P}", f"I-{P}", "O"],),
        "an entity begins with I": (["O", f"I-{Q}", f"I-{Q}", "O"],),
        "the first tag of all is I": ([f"I-{P}", "O", f"B-{Q}", "O"],),
        "the type changes in the middle": ([f"B-{P}", f"I-{P}", f"I-{Q}", f"I-{Q}", "O"],),
        "an O is between": ([f"B-{P}", "O", f"I-{P}", "O"],),
        "an O is between two tags with I": ([f"I-{P}", "O", f"I-{P}"],),
        "a tag with I has another type than the one before": ([f"B-{P}", f"I-{Q}"],),
        "two types have one tag with I each": ([f"I-{Q}", f"I-{P}"],),
        "one entity begins with I and the next with B": ([f"I-{P}", f"B-{P}"],),
        "three of a kind are in a sentence": (
            [f"B-{Q}", "O", f"B-{P}", "O", f"B-{Q}", f"I-{Q}", "O"],
        ),
        "types begin with B and I, and end in O": (
            [f"B-{odd[0]}", "O", f"I-{odd[1]}", f"I-{odd[1]}", "O", f"B-{odd[2]}", f"I-{odd[2]}"],
        ),
        "a type has a hyphen": (["O", "B-work-of-art", "I-work-of-art", "O"],),
        "there are no words": ([],),
        "tags come as a careless tagger gives them": (any_row(20),),
    }


bio = Exercise(
    "reading_tasks.decode_bio",
    fast_track=True,
    title="From tags to entities", needs=("align_ner_labels",),
    points=3, difficulty=2, minutes=20, examples=rows_of_tags,
)  # fmt: skip


@bio.oracle("seqeval.metrics.sequence_labeling.get_entities, whose ends are inclusive")
def _(tags):
    from seqeval.metrics.sequence_labeling import get_entities

    return [(kind, start, end + 1) for kind, start, end in get_entities(tags)]


@bio.claim("two people side by side are two")
def _(answer):
    found = answer(["O", "B-PER", "I-PER", "B-PER", "O"])
    assert [kind for kind, _, _ in found] == ["PER", "PER"]


@bio.claim("words[start:end] are the words of the entity")
def _(answer):
    words = ["Then", "Rose", "Baker", "saw", "Paris", "again"]
    found = answer(["O", "B-PER", "I-PER", "O", "B-LOC", "O"])
    assert [words[start:end] for _, start, end in found] == [["Rose", "Baker"], ["Paris"]]


@bio.claim("every word with a tag but O belongs to one entity, and no other word does")
def _(answer):
    tags = ["I-PER", "O", "B-LOC", "I-LOC", "O", "O", "B-JOB", "I-ANI", "O"]
    covered = [place for _, start, end in answer(tags) for place in range(start, end)]
    assert covered == [0, 2, 3, 6, 7]


@bio.claim("an O in front moves every entity by one word, and changes nothing else")
def _(answer):
    tags = ["B-ANI", "I-ANI", "O", "B-OBJ", "O"]
    found = answer(tags)
    assert [kind for kind, _, _ in found] == ["ANI", "OBJ"]
    assert answer(["O", *tags]) == [(kind, start + 1, end + 1) for kind, start, end in found]


bio.slip(
    'tag.startswith("I-") and kind', "kind and kind", name="merge_adjacent",
    broken="merges two people who are side by side",
    seen="Two of a kind side by side come back as one. Which tag says that the second one begins?",
    why="This is code that joins neighbours of one type. `B-` always begins an entity, also right "
    "after another of its kind: `B-PER B-PER` are two.",
)  # fmt: skip
bio.slip(
    "kind == before[2:]", 'before != "O"', name="type_of_the_last",
    broken="gives an entity whose tags change their type the type of the last tag",
    seen="Where the type changes, one entity comes back, of the second type. Can an entity change "
    "its type?",
    why="These are the entities of code that goes on with whatever came before. `I-` goes on only "
    "with an entity of its own type; with another type it begins one.",
)  # fmt: skip
bio.slip(
    "        before = tag", '        before = before if tag == "O" else tag', name="gap_bridged",
    broken="joins two entities across a word that is tagged O",
    seen="An entity runs on over a word that is tagged O. What ends an entity?",
    why="This is code that remembers the last type and not the last tag. After an `O` nothing goes "
    "on: `B-PER O I-PER` are two.",
)  # fmt: skip
bio.slip(
    "== before[2:]", "== before", name="every_word_alone",
    broken="gives every word of a name an entity of its own",
    seen="Every tagged word is an entity of its own. Which two things are compared to see that a "
    "name goes on?",
    why="These are the entities of code for which `I-` never goes on, as if a type were compared "
    "with a whole tag. Compare type with type: the tag before, without its first two letters.",
)  # fmt: skip
bio.slip(
    "enumerate(tags)", "enumerate(tags, 1)", name="counts_from_one",
    broken="counts words from 1",
    seen="All entities are one word too far to the right. What is the number of the first word?",
    why="These are the entities of code that counts words from 1. Python counts from 0, and so does "
    "a slice.",
)  # fmt: skip
bio.slip(
    "entities[-1][1]", "place", name="start_of_the_last_word",
    broken="keeps only the last word of a name",
    seen="Of a name of two words one is left. Where does an entity start once it has grown?",
    why="These are the entities of code that moves the start along with the end. The start stays "
    "where the entity began.",
)  # fmt: skip


def opened_and_closed(tags, at_the_end):
    entities, kind, start = [], "", 0
    for place, tag in enumerate([*tags, "O"] if at_the_end else tags):
        if kind and (tag[2:] != kind or tag.startswith("B-")):
            entities.append((kind, start, place))
            kind = ""
        if tag != "O" and not kind:
            kind, start = tag[2:], place
    return entities


@bio.alternative
def by_places(tags):
    """First the places where an entity begins, then how far each goes."""
    before = ["O", *tags]
    begins = [
        i for i, tag in enumerate(tags)
        if tag != "O" and not (tag.startswith("I-") and before[i][2:] == tag[2:])
    ]  # fmt: skip
    entities = []
    for start in begins:
        end = start + 1
        while end < len(tags) and tags[end] == "I-" + tags[start][2:]:
            end += 1
        entities.append((tags[start][2:], start, end))
    return entities


@bio.alternative
def with_a_last_o(tags):
    return opened_and_closed(tags, at_the_end=True)
