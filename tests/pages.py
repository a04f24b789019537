"""The pages of the book: where each comes from, where it lies, and how it is read to its end."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
FOUND = ("CHANGELOG.md", "autograder/README.md", *ROOT.glob("book/*.md"),
         *ROOT.glob("chapters/**/*.md"))  # fmt: skip
SOURCES = sorted(Path(ROOT, page).relative_to(ROOT).as_posix() for page in FOUND)
NOTEBOOKS = [
    source
    for source in SOURCES
    if source.startswith("chapters/") and "kernelspec:" in (ROOT / source).read_text("utf8")
]

SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
        scrollTo({ top: y, behavior: "instant" });
        await new Promise(requestAnimationFrame);
    }
}"""
ALIVE = """() => [...document.querySelectorAll(".playground")]
    .every((place) => place.dataset.state === "ready")
"""


def address_of(source: str) -> str:
    """Where a page lies in the built book."""
    return Path(source).with_suffix(".html").as_posix()


def read_to_the_end(page):
    """Scrolls down as a reader does, and waits for the playgrounds that come alive on the way."""
    page.evaluate(SCROLL)
    page.wait_for_function(ALIVE, timeout=120_000)  # the machine may have much else to do
