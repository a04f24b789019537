"""The three pieces of a new exercise, with the prompts that its author needs.

Owns: what is written where. Nothing that exists is overwritten: a file gets lines at its end.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.author import stubs
from autograder.exercise import chapters, exercises
from autograder.exercise.chapter import ROOT as CHAPTERS
from autograder.exercise.chapter import bound

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
from jaxtyping import {types}
from torch import Tensor
'''
SIGNATURE = 'x: Float[Tensor, "N D"] -> Float[Tensor, "N D"]'
FUNCTION = '''

def {name}{signature}:
    """What it is, in one line. (Not what it does.)

    Then shapes, units, what is raised when, tie rules, what may be changed in place.

    Source: the paper, section and equation.
    """
    {body}
'''
PACKAGE = '"""What the exercises of {chapter} share. {count}"""\n'
CHECK = '''\
"""Checks and misconceptions for `{name}`."""

import torch

from autograder.exercise import {helpers}

# Public examples come from a fixed seed, graded ones from a secret one. Every size differs; each
# aspect reads well after "when"; each isolates one thing that can go wrong.


def draw(g):
    return {{
        "all sizes differ": {several},
        "every axis has one entry": {one},
    }}


{name} = Exercise(
    "{stem}.{name}",
    title="{title}",
    points=1, difficulty=1, minutes=10, examples=draw,
)  # fmt: skip


@{name}.oracle("library.function")
def _({parameters}):
    raise NotImplementedError("import the library here, inside, and call it")


{claim}


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
# def another_way_to_be_wrong({parameters}):
#     return ...
#
#
# @{name}.alternative
# def another_way_to_be_right({parameters}):
#     return ...
'''
DOUBLED = """\
@{name}.claim("ones become twos: a property, as a sentence that follows a dash")
def _(answer):
    agree(answer(torch.ones(2, 3)), torch.full((2, 3), 2.0))  # not so for zeros, ones and noise"""
ASKED = """\
@{name}.claim("a property, as a sentence that follows a dash")
def _(answer):
    raise NotImplementedError("ask for something that zeros, constants and noise do not fulfil")"""


class Refused(ValueError):
    """What cannot be made; the message says what would fit."""


@dataclass(frozen=True)
class Piece:
    """What was written, and where it begins."""

    path: Path
    line: int
    advice: str = ""

    def __str__(self):
        said = f"   {self.advice}" if self.advice else ""
        return f"{self.path.relative_to(ROOT)}:{self.line}{said}"


def write_skeleton(chapter: str, name: str, signature: str | None = None) -> list[Piece]:
    """Write or extend the files of a new exercise; gives what was written.

    chapter: a stem that exists, or part/NN_stem of a new one. signature: parameters with types,
    an arrow, and what comes back.
    """
    if not NAME.fullmatch(name):
        raise Refused(f"{name!r} cannot be an exercise: give a name such as causal_mask.")
    if name in exercises():
        raise Refused(f"{name!r} is an exercise already: {exercises()[name]!r}. Give another name.")
    try:
        typed = stubs.read(signature or SIGNATURE)
    except stubs.Unreadable as problem:
        raise Refused(str(problem)) from None
    page = page_of(chapter)
    stem, title = re.sub(r"^\d+_", "", page.stem), name.replace("_", " ").capitalize()
    told = {"name": name, "stem": stem, "title": title, "chapter": page.relative_to(ROOT)}
    told |= {"count": "Nothing so far.", "parameters": ", ".join(typed.names)}
    told |= {
        "signature": typed.text,
        "types": ", ".join(sorted(typed.used - {"Tensor"}) or ["Float"]),
    }
    told |= {"several": typed.examples(), "one": typed.examples(one=True)}
    told["body"] = (
        'raise NotImplementedError("write the reference")' if signature else "return 2 * x"
    )
    told["helpers"] = "Exercise" if signature else "Exercise, agree"
    told["claim"] = (ASKED if signature else DOUBLED).format(**told)
    heading = stem.replace("_", " ").capitalize()
    solution = ROOT / "solutions" / f"{stem}.py"
    package = ROOT / "autograder" / "checks" / stem
    missing = typed.used - bound(solution.read_text(encoding="utf8")) if solution.exists() else ()
    lacks = f"the module does not import {', '.join(sorted(missing))} yet" if missing else ""
    move = "move it to where the text needs it" if page.exists() else ""
    pieces = [
        extended(page, CHAPTER.format(title=heading), SECTION.format(**told), move),
        extended(solution, MODULE.format(**told), FUNCTION.format(**told), lacks),
        extended(package / "__init__.py", PACKAGE.format(**told), ""),
        extended(package / f"{name}.py", "", CHECK.format(**told)),
    ]
    return [piece for piece in pieces if piece]


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


def extended(path: Path, beginning: str, addition: str, advice: str = "") -> Piece | None:
    """Append to a file, which begins with `beginning` where it is new; None if nothing is new."""
    new = not path.exists()
    if not (addition or new):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    before = beginning if new else path.read_text(encoding="utf8")
    blank = len(addition) - len(addition.lstrip("\n"))
    with path.open("a", encoding="utf8") as file:
        file.write((beginning if new else "") + addition)
    return Piece(path, 1 if new else before.count("\n") + blank + 1, advice)
