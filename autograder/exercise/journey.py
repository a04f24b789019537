"""Where a chapter stands: what is built before it, what it adds and takes, what is still missing.

Owns: the parts of the course with what each gives the reader's model, and what chapters take from
each other, read off their imports. Draws nothing: the book and the notebook do.
"""

import ast
from dataclasses import dataclass
from functools import cache

from autograder.exercise.chapter import ROOT, Chapter, chapters
from autograder.exercise.registry import exercises

# folder of a part: (its name, what the reader's own language model gets from it)
PARTS = {
    "1_nlp": ("NLP", "text as numbers"),
    "2_transformers": ("Transformers", "the network"),
    "3_attention": ("Attention", "a look at other tokens"),
    "4_inference": ("Inference", "writing"),
    "5_fine_tuning": ("Fine-tuning", "training"),
    "6_quantization": ("Quantization", "a smaller memory"),
}


@dataclass(frozen=True)
class Standing:
    """A chapter among the others, in the book's order. takes: by chapter, names that it uses."""

    chapter: Chapter
    earlier: tuple[Chapter, ...]
    later: tuple[Chapter, ...]
    takes: dict[str, tuple[str, ...]]

    @property
    def adds(self) -> list:
        """Its exercises."""
        return asked_in(self.chapter)

    @property
    def built(self) -> list:
        """What a reader who has come this far has written: functions and classes."""
        return [e for chapter in self.earlier for e in asked_in(chapter) if not e.in_prose]

    @property
    def rest(self) -> list[Chapter]:
        """Chapters of the same part that follow."""
        return [chapter for chapter in self.later if chapter.part == self.chapter.part]

    @property
    def ahead(self) -> list[str]:
        """Parts that begin later."""
        begun = {chapter.part for chapter in (*self.earlier, self.chapter)}
        return [part for part, inside in by_part().items() if inside and part not in begun]


def standing(stem: str) -> Standing:
    order = list(chapters().values())
    at = list(chapters()).index(stem)
    return Standing(order[at], tuple(order[:at]), tuple(order[at + 1 :]), taken()[stem])


def asked_in(chapter: Chapter) -> list:
    """A chapter's exercises, in its order."""
    return [exercises()[name] for name in chapter.exercises if name in exercises()]


def by_part() -> dict[str, list[Chapter]]:
    """Chapters by part, in the book's order; "" is the front. A part may have none yet."""
    found = {part: [] for part in ("", *PARTS)}
    for chapter in chapters().values():
        found.setdefault(chapter.part, []).append(chapter)
    return found


def planned() -> list[str]:
    """Parts that have no chapter yet."""
    return [part for part, inside in by_part().items() if part and not inside]


@cache
def taken() -> dict[str, dict[str, tuple[str, ...]]]:
    """For each chapter's stem the earlier chapters that it leans on, with the names it takes.

    What its cells import, what its reference imports, and what its exercises say they build on.
    """
    known, order, found = exercises(), list(chapters()), {}
    for stem, chapter in chapters().items():
        sources = [source for _, source, _ in chapter.cells]
        reference = ROOT.parent / "solutions" / f"{stem}.py"
        if reference.exists():
            sources.append(reference.read_text(encoding="utf8"))
        pairs = {pair for source in sources for pair in taken_by(source)}
        needed = {need for e in asked_in(chapter) for need in e.needs}
        pairs |= {(known[need].module, need) for need in needed}
        found[stem] = {
            other: tuple(sorted(name for module, name in pairs if module == other))
            for other in order
            if other != stem and any(module == other for module, _ in pairs)
        }
    return found


def taken_by(source: str) -> set[tuple[str, str]]:
    """(module, name) for all that a source imports from modules of `solutions`."""
    return {
        (node.module.removeprefix("solutions."), alias.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("solutions.")
        for alias in node.names
    }
