"""Checks and misconceptions for `t5_span_corruption`."""

from autograder.checks.encoder_decoders import some_ids
from autograder.exercise import Exercise

SENTINELS = [199, 198, 197, 196, 195]


def hidden(g):
    def ids(length):
        return some_ids(g, length)

    return {
        "one id is hidden": (ids(4), [(1, 1)], SENTINELS, 1),
        "a span has three ids": (ids(7), [(2, 3)], SENTINELS, 1),
        "two spans are hidden": (ids(8), [(1, 2), (5, 1)], SENTINELS, 1),
        "the first ids are hidden": (ids(5), [(0, 2)], SENTINELS, 2),
        "the last ids are hidden": (ids(5), [(3, 2)], SENTINELS, 1),
        "two spans touch": (ids(8), [(2, 2), (4, 3)], SENTINELS, 1),
        "all ids are hidden": (ids(3), [(0, 3)], SENTINELS, 3),
        "nothing is hidden": (ids(4), [], SENTINELS, 1),
        "sentinels come in another order": (ids(6), [(1, 1), (3, 2)], [120, 150, 101, 130], 1),
        "just enough sentinels are there": (ids(7), [(0, 1), (4, 2)], [99, 98, 97], 1),
        "too few sentinels are there": (ids(7), [(0, 1), (4, 2)], [99, 98], 1),
        "there are four spans": (
            ids(15), [(0, 1), (3, 2), (6, 4), (12, 2)], SENTINELS, 1,
        ),
    }  # fmt: skip


corruption = Exercise(
    "encoder_decoders.t5_span_corruption",
    title="What T5 reads and writes", needs=("text_infilling",),
    points=2, difficulty=2, minutes=15, examples=hidden,
)  # fmt: skip
corruption.excuse("strict=False", "there are more sentinels than spans by then")
corruption.leave_out("equal", "sentinels that are equal do not tell spans apart")


@corruption.alternative
def from_the_end(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) < len(spans) + 1:
        raise ValueError("too few sentinels")
    inputs, targets = [*ids, eos], [sentinel_ids[len(spans)], eos]
    for number in reversed(range(len(spans))):
        start, length = spans[number]
        targets = [sentinel_ids[number], *inputs[start : start + length], *targets]
        inputs[start : start + length] = [sentinel_ids[number]]
    return inputs, targets


@corruption.claim("what is read and what is written make the whole text again")
def _(answer):
    ids = list(range(20, 34))
    spans = [(1, 2), (5, 4), (12, 1)]
    read, written = answer(ids, spans, [90, 80, 70, 60], 1)
    assert read[-1] == written[-1] == 1
    parts, own = {}, None
    for token in written[:-1]:
        if token in (90, 80, 70, 60):
            own = parts.setdefault(token, [])
        else:
            own.append(token)
    assert parts.pop(60) == []
    assert len(parts) == 3
    whole = [piece for token in read[:-1] for piece in parts.get(token, [token])]
    assert whole == ids


@corruption.claim("the fewer ids are hidden, the less there is to write")
def _(answer):
    ids = list(range(20, 32))
    for length in range(1, 8):
        read, written = answer(ids, [(3, length)], [90, 80], 2)
        assert len(read) == 12 - length + 2
        assert len(written) == length + 3
        assert written == [90, *ids[3 : 3 + length], 80, 2]


@corruption.claim(
    "the first sentinel of the list belongs to the first span, whatever their numbers are"
)
def _(answer):
    read, written = answer([50, 51, 52, 53, 54], [(0, 1), (2, 1), (4, 1)], [7, 9, 8, 6], 1)
    assert read == [7, 51, 9, 53, 8, 1]
    assert written == [7, 50, 9, 52, 8, 54, 6, 1]


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
    "sentinel, (start, length) in zip(sentinel_ids, spans",
    "sentinel, (start, length) in zip(range(sentinel_ids[0], sentinel_ids[0] + 99), spans",
    name="counted_up",
    seen="The first sentinel is right. Which one is next?",
    why="The next sentinel is the first one's id plus 1 here. In T5 the ids of the sentinels go "
    "*down*, and what follows in `sentinel_ids` is what counts.",
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
    seen="How many sentinels do two spans need?",
    why="As many sentinels as spans are taken to be enough here. The targets end with one more.",
)  # fmt: skip


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
    why="Each span is cut out of a list that the spans before it have already changed. They all speak "
    "of `ids` as they were given.",
)
def changed_list(ids, spans, sentinel_ids, eos):
    if len(sentinel_ids) <= len(spans):
        raise ValueError("too few sentinels")
    inputs, targets = list(ids), []
    for sentinel, (start, length) in zip(sentinel_ids, spans, strict=False):
        targets += [sentinel, *inputs[start : start + length]]
        inputs[start : start + length] = [sentinel]
    return [*inputs, eos], [*targets, sentinel_ids[len(spans)], eos]
