"""The pages of the book: where each comes from, where it lies, and how it is read to its end."""

from pathlib import Path

import pytest
from browser import ask, until

ROOT = Path(__file__).parents[1]
CHAPTERS = [path for path in ROOT.glob("chapters/**/*.md") if path.name != "README.md"]
FOUND = ("CHANGELOG.md", "autograder/README.md", *ROOT.glob("book/pages/*.md"), *CHAPTERS)
SOURCES = sorted(Path(ROOT, page).relative_to(ROOT).as_posix() for page in FOUND)
NOTEBOOKS = [
    source
    for source in SOURCES
    if source.startswith("chapters/") and "kernelspec:" in (ROOT / source).read_text("utf8")
]

# Every line comes into the window once; a frame for each step, in which observers are told of it.
SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo({ top: y, behavior: "instant" });
        await new Promise(requestAnimationFrame);
    }
}"""
ALIVE = """() => [...document.querySelectorAll(".playground")]
    .every((place) => place.dataset.state === "ready")
"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
TYPESET = "window.MathJax?.startup?.promise.then(() => true)"


def in_looks(*looks, pages=SOURCES):
    """A test of each page in each of these looks."""

    def mark(test):
        return pytest.mark.parametrize("look", looks)(
            pytest.mark.parametrize("source", pages)(test)
        )

    return mark


def address_of(source: str) -> str:
    """Where a page lies in the built book."""
    return Path(source).with_suffix(".html").as_posix()


def read_to_the_end(page):
    """Scrolls down as a reader does, and waits for the playgrounds that come alive on the way."""
    ask(page, SCROLL, about="end of the page")
    until(page, ALIVE, about="playgrounds ready")
