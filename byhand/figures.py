"""Figures of the book: one style, and a way to show them that everyone can read.

`show(fig, alt)` draws inline SVG whose black takes the colour of the surrounding text, and
whose `MUTED` a paler shade of it, so a figure follows light and dark pages. Importing this
module sets the style.

Colours mean the same everywhere. They keep a contrast of 3:1 on white and on the book's dark
page, and stay apart in the common colour-vision deficiencies; still, label what they mark.
"""

import io
import re
from hashlib import sha256
from html import escape
from itertools import pairwise

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from byhand.notebook import put

QUERY = "#5c7fd9"
KEY = "#905a13"
VALUE = "#29a664"
PROBABILITY = "#873be1"
LOSS = "#ef579d"
MEMORY = "#929309"
MUTED = "#666669"
WARNING = "#f94456"

COLOURS = (QUERY, KEY, VALUE, PROBABILITY, LOSS, MEMORY, MUTED, WARNING)

# From nothing to all: 0 shows the page itself, light or dark.
PROBABILITIES = LinearSegmentedColormap.from_list(
    "probabilities", [(PROBABILITY + "00"), (PROBABILITY + "ff")]
)
PIXELS = 4 / 3  # of a page, for a point
READABLE = 10  # pixels: smaller words could not be read on a phone

matplotlib.colormaps.register(PROBABILITIES, force=True)

STYLE = {
    "figure.figsize": (5.8, 3.4),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.grid": False,
    "axes.prop_cycle": matplotlib.cycler(
        color=[QUERY, KEY, VALUE, PROBABILITY, LOSS, MEMORY, WARNING]
    ),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "font.size": 11,
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same everywhere
    "grid.color": MUTED,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "image.cmap": "probabilities",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "byhand",
    "xtick.color": MUTED,
    "xtick.labelcolor": "black",
    "ytick.color": MUTED,
    "ytick.labelcolor": "black",
}
matplotlib.rcParams.update(STYLE)


def show(fig: Figure, alt: str) -> None:
    """Shows a matplotlib figure in its words and its lines, and closes it.

    fig: drawn with black for what should follow the page's text colour. For text on a fill
    that stays, take "#111111", or "white" on `PROBABILITY` and `KEY`; `MUTED` does not stay.
    alt: what someone who cannot see the figure needs to know; not "a plot of ...".
    Without a notebook, `alt` is printed.
    """
    if not isinstance(fig, Figure):
        raise ValueError(
            f"show() got a {type(fig).__name__}; it takes a matplotlib Figure. "
            "Give the first of `fig, ax = plt.subplots()`, or `ax.figure`."
        )
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            f"show() got alt={alt!r}; it takes a sentence that says what the figure shows, "
            "for readers who cannot see it."
        )
    alt = " ".join(alt.split())
    picture = svg(fig, alt)
    close(fig)
    put(picture, alt)


def svg(fig: Figure, alt: str) -> str:
    """The figure as HTML that can stand in any page, more than once.

    It is as wide as its place allows, and no narrower than its smallest words can be read. Panels
    that stand side by side are drawn one by one, so that they can stand below each other.
    """
    fig.draw_without_rendering()  # so that everything is in its place
    scale = min(1, READABLE / (smallest(fig) * PIXELS))
    panels = side_by_side(fig)
    if not panels:
        named = f'class="byhand-figure" role="img" aria-label="{escape(alt)}"'
        return drawn(fig, alt, scale, named)
    fig.set_layout_engine("none")
    pictures = []
    for ax, box in panels.items():
        for other in panels:
            other.set_visible(other is ax)
        words = f"{alt} {len(pictures)}"
        pictures.append(drawn(fig, words, scale, 'class="byhand-panel" aria-hidden="true"', box))
    return (
        f'<div class="byhand-figure" role="img" aria-label="{escape(alt)}" '
        f'style="display: flex; flex-wrap: wrap">{"".join(pictures)}</div>'
    )


def side_by_side(fig: Figure) -> dict[Axes, Bbox]:
    """Axes that are a row, each with its part of the figure in inches; none where they share
    anything else, be it the names at the left."""
    specs = [ax.get_subplotspec() for ax in fig.axes]
    shared = fig.texts or fig.legends or fig.artists or fig.patches or fig.lines
    if len(specs) < 2 or shared or not all(specs):
        return {}
    named = {any(map(is_shown, ax.get_yticklabels())) for ax in fig.axes}
    if len(named) > 1 or any(
        spec.get_gridspec().get_geometry() != (1, len(specs)) for spec in specs
    ):
        return {}
    boxes = [ax.get_tightbbox().transformed(fig.dpi_scale_trans.inverted()) for ax in fig.axes]
    width, height = fig.get_size_inches()
    between = [(left.x1 + right.x0) / 2 for left, right in pairwise(boxes)]
    ends = [*pairwise([0, *between, width])]
    return {ax: Bbox([[x0, 0], [x1, height]]) for ax, (x0, x1) in zip(fig.axes, ends, strict=True)}


def drawn(fig: Figure, words: str, scale: float, attributes: str, part: Bbox | None = None) -> str:
    """What is visible of a figure, or of a part of it, as an `<svg>` element.

    scale: by how much it may shrink.
    """
    with matplotlib.rc_context({key: STYLE[key] for key in ("svg.fonttype", "svg.hashsalt")}):
        file = io.StringIO()
        meta = {"Date": None, "Creator": None}
        fig.savefig(file, format="svg", transparent=True, metadata=meta, bbox_inches=part)
    text = file.getvalue()
    box = re.search(r'viewBox="([^"]+)"', text)[1]
    body = text[text.index(">", text.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.S)
    # matplotlib's style sheet would apply to the whole page
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, flags=re.S)
    body = re.sub(r"#000000|(?<=[:\"\s])black\b", "currentColor", body)
    # one grey cannot be quiet on white and readable on black; the first stays for old browsers
    paler = "color-mix(in srgb, currentColor 70%, transparent)"
    body = re.sub(rf"(fill|stroke): {MUTED}", rf"\g<0>; \1: {paler}", body)
    body = own_ids(body, prefix="f" + sha256((body + words).encode()).hexdigest()[:8])
    width = float(box.split()[2]) * PIXELS
    least = width * scale
    return (
        f'<svg {attributes} viewBox="{box}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'fill="currentColor" stroke-linejoin="round" stroke-linecap="butt" '
        f'style="display: block; width: 100%; max-width: {width:.0f}px; height: auto; '
        f'min-width: {least:.0f}px; flex: {width:.0f} 1 {least:.0f}px">{body}'
    )


def smallest(fig: Figure) -> float:
    """The size of its smallest words, in points."""
    words = filter(is_shown, fig.findobj(Text))
    return min([text.get_fontsize() for text in words], default=STYLE["font.size"])


def is_shown(text: Text) -> bool:
    return bool(text.get_visible() and text.get_text().strip())


def own_ids(body: str, prefix: str) -> str:
    """Ids that something refers to get the prefix; the others go."""
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', body))
    body = re.sub(
        r'\s+id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", body
    )
    return re.sub(r'((?:href="|url\()#)', rf"\1{prefix}-", body)


def close(fig: Figure) -> None:
    """Forgets the figure, so that a notebook does not draw it a second time."""
    import matplotlib.pyplot as plt

    plt.close(fig)
