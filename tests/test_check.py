"""`check`, `hint` and `solution`, as a learner meets them."""

import linecache
import re
import subprocess
import sys
from html import unescape

import pytest
from answers import stub
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder import home
from autograder.chapter import bound, chapters
from autograder.exercise import exercises

IMPORTS = "import torch\nfrom torch import Tensor\nfrom jaxtyping import Bool, Float, Int\n"
TRIANGLE = """def causal_mask(Tq, Tk):
    return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)
"""
TRANSPOSED = TRIANGLE.replace("tril", "triu")


class Terminal:
    """Plain Python: cells share a namespace, and what is printed is kept."""

    def __init__(self, capsys):
        self.capsys = capsys
        self.names = {"__name__": "__main__"}
        self.cells = 0
        self.run("from autograder import check, hint, solution\n" + IMPORTS)

    def run(self, source) -> str:
        self.cells += 1
        filename = f"<learner {self.cells}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        self.capsys.readouterr()
        exec(compile(source, filename, "exec"), self.names)
        return self.capsys.readouterr().out

    def check(self, source, name="causal_mask") -> str:
        self.run(source)
        return self.run(f"result = check({name!r})")


@pytest.fixture
def terminal(capsys):
    home.attempts.clear()
    home.verdicts.clear()
    return Terminal(capsys)


# ---- right, unwritten, wrong


def test_a_right_answer_is_told_so_and_is_worth_its_points(terminal):
    """What does a learner read when it is right?"""
    said = terminal.check(TRIANGLE)
    assert said.startswith("The causal mask: All of it holds. (2 of 2 points)\n")
    assert "hint" not in said
    assert terminal.names["result"] == 2.0
    assert repr(terminal.names["result"]) == "2"


def test_what_is_not_written_is_lent(terminal):
    """Can a reader go on below an exercise that was skipped, and come back to it later?"""
    said = terminal.check(stub(exercises()["causal_mask"]))
    assert "Not written yet. (0 of 2 points)" in said
    assert "The cells below use the book's function until yours is there." in said
    terminal.run("mask = causal_mask(2, 3)")
    assert terminal.names["mask"].tolist() == [[True, True, False], [True, True, True]]
    assert "Not written yet." in terminal.run("check('causal_mask')"), "lent is not written"
    assert "All of it holds." in terminal.check(TRIANGLE)


def test_a_wrong_answer_is_not_replaced(terminal):
    """Do the cells below show what the learner's own function does?"""
    terminal.check(TRANSPOSED)
    terminal.run("mask = causal_mask(2, 2)")
    assert terminal.names["mask"].tolist() == [[True, True], [False, True]]


def test_the_first_check_asks_and_the_second_explains(terminal):
    """Is there time to think between the question and the cause?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    first = terminal.check(TRANSPOSED)
    assert slip.seen in first
    assert slip.why not in first
    assert 'hint("causal_mask")' in first
    second = terminal.run("check('causal_mask')")
    assert slip.seen in second
    assert slip.why in second


@pytest.mark.parametrize("argument", ["'causal_mask'", "causal_mask"])
def test_a_hint_gives_the_cause_at_once(terminal, argument):
    """May a learner ask for the cause after one check, by name or by function?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    terminal.check(TRANSPOSED)
    assert slip.why in terminal.run(f"hint({argument})")


def test_a_hint_without_a_check_looks_first(terminal):
    """Does `hint` work as the first thing that is called?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    terminal.run(TRANSPOSED)
    assert slip.why in terminal.run("hint('causal_mask')")


def test_a_right_answer_forgets_the_failed_attempts(terminal):
    """Is a new mistake after a right answer a first one again?"""
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    for source in (TRANSPOSED, TRANSPOSED, TRIANGLE):
        terminal.check(source)
    assert slip.why not in terminal.check(TRANSPOSED)


def test_the_case_that_differs_is_shown_with_its_arguments(terminal):
    """Can a learner run the very call that went wrong?"""
    said = terminal.check("def causal_mask(Tq, Tk):\n    return torch.ones(Tq, Tk).bool()\n")
    shown = re.search(r"called with:\n +Tq = (\d+)\n +Tk = (\d+)\n +got:\n(( +\[.*\]\n)+)", said)
    assert shown, said
    Tq, Tk = int(shown[1]), int(shown[2])
    assert shown[3].count("1") == Tq * Tk, "what came back for just these arguments"
    softmax = "def row_shares(counts):\n    return counts.softmax(dim=-1)\n"
    said = terminal.check(softmax, "row_shares")
    shown = "  called with:\n    counts =\n      [  1.000   3.000]\n      [  4.000   1.000]\n  got:"
    assert shown in said


NAMED = {  # answers whose cause the first words name already
    "no return": ("torch.ones(Tq, Tk).bool().tril()", "Is there a `return`?"),
    "a name that is none": ("return torch.ones(Tq, Tk, dtype=torch.boul).tril(k)", None),
    "another type": ("return 'a mask'", "a str ('a mask') came back"),
    "an unknown name": ("return torch.ones(Tq, Tk).tril(wide)", "NameError: name 'wide'"),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_cause_that_is_named_is_not_taken_back(terminal, case):
    """Is "none of the mistakes known here" said only where nothing is known?"""
    line, named = NAMED[case]
    terminal.check(f"def causal_mask(Tq, Tk):\n    {line}\n")
    said = terminal.run("check('causal_mask')")
    assert ("none of the mistakes known here" in said) == (named is None)
    assert (named or "AttributeError") in said


def test_types_and_shapes_hold_only_where_something_came_back(terminal):
    """Is code that raises in some cases not told that its shapes are right?"""
    body = "    return counts / counts.sum({})\n"
    one_total, no_keepdim = (f"def row_shares(counts):\n{body}".format(x) for x in ("", "dim=-1"))
    assert "types and shapes are right" in terminal.check(one_total, "row_shares")
    assert "types and shapes are right" not in terminal.check(no_keepdim, "row_shares")


@pytest.mark.parametrize(("body", "full"), [
    ("torch.nn.functional.normalize(counts, p=1, dim=-1)", True),  # another slope, at 0 alone
    ("counts / counts.sum(dim=-1, keepdim=True).detach()", False),
])  # fmt: skip
def test_gradients_are_asked_where_there_is_one(terminal, body, full):
    """Are two slopes of a kink both right, and is a gradient that is cut off still seen?"""
    said = terminal.check(f"def row_shares(counts):\n    return {body}\n", "row_shares")
    assert said.startswith("Shares, row by row: " + ("All" if full else "The values agree")), said
    assert ("the gradients are not" in said) != full


def test_the_solution_is_shown_on_request(terminal):
    """Is what `solution` prints the reference itself, and what does it say of a wrong name?"""
    assert terminal.run("solution('causal_mask')").rstrip() == (
        exercises()["causal_mask"].solution.rstrip()
    )
    assert "Did you mean" in terminal.run("solution('causal_maks')")


def test_a_check_says_what_to_mend_first(terminal):
    """Is a learner sent to the function that is wrong, and not to the one that uses it?"""
    terminal.check(TRANSPOSED)
    said = terminal.check(
        "def combine_masks(attention_mask, causal):\n"
        "    T = len(causal)\n"
        "    return attention_mask.bool()[:, None, None, :] & causal_mask(T, T)\n",
        "combine_masks",
    )
    assert "It uses your `causal_mask`, which is not right yet: mend that first." in said


# ---- what cannot be judged, each with a message of its own

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
        r"None came back; a bool tensor of shape \(4, 4\) was wanted\. Is there a `return`\?",
    ),
    "another type": (
        TRIANGLE.replace("tril(Tk - Tq)", "tril(Tk - Tq).tolist()"),
        "causal_mask",
        r"a list \(\[\[True, False.*\) came back; a bool tensor of shape \(4, 4\) was wanted",
    ),
    "another dtype": (
        TRIANGLE.replace("torch.bool", "torch.int32"),
        "causal_mask",
        r"dtype int32 came back; bool was wanted",
    ),
    "another shape": (
        TRIANGLE.replace("torch.ones(Tq, Tk,", "torch.ones(1, Tq, Tk,"),
        "causal_mask",
        r"shape \(1, 4, 4\) came back; \(4, 4\) was wanted",
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


def demonstration():
    """A cell of the chapter that is not graded, and a name that only such cells bind."""
    shown = chapters()["self_attention"].demonstrations
    return next((cell, min(names)) for cell, names in shown.items() if names)


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


def test_leaning_on_a_cell_of_ones_own_is_fine(terminal):
    """May a learner define a helper or a constant in a cell of their own?"""
    cell, name = demonstration()
    mine = f"{name} = 0"
    terminal.names |= {"In": ["", IMPORTS, cell, mine], name: 0}
    said = terminal.check(TRIANGLE.replace("(Tk - Tq)", f"(Tk - Tq + {name})"))
    assert "All of it holds." in said


# ---- what costs nothing


def test_printing_and_warning_cost_nothing_and_are_shown(terminal):
    """May a learner look at values while the check runs?"""
    noise = "    print('sizes', Tq)\n    import warnings; warnings.warn('old')\n    return"
    said = terminal.check(TRIANGLE.replace("    return", noise))
    assert "All of it holds. (2 of 2 points)" in said
    assert "Your code printed:\n    sizes 4" in said


def test_what_an_endless_printer_prints_is_cut(terminal):
    """Does the card stay readable?"""
    said = terminal.check(
        TRIANGLE.replace("    return", "    print(*range(99), sep='\\n')\n    return")
    )
    assert len(said.splitlines()) < 15


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


# ---- in a notebook

CELLS = {
    "setup": "from autograder import check, hint, solution\n" + IMPORTS,
    "nothing yet": "check('causal_mask')",
    "stub": "def causal_mask(Tq, Tk):\n    raise NotImplementedError()\ncheck('causal_mask')",
    "below": "causal_mask(1, 2).tolist()",
    "wrong": TRANSPOSED + "check('causal_mask')",
    "again": "check('causal_mask')",
    "raising": "# a comment first\ndef causal_mask(Tq, Tk):\n    return torch.ons(Tq, Tk)\n"
    "check('causal_mask')",
    "demonstration": demonstration()[0],
    "leaning": TRIANGLE.replace("    return", f"    {demonstration()[1]}\n    return")
    + "check('causal_mask')",
    "right": "%time None\n" + TRIANGLE + "check('causal_mask')",
    "right again": "check('causal_mask')",
}


@pytest.fixture(scope="module")
def notebook():
    """Output data by cell, after one run in a real kernel."""
    made = new_notebook(cells=[new_code_cell(source) for source in CELLS.values()])
    NotebookClient(made, kernel_name="python3", timeout=120).execute()
    outputs = {}
    for name, cell in zip(CELLS, made.cells, strict=True):
        results = [o.data for o in cell.outputs if o.output_type == "execute_result"]
        streams = [o.name for o in cell.outputs if o.output_type == "stream"]
        outputs[name] = (results[0] if results else {}), streams
    return outputs


def test_a_notebook_shows_a_card_and_nbgrader_a_bare_number(notebook):
    """Is the text of each check the number that nbgrader takes, and the HTML the card?"""
    scores = {"nothing yet": "0", "stub": "0", "wrong": "0", "raising": "0", "leaning": "0",
              "right": "2", "right again": "2"}  # fmt: skip
    for cell, score in scores.items():
        data, streams = notebook[cell]
        assert data["text/plain"] == score, cell
        assert '<section class="bh-card' in data["text/html"]
        assert "stdout" not in streams or cell == "right", "the card is said once"
        assert "stderr" not in streams, "stderr would cost all points in stock nbgrader"


def test_cards_in_a_notebook_say_what_the_terminal_says(notebook):
    """Do lending, lines, questions and causes work in a kernel as well?"""
    html = {cell: unescape(data.get("text/html", "")) for cell, (data, _) in notebook.items()}
    (slip,) = [m for m in exercises()["causal_mask"].misconceptions if m.name == "transposed"]
    question, cause = (re.sub(r"[`*]", "", text) for text in (slip.seen, slip.why))
    plain = {cell: re.sub(r"<[^>]+>", "", text) for cell, text in html.items()}
    assert "run the cell that defines it" in plain["nothing yet"]
    assert "Not written yet." in plain["stub"]
    assert notebook["below"][0]["text/plain"] == "[[True, True]]"
    assert question in plain["wrong"]
    assert cause not in plain["wrong"]
    assert cause in plain["again"]
    assert "Line 3 of your cell:" in plain["raising"]
    assert "return torch.ons(Tq, Tk)" in plain["raising"]
    assert "comes from a cell that is not graded" in plain["leaning"]
    assert "All of it holds." in plain["right"]


def test_a_verdict_names_the_paragraph_to_reread(notebook):
    """Is a learner sent back to the heading above the exercise?"""
    heading = chapters()["self_attention"].exercises["causal_mask"]
    assert heading
    assert f"Reread: “{heading}”." in notebook["wrong"][0]["text/html"]
    assert "Reread" not in notebook["right"][0]["text/html"]


# ---- starting up


def test_a_check_imports_neither_nbgrader_nor_transformers():
    """Is the first check fast, because nothing heavy but torch is loaded for it?"""
    code = (
        "import sys; from autograder import check\n"
        "before = set(sys.modules)\n"
        "def causal_mask(Tq, Tk): return None\n"
        "check('causal_mask'); check('causal_maks')\n"
        "heavy = {'nbgrader', 'transformers', 'IPython', 'nbformat', 'jupytext', 'matplotlib'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []", done.stdout


def test_every_bound_name_of_a_cell_is_found():
    """Does the search for demonstration names see loops, unpacking, imports and definitions?"""
    source = (
        "import a.b\nfrom c import d as e\nf, (g, *h) = 1, (2, 3)\nfor i in []: j = 1\n"
        "with k as l: pass\ndef m(): n = 1\nclass O: p = 1\nq: int = 1\n(r := 2)\ns.t = 3\n"
    )
    assert bound(source) == set("aefghijlmqr") | {"O"}
    assert bound("%magic") == set()
