"""Checks and misconceptions for `should_stop`."""

import torch

from autograder.exercise import Exercise

EOS = 1


def moments(g):
    def ids(prompt, *new):
        return [*torch.randint(10, 99, (prompt,), generator=g).tolist(), *new]

    story = "Rose had a kite. Then she went home."
    return {
        "nothing ends it": (ids(3, 20, 21), "Rose had", EOS, ["###"], 0, 5, 3),
        "the end mark comes": (ids(3, 20, 21, EOS), "Rose had", EOS, ["###"], 0, 9, 3),
        "the end mark comes at once": (ids(3, EOS), "", EOS, ["###"], 0, 9, 3),
        "the end mark stands further back": (
            ids(2, EOS, 22, 23), "Rose had", EOS, [], 0, 9, 2,
        ),
        "the end mark is the last of the prompt": (ids(2, EOS), "", EOS, [], 0, 6, 3),
        "the end mark comes too early": (ids(4, 20, EOS), "Rose", EOS, [], 3, 9, 4),
        "it comes when there are just enough": (ids(4, 20, 25, EOS), "Rose", EOS, [], 3, 9, 4),
        "all that is allowed has been written": (ids(5, 20, 21, 22), "Rose had a", EOS, [], 0, 3, 5),
        "one more is allowed, with a long prompt": (ids(7, 20, 21), "Rose had", EOS, [], 0, 3, 7),
        "a stop string is there": (ids(2, 20, 21, 22, 23), story, EOS, ["Then"], 0, 9, 2),
        "two are there, and the second of the list begins first": (
            ids(2, 20, 21, 22, 23), story, EOS, ["Then", "kite"], 0, 9, 2,
        ),
        "two are asked for, and one is there": (
            ids(2, 20, 21, 22), "Rose sat. Q", EOS, ["###", " Q"], 0, 9, 2,
        ),
        "one begins first, and the other ends first": (
            ids(1, 20, 21), "xabc", EOS, ["b", "abc"], 0, 9, 1,
        ),
        "the one that ends first is the last of the list": (
            ids(1, 20, 21), "xabc", EOS, ["abc", "b"], 0, 9, 1,
        ),
        "the text begins with it": (ids(2, 20, 21), "Then", EOS, ["Then"], 0, 9, 2),
        "it is a mark that searches read in their own way": (
            ids(2, 20, 21), "Ah. Is it (so)?", EOS, ["(so)?"], 0, 9, 2,
        ),
        "it occurs twice": (ids(1, 20, 21, 22), "yes\nQ: why\nQ: how", EOS, ["\nQ"], 0, 9, 1),
        "only its beginning is there": (ids(2, 20, 21), "Rose sat.\n\nT", EOS, ["\n\nThen"], 0, 9, 2),
        "it is written with another capital": (ids(2, 20, 21), story, EOS, ["then"], 0, 9, 2),
        "it comes too early": (ids(2, 20, 21), "Rose. Then", EOS, ["Then"], 3, 9, 2),
        "it is there as the last allowed one is written": (
            ids(2, 20, 21, 22), story, EOS, ["kite"], 1, 3, 2,
        ),
        "end mark and stop string come together": (
            ids(3, 20, 21, EOS), story, EOS, ["home"], 0, 9, 3,
        ),
        "more must be written than may be": (ids(2, 20, EOS), "Rose. Then", EOS, ["Then"], 5, 2, 2),
        "the end mark has the id 0": (ids(2, 20, 0), "Rose", 0, [], 0, 9, 2),
        "more has been written than is allowed": (
            ids(2, 20, 21, 22), "Rose had a", EOS, [], 0, 2, 2,
        ),
        "nothing has been written": (ids(3), "", EOS, ["x"], 0, 4, 3),
    }  # fmt: skip


stop = Exercise(
    "stopping_and_beams.should_stop", fast_track=True,
    title="Is it over?",
    points=2, difficulty=2, minutes=15, examples=moments,
)  # fmt: skip
stop.leave_out("empty", "no stop string is empty")


@stop.oracle("transformers.EosTokenCriteria and MaxLengthCriteria, re.split")
def _(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    import re

    from transformers.generation.stopping_criteria import EosTokenCriteria, MaxLengthCriteria

    row, new = torch.tensor([ids]), len(ids) - prompt_len
    full = bool(MaxLengthCriteria(prompt_len + max_new)(row, None).item())
    ends = new > 0 and bool(EosTokenCriteria(eos)(row, None).item())
    first, *rest = (
        re.split("|".join(map(re.escape, stop_strings)), text) if stop_strings else [text]
    )
    if new < min_new:
        return full, text
    return full or ends or bool(rest), first


@stop.alternative
def case_by_case(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    written = ids[prompt_len:]
    if len(written) < min_new:
        return len(written) >= max_new, text
    begins = (at for at in range(len(text)) if text.startswith(tuple(stop_strings), at))
    kept = text[: next(begins, len(text))]
    over = len(written) >= max_new or written[-1:] == [eos] or kept != text
    return over, kept


@stop.claim("once enough has been written, a stop string ends the text, and none is kept")
def _(answer):
    text = "one, two, three, four"
    for strings in (["two"], ["three", "two"], ["four", "three"], ["seven", "three"], ["one"]):
        over, kept = answer([5, 6, 7, 8], text, 1, strings, 1, 9, 2)
        assert over
        assert text.startswith(kept)
        assert not any(string in kept for string in strings)


@stop.claim("how long the prompt is makes no difference")
def _(answer):
    found = [
        [answer([9] * prompt + [7] * new, "a" * new, 1, [], 0, 3, prompt) for new in range(1, 6)]
        for prompt in (1, 4, 30)
    ]
    assert found[0] == found[1] == found[2]
    assert {over for over, _ in found[0]} == {True, False}


@stop.claim("before the least number of new ids, neither mark nor string ends anything")
def _(answer):
    for new in range(1, 4):
        ids = [6, 6, *[7] * (new - 1), 1]
        assert not answer(ids, "a stop", 1, ["stop"], 4, 9, 2)[0]
    assert answer([6, 6, *[7] * 6, 1], "a stop", 1, [], 4, 9, 2)[0]


stop.slip(
    "    if new >= min_new:\n", "    if True:\n", name="min_ignored",
    seen="What ends a text of which too little has been written?",
    why="`min_new` is never asked here. Before so many new ids neither the end mark nor a stop string "
    "ends the text.",
)  # fmt: skip
stop.slip(
    "new >= max_new, text", "len(ids) >= max_new, text", name="max_counts_prompt",
    seen="Which ids may there be `max_new` of?",
    why="The prompt is counted here. `max_new` is about the *new* ids; the older `max_length` counts "
    "both, and long prompts then get short answers.", convention=True,
)  # fmt: skip
stop.slip(
    "new >= max_new, text", "new > max_new, text", name="one_too_many",
    seen="How many new ids are there when the last allowed one has been written?",
    why="One id more than `max_new` is written here. With `max_new` of them it is over.",
)  # fmt: skip
stop.slip(
    "ids[-1] == eos", "eos in ids", name="end_anywhere",
    seen="The end mark: where does it count?",
    why="An end mark anywhere ends the text here, even one in the prompt. Only the last of the new ids "
    "counts.",
)  # fmt: skip
stop.slip(
    "(new > 0 and ids[-1] == eos)", "ids[-1] == eos", name="prompt_ends_it",
    seen="Nothing has been written, and the prompt ends with the end mark. Is it over?",
    why="The last id of the prompt is taken for the last new one here. Many prompts begin or end with "
    "that mark. Where nothing has been written, nothing has ended.",
)  # fmt: skip
stop.slip(
    "stop, kept = True, text[: min(places)]", "stop = True", name="string_kept",
    seen="It stops at the right moment. What of the text is kept?",
    why="The stop string and all that follows it stay in the text here. The text is kept up to where "
    "the string begins.",
)  # fmt: skip
stop.slip(
    "text[: min(places)]", "text[: places[0]]", name="first_of_the_list",
    seen="Two stop strings are in the text. Which one comes first *in the text*?",
    why="The text is cut at the first stop string of the list here. It is cut at the one that begins "
    "first in the text.",
)  # fmt: skip
stop.slip(
    "text.find(string)", "text.rfind(string)", name="last_occurrence",
    seen="The stop string is there twice. At which one does the text end?",
    why="The text is cut at the last place of the string here, so that the string is still in it. It "
    "is cut at the first.",
)  # fmt: skip


@stop.misconception(
    seen="Is the stop string there, or only its beginning?",
    why="Here the text stops where it ends with the *beginning* of a stop string. Until the rest has "
    "come, nobody knows whether it will. A server holds such a piece back and goes on.",
)
def any_prefix(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        over = over or (new > 0 and ids[-1] == eos)
        for string in stop_strings:
            for length in range(1, len(string) + 1):
                if text.endswith(string[:length]) or string in text:
                    over, kept = True, kept.split(string)[0]
    return over, kept


@stop.misconception(
    seen="A stop string is there. What if more was written after it?",
    why="A stop string counts only at the very end of the text here. A token can bring more than the "
    "string, so it may be anywhere.",
)
def only_at_the_end(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        over = over or (new > 0 and ids[-1] == eos)
        for string in stop_strings:
            if text.endswith(string):
                over, kept = True, text.removesuffix(string)
    return over, kept
