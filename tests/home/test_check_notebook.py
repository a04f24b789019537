"""`check` in a real kernel, and what a first check loads."""

import re
import subprocess
import sys
from html import unescape

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from terminal import IMPORTS, TRANSPOSED, TRIANGLE, demonstration

from autograder.exercise import chapters, exercises
from autograder.exercise.chapter import bound

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
