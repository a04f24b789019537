"""The course as a row of steps: a stage for each part, a step for each chapter.

Owns the markup that the book's strip and the notebook's share; each draws its own steps, and has
its own styles.
"""

from collections.abc import Callable
from html import escape

from autograder.exercise.chapter import Chapter
from autograder.exercise.journey import PARTS, by_part


def stages(step: Callable[[Chapter], str], now: str | None = None) -> str:
    """All stages in HTML; a part without chapters is one step that is planned.

    step: draws a chapter's. now: the folder of the part to be marked as the one where one is.
    """
    drawn = []
    for part, inside in by_part().items():
        name, gives = PARTS.get(part, ("Start", ""))
        planned = f'<i class="bh-planned" title="{escape(gives)}: not written yet"></i>'
        css = "bh-stage bh-now" if part == now else "bh-stage"
        drawn.append(
            f'<span class="{css}" style="--steps:{max(1, len(inside))}">'
            f'<span class="bh-steps">{"".join(map(step, inside)) or planned}</span>'
            f'<span class="bh-name">{escape(name)}</span></span>'
        )
    return "".join(drawn)
