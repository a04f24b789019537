"""Got beside Wanted: what differs is marked; and a terminal is told nothing but text."""

import re
import time

import pytest

from autograder.home.card import STYLE, as_html, as_text
from autograder.home.differences import in_columns, marked, pointed_at
from autograder.judge import Verdict
from autograder.judge.telling import Case

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


def test_lists_of_one_form_are_laid_out_in_columns():
    """Do items of two lists stand below each other, a row of a table in a line, each as written?"""
    assert in_columns("[[1, 20], [3, 4]]", "[[10, 2], [3, 5]]") == (
        "[[ 1, 20],\n [ 3,  4]]",
        "[[10,  2],\n [ 3,  5]]",
    )
    assert in_columns("['hug', 's']", "['h', 's']") == ("['hug', 's']", "['h',   's']")
    assert in_columns("(1,)", "(20,)") == ("( 1,)", "(20,)")
    rows = "[  0.100   2.000]\n[  1.000  -3.000]"
    assert in_columns(rows, rows) == ("[0.100  2.000]\n[1.000 -3.000]",) * 2
    assert in_columns("[ -0.100]", "[  0.100]") == ("[-0.100]", "[ 0.100]")


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ("[1, 2]", "[1]"),
        ("[[1], [2, 3]]", "[[1, 2], [3]]"),
        ("[1, 2, …", "[10, 2, …"),
        ("[ 1.000]", "[-1.000]"),
        ("at [0]:\n[  1.000]", "at [0]:\n[ -1.000]"),
        ("'[1, 20]'", "'[1, 2]'"),
        ("{'a': 1}", "{'a': 20}"),
        ("[[]]", "[[]]"),
        ("[]", "[]"),
    ],
)
def test_what_is_of_two_forms_is_left_as_it_is(got, wanted):
    """Is nothing moved where items do not answer each other, and no digit changed?"""
    assert in_columns(got, wanted) == (got, wanted)


def test_a_difference_is_seen_without_colour():
    """Is what is marked bold and underlined, too?"""
    (rule,) = re.findall(r"\.bh-card mark\{(.*?)\}", STYLE, re.DOTALL)
    assert "underline" in rule
    assert re.search(r"font-weight:[67]00", rule)


def test_the_axes_in_which_shapes_differ_are_marked():
    """Does a card mark the shape, in the sentence that names both?"""
    case = Case("x", "shape (5, 6) came back; (5, 7) was wanted.", shapes=("(5, 6)", "(5, 7)"))
    verdict = Verdict("x", "A title", 1.0, case=case)
    assert "shape (5, <mark>6</mark>) came back; (5, <mark>7</mark>) was" in as_html(verdict)
    assert "When x: shape (5, 6) came back; (5, 7) was wanted." in as_text(verdict)


def test_a_terminal_points_at_what_differs():
    """Is there a sign below the odd one out, and none where nearly all differs?"""
    case = Case("x", "the values differ.", got="[[1, 20],\n [3, 4]]", wanted="[[1, 20],\n [3, 5]]")
    lines = as_text(Verdict("x", "A title", 1.0, case=case)).splitlines()
    at = lines.index("     [3, 4]]")
    assert lines[at + 1] == "         ^"
    assert lines[at + 2] == "  wanted:"
    assert "^" not in "".join(lines[:at])
    assert pointed_at("[1 2]", "[3 4]") == ("[1 2]", "[3 4]")


def test_a_terminal_obeys_no_answer():
    """Do escape sequences from an error's message show, in place of painting the terminal?"""
    verdict = Verdict("x", "A title", 1.0, notes=["red: \x1b[31m \x9b2J \x07 é 你\tend"])
    said = as_text(verdict)
    assert r"red: \x1b[31m \x9b2J \x07 é 你" in said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
