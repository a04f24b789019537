"""Checks and misconceptions for `best_answer_span`."""

import torch

from autograder.checks.reading_tasks import drawn
from autograder.exercise import Exercise


def scored(g):
    def logits(*values):
        noise = torch.rand(len(values), generator=g) * 0.2
        return torch.tensor(values, dtype=torch.float32) + noise

    def allowed(text):
        return torch.tensor([letter == "1" for letter in text])

    length = torch.randint(11, 15, (1,), generator=g).item()
    question = torch.arange(length) > 4
    return {
        "every token may be the answer": (
            logits(0, 3, 1, 0), logits(0, 1, 3, 0), allowed("1111"), 4,
        ),
        "the answer is one token": (
            logits(1, 0, 4, 2, 0), logits(0, 1, 4, 2, 1), allowed("11111"), 1,
        ),
        "the question scores high": (
            logits(0, 6, 5, 0, 1, 3, 0), logits(0, 5, 6, 1, 0, 2, 3), allowed("0000111"), 3,
        ),
        "the best end comes before the best start": (
            logits(0, 1, 2, 0, 4, 2), logits(0, 4, 1, 3, 0, 2), allowed("011111"), 6,
        ),
        "the best two places are too far apart": (
            logits(0, 4, 0, 1, 3, 0, 0), logits(0, 1, 2, 0, 4, 0, 0), allowed("1111111"), 3,
        ),
        "a certain start has no good end": (
            logits(0, 5, 0, 4, 0, 0), logits(0, 0, 0, 0, 5, 0), allowed("111111"), 2,
        ),
        "the likeliest start is too far from every likely end": (
            logits(4, 1, 0, 0, 0), logits(-3, -3, 2, 1, 1), allowed("11111"), 2,
        ),
        "a span of just the longest length is best": (
            logits(0, 4, 0, 2, 0, 0), logits(0, 1, 0, 4, 2, 0), allowed("011111"), 3,
        ),
        "no answer is likeliest": (
            logits(5, 1, 0, 0, 3, 0), logits(5, 0, 1, 0, 3, 1), allowed("100111"), 4,
        ),
        "no answer is possible and not likeliest": (
            logits(1, 4, 0, 0, 5, 0), logits(1, 0, 4, 0, 1, 5), allowed("100111"), 4,
        ),
        "the likeliest start is [CLS] and the likeliest end is a word": (
            logits(5, 4, 0, 3, 0, 1), logits(0, 4, 0, 2, 5, 0), allowed("100111"), 6,
        ),
        "[CLS] and the story are further apart than the longest length": (
            logits(5, 4, 0, 0, 3, 1, 0), logits(0, 4, 0, 0, 5, 0, 1), allowed("1000111"), 3,
        ),
        "the answer begins with the first token": (
            logits(5, 0, 0), logits(0, 5, 0), allowed("111"), 3,
        ),
        "all scores are far below 0": (
            logits(0, 1, 3, 0, 2) - 3000, logits(1, 0, 0, 3, 1) - 3000, allowed("00111"), 3,
        ),
        "a long text is read": (
            drawn(g, length) * 2, drawn(g, length) * 2, question, 4,
        ),
    }  # fmt: skip


span = Exercise(
    "reading_tasks.best_answer_span",
    title="The likeliest answer in a text",
    points=3, difficulty=3, minutes=30, examples=scored,
)  # fmt: skip


@span.oracle("transformers.pipelines.document_question_answering.select_starts_ends")
def _(start, end, context_mask, max_len):
    from transformers.pipelines.document_question_answering import select_starts_ends

    null = bool(context_mask[0] and not context_mask[1])
    padded = [torch.cat([x.new_zeros(1), x]) if not null else x for x in (start, end)]
    blocked = ~context_mask if null else torch.cat([torch.tensor([True]), ~context_mask])
    starts, ends, scores, none = select_starts_ends(
        *(x.numpy().astype("float64")[None] for x in padded), blocked.long().numpy()[None], None,
        handle_impossible_answer=null, max_answer_len=max_len,
    )  # fmt: skip
    if null and none > scores[0]:
        return 0, 0, none
    return int(starts[0]) - (not null), int(ends[0]) - (not null), float(scores[0])


def story():
    """Scores in which no rule bites: three tokens of question, then a story."""
    start = torch.tensor([0.0, 0, 0, 0, 2, 0, 0, 0])
    end = torch.tensor([0.0, 0, 0, 0, 0, 2, 0, 0])
    return start, end, torch.arange(8) > 2


@span.claim("an answer begins and ends in the context, however high the question scores")
def _(answer):
    start, end, context = story()
    high = torch.tensor([9.0, 9, 9, 0, 0, 0, 0, 0])
    assert answer(start + high, end + high, context, 4)[:2] == (4, 5)


@span.claim("an answer ends where it starts or later")
def _(answer):
    start, end, context = story()
    end = end + torch.tensor([0.0, 0, 0, 3, 0, 0, 0, 0])  # the likeliest end, before the start
    first, last, _ = answer(start, end, context, 8)
    assert 3 <= first <= last


@span.claim("an answer has at most max_len tokens, and may have as many")
def _(answer):
    start, end, context = story()
    assert answer(start, end, context, 2)[:2] == (4, 5)
    first, last, _ = answer(start, end + start / 2, context, 1)  # (4, 5) would be likelier
    assert first == last == 4


@span.claim("all tokens of an answer are allowed, not only its ends")
def _(answer):
    start, end = torch.tensor([0.0, 5, 0, 3, 1]), torch.tensor([0.0, 2, 0, 1, 5])
    hole = torch.tensor([False, True, False, True, True])  # (1, 4) would be likelier
    assert answer(start, end, hole, 5)[:2] == (3, 4)
    assert answer(start, end, hole | True, 5)[:2] == (1, 4)


@span.claim("with nothing to tell tokens apart, each of n one-token answers has a chance of 1/n²")
def _(answer):
    for n in (2, 5):
        chance = answer(torch.zeros(n + 3), torch.zeros(n + 3), torch.arange(n + 3) > 2, 1)[2]
        assert abs(chance - 1 / n**2) < 1e-5


@span.claim("adding the same number to all scores changes nothing")
def _(answer):
    start, end, context = story()
    low, high = answer(start, end, context, 4), answer(start + 3, end - 2, context, 4)
    assert low[:2] == high[:2] == (4, 5)
    assert abs(low[2] - high[2]) < 1e-5


span.excuse("dim=0)", "what has one axis has the same axis first and last")
span.excuse("masked_fill(~fits", "any number that no probability is below hides a span")

span.slip(
    "(length >= 1) & ", "", name="backwards",
    seen="The answer ends before it starts. Which pairs of places are spans?",
    why="These are the numbers of code that takes any start with any end. Of a start and an end "
    "before it no text can be cut: such pairs are left out.",
)  # fmt: skip
span.slip(
    " & (length <= max_len)", "", name="max_len_ignored",
    seen="The answer is longer than allowed. Where is `max_len` used?",
    why="These are the numbers of code without a limit on the length of a span.",
)  # fmt: skip
span.slip(
    "length <= max_len", "length < max_len + 2", name="one_token_too_long",
    seen="The answer has one token more than allowed. How many tokens lie from place 4 to place 6?",
    why="These are the numbers of `last - first <= max_len`. Both ends belong to the answer, so it "
    "has `last - first + 1` tokens.",
)  # fmt: skip
span.slip(
    "length <= max_len", "length < max_len", name="one_token_too_short",
    seen="The longest answer that is allowed is not found. Is `max_len` itself allowed?",
    why="These are the numbers of `<` in place of `<=`: a span may have exactly `max_len` tokens.",
)  # fmt: skip
span.slip(
    " & (hidden == hidden[:, None])", "", name="jumps_the_question",
    seen="The answer begins at `[CLS]` and ends in the story. What lies in between?",
    why="These are the numbers of code that asks only whether both ends are allowed. Between "
    "`[CLS]` and the story lies the question: all tokens of a span must be allowed.",
)  # fmt: skip
span.slip(
    "start[:, None] * end)", "start[:, None] + end)", name="sum_of_probabilities",
    seen="One sure end is enough to win, however bad the other. How likely is it that both of two "
    "things happen?",
    why="These are the numbers of probabilities added up. That start *and* end are right is as "
    "likely as their product. (Scores before the softmax may be added.)",
)  # fmt: skip
span.slip(
    "likely[first, last].item()", "likely[first, last]", name="chance_as_tensor",
    seen="The span is right. Of what type is its chance?",
    why="This chance is a tensor with one number in it; `.item()` makes a float of it.",
)  # fmt: skip
span.slip(
    "return first, last, likely[first, last].item()",
    "return torch.tensor(first), torch.tensor(last), likely[first, last]", name="three_tensors",
    seen="Three tensors come back. What does the signature promise?",
    why="Places and chance are tensors with one number in them. `.item()` makes two ints and a "
    "float of them.",
)  # fmt: skip
span.slip(
    "return first, last, likely", "return first, last + 1, likely", name="end_exclusive",
    seen="Every end is one too far. Is it the last token of the answer, or the one after it?",
    why="This is the convention of a slice, and of `decode_bio`. The end that a model is trained "
    "on is the answer's last token, and that is asked for here.",
    convention=True,
)  # fmt: skip


def looped(start, end, fits, max_len):
    """The likeliest span that `fits`, given probabilities."""
    spans = [(start[s] * end[e], s, e) for s in range(len(start))
             for e in range(s, min(s + max_len, len(end))) if fits(s, e)]  # fmt: skip
    chance, first, last = max(spans, key=lambda span: span[0].item())
    return first, last, chance.item()


@span.alternative
def by_loops(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    return looped(start, end, lambda s, e: bool(context_mask[s : e + 1].all()), max_len)


@span.alternative
def by_log_probabilities(start, end, context_mask, max_len):
    """A band above the diagonal, and sums of logarithms."""
    blocked = ~context_mask
    start = start.masked_fill(blocked, float("-inf")).log_softmax(0)
    end = end.masked_fill(blocked, float("-inf")).log_softmax(0)
    fits = torch.ones(len(start), len(end)).triu().tril(max_len - 1).bool()
    for place in blocked.nonzero().flatten().tolist():
        fits[: place + 1, place:] = False  # it would lie inside
    spans = (start[:, None] + end).masked_fill(~fits, float("-inf"))
    best = spans.argmax().item()
    return best // len(end), best % len(end), spans.max().exp().item()
