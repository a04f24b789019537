"""What goes wrong in `t5_span_corruption`."""

from autograder.checks.encoder_decoders.t5_span_corruption import corruption

COUNTED = """    if len(sentinel_ids) <= len(spans):
        raise ValueError("there is a sentinel for each span and one more")
"""
ONE_MORE = {
    "seen": "How many sentinels do two spans need?",
    "why": "As many sentinels as spans are taken to be enough here. The targets end with one more.",
}

corruption.slip(
    "return inputs, [*targets, sentinel_ids[len(spans)], eos]", "return inputs, [*targets, eos]",
    name="no_final_sentinel",
    seen="The hidden ids are written. What tells the reader that the last span ends?",
    why="The last sentinel is missing here. The targets end with one more sentinel, which hides "
    "nothing and says that the last span is over.",
)  # fmt: skip
corruption.slip(
    "inputs += [*ids[at:], eos]", "inputs += ids[at:]", name="no_eos_read",
    seen="The targets are right. What do the inputs end with?",
    why="The inputs have no `eos` here. Both lists end with it.",
)  # fmt: skip
corruption.slip(
    "return inputs, [*targets, sentinel_ids[len(spans)], eos]",
    "return inputs, [*targets, sentinel_ids[len(spans)]]", name="no_eos_written",
    seen="The inputs are right. How does a decoder know that it is done?",
    why="The targets have no `eos` here. It is what the decoder writes when it is done.",
)  # fmt: skip
corruption.slip(
    "sentinel, (start, length) in zip(sentinel_ids, spans",
    "sentinel, (start, length) in zip(sorted(sentinel_ids), spans", name="ascending",
    seen="In which order are sentinels used?",
    why="The sentinels are sorted here. In T5 `<extra_id_0>` has the *highest* id and comes first: "
    "take them as they stand in `sentinel_ids`.",
)  # fmt: skip
corruption.slip(
    "sentinel_ids[len(spans)], eos]", "sentinel_ids[-1], eos]", name="last_of_the_list",
    seen="Where just enough sentinels are there it is right. Which one is the next unused one?",
    why="The targets end with the last sentinel of the list here. They end with the first that no "
    "span has used: a model has 100 sentinels, and most texts need few.",
)  # fmt: skip
corruption.slip(
    "targets += [sentinel, *ids[start : start + length]]",
    "targets += [*ids[start : start + length], sentinel]", name="sentinel_behind",
    seen="The inputs are right. In the targets, does a sentinel come before or after what it hides?",
    why="Each sentinel comes after its ids here. It comes before them: the decoder first says which "
    "gap it is about to fill.",
)  # fmt: skip
corruption.slip(
    "targets += [sentinel, *ids[start : start + length]]", "targets += ids[start : start + length]",
    name="targets_without_sentinels",
    seen="The hidden ids are there. To which span does each belong?",
    why="The targets have the hidden ids without their sentinels. Each span begins with the "
    "sentinel that stands for it in the inputs.",
)  # fmt: skip
corruption.slip(
    "inputs += [*ids[at:start], sentinel]", "inputs += [*ids[at:start], *[sentinel] * length]",
    name="sentinel_per_token",
    seen="How many sentinels stand for a span of three ids?",
    why="Each hidden id has a sentinel of its own here. One sentinel stands for the whole span.",
)  # fmt: skip
corruption.slip(
    "at = start + length", "at = length", name="end_for_length",
    seen="Where does a span end that begins at 2 and has length 3?",
    why="The second number of a span is taken for its end here. It is the *length*: the span ends "
    "before `start + length`.",
)  # fmt: skip
corruption.slip(
    "ids[start : start + length]]", "ids[start:length]]", name="end_for_length_written",
    seen="The inputs are right. Which ids does a span hide that begins at 2 and has length 3?",
    why="In the targets the second number of a span is taken for its end. It is the *length*: the "
    "span ends before `start + length`.",
)  # fmt: skip
corruption.slip(
    "len(sentinel_ids) <= len(spans)", "len(sentinel_ids) < len(spans)", name="last_not_counted",
    **ONE_MORE,
)  # fmt: skip
corruption.slip(
    COUNTED, "", name="not_counted",
    seen="What is raised if there are too few sentinels?",
    why="Nothing counts the sentinels here, and where they are too few Python raises an IndexError of "
    "its own. The statement asks for a ValueError: it tells the caller what was wrong.",
)  # fmt: skip
corruption.slip(
    COUNTED, "    assert len(sentinel_ids) > len(spans)\n", name="asserted",
    seen="They are counted rightly. Which error does the statement ask for if there are too few?",
    why="An `assert` raises an AssertionError. The statement asks for a ValueError: an assert is for "
    "what cannot happen, and Python leaves it out with `-O`.",
)  # fmt: skip


@corruption.misconception(**ONE_MORE)
def last_if_there(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) < len(spans):
        raise ValueError("too few sentinels")
    inputs, targets, at = [], [], 0
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        inputs += [*ids[at:start], sentinel]
        targets += [sentinel, *ids[start : start + length]]
        at = start + length
    return [*inputs, *ids[at:], eos], [*targets, *sentinel_ids[len(spans) :][:1], eos]


@corruption.misconception(
    seen="With spans it is right. What do the targets end with if nothing is hidden?",
    why="Without spans no sentinel is asked for here, and the targets have none if there is none. They "
    "end with an unused one there, too: one is needed.",
)
def none_without_spans(ids, spans, sentinel_ids, eos):
    if spans and len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets, at = [], [], 0
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        inputs += [*ids[at:start], sentinel]
        targets += [sentinel, *ids[start : start + length]]
        at = start + length
    return [*inputs, *ids[at:], eos], [*targets, *sentinel_ids[len(spans) :][:1], eos]


@corruption.misconception(
    seen="The first sentinel is right. Which one is next?",
    why="The next sentinel is the first one's id plus 1 here. In T5 the ids of the sentinels go "
    "*down*, and what follows in `sentinel_ids` is what counts.",
)
def counted_up(ids, spans, sentinel_ids, eos):
    return counted(ids, spans, sentinel_ids, eos, 1)


@corruption.misconception(
    seen="Where each sentinel is one below the one before it is right. Where do they come from?",
    why="The next sentinel is the first one's id minus 1 here. So it is in T5, but another vocabulary "
    "may have them elsewhere: take them as they stand in `sentinel_ids`.",
    convention=True,
)
def counted_down(ids, spans, sentinel_ids, eos):
    return counted(ids, spans, sentinel_ids, eos, -1)


def counted(ids, spans, sentinel_ids, eos, step):
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets, at, sentinel = [], [], 0, sentinel_ids[0]
    for start, length in spans:
        inputs += [*ids[at:start], sentinel]
        targets += [sentinel, *ids[start : start + length]]
        at = start + length
        sentinel += step
    return [*inputs, *ids[at:], eos], [*targets, sentinel, eos]


@corruption.misconception(
    seen="The spans are right. Has the sentinel at the end of the targets been used before?",
    why="The targets end with the sentinel of the last span once more here. They end with the next "
    "one, which stands for no span: it says that the last one is over.",
)
def last_again(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets, at, sentinel = [], [], 0, sentinel_ids[0]
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        inputs += [*ids[at:start], sentinel]
        targets += [sentinel, *ids[start : start + length]]
        at = start + length
    return [*inputs, *ids[at:], eos], [*targets, sentinel, eos]


@corruption.misconception(
    seen="What is the decoder asked to write: the text, or what is missing from it?",
    why="The targets are the whole text here, as in BART. T5 writes only what was hidden, which "
    "takes less time.",
    convention=True,
)
def whole_text(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, at = [], 0
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        inputs += [*ids[at:start], sentinel]
        at = start + length
    return [*inputs, *ids[at:], eos], [*ids, eos]


@corruption.misconception(
    seen="Two spans touch. How many sentinels do they have?",
    why="Spans that touch are made one here. Each span has a sentinel of its own.",
)
def touching_merged(ids, spans, sentinel_ids, eos):
    joined = []
    for start, length in spans:
        if joined and sum(joined[-1]) == start:
            joined[-1] = (joined[-1][0], joined[-1][1] + length)
        else:
            joined.append((start, length))
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets, at = [], [], 0
    for sentinel, (start, length) in zip(sentinel_ids, joined, strict=False):
        inputs += [*ids[at:start], sentinel]
        targets += [sentinel, *ids[start : start + length]]
        at = start + length
    return [*inputs, *ids[at:], eos], [*targets, sentinel_ids[len(joined)], eos]


@corruption.misconception(
    seen="The first span is right. Where do the ids of the second one stand after the first has been "
    "replaced?",
    why="Each span is cut out of a list that the spans before it have already changed. Starts "
    "count in `ids` as they were given.",
)
def changed_list(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets = list(ids), []
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        targets += [sentinel, *inputs[start : start + length]]
        inputs[start : start + length] = [sentinel]
    return [*inputs, eos], [*targets, sentinel_ids[len(spans)], eos]


@corruption.misconception(
    seen="The targets are right. Where do the ids of the second span stand in the inputs after the "
    "first has been replaced?",
    why="In the inputs each span is replaced in a list that the spans before it have already changed. "
    "Starts count in `ids` as they were given, and each replaced span moves all that follows.",
)
def changed_inputs(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets = list(ids), []
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        targets += [sentinel, *ids[start : start + length]]
        inputs[start : start + length] = [sentinel]
    return [*inputs, eos], [*targets, sentinel_ids[len(spans)], eos]
