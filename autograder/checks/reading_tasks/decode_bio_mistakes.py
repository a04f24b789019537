"""More misconceptions about `decode_bio`."""

from autograder.checks.reading_tasks.decode_bio import bio, by_places, opened_and_closed


@bio.misconception(
    broken="gives the place of an entity's last word as its end, not the place after it",
    seen="Every end is one less than asked for. What does `words[2:2]` hold?",
    why="This is the convention of seqeval, where `end` is the last word of the entity. Here it is "
    'the place after it, as in a slice: `B-PER` alone is `("PER", 0, 1)`.',
    convention=True,
)
def end_inclusive(tags):
    return [(kind, start, end - 1) for kind, start, end in by_places(tags)]


@bio.misconception(
    broken="drops an entity that begins with I-",
    seen="An entity that begins with `I-` is missing. What does the statement say about it?",
    why="This is the strict mode that seqeval has as well: without a `B-` there is no entity. Here "
    "an `I-` that cannot go on begins one, as in conlleval: `O I-PER` holds one.",
    convention=True,
)
def i_without_b_dropped(tags):
    entities, kind = [], None  # of the entity that is open
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            kind = tag[2:]
            entities.append((kind, place, place + 1))
        elif tag != "O" and tag[2:] == kind:
            entities[-1] = (kind, entities[-1][1], place + 1)
        else:
            kind = None
    return entities


@bio.misconception(
    broken="goes on with an entity although the type of the tag changes",
    seen="Where the type changes, the first entity runs on. Does `I-LOC` go on with a person?",
    why="This is code that takes every `I-` for more of the same. It goes on only with an entity of "
    "its own type: `B-PER I-LOC` are two.",
)
def type_change_ignored(tags):
    entities, inside = [], False
    for place, tag in enumerate(tags):
        if tag.startswith("I-") and inside:
            kind, start, _ = entities.pop()
            entities.append((kind, start, place + 1))
        elif tag != "O":
            entities.append((tag[2:], place, place + 1))
        inside = tag != "O"
    return entities


@bio.misconception(
    broken="lets I- go on with whatever is open, and drops it where nothing is",
    seen="An entity that begins with `I-` is missing, and where the type changes the first entity "
    "runs on. What are the two things that an `I-` can do?",
    why="These are the entities of code in which only `B-` begins and every `I-` goes on. An `I-` "
    "goes on with an entity of its own type that the word before belongs to; otherwise it begins "
    "one.",
)
def only_b_begins(tags):
    entities, inside = [], False
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            entities.append((tag[2:], place, place + 1))
            inside = True
        elif tag.startswith("I-") and inside:
            kind, start, _ = entities.pop()
            entities.append((kind, start, place + 1))
        else:
            inside = False
    return entities


@bio.misconception(
    seen="An entity in the last place is missing, and so is one that begins with `I-`. Which tag "
    "would have closed the one, and what would have opened the other?",
    why="These are the entities of code in which only `B-` begins, every `I-` goes on, and an "
    "entity is written down when the next tag closes it. Close what is open after the loop, and "
    "let an `I-` that cannot go on begin one.",
)
def only_b_begins_and_the_last_is_lost(tags):
    return [entity for entity in only_b_begins(tags) if entity[2] < len(tags)]


@bio.misconception(
    seen="Where the type changes, the first of two entities is gone. What is to be written down "
    "before an `I-` begins another?",
    why="These are the entities of code that starts anew at an `I-` of another type and has not "
    "written down what was open. The change of type closes the first entity, as a `B-` would.",
)
def lost_at_a_change_of_type(tags):
    entities, kind, start = [], "", 0
    for place, tag in enumerate([*tags, "O"]):
        if tag == "O" or tag.startswith("B-"):
            if kind:
                entities.append((kind, start, place))
            kind, start = tag[2:], place
        elif tag[2:] != kind:
            kind, start = tag[2:], place
    return entities


@bio.misconception(
    broken="adds every word tagged I- to the last entity that it has",
    seen="It looks for an entity to go on with where there is none. What may come before an `I-`?",
    why="This is code that adds every `I-` to the last entity of its list. The list may be empty, "
    "and its last entity may lie far back or have another type. Then `I-` begins an entity.",
)
def last_of_the_list(tags):
    entities = []
    for place, tag in enumerate(tags):
        if tag.startswith("B-"):
            entities.append((tag[2:], place, place + 1))
        elif tag != "O":
            kind, start, _ = entities.pop()
            entities.append((kind, start, place + 1))
    return entities


@bio.misconception(
    broken="loses an entity that ends with the last word",
    seen="An entity in the last place is missing. Which tag would have closed it?",
    why="This is code that writes an entity down when the next tag closes it. After the last word "
    "nothing follows: close what is open after the loop. `O B-PER` holds one.",
)
def last_entity_lost(tags):
    return opened_and_closed(tags, at_the_end=False)


@bio.misconception(
    broken="keeps only what follows the last hyphen of a type",
    seen="Of a type with hyphens the last part is left. How many hyphens belong to the tag?",
    why='These are the entities of `tag.split("-")[-1]`. Only the first hyphen is between letter '
    'and type: `tag[2:]`, or `split("-", 1)`. `B-work-of-art` is of the type `work-of-art`.',
)
def hyphen_cut(tags):
    return [(kind.split("-")[-1], start, end) for kind, start, end in by_places(tags)]


@bio.misconception(
    seen="One tag falls into four parts. Which of its hyphens is between letter and type?",
    why="`B-work-of-art` has three hyphens, and the type may have as many as it likes. Cut at the "
    'first: `tag[2:]`, or `split("-", 1)`.',
)
def cut_in_two(tags):
    for tag in tags:
        if tag != "O":
            _letter, _kind = tag.split("-")
    return by_places(tags)


@bio.misconception(
    seen="Every word of a type with hyphens is an entity of its own, and of the type its last part "
    "is left. Which hyphen is between letter and type?",
    why='These are the entities of `rsplit("-", 1)`: what comes before the last hyphen is no longer '
    '"I". Cut at the first: `tag[2:]`, or `split("-", 1)`.',
)
def cut_at_the_last_hyphen(tags):
    return by_places(["B-" + tag.split("-")[-1] if tag.count("-") > 1 else tag for tag in tags])


@bio.misconception(
    broken="gives every word of a type with hyphens an entity of its own",
    seen="A type with hyphens comes back whole, and never goes on. Which two things are compared to see "
    "that it does?",
    why="These are the entities of code that compares a whole type with a part of the one before, such "
    'as `before.split("-")[-1]`. Compare `tag[2:]` with `before[2:]`: both whole.',
)
def long_types_never_go_on(tags):
    return by_places(["B-" + tag[2:] if tag.count("-") > 1 else tag for tag in tags])


@bio.misconception(
    seen="Of a type with hyphens the first part is left. How many hyphens belong to the tag?",
    why='These are the entities of `tag.split("-")[1]`. Only the first hyphen is between letter '
    'and type: `tag[2:]`, or `split("-", 1)`. `B-work-of-art` is of the type `work-of-art`.',
)
def first_part_of_the_type(tags):
    return by_places([tag[:2] + tag[2:].split("-")[0] for tag in tags])


@bio.misconception(
    seen="A type that begins with B or I has lost letters. What does `lstrip` take away?",
    why='These are the entities of `tag.lstrip("BI-")`, which takes away any B, I and hyphen for as '
    "long as it finds one. The first two letters are `tag[:2]`, the type is `tag[2:]`.",
    code="strip",
)
def letters_stripped(tags):
    return [(kind.lstrip("BI-"), start, end) for kind, start, end in by_places(tags)]


@bio.misconception(
    seen="Entities of some types are missing. Which types have a letter O?",
    why='These are the entities of code that asks for the letter, `"O" in tag`: `B-LOC` holds one, '
    'too. Outside is the whole tag: `tag == "O"`.',
)
def any_letter_o(tags):
    return by_places(["O" if "O" in tag else tag for tag in tags])


@bio.misconception(
    seen="Entities of some types are missing. Which types end in the letter O?",
    why="These are the entities of code that asks for the last letter: `B-ZOO` ends in O, too. "
    'Outside is the whole tag: `tag == "O"`.',
)
def last_letter_o(tags):
    return by_places(["O" if tag.endswith("O") else tag for tag in tags])


@bio.misconception(
    broken="gives the first tag of an entity in place of its type",
    seen="The types still carry a letter. What is the type of `B-PER`?",
    why="These are the entities of code that keeps the whole tag. B and I say where an entity "
    "begins; its type comes after the hyphen.",
)
def tag_for_type(tags):
    return [(tags[start], start, end) for _, start, end in by_places(tags)]


@bio.misconception(
    broken="keeps one entity of each type",
    seen="Of two places only the last is left. What does a dictionary do with a key that it has?",
    why="This is code that keeps entities under their type: a second person overwrites the first. "
    "A list keeps all: `B-PER O B-PER` are two.",
)
def one_of_each_type(tags):
    last = {kind: (kind, start, end) for kind, start, end in by_places(tags)}
    return sorted(last.values(), key=lambda entity: entity[1])


@bio.misconception(
    seen="The same as joining neighbours of one type.",
    why="Runs of one type cannot tell where a second entity of that type begins.",
    alias="merge_adjacent",
)
def by_runs(tags):
    from itertools import groupby

    places = groupby(range(len(tags)), key=lambda i: tags[i][2:])
    runs = [(kind, list(run)) for kind, run in places if kind]
    return [(kind, run[0], run[-1] + 1) for kind, run in runs]
