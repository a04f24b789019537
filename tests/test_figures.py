"""Figures: one picture that everybody can read, wherever it stands."""

import re
import subprocess
import sys
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

matplotlib.use("agg")
import matplotlib.pyplot as plt

from byhand import notebook
from byhand.figures import COLOURS, MUTED, show, svg

PAGES = {"light": "#ffffff", "dark": "#121212"}  # backgrounds of sphinx-book-theme 1.2

# How colours look to dichromats, in linear RGB: Machado, Oliveira, Fernandes 2009, severity 1.0.
VISION = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIELAB of linear RGB, where distances are about what an eye sees."""
    xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    ) @ np.clip(rgb, 0, 1)
    x, y, z = (
        np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz / [0.95047, 1, 1.08883]
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def figure():
    fig, ax = plt.subplots()
    ax.plot([0, 1, 2], [0, 1, 4], label="a line", marker="o")
    ax.imshow([[0.1, 0.9], [0.5, 0.5]])
    ax.legend()
    return fig


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_stands_out_on_both_pages(colour, page):
    """Can a line be seen in light and in dark (3:1, WCAG 1.4.11)?"""
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("matrix", VISION.values(), ids=VISION)
def test_colours_stay_apart_in_every_kind_of_vision(matrix):
    """Does every pair differ plainly (a distance of 2.3 is just noticeable)?"""
    for one, other in combinations(COLOURS, 2):
        distance = np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other)))
        assert distance > 15, (one, other)


def test_the_same_figure_gives_the_same_bytes():
    """Does a rebuilt book differ only where something changed?"""
    assert svg(figure(), "A line.") == svg(figure(), "A line.")


@pytest.mark.parametrize(("page", "text"), [("#ffffff", "#222832"), ("#121212", "#ced6dd")])
def test_what_is_muted_can_be_read(page, text):
    """Does a grey word stand out (4.5:1, WCAG 1.4.3) in light and in dark?"""
    fig = plt.figure()
    fig.text(0, 0, "aside", color=MUTED)
    share = int(re.search(r"color-mix\(in srgb, currentColor (\d+)%", svg(fig, "A word."))[1]) / 100
    mixed = share * np.array(to_rgb(text)) + (1 - share) * np.array(to_rgb(page))
    assert contrast(mixed, page) >= 4.5


def test_two_figures_share_no_id():
    """Can two figures stand on one page?"""
    ids = [set(re.findall(r' id="([^"]+)"', svg(figure(), alt))) for alt in ("One.", "Two.")]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_every_reference_inside_a_figure_is_kept():
    """Do clips and glyphs still find what they point to?"""
    text = svg(figure(), "A line.")
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    assert used == set(re.findall(r' id="([^"]+)"', text))


def test_black_takes_the_colour_of_the_page():
    """Are the words of a figure readable on a dark page?"""
    text = svg(figure(), "A line.")
    assert 'fill="currentColor"' in text
    assert "#000000" not in text
    assert "<style" not in text


def test_a_figure_shrinks_but_does_not_grow():
    """Does it fit on a phone, and keep its size on a wide screen?"""
    assert re.search(r"width: 100%; max-width: \d{3}px; height: auto", svg(figure(), "A line."))


@pytest.mark.parametrize("size", [9, 11, 16])
def test_the_smallest_words_can_be_read_on_a_phone(size):
    """Does a figure stop to shrink where its smallest words are ten pixels high?"""
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.set_axis_off()
    ax.text(0, 0, "small", fontsize=size)
    ax.text(0, 1, "large", fontsize=18)
    least, natural = (
        int(re.search(rf"{side}-width: (\d+)px", text)[1])
        for text in [svg(fig, "Words.")]
        for side in ("min", "max")
    )
    assert size * 4 / 3 * least / natural == pytest.approx(10, abs=0.1)


def panels(text: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, box.split())) for box in re.findall(r'viewBox="([^"]+)"', text)]


def test_panels_in_a_row_are_pictures_of_their_own():
    """Can they stand below each other on a phone, in one frame with one text?"""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
    left.set_title("the left one")
    right.set_title("the right one")
    text = svg(fig, "Two.")
    assert text.startswith('<div class="byhand-figure" role="img" aria-label="Two."')
    assert "flex-wrap: wrap" in text
    (_, _, one, high), (_, _, other, as_high) = panels(text)
    assert one + other == pytest.approx(6 * 72, abs=1)
    assert high == as_high == pytest.approx(3 * 72, abs=1)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "what", ["a title of the whole", "a colour bar", "two rows", "the names at the left"]
)
def test_panels_that_share_something_stay_together(what):
    """Is nothing torn apart that belongs to more than one of them?"""
    fig, axes = plt.subplots(*((2, 1) if what == "two rows" else (1, 2)))
    if what == "a title of the whole":
        fig.suptitle("Both")
    if what == "a colour bar":
        fig.colorbar(axes[1].imshow([[0, 1]]), ax=axes)
    if what == "the names at the left":
        axes[1].set_yticks([])
    assert len(panels(svg(fig, "One."))) == 1


def test_the_words_are_escaped():
    """May the text hold quotes and angle brackets?"""
    assert 'aria-label="&quot;a&quot; &lt; b"' in svg(figure(), '"a" < b')


@pytest.mark.parametrize("alt", ["", "  \n", None])
def test_a_figure_without_words_is_refused(alt):
    """Is somebody told what is missing?"""
    with pytest.raises(ValueError, match="takes a sentence that says what the figure shows"):
        show(figure(), alt)


def test_what_is_no_figure_is_refused():
    """Is somebody who passes the axes told what to pass?"""
    with pytest.raises(ValueError, match=r"got a Axes; .*ax\.figure"):
        show(figure().axes[0], "A line.")


def test_a_terminal_gets_the_words(capsys):
    """Does it work where nothing can be drawn, and is the figure closed?"""
    fig = figure()
    show(fig, "A line\n    that rises.")
    assert capsys.readouterr().out == "A line that rises.\n"
    assert not plt.fignum_exists(fig.number)


def test_a_notebook_gets_the_picture_and_the_words(monkeypatch):
    """Is there a text for tools that draw no HTML?"""
    shown = []
    monkeypatch.setattr(notebook, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    show(figure(), "A line.")
    (data,) = shown
    assert data["text/plain"] == "A line."
    assert data["text/html"].startswith("<svg")


def test_importing_figures_is_cheap():
    """Does a chapter that only draws wait for no model library?"""
    code = "import sys, byhand.figures; print({'torch', 'transformers'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
