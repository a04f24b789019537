"""Got beside Wanted: what differs is marked; and a terminal is told nothing but text."""

import re
import time

import pytest

from autograder.home.card import STYLE, as_text, block, marked
from autograder.judge import Verdict

PAIRS = {
    "one number of a row": ("[1.00  2.50]", "[1.00  2.70]", ["2.50"], ["2.70"]),
    "a sign": ("-0.225", "0.225", ["-0.225"], ["0.225"]),
    "rows": ("[[1, 2]\n [3, 4]]", "[[1, 2]\n [3, 5]]", ["4"], ["5"]),
    "an item more": ("['a', 'b']", "['a', 'c', 'b']", [], ["c"]),
    "an item less": ("[1, 2, 3]", "[1, 3]", ["2"], []),
    "a word": ("'the cat sat'", "'the dog sat'", ["cat"], ["dog"]),
    "another kind": ("None", "[1, 2]", ["None"], ["1", "2"]),
    "exponents": ("1e-05", "1e-06", ["1e-05"], ["1e-06"]),
    "alike": ("0.333", "0.333", [], []),
    "a tag": ("<b>", "<i>", ["b"], ["i"]),
    "nothing": ("''", "'a'", [], ["a"]),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_is_marked(name):
    """Are the differing numbers and words marked on both sides, and nothing else?"""
    *values, mine, theirs = PAIRS[name]
    html = marked(*values)
    for text, value, wanted in zip(html, values, (mine, theirs), strict=True):
        assert re.findall("<mark>(.*?)</mark>", text) == wanted
        plain = re.sub("</?mark>", "", text)
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&#x27;")):
            value = value.replace(sign, entity)
        assert plain == value


def test_large_values_cost_no_time():
    """Do two lists of thousands of different pieces come back at once?"""
    begun = time.monotonic()
    marked(" ".join(map(str, range(5000))), " ".join(map(str, range(7000, 1000, -1))))
    assert time.monotonic() - begun < 2


def test_they_stand_in_two_columns():
    """Is it a grid whose columns hold, down to the width of a phone?"""
    assert block("pair", ("1", "2")).startswith('<div class="bh-pair"><div>Got<pre')
    assert "grid-template-columns" in STYLE


def test_a_terminal_obeys_no_answer():
    """Do escape sequences from an error's message show, in place of painting the terminal?"""
    verdict = Verdict("x", "A title", 1.0, notes=["red: \x1b[31m \x9b2J \x07 é 你\tend"])
    said = as_text(verdict)
    assert r"red: \x1b[31m \x9b2J \x07 é 你" in said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
