"""Submissions that try to earn what their answers do not deserve, or to do harm.

Owns: what an attack is, and how its submission is written. One module per way in: `code` in
cells, `calls` of answers, the `channel` to the grader, `files` and `notebooks`, the `logic` of
grading. They run in `test_attacks.py`, against this project's own graders, inside the sandbox.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from autograder.exercise import chapters, exercises

STEM = "self_attention"
MASK, COMBINE, ATTENTION = chapters()[STEM].exercises
RIGHT = {name: exercises()[name].solution for name in (MASK, COMBINE, ATTENTION)}
WRONG = {  # the right shape and nothing else: no claim holds, 0 points
    MASK: "def causal_mask(Tq, Tk):\n    return torch.zeros(Tq, Tk, dtype=torch.bool)\n",
    COMBINE: "def combine_masks(attention_mask, causal):\n"
    "    return torch.zeros(len(attention_mask), 1, *causal.shape, dtype=torch.bool)\n",
    ATTENTION: "def scaled_dot_product_attention(q, k, v, mask=None):\n"
    "    return q.new_zeros(*q.shape[:-1], v.shape[-1])\n",
}
HEAD = {name: source.partition("\n")[0] for name, source in WRONG.items()}
FULL = {MASK: 2, COMBINE: 2, ATTENTION: 3}
NOTHING = dict.fromkeys(FULL, 0)
# What feedback says most often.
HOLDS, NOT_YET, BLANK = "All of it holds.", "Not yet the book's function.", "Not written yet."
ENDED = "ended before it had answered"
UNREAD = "could not be read"
STOPPED = "Is there a loop that does not end?"
UNGRADED = "This submission could not be graded."


def nothing_more(folder: Path, places: dict):
    pass


@dataclass(frozen=True)
class Attack:
    """One submission. `@COURSE@` and such in its sources become `places` of the test.

    tries: what it is after, as a sentence. answers: sources by exercise, right where not given, as
    released where None.
    above: a cell that the learner added above the first answer; below: one after the last.
    edit: changes the notebook, a dict, before it is written. write: puts the submission into
    its folder; by default that is the notebook's JSON. beside: puts more into the folder.
    score: what the exercises deserve, and why, in `because`. says: one of these phrases is in
    the feedback, after HTML is undone.
    """

    name: str
    tries: str
    score: dict
    because: str
    says: str | tuple[str, ...]
    answers: dict = field(default_factory=dict)
    above: str = ""
    below: str = ""
    edit: Callable[[dict], dict | None] = lambda notebook: None
    write: Callable[[Path, dict], None] | None = None
    beside: Callable[[Path, dict], None] = nothing_more

    @property
    def phrases(self) -> tuple[str, ...]:
        return (self.says,) if isinstance(self.says, str) else self.says

    def submit(self, course: Path, released: dict, places: dict):
        notebook = self.notebook(released, places)
        folder = course / "submitted" / self.name / STEM
        if self.write:
            folder.parent.mkdir(parents=True, exist_ok=True)
            self.write(folder, notebook)
        else:
            folder.mkdir(parents=True)
            (folder / f"{STEM}.ipynb").write_text(json.dumps(notebook), encoding="utf8")
        self.beside(folder, places)

    def notebook(self, released: dict, places: dict) -> dict:
        notebook = deepcopy(released)
        answers = RIGHT | self.answers
        for cell in notebook["cells"]:
            cell["source"] = answers.get(grade_id(cell)) or cell["source"]
        first, last = place_of(notebook, MASK), place_of(notebook, ATTENTION)
        for index, source in ((last + 1, self.below), (first, self.above)):
            if source:
                notebook["cells"].insert(index, code_cell(source))
        notebook = self.edit(notebook) or notebook
        for cell in notebook.get("cells", []):
            if isinstance(cell, dict) and isinstance(cell.get("source"), str):
                for key, value in places.items():
                    cell["source"] = cell["source"].replace(f"@{key}@", str(value))
        return notebook


def grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def cell_of(notebook: dict, wanted: str) -> dict:
    return next(cell for cell in notebook["cells"] if grade_id(cell) == wanted)


def place_of(notebook: dict, wanted: str) -> int:
    return notebook["cells"].index(cell_of(notebook, wanted))


def code_cell(source: str, **metadata) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "added-by-the-learner",
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def all_attacks() -> dict[str, Attack]:
    """Every attack by name, which is also its learner's."""
    from attacks import calls, channel, code, files, logic, notebooks

    modules = (calls, channel, code, files, logic, notebooks)
    found = [attack for module in modules for attack in module.ATTACKS]
    assert len({attack.name for attack in found}) == len(found)
    return {attack.name: attack for attack in found}
