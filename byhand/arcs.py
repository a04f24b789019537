"""Attention drawn as arcs over words: who takes how much from whom.

The arc's width is the weight. What a query must not see, and takes from all the same, is
drawn in the colour of warnings.
"""

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from byhand.figures import MUTED, PROBABILITY, QUERY, WARNING

WIDEST = 26.0  # points, for a weight of 1
FLAT = 0.62  # height of an arc that spans one word


def arcs(ax: Axes, words: list[str], weights, query: int, forbidden=()) -> None:
    """Draw what the word number `query` takes from every word.

    weights: one number per word, summing to 1. forbidden: numbers of words it must not see.
    """
    weights = [float(weight) for weight in weights]
    if len(weights) != len(words):
        raise ValueError(
            f"{len(weights)} weights for {len(words)} words: give one weight per word."
        )
    top = FLAT * max(query, len(words) - 1 - query, 1) ** 0.75
    for key, weight in enumerate(weights):
        colour = WARNING if key in forbidden else PROBABILITY
        if weight > 0.001:
            curve = loop(query) if key == query else arch(query, key)
            ax.add_patch(
                PathPatch(curve, fill=False, edgecolor=colour, linewidth=WIDEST * weight,
                          alpha=0.8, capstyle="butt")
            )  # fmt: skip
        style = {"color": QUERY, "fontweight": "bold"} if key == query else {"color": "black"}
        ax.text(key, -0.12, words[key], ha="center", va="top", fontsize=12, **style)
        share = f"{weight:.0%}" if weight > 0.001 else "–"
        ax.text(key, -0.42, share, ha="center", va="top", fontsize=10,
                color=colour if weight > 0.001 else MUTED)  # fmt: skip
    ax.set(xlim=(-0.6, len(words) - 0.4), ylim=(-0.75, top + 0.25))
    ax.axis("off")


def arch(start: int, end: int) -> Path:
    """A curve from one word over to another, higher the farther it goes."""
    height = 4 / 3 * FLAT * abs(end - start) ** 0.75
    return Path(
        [(start, 0), (start, height), (end, height), (end, 0)],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )


def loop(word: int) -> Path:
    """A small curve from a word back to itself."""
    return Path(
        [(word, 0), (word - 0.55, 0.75), (word + 0.55, 0.75), (word, 0)],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )
