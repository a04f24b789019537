"""What `check` says where an answer cannot be judged, and how it is written into a page."""

import re
from html import unescape

import pytest
from terminal import IMPORTS, TRIANGLE, demonstration

from autograder.exercise import chapters

ATTENTION = """def scaled_dot_product_attention(q, k, v, mask):
    return {}
"""

UNUSABLE = {  # what the learner ran, the exercise, what is read
    "a parameter is missing": (
        "def causal_mask(Tq):\n    return 1\n",
        "causal_mask",
        r"`causal_mask\(Tq\)` takes 1 arguments?; it is called with 2: `causal_mask\(Tq, Tk\)`\.",
    ),
    "a parameter too many": (
        "def causal_mask(a, b, c):\n    return 1\n",
        "causal_mask",
        r"`causal_mask\(a, b, c\)` takes 3 arguments; it is called with 2",
    ),
    "nothing is returned": (
        TRIANGLE.replace("return", "mask ="),
        "causal_mask",
        r"None came back; a bool tensor of shape \(3, 3\) was wanted\. Is there a `return`\?",
    ),
    "another type": (
        TRIANGLE.replace("tril(Tk - Tq)", "tril(Tk - Tq).tolist()"),
        "causal_mask",
        r"a list \(\[\[True, False.*\) came back; a bool tensor of shape \(3, 3\) was wanted",
    ),
    "another dtype": (
        TRIANGLE.replace("torch.bool", "torch.int32"),
        "causal_mask",
        r"dtype int32 came back; bool was wanted",
    ),
    "another shape": (
        TRIANGLE.replace("torch.ones(Tq, Tk,", "torch.ones(1, Tq, Tk,"),
        "causal_mask",
        r"shape \(1, 3, 3\) came back; \(3, 3\) was wanted",
    ),
    "NaN": (
        ATTENTION.format("(q @ k.mT).softmax(-1) @ v * float('nan')"),
        "scaled_dot_product_attention",
        r"NaN came back",
    ),
    "an error": (
        "def causal_mask(Tq, Tk):\n    size = Tq, Tk\n    return torch.ones(size).trill()\n",
        "causal_mask",
        r"AttributeError: 'Tensor' object has no attribute 'trill'\n"
        r"Line 3 of your cell:\n    return torch\.ones\(size\)\.trill\(\)\n",
    ),
    "an error in a helper": (
        "def helper(n):\n    return 1 / n\n\ndef causal_mask(Tq, Tk):\n    return helper(0)\n",
        "causal_mask",
        r"ZeroDivisionError: division by zero\nLine 2 of your cell:\n    return 1 / n\n",
    ),
    "a name that is no exercise": (
        "",
        "causal_maks",
        r"No exercise is called `causal_maks`\. Did you mean one of these: `causal_mask`",
    ),
    "nothing was run": (
        "",
        "causal_mask",
        r"There is no `causal_mask` yet: run the cell that defines it, then this one\.",
    ),
    "overwritten": (
        TRIANGLE + "causal_mask = 3\n",
        "causal_mask",
        r"`causal_mask` is a int, not a function\. Was it overwritten\?",
    ),
    "forbidden and written out": (
        "import torch.nn.functional as F\n"
        + ATTENTION.format("F.scaled_dot_product_attention(q, k, v, mask)"),
        "scaled_dot_product_attention",
        r"Line 2 calls `scaled_dot_product_attention`, which is what this exercise builds\.",
    ),
    "forbidden under another name": (
        "from torch.nn.functional import scaled_dot_product_attention as ready\n"
        + ATTENTION.format("ready(q, k, v, mask)"),
        "scaled_dot_product_attention",
        r"calls `scaled_dot_product_attention`, which is what this exercise builds\.",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_every_way_to_go_astray_has_its_own_message(terminal, case):
    """Does a learner read what came, what was wanted, and what to do?"""
    source, name, message = UNUSABLE[case]
    said = terminal.check(source, name)
    assert re.search(message, said), said
    assert terminal.names["result"] <= 0.75


def test_leaning_on_a_demonstration_is_told_before_it_costs(terminal):
    """Is an answer stopped that works here only because of a cell that no grader runs?"""
    cell, name = demonstration()
    terminal.names |= {"In": ["", IMPORTS, cell], name: 0}
    said = terminal.check(TRIANGLE.replace("    return", f"    {name}\n    return"))
    assert f"`{name}` comes from a cell that is not graded: define or import it" in said
    assert terminal.names["result"] == 0


def test_leaning_on_a_demonstration_through_a_helper_is_told_too(terminal):
    """Is it noticed where the answer's own helper leans?"""
    cell, name = demonstration()
    helper = f"def offset(Tq, Tk):\n    {name}\n    return Tk - Tq\n"
    terminal.names |= {"In": ["", IMPORTS, cell, helper], name: 0}
    said = terminal.check(helper + TRIANGLE.replace("(Tk - Tq)", "(offset(Tq, Tk))"))
    assert f"`{name}` comes from a cell that is not graded" in said


def test_a_demonstration_may_check_its_own_function(terminal):
    """Does a page that shows what a check says show it of the code above, and only there?"""
    shown = chapters()["start_here"].demonstrations
    cell = next(source for source in shown if 'check("row_shares")' in source)
    terminal.names["In"] = ["", cell]
    assert "What holds:" in terminal.run(cell)
    terminal.names["In"].append('check("row_shares")')
    assert "What holds:" not in terminal.run('check("row_shares")')


def test_leaning_on_a_cell_of_ones_own_is_fine(terminal):
    """May a learner define a helper or a constant in a cell of their own?"""
    cell, name = demonstration()
    mine = f"{name} = 0"
    terminal.names |= {"In": ["", IMPORTS, cell, mine], name: 0}
    said = terminal.check(TRIANGLE.replace("(Tk - Tq)", f"(Tk - Tq + {name})"))
    assert "All of it holds." in said


# ---- HTML

NASTY = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "source",
    [
        f"def causal_mask(Tq, Tk):\n    raise ValueError({NASTY!r})\n",
        f"def causal_mask(Tq, Tk):\n    raise ValueError({'`' + NASTY + '`'!r})\n",
        f"def causal_mask(Tq, Tk):\n    return {NASTY!r}\n",
        f"def causal_mask(Tq, Tk):\n    return [{NASTY!r}]\n",
        f"class {'Tag'}(str): pass\ndef causal_mask(Tq, Tk):\n    return type({NASTY!r}, (), {{}})()\n",
        f"def causal_mask(Tq, Tk):\n    print({NASTY!r})\n    return 1\n",
        f"class Odd(Exception): pass\nOdd.__name__ = {NASTY!r}\n"
        "def causal_mask(Tq, Tk):\n    raise Odd\n",
        f"def causal_mask(Tq, Tk):\n    if Tq == 1: raise ValueError({NASTY!r})\n    return 1\n",
    ],
)
def test_what_comes_from_an_answer_is_escaped(terminal, source):
    """Can an answer put its own HTML into the page that shows its verdict?"""
    said = terminal.check(source)
    html = terminal.names["result"].html
    assert NASTY in said
    assert NASTY not in html
    assert NASTY in unescape(html)


def test_a_name_that_is_asked_for_is_escaped(terminal):
    """Can the name in `check(...)` break out of the card?"""
    nasty = '"><script>alert(1)</script>'
    terminal.run(f"result = check({nasty!r})")
    assert nasty not in terminal.names["result"].html
    assert "<script>" not in terminal.names["result"].html
