"""Checks and misconceptions for `text_infilling`."""

from autograder.checks.encoder_decoders import some_ids
from autograder.exercise import Exercise

MASK = 4


def hidden(g):
    return {
        "one id is hidden": (some_ids(g, 4), [(1, 1)], MASK),
        "three ids are hidden": (some_ids(g, 6), [(2, 3)], MASK),
        "two spans are hidden": (some_ids(g, 8), [(1, 2), (5, 1)], MASK),
        "a span has no ids": (some_ids(g, 4), [(2, 0)], MASK),
        "a span without ids comes before one with three": (
            some_ids(g, 7), [(1, 0), (3, 3)], 7,
        ),
        "the first ids are hidden": (some_ids(g, 5), [(0, 2)], MASK),
        "the last ids are hidden": (some_ids(g, 5), [(3, 2)], 3),
        "a mask comes after the last id": (some_ids(g, 3), [(3, 0)], MASK),
        "two spans touch": (some_ids(g, 7), [(1, 2), (3, 2)], MASK),
        "two spans begin at the same id": (some_ids(g, 6), [(3, 0), (3, 2)], MASK),
        "two spans without ids begin at the same id": (some_ids(g, 5), [(3, 0), (3, 0)], MASK),
        "the mask has the id 0": (some_ids(g, 4), [(2, 1)], 0),
        "all ids are hidden": (some_ids(g, 3), [(0, 3)], MASK),
        "nothing is hidden": (some_ids(g, 4), [], MASK),
        "an id is the mask already": ([20, MASK, 30, 40, 50], [(3, 2)], MASK),
        "the same ids come again": ([8, 9, 8, 9, 8, 9, 7], [(2, 2), (6, 1)], 6),
        "there are four spans": (
            some_ids(g, 14), [(0, 1), (3, 0), (5, 4), (11, 2)], MASK,
        ),
    }  # fmt: skip


infilling = Exercise(
    "encoder_decoders.text_infilling", fast_track=True,
    title="One mask for a whole span",
    points=1.5, difficulty=2, minutes=12, examples=hidden,
)  # fmt: skip


@infilling.alternative
def from_the_end(ids, spans, mask_id):
    left = list(ids)
    for start, length in reversed(spans):
        left[start : start + length] = [mask_id]
    return left


@infilling.alternative
def id_by_id(ids, spans, mask_id):
    begins = [start for start, _ in spans]
    gone = {i for start, length in spans for i in range(start, start + length)}
    found = []
    for i in range(len(ids) + 1):
        found += [mask_id] * begins.count(i)
        if i < len(ids) and i not in gone:
            found.append(ids[i])
    return found


@infilling.claim("a span of any length becomes a single mask")
def _(answer):
    for length in range(1, 6):
        found = list(answer(list(range(10, 20)), [(2, length)], 4))
        assert found[:3] == [10, 11, 4]
        assert found.count(4) == 1


@infilling.claim("a span without ids leaves all of them there and adds a mask")
def _(answer):
    ids = list(range(10, 16))
    for start in range(7):
        found = list(answer(ids, [(start, 0)], 4))
        assert found.count(4) == 1
        assert [token for token in found if token != 4] == ids


@infilling.claim("every span takes its own ids, however long the spans before it are")
def _(answer):
    found = answer(list(range(30, 50)), [(1, 5), (8, 4), (15, 3)], 2)
    assert [token for token in found if token != 2] == [30, 36, 37, 42, 43, 44, 48, 49]


infilling.slip(
    "mask_id]", "*[mask_id] * length]", name="mask_per_token",
    seen="The right ids are gone. How many masks does a span of three ids get?",
    why="Each hidden id has a mask of its own here. That is how SpanBERT hides spans. In text "
    "infilling a span has one mask, so that the model has to find out how much is missing.",
    convention=True,
)  # fmt: skip
infilling.slip(
    "for start, length in spans:\n", "for start, length in spans:\n        if length == 0:\n"
    "            continue\n", name="empty_span_dropped",
    seen="Spans with ids are right. What does a span of length 0 do?",
    why="A span of length 0 does nothing here. It adds a mask where nothing is missing: the model "
    "has to say then that nothing belongs there.",
)  # fmt: skip
infilling.slip(
    "at = start + length", "at = start + max(length, 1)", name="empty_span_takes_one",
    seen="Which id follows the mask of a span of length 0?",
    why="A span of length 0 takes an id along here. It takes none, and the id at `start` comes after "
    "the mask.",
)  # fmt: skip
infilling.slip(
    "for start, length in spans", "for start, length in dict(spans).items()",
    name="one_span_a_start",
    seen="Two spans begin at the same id. How many masks are there?",
    why="Spans that begin at the same place have become one here: a dictionary or a set of starts "
    "holds each only once. A span without ids and the one after it have the same start and still "
    "a mask each.",
)  # fmt: skip
infilling.slip(
    "[*ids[at:start], mask_id]", "[*ids[at:start], *[mask_id] * (start < len(ids))]",
    name="lost_after_the_last",
    seen="What does a span do that begins after the last id?",
    why="A span that begins at `len(ids)` has no mask here. That is what happens if one looks at each "
    "id in turn for a span that begins there: there is one place more than there are ids.",
)  # fmt: skip
infilling.slip(
    "at = start + length", "at = length", name="end_for_length",
    seen="Where does a span end that begins at 2 and has length 3?",
    why="The second number is taken for the end of the span. It is the *length*: the span ends "
    "before `start + length`.",
)  # fmt: skip
infilling.slip(
    "at = start + length", "at = start + length + 1", name="one_too_many",
    seen="Is the id after a span still there?",
    why="The id after the span is gone, too. The span takes `length` ids, the last of which is at "
    "`start + length - 1`.",
)  # fmt: skip
infilling.slip(
    "infilled + ids[at:]", "infilled", name="rest_lost",
    seen="What comes after the last span?",
    why="Everything after the last span is lost. After the loop the rest of the ids is still to come.",
)  # fmt: skip


@infilling.misconception(
    seen="The first span is right. Where do the ids of the second one stand after the first has been "
    "replaced?",
    why="Each span is cut out of the list that the spans before it have already changed. Starts "
    "count in `ids` as they were given, and each replaced span moves all that follows. Build a new "
    "list, or begin with the last span.",
)
def changed_list(ids, spans, mask_id):
    left = list(ids)
    for start, length in spans:
        left[start : start + length] = [mask_id]
    return left


@infilling.misconception(
    seen="Two spans that touch: how many masks?",
    why="Masks that stand side by side are made one here. Two spans give two masks, also where they "
    "touch.",
)
def touching_merged(ids, spans, mask_id):
    infilled, at = [], 0
    for start, length in spans:
        infilled += ids[at:start]
        if not infilled or infilled[-1] != mask_id:
            infilled.append(mask_id)
        at = start + length
    return infilled + ids[at:]


@infilling.misconception(
    seen="Spans with ids are right. On which side of the id at `start` is the mask of a span of "
    "length 0?",
    why="A span of length 0 has its mask after the id at `start` here. It comes in before it.",
)
def mask_behind(ids, spans, mask_id):
    infilled, at = [], 0
    for start, length in spans:
        end = start if length else start + 1
        infilled += [*ids[at:end], mask_id]
        at = start + length if length else end
    return infilled + ids[at:]
