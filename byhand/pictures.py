"""Pictures that several pages share: arcs for what a word takes, dots for what it may see, what
heads read, where an answer may lie, curves that are told apart by letters, words under bars,
and tokens that are trained or only read.

An arc's width is the weight. What a query must not see, and takes from all the same, is
drawn in the colour of warnings. A phone shows all of them at their full size.
"""

import math
from itertools import pairwise
from textwrap import wrap

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from byhand.figures import MUTED, PROBABILITY, QUERY, WARNING, close, svg

WIDEST = 13.0  # points, for a weight of 1
FLAT = 0.62  # height of an arc that spans one word
RING = 0.24  # radius of the ring from a word back to itself
MONO = 5.418  # points: the width of a letter of DejaVu Sans Mono at size 9


def arcs(ax: Axes, words: list[str], weights, query: int, forbidden=()) -> None:
    """Draw what the word number `query`, which is underlined, takes from every word.

    weights: one number per word, summing to 1. forbidden: numbers of words it must not see.
    """
    weights = [float(weight) for weight in weights]
    if len(weights) != len(words):
        raise ValueError(
            f"{len(weights)} weights for {len(words)} words: give one weight per word."
        )
    for key, weight in enumerate(weights):
        colour = WARNING if key in forbidden else PROBABILITY
        line = {"fill": False, "edgecolor": colour, "linewidth": WIDEST * weight, "alpha": 0.9}
        if weight > 0.001 and key == query:
            ax.add_patch(Circle((key, RING + 0.12), RING, **line))
        elif weight > 0.001:
            ax.add_patch(PathPatch(arch(query, key), capstyle="butt", **line))
        ax.text(key, -0.1, words[key], ha="center", va="top", fontsize=9.5, color="black")
        share = f"{weight:.0%}" if weight > 0.001 else "–"
        ax.text(key, -0.5, share, ha="center", va="top", fontsize=9.5, color="black")
    ax.plot([query - 0.42, query + 0.42], [-0.4, -0.4], color=QUERY, linewidth=2.5)
    farthest = max([1, *(abs(k - query) for k, w in enumerate(weights) if w > 0.001)])
    ax.set(
        xlim=(-0.6, len(words) - 0.4), ylim=(-0.85, FLAT * farthest**0.75 + 0.15), aspect="equal"
    )
    ax.set_anchor("W")
    ax.axis("off")


def arch(start: int, end: int) -> Path:
    """A curve from one word over to another, higher the farther it goes."""
    height = 4 / 3 * FLAT * abs(end - start) ** 0.75
    return Path(
        [(start, 0), (start, height), (end, height), (end, 0)],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )


def dots(ax: Axes, mask, queries: list[str], keys: list[str]) -> None:
    """Draw a mask, rows are queries: a large dot where one may attend, a small one where not.

    mask: bool, one row per query, one column per key. Both axes are named.
    """
    if tuple(mask.shape) != (len(queries), len(keys)):
        raise ValueError(
            f"A mask of shape {tuple(mask.shape)} for {len(queries)} queries and {len(keys)} keys: "
            "give one row per query and one column per key."
        )
    for row in range(len(queries)):
        for column in range(len(keys)):
            seen = bool(mask[row, column])
            size, colour = (110, "black") if seen else (12, MUTED)
            ax.scatter(column, -row, s=size, color=colour, linewidths=0)
    ax.set_xticks(range(len(keys)), keys, rotation=40, ha="left", rotation_mode="anchor")
    ax.set_yticks([-row for row in range(len(queries))], queries)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xlabel("keys", loc="left")
    ax.set_ylabel("queries", loc="top")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlim=(-0.6, len(keys) - 0.4), ylim=(-len(queries) + 0.4, 0.6))
    ax.set_aspect("equal", anchor="N")


def trunk_and_heads(ax: Axes, tokens: list[str], columns: dict, quiet=()) -> None:
    """Draw tokens from top to bottom, the trunk beside them, and circles where heads read.

    columns: {name of a head: (numbers of the tokens that it reads, how many scores each gives)}.
    quiet: numbers of tokens that are drawn in grey.
    """
    ink = [MUTED if row in quiet else "black" for row in range(len(tokens))]
    for row, token in enumerate(tokens):
        ax.text(0, -row, token, ha="right", va="center", fontsize=10, color=ink[row])
    for x, (name, (rows, scores)) in enumerate(columns.items(), start=1):
        ax.text(x + 0.75, 1, name, ha="center", va="center", fontsize=10)
        for row in rows:
            ax.scatter(x + 0.75, -row, s=120, facecolor="none", edgecolor=ink[row], linewidth=1.1)
            ax.text(x + 0.75, -row - 0.03, scores, ha="center", va="center", fontsize=8,
                    color=ink[row])  # fmt: skip
    middle = 0.5 - len(tokens) / 2
    ax.bar(0.55, len(tokens), 0.7, middle - len(tokens) / 2, color=MUTED, alpha=0.25)
    ax.text(0.55, middle, "trunk", rotation=90, ha="center", va="center", fontsize=10)
    ax.set(xlim=(-1.6, len(columns) + 1.2), ylim=(-8.6, 1.4))
    ax.axis("off")


def spans(text: str, starts, ends, places) -> Figure:
    """A text in lines; above a token how likely an answer starts there, below how likely it ends.

    places: where each token begins and ends in the text. What lies outside it is left out.
    """
    lines = wrap(text, 44)
    fig = Figure(figsize=(3.65, 0.6 * len(lines) + 0.2), layout="none")
    ax = fig.add_axes([0, 0, 1, 1])
    at = 0
    for row, line in enumerate(lines):
        at = text.index(line, at)
        ax.text(0.5, -row, line, family="DejaVu Sans Mono", fontsize=9, va="center")
        for start, end, (a, b) in zip(starts, ends, places, strict=True):
            for share, side, name in ((float(start), 1, "start"), (float(end), -1, "end")):
                if at <= a < at + len(line) and share > 0.01:
                    left = a - at + 0.5
                    ax.bar(left, side * 0.28 * share, b - a, side * 0.15 - row, align="edge",
                           color=PROBABILITY)  # fmt: skip
                    ax.text(left + b - a + 0.4, side * 0.28 - row, f"{name} {share:.0%}",
                            va="center", fontsize=9)  # fmt: skip
    ax.set(xlim=(0, 3.65 * 72 / MONO), ylim=(0.4 - len(lines), 0.6))
    ax.axis("off")
    return fig


DASHES = ("-", (0, (6, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), (0, (3, 1.5)), (0, (9, 3)))


def lettered(lines: dict[str, list[float]], across: str, up: str, *, log: bool = False) -> str:
    """Curves named by letters, as an `<svg>` element; no colour says which is which.

    lines: the numbers of each by its letter, all as long. across, up: what the axes hold.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.3))
    for numbers, dashes in zip(lines.values(), DASHES, strict=False):
        ax.plot(numbers, color="black", linestyle=dashes, linewidth=1.6)
    last = len(next(iter(lines.values()))) - 1
    if log:
        ax.set_yscale("log")
    ax.set(xlabel=across, ylabel=up, xlim=(0, last))
    height = math.log if log else float
    at = max(range(last), key=lambda x: nearest([height(ys[x]) for ys in lines.values()]))
    for letter, numbers in lines.items():
        ax.annotate(letter, (at, numbers[at]), (0, 5), textcoords="offset points", ha="center",
                    fontweight="bold")  # fmt: skip
    steps = sorted({round(last * part) for part in (0, 0.25, 0.5, 0.75, 1)})
    said = "; ".join(
        f"{letter}: {', '.join(f'{numbers[i]:.2g}' for i in steps)}"
        for letter, numbers in lines.items()
    )
    picture = svg(fig, f"Curves by letter. {up} at {across} {', '.join(map(str, steps))}. {said}.")
    close(fig)
    return picture


def nearest(heights: list[float]) -> float:
    """How far apart the two are that lie closest to each other."""
    ordered = sorted(heights)
    return min(b - a for a, b in pairwise(ordered))


BELOW = 4.2  # nats: the room that the words of a skyline take up


def skyline(words: list[tuple[int, str]], layers: list[tuple], inches: float) -> Figure:
    """Words in lines, each under a bar as high as its surprise, or under several bars.

    words: (place, word). layers: (label, nats by place, the bar's share of the word's width, style).
    """
    rows = in_lines(words)
    tops = [max(3, *(float(nats[i]) for i, _ in row for _, nats, _, _ in layers)) for row in rows]
    heights = [top + BELOW for top in tops]
    fig, axes = plt.subplots(len(rows), 1, figsize=(4.8, inches), height_ratios=heights)
    for ax, row, top in zip(axes, rows, tops, strict=True):
        houses(ax, row, layers)
        ax.set(xlim=(0, 332), ylim=(-BELOW, top))
        ax.axis("off")
    tall = max(range(len(rows)), key=lambda i: tops[i])
    axes[tall].plot([326, 326], [0, 10], color=MUTED, linewidth=1.5)
    axes[tall].text(321, 5, "10 nats", ha="right", va="center", fontsize=10, color="black")
    if len(layers) > 1:
        fig.legend([Rectangle((0, 0), 1, 1, **style) for *_, style in layers],
                   [label for label, *_ in layers], loc="outside upper left", ncols=3,
                   borderpad=0, handlelength=1.2)  # fmt: skip
    return fig


def houses(ax: Axes, row: list[tuple[int, str]], layers: list[tuple]) -> None:
    """One line of a skyline."""
    x = 0.0
    for place, (i, word) in enumerate(row):
        size = TextPath((0, 0), word.strip(), size=12, prop={"family": "DejaVu Sans"})
        size = size.get_extents().x1
        for _, nats, width, style in layers:
            left = x + size * (1 - width) / 2
            ax.add_patch(Rectangle((left, 0), size * width, nats[i], **style))
        ax.text(x, -0.9, word.strip(), fontsize=12, va="top", color="black")
        after = row[place + 1][1] if place + 1 < len(row) else ""
        x += size + (1.5 if after in (".", ",") else 4.5)
    ax.plot([0, x], [0, 0], color=MUTED, linewidth=0.8)


def inked(lines: list[list[tuple[str, bool]]]) -> Figure:
    """A line of text for each list of tokens: those that are marked are black and bold, others grey."""
    wide = max(sum(len(word) for word, _ in line) for line in lines)
    size = min(10, 8.4 * 72 / (0.602 * wide))  # of letters that are 0.602 of it wide
    fig = plt.figure(figsize=(8.4, 0.3 * len(lines)), layout="none")
    room = 8.4 * 72 / (0.602 * size)  # in letters
    ax = fig.add_axes([0, 0, 1, 1], xlim=(0, room), ylim=(0.5 - len(lines), 0.5))
    for y, line in enumerate(lines):
        x = 0
        for word, marked in line:
            style = {"weight": "bold"} if marked else {"color": MUTED, "alpha": 0.7}
            ax.text(x, -y, word, va="center", family="DejaVu Sans Mono", fontsize=size, **style)
            x += len(word)
    ax.axis("off")
    return fig


def in_lines(words: list[tuple[int, str]], longest: int = 46) -> list[list[tuple[int, str]]]:
    """Words in rows of so many letters; a comma or full stop begins none."""
    rows, length = [[]], 0
    for i, word in words:
        if length + len(word) > longest and word not in (".", ","):
            rows.append([])
            length = 0
        rows[-1].append((i, word))
        length += len(word)
    return rows
