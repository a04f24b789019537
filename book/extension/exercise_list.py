"""What there is to do, and how well it is checked: two tables of all exercises, and a line.

Owns the directives `exercise-list`, `exercise-quality` and `course-facts`. The second takes the
mutants from the last test run, which leaves them in `build/quality`; before any run it does not
speak of them.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from exercise_card import link
from sphinx.application import Sphinx

QUALITY = Path(__file__).parents[2] / "build" / "quality"
TASKS = ("Exercise", "Fast track", "Kind", "Difficulty", "Minutes", "Points")
MUTANTS = "Mutants refused"
CHECKS = ("Exercise", "Claims", "Mistakes known", MUTANTS, "Proved against")


def by_chapter() -> list[tuple]:
    """(chapter, its exercises), in the order of the book."""
    from autograder.exercise import chapters, exercises

    known = exercises()
    return [
        (chapter, [known[name] for name in chapter.exercises])
        for chapter in chapters().values()
        if chapter.exercises
    ]


class ExerciseList(Directive):
    """Every exercise with its kind, difficulty, minutes and points."""

    def run(self):
        rows, chapters = [], by_chapter()
        for chapter, exercises in chapters:
            rows.append(chapter.title)
            for e in exercises:
                told = e.kind + (", optional" if e.optional else "")
                rows.append((e, "yes" if e.fast_track else "", told, f"{e.difficulty} of 3",
                             str(e.minutes), f"{e.points:g}"))  # fmt: skip
        every = [e for _, exercises in chapters for e in exercises]
        fast = [e for e in every if e.fast_track]
        most = max(sum(e.fast_track for e in exercises) for _, exercises in chapters)
        text = (
            f"{len(every)} exercises, {minutes(every)} in all. The fast track is {len(fast)} of "
            f"them, {minutes(fast)}: at most {most} from each chapter, those that later chapters "
            "lean on."
        )
        return [nodes.paragraph("", text), table(TASKS, rows)]


class CourseFacts(Directive):
    """How much there is, in one line."""

    def run(self):
        from autograder.exercise import chapters

        every = [e for _, exercises in by_chapter() for e in exercises]
        fast = [e for e in every if e.fast_track]
        text = (
            f"{len(chapters())} chapters, {len(every)} exercises, {minutes(every)}, or "
            f"{minutes(fast)} on the fast track. All you need is Python and a little torch."
        )
        return [nodes.paragraph("", text, classes=["bh-facts"])]


class ExerciseQuality(Directive):
    """Every exercise with what its answers are held against."""

    def run(self):
        every = [e for _, exercises in by_chapter() for e in exercises]
        refused = {e: mutants(e) for e in every}
        killed, tried = map(sum, zip(*refused.values(), strict=True))
        rows = []
        for chapter, exercises in by_chapter():
            rows.append(chapter.title)
            for e in exercises:
                known = (str(len(e.claims) or ""), str(len(e.misconceptions) or ""))
                caught = ("{} of {}".format(*refused[e]) if refused[e][1] else "",) * bool(tried)
                rows.append((e, *known, *caught, e.oracle_name or "a person" * e.in_prose))
        text = (
            f"{len(every)} exercises, {sum(bool(e.oracle_name) for e in every)} of them proved "
            f"against an implementation that nobody here wrote; "
            f"{sum(len(e.misconceptions) for e in every)} mistakes known by name, "
            f"{sum(len(e.alternatives) for e in every)} other right ways that earn full points."
        )
        if tried:
            text += (
                " A machine breaks each solution in every small way it can think of: an operator, a "
                "constant, an axis, a line. These broken versions are called mutants, and the check "
                f"has to refuse them. The last test run made {tried}; {killed} of them were refused."
            )
        head = [title for title in CHECKS if tried or title != MUTANTS]
        return [nodes.paragraph("", text), table(head, rows)]


def minutes(exercises) -> str:
    total = sum(e.minutes for e in exercises)
    return f"about {total / 60:.0f} hours" if total >= 120 else f"about {total} minutes"


def mutants(exercise) -> tuple[int, int]:
    """How many broken versions of a solution were refused in the last test run, of how many."""
    path = QUALITY / f"{exercise.name}.json"
    if not path.exists():
        return 0, 0
    found = json.loads(path.read_text(encoding="utf8"))
    return found["killed"], found["mutants"]


def table(head, rows) -> nodes.table:
    """Rows under a head; a text in place of a row begins a chapter."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=3 if i == 0 else 1) for i in range(len(head))]
    group += nodes.thead("", nodes.row("", *(cell(nodes.Text(text)) for text in head)))
    body = nodes.tbody()
    for row in rows:
        if isinstance(row, str):
            line = nodes.row("", nodes.entry("", nodes.paragraph("", "", nodes.strong("", row))))
            line[0]["morecols"] = len(head) - 1
        else:
            line = nodes.row("", cell(link(row[0])), *(cell(*breakable(text)) for text in row[1:]))
        body += line
    group += body
    return nodes.table("", group, classes=["bh-exercises"])


def cell(*children: nodes.Node) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", *children))


def breakable(text: str) -> list[nodes.Node]:
    """Text in which a long dotted name may go on in the next line."""
    pieces = re.split(r"(?<=[._])(?=\w)", text)
    broken = [nodes.Text(pieces[0])]
    for piece in pieces[1:]:
        broken += [nodes.raw("", "<wbr>", format="html"), nodes.Text(piece)]
    return broken


def setup(app: Sphinx):
    app.add_directive("course-facts", CourseFacts)
    app.add_directive("exercise-list", ExerciseList)
    app.add_directive("exercise-quality", ExerciseQuality)
