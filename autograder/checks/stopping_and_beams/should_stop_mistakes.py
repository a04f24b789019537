"""More misconceptions about `should_stop`: what is asked first, and where a string is looked for."""

import re

from autograder.checks.stopping_and_beams.should_stop import stop

stop.slip(
    "    if new >= min_new:\n", "    if new >= min_new and not stop:\n", name="limit_asked_first",
    seen="All that is allowed has been written, and a stop string is in the text. What is kept?",
    why="The whole text comes back here as soon as the limit is reached. The stop string in it is still "
    "one that nobody should read: ask for the strings in any case, and cut.",
)  # fmt: skip
stop.slip(
    "        if places:\n", "        if places and ids[-1] != eos:\n", name="end_asked_first",
    seen="The end mark comes, and a stop string is in the text. What is kept?",
    why="The whole text comes back here as soon as the end mark comes. One token may bring the rest of "
    "a stop string and the next one the end: cut the text in this case, too.",
)  # fmt: skip
stop.slip(
    "text.find(string)) >= 0", "text.find(string)) > 0", name="place_zero",
    seen="What does `find` give for a string that the text begins with?",
    why="A stop string at the very beginning is overlooked here: its place is 0, and only places above "
    "0 count. `find` gives -1 where there is none.",
)  # fmt: skip


@stop.misconception(
    seen="It stops where it should. What does `find` give for a string that is not in the text?",
    why="`min` takes the -1 of a string that is not there, and `text[:-1]` is the text without its last "
    "letter. Leave those strings out before you take the smallest place.",
)
def least_with_minus_one(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        over = over or (new > 0 and ids[-1] == eos)
        if any(string in text for string in stop_strings):
            over, kept = True, text[: min(text.find(string) for string in stop_strings)]
    return over, kept


@stop.misconception(
    seen="The right string is found. Is it a part of what is kept?",
    why="The text is kept up to the *end* of the stop string here. It is kept up to where the string "
    "begins.",
)
def kept_with_the_string(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        over = over or (new > 0 and ids[-1] == eos)
        places = [(text.find(string), len(string)) for string in stop_strings if string in text]
        if places:
            over, kept = True, text[: sum(min(places))]
    return over, kept


@stop.misconception(
    seen="Two strings share some letters. Which of them *begins* first?",
    why="The text is cut at one string after the other here. The first cut may take away the end of a "
    "string that begins earlier, and then that one is not found any more. Look for all of them in the "
    "whole text.",
)
def cut_one_after_the_other(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        for string in stop_strings:
            kept = kept.partition(string)[0]
        over = over or (new > 0 and ids[-1] == eos) or kept != text
    return over, kept


@stop.misconception(
    seen="Two strings are in the text, one inside the other. Which of them *begins* first?",
    why="The text is cut at the string that *ends* first here. A part of the other one then stays in "
    "the text. What counts is where a string begins.",
)
def ends_first(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        over = over or (new > 0 and ids[-1] == eos)
        there = [string for string in stop_strings if string in text]
        if there:
            first = min(there, key=lambda string: text.find(string) + len(string))
            over, kept = True, text[: text.find(first)]
    return over, kept


@stop.misconception(
    seen="Is a stop string a pattern, or the letters themselves?",
    why="The strings are read as a regular expression here, in which a dot, a question mark and "
    "brackets mean something else. `re.escape` makes a pattern of the letters themselves.",
)
def as_a_pattern(ids, text, eos, stop_strings, min_new, max_new, prompt_len):
    new = len(ids) - prompt_len
    over, kept = new >= max_new, text
    if new >= min_new:
        over = over or (new > 0 and ids[-1] == eos)
        found = re.search("|".join(stop_strings), text) if stop_strings else None
        if found:
            over, kept = True, text[: found.start()]
    return over, kept
