"""More misconceptions about `best_answer_span`."""

import math

import torch

from autograder.checks.reading_tasks.best_answer_span import by_loops, looped, span


@span.misconception(
    seen="Start and end are the best places, each on its own. Do they belong together?",
    why="These are the numbers of two argmaxes. They may name an end before the start, or a span "
    "that is too long: compare pairs, not places.",
)
def two_argmaxes(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    first, last = start.argmax().item(), end.argmax().item()
    return first, last, (start[first] * end[last]).item()


@span.misconception(
    seen="The best start is taken, then the best end for it. Could a second-best start have a "
    "better end?",
    why="These are the numbers of a greedy choice. The likeliest pair need not contain the "
    "likeliest start: compare all pairs.",
)
def best_start_first(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    first = start.argmax().item()
    reach = first
    while reach + 1 < min(first + max_len, len(end)) and context_mask[reach + 1]:
        reach += 1
    last = first + end[first : reach + 1].argmax().item()
    return first, last, (start[first] * end[last]).item()


@span.misconception(
    seen="The best start is taken, then the best end for it, and with `[CLS]` allowed a span begins "
    "there and ends in the story. Could a second-best start have a better end, and what lies "
    "inside a span?",
    why="These are the numbers of a greedy choice among the ends of `max_len` tokens. The likeliest "
    "pair need not contain the likeliest start: compare all pairs. And all tokens of a span must "
    "be allowed, not only its ends.",
)
def best_start_first_jumping(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    first = start.argmax().item()
    last = first + end[first : first + max_len].argmax().item()
    return first, last, (start[first] * end[last]).item()


@span.misconception(
    seen="The answer lies in the question. Which tokens may be an answer?",
    why="These are the numbers of code that does not look at `context_mask`. The words of a "
    "question often fit best what it asks for; they are no answer.",
)
def mask_ignored(start, end, context_mask, max_len):
    return looped(start.softmax(0), end.softmax(0), lambda s, e: True, max_len)


@span.misconception(
    seen="The span is right, its chance is too small. Among which tokens are 100 % shared out?",
    why="These are the numbers of a softmax over all tokens, the question included, and masked "
    "afterwards. What the question took is lost: hide the scores before the softmax.",
)
def softmax_over_everything(start, end, context_mask, max_len):
    return looped(
        start.softmax(0), end.softmax(0), lambda s, e: bool(context_mask[s : e + 1].all()), max_len
    )


@span.misconception(
    seen="The span is right, its chance is a score. What makes a probability of scores?",
    why="This is the score of the BERT paper, the sum of start and end. It ranks spans as their "
    "probability does; how likely one is, a softmax over the starts and one over the ends tell.",
    convention=True,
)
def sum_of_scores(start, end, context_mask, max_len):
    blocked = [x.masked_fill(~context_mask, -1e4) for x in (start, end)]
    first, last, _ = looped(
        *(torch.exp(x.double() - x.max()) for x in blocked),
        lambda s, e: bool(context_mask[s : e + 1].all()), max_len,
    )  # fmt: skip
    return first, last, (start[first] + end[last]).item()


def ends_allowed(context_mask):
    """Whether both ends of a span are allowed, whatever lies between."""
    return lambda s, e: bool(context_mask[s] and context_mask[e])


@span.misconception(
    seen="The chance is too small, and with `[CLS]` allowed an answer begins there and ends in the "
    "story. Among which tokens are 100 % shared out, and what lies inside a span?",
    why="These are the numbers of a softmax over all tokens, masked afterwards: hide the scores "
    "before it. And only the ends of a span are looked at; all its tokens must be allowed.",
)
def softmax_over_everything_jumping(start, end, context_mask, max_len):
    return looped(start.softmax(0), end.softmax(0), ends_allowed(context_mask), max_len)


@span.misconception(
    seen="The chance is too small, and an answer may have one token too many. Among which tokens are "
    "100 % shared out, and how many tokens lie from place 4 to place 6?",
    why="These are the numbers of a softmax over all tokens, masked afterwards: hide the scores "
    "before it. And both ends of a span count, so it has `last - first + 1` tokens.",
)
def softmax_over_everything_too_long(start, end, context_mask, max_len):
    return looped(
        start.softmax(0), end.softmax(0),
        lambda s, e: bool(context_mask[s : e + 1].all()), max_len + 1,
    )  # fmt: skip


@span.misconception(
    seen="The span is not always right, and where it is, the chance is too small. How many tokens "
    "lie from place 4 to place 6, what may lie between the two ends, and among which tokens are "
    "100 % shared out?",
    why="Three things at once. Both ends of a span count, so it has `last - first + 1` tokens. All "
    "its tokens must be allowed, not only the two ends. And the scores are hidden before the "
    "softmax, since what hidden tokens get of it is lost.",
)
def softmax_over_everything_too_long_jumping(start, end, context_mask, max_len):
    return looped(start.softmax(0), end.softmax(0), ends_allowed(context_mask), max_len + 1)


@span.misconception(
    seen="What comes with the span is a score, and with `[CLS]` allowed a span begins there and ends "
    "in the story. What makes a probability of scores, and what lies inside a span?",
    why="This is the score of the BERT paper, the sum of start and end. How likely a span is, a "
    "softmax over the starts and one over the ends tell. And all tokens of a span must be allowed, "
    "not only its ends: between `[CLS]` and the story lies the question.",
)
def sum_of_scores_jumping(start, end, context_mask, max_len):
    powers = [torch.exp(x.double() - x.max()) for x in (start, end)]
    first, last, _ = looped(*powers, ends_allowed(context_mask), max_len)
    return first, last, (start[first] + end[last]).item()


@span.misconception(
    seen="The chance is too small: 100 % are shared out among more tokens than may answer. What is "
    "exp(0)?",
    why="These are the numbers of scores times the mask. A hidden score of 0 is no small one, and "
    "takes its share of the softmax; before it, hidden means minus infinity.",
)
def scores_times_mask(start, end, context_mask, max_len):
    return looped(
        (start * context_mask).softmax(0), (end * context_mask).softmax(0),
        lambda s, e: bool(context_mask[s : e + 1].all()), max_len,
    )  # fmt: skip


@span.misconception(
    seen="The chance is too small, and with `[CLS]` allowed an answer begins there and ends in the "
    "story. What is exp(0), and what lies inside a span?",
    why="These are the numbers of scores times the mask. A hidden score of 0 takes its share of "
    "the softmax; before it, hidden means minus infinity. And only the ends of a span are looked "
    "at; all its tokens must be allowed.",
)
def scores_times_mask_jumping(start, end, context_mask, max_len):
    return looped(
        (start * context_mask).softmax(0), (end * context_mask).softmax(0),
        ends_allowed(context_mask), max_len,
    )  # fmt: skip


@span.misconception(
    seen="Token 0 is never part of the answer. What does the mask say about it?",
    why="These are the numbers of code that never lets token 0 answer. Where the mask allows it, "
    "`[CLS]` is how the model says that there is no answer: (0, 0).",
)
def no_null_answer(start, end, context_mask, max_len):
    story = context_mask.clone()
    story[0] = False
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    return looped(start, end, lambda s, e: bool(story[s : e + 1].all()), max_len)


@span.misconception(
    seen="The span is right, and the chance is below 0. Which number below 0 belongs to a chance?",
    why="This is log p, the sum of two log-probabilities. It finds the same span; its exp is the "
    "chance.",
    convention=True,
)
def log_of_the_chance(start, end, context_mask, max_len):
    first, last, chance = by_loops(start, end, context_mask, max_len)
    return first, last, math.log(chance)


@span.misconception(
    seen="The chance is right, the places are too small. From which token on are they counted?",
    why="These are places among the allowed tokens, `start[context_mask]`, where `[CLS]` even comes "
    "beside the story. Hide scores with minus infinity instead, and every token keeps its place.",
)
def places_among_the_allowed(start, end, context_mask, max_len):
    start, end = start[context_mask].softmax(0), end[context_mask].softmax(0)
    return looped(start, end, lambda s, e: True, max_len)


@span.misconception(
    seen="The span is right, its chance is too high. What about the pairs that are no span?",
    why="These are the numbers of one softmax over all spans that fit. The model was trained with "
    "two, one over the starts and one over the ends, and asked for is their product.",
)
def shared_among_spans(start, end, context_mask, max_len):
    places = torch.arange(len(start))
    length = places - places[:, None] + 1
    hidden = (~context_mask).cumsum(0)
    fits = (length >= 1) & (length <= max_len) & (hidden == hidden[:, None])
    fits = fits & context_mask & context_mask[:, None]
    chances = (start[:, None] + end).masked_fill(~fits, float("-inf")).flatten().softmax(0)
    first, last = divmod(chances.argmax().item(), len(start))
    return first, last, chances.max().item()


@span.misconception(
    seen="A span runs over tokens that are not allowed. What lies between two tokens that are neighbours "
    "once the others are cut out?",
    why="These are the numbers of spans among the allowed tokens alone, a gap counted as nothing. "
    "All tokens of a span must be allowed, and all of them count for `max_len`.",
)
def gaps_closed(start, end, context_mask, max_len):
    places = context_mask.nonzero()[:, 0].tolist()
    found = looped(start[context_mask].softmax(0), end[context_mask].softmax(0),
                   lambda s, e: True, max_len)  # fmt: skip
    return places[found[0]], places[found[1]], found[2]


@span.misconception(
    seen="The best end is taken, then the best start for it. Could a second-best end have a better "
    "start?",
    why="These are the numbers of a greedy choice. The likeliest pair need not contain the "
    "likeliest end: compare all pairs.",
)
def best_end_first(start, end, context_mask, max_len):
    start = start.masked_fill(~context_mask, float("-inf")).softmax(0)
    end = end.masked_fill(~context_mask, float("-inf")).softmax(0)
    last = first = end.argmax().item()
    for place in range(last, max(last - max_len, -1), -1):
        if not context_mask[place]:
            break
        first = place if start[place] > start[first] else first
    return first, last, (start[first] * end[last]).item()


@span.misconception(
    seen="Where token 0 is allowed, every chance is too high, and it is never part of the answer. "
    "Does it take part in the softmax?",
    why="These are the numbers of code that leaves token 0 out from the start. Where the mask allows "
    "it, `[CLS]` has its share of both softmaxes, and (0, 0) is a span like any other.",
)
def token_0_left_out(start, end, context_mask, max_len):
    story = context_mask.clone()
    story[0] = False
    return by_loops(start, end, story, max_len)
