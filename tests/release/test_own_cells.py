"""Cells tagged `own`: the book's functions in the book, the learner's own in their notebook."""

import pytest

from autograder.course.marks import own as mark
from autograder.course.notebook import source_notebook
from autograder.exercise import Chapter, chapters, journey
from autograder.exercise.taking import SAID, as_taken, taken_in
from autograder.home.own import exercise_called

STEM = "distillation"  # a late chapter, whose twin in solutions the page of this test borrows
PAGE = """# A last chapter

```{{code-cell}}
:tags: [{tags}]
{source}
```

```{{code-cell}}
print(train_bpe)
```
"""
SOURCE = """from solutions.tokenization import (
    train_bpe,
    bpe_encode as encode,
)
from solutions.low_rank import LoRALinear"""
TAKEN = """(
    train_bpe, encode,
    LoRALinear,
) = own(
    "tokenization.train_bpe", "tokenization.bpe_encode",
    "low_rank.LoRALinear",
)"""


@pytest.fixture
def chapter(tmp_path):
    def write(source=SOURCE, tags="own") -> Chapter:
        path = tmp_path / f"09_{STEM}.md"
        path.write_text(PAGE.format(source=source, tags=tags), encoding="utf8")
        return Chapter(path)

    return write


def test_the_learners_cell_takes_their_own_functions(chapter):
    """Does it say what it does, in a line for each chapter, and is it graded like any other?"""
    cells = source_notebook(chapter()).cells
    (cell,) = [c for c in cells if c.cell_type == "code" and "own(" in c.source]
    assert cell.source == SAID + TAKEN
    assert mark(cell) == {}
    assert cell.metadata == {}


def test_it_may_be_folded(chapter):
    """Does `hide-input` mean what it means elsewhere?"""
    cells = source_notebook(chapter(tags="own, hide-input")).cells
    (cell,) = [c for c in cells if c.cell_type == "code" and "own(" in c.source]
    assert cell.metadata["jupyter"]["source_hidden"]


def test_a_grader_has_the_books_functions(chapter):
    """Do the released imports, which a grader runs, bring the same names?"""
    lines = chapter().imports.splitlines()
    assert "from solutions.tokenization import train_bpe, bpe_encode as encode" in lines
    assert "from solutions.low_rank import LoRALinear" in lines
    names = {}
    exec("\n".join(lines), names)
    assert {"train_bpe", "encode", "LoRALinear"} <= set(names)


def test_it_is_known_as_it_stands_in_the_notebook(chapter):
    """Does `check` tell it from a cell of the learner's own?"""
    shown = chapter().demonstrations
    assert shown[SAID + TAKEN] == {"own", "train_bpe", "encode", "LoRALinear"}


def test_the_strip_counts_what_it_takes():
    """Does the chapter's strip show what such a cell imports?"""
    taken = {("tokenization", "train_bpe"), ("tokenization", "bpe_encode"),
             ("low_rank", "LoRALinear")}  # fmt: skip
    assert journey.taken_by(SOURCE) == taken


def test_a_short_one_is_one_line():
    """Is it read at a glance where it can be?"""
    line = as_taken("from solutions.tokenization import train_bpe").splitlines()[-1]
    assert line == 'train_bpe = own("tokenization.train_bpe")'
    many = "\n".join(f"from solutions.tokenization import f{i}0000000000" for i in range(30))
    assert max(map(len, as_taken(many).splitlines())) <= 95
    compile(as_taken(many), "cell", "exec")


@pytest.mark.parametrize(
    "source",
    ["import torch", "from solutions.tokenization import *", "x = 1", "from .x import y",
     "from solutions import tokenization", "import solutions.tokenization", "# nothing"],
)  # fmt: skip
def test_it_holds_imports_and_nothing_else(source):
    """Does anything else say what fits?"""
    with pytest.raises(ValueError, match=r"A cell tagged `own`"):
        taken_in(source)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("from solutions.tokenization import re", r"takes tokenization\.re, which is no exercise"),
        ("from solutions.distillation import distillation_loss", "which comes later"),
    ],
)
def test_it_takes_what_was_asked_in_earlier_chapters(chapter, source, told):
    """Is a function that no learner has written by then refused at the release?"""
    with pytest.raises(LookupError, match=told):
        source_notebook(chapter(source))


def test_every_cell_of_the_course_takes_what_there_is():
    """Is every such name an exercise under which `own` finds it?"""
    for page in chapters().values():
        for tags, source, _ in page.cells:
            for module, name, _ in taken_in(source) if "own" in tags else []:
                assert exercise_called(f"{module}.{name}").name == name
