"""The three pieces of a new exercise, with the prompts that its author needs.

Owns: what is written where. Nothing that exists is overwritten: a file gets lines at its end.
"""

import re
from pathlib import Path

from autograder.exercise import chapters, exercises
from autograder.exercise.chapter import ROOT as CHAPTERS

ROOT = CHAPTERS.parent
NAME = re.compile(r"[a-z][a-z0-9_]*")

CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# {title}

*What the reader's model can do so far, and what it cannot. (One or two sentences.)*

The question that a reader would ask, with something on screen that raises it.
"""
SECTION = """
## {title}

One small case by hand, with numbers that fit into a head. The exercise is "now in general".

```{{code-cell}}
:tags: [exercise]
from solutions.{stem} import {name}
```

What the text does with it next.
"""
MODULE = '''\
"""References for {chapter}."""

import torch
from jaxtyping import Float
from torch import Tensor
'''
FUNCTION = '''

def {name}(x: Float[Tensor, "N D"]) -> Float[Tensor, "N D"]:
    """What it is, in one line. (Not what it does.)

    Then shapes, units, what is raised when, tie rules, what may be changed in place.

    Source: the paper, section and equation.
    """
    return x
'''
PACKAGE = '"""What the exercises of {chapter} share. {count}"""\n'
CHECK = '''\
"""Checks and misconceptions for `{name}`."""

import torch

from autograder.exercise import Exercise, agree

# Public examples come from a fixed seed, graded ones from a secret one. Every size differs; each
# aspect reads well after "when"; each isolates one thing that can go wrong.


def draw(g):
    return {{
        "there are three rows": (torch.randn(3, 5, generator=g),),
        "there is one row": (torch.randn(1, 5, generator=g),),
    }}


{name} = Exercise(
    "{stem}.{name}",
    title="{title}",
    points=1, difficulty=1, minutes=10, examples=draw,
)  # fmt: skip


@{name}.oracle("the library that nobody here wrote")
def _(x):
    raise NotImplementedError("import the library here, inside, and call it")


@{name}.claim("a property, as a sentence that follows a dash")
def _(answer):
    agree(answer(torch.zeros(2, 3)), torch.zeros(2, 3))


# At least three mistakes that deserve words of their own: see autograder/checks/README.md.
#
# {name}.slip(
#     "old fragment of the reference", "new", name="what_it_is",
#     seen="What is right so far. A question that points at the place?",
#     why="These are the numbers of code that ... The cause, and what follows from it.",
# )  # fmt: skip
#
#
# @{name}.misconception(seen="...", why="...")
# def another_way_to_be_wrong(x):
#     return x
#
#
# @{name}.alternative
# def another_way_to_be_right(x):
#     return x
'''


class Refused(ValueError):
    """What cannot be made; the message says what would fit."""


def write_skeleton(chapter: str, name: str) -> list[Path]:
    """Write or extend the files of a new exercise; gives their paths.

    chapter: a stem that exists, or part/NN_stem of a new one.
    """
    if not NAME.fullmatch(name):
        raise Refused(f"{name!r} cannot be an exercise: give a name such as causal_mask.")
    if name in exercises():
        raise Refused(f"{name!r} is an exercise already: {exercises()[name]!r}. Give another name.")
    page = page_of(chapter)
    stem, title = re.sub(r"^\d+_", "", page.stem), name.replace("_", " ").capitalize()
    told = {"name": name, "stem": stem, "title": title, "chapter": page.relative_to(ROOT)}
    told["count"] = "Nothing so far."
    heading = stem.replace("_", " ").capitalize()
    solution = ROOT / "solutions" / f"{stem}.py"
    package = ROOT / "autograder" / "checks" / stem
    written = [
        extended(page, CHAPTER.format(title=heading), SECTION.format(**told)),
        extended(solution, MODULE.format(**told), FUNCTION.format(**told)),
        extended(package / "__init__.py", PACKAGE.format(**told), ""),
        extended(package / f"{name}.py", "", CHECK.format(**told)),
    ]
    return [path for path in written if path]


def page_of(chapter: str) -> Path:
    """The chapter's file, there or to be made."""
    if chapter in chapters():
        return chapters()[chapter].path
    part, _, file = chapter.rpartition("/")
    parts = sorted(folder.name for folder in CHAPTERS.iterdir() if folder.is_dir())
    stem = re.sub(r"^\d+_", "", file)
    if not part or not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", file):
        raise Refused(
            f"No chapter is called {chapter!r}. There is: {', '.join(chapters())}. For a new one "
            "give part and file, such as 4_inference/03_stopping_and_beams."
        )
    if not re.fullmatch(r"\d_[a-z_]+", part):
        raise Refused(f"{part!r} is no part. Parts look like: {', '.join(parts)}.")
    if stem in chapters():
        raise Refused(f"{stem!r} is a chapter already: {chapters()[stem].path.relative_to(ROOT)}.")
    return CHAPTERS / part / f"{file}.md"


def extended(path: Path, beginning: str, addition: str) -> Path | None:
    """Append to a file, which begins with `beginning` where it is new; None if nothing is new."""
    new = not path.exists()
    if not (addition or new):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf8") as file:
        file.write((beginning if new else "") + addition)
    return path
