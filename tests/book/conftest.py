"""What the tests of the book share: the book, a small one of playgrounds only, visits of pages.

Owns what takes seconds and is made once: each book once for all workers of a session, each visit
once for all tests of a page.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from browser import LOOKS, ask, built, missing, served, tab, visits
from extension import book_module
from filelock import FileLock
from pages import ROOT, SOURCES, TYPESET, address_of
from playing import as_in_a_page

from byhand import load

ENGINE = Path(__file__).parent / "playgrounds" / "engine.mjs"
FOLD = "\n\n".join(["A line above."] * 60)


def pytest_collection_modifyitems(items):
    """Tests of one page follow each other, so that it is opened once for all of them."""
    here = [at for at, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    files = list(dict.fromkeys(items[at].path for at in here))
    ordered = sorted((items[at] for at in here), key=lambda item: place(item, files))
    for at, item in zip(here, ordered, strict=True):
        items[at] = item


def place(item, files) -> tuple[int, int, int]:
    """The order of files stays; in each, tests of no page come first, then page by page."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    if given.get("source") not in SOURCES:
        return files.index(item.path), -1, -1
    look = list(LOOKS).index(given["look"]) if "look" in given else -1
    return files.index(item.path), SOURCES.index(given["source"]), look


def once(factory, name: str, make):
    """Makes a folder, once for all workers of a session; `make` gives what is remembered of it."""
    session = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        session = session.parent
    folder = session / name
    said = session / f"{name}.json"
    with FileLock(session / f"{name}.lock"):
        if not said.exists():
            said.write_text(json.dumps(make(folder)))
    return folder, json.loads(said.read_text())


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """The book, built once, with the outputs that an earlier build has left.

    Gives the command's exit status, what it said, and the folder.
    """

    def make(folder):
        process = built(ROOT, "--path-output", folder)
        return [process.returncode, process.stderr]

    folder, (status, said) = once(tmp_path_factory, "book", make)
    return status, said, folder / "_build" / "html"


@pytest.fixture(scope="session")
def html(build):
    status, said, folder = build
    if status:
        pytest.fail(f"The book does not build:\n{said[-3000:]}")
    return folder


@pytest.fixture(scope="session")
def folder(html, tmp_path_factory):
    """What a reader has after `make book-zip` and unzipping, once for all workers too."""
    output = html.parents[1]

    def make(away):
        tools = f"BIN={os.path.relpath(Path(sys.executable).parent, output)}"  # below make's folder
        zipped = ["make", "-f", ROOT / "Makefile", "-o", "book", "book-zip", tools, "BOOK=by-hand"]
        subprocess.run(zipped, cwd=output, check=True, capture_output=True)
        shutil.unpack_archive(output / "_build" / "by-hand.zip", away)
        (made,) = away.iterdir()
        return made.name

    away, name = once(tmp_path_factory, "away", make)
    return away / name


@pytest.fixture(scope="session")
def site(html):
    with served(html) as address:
        yield address


@pytest.fixture(scope="session")
def visit(browser, site):
    """Opens a page in a look, once for the tests that follow each other."""

    def go(page, source: str):
        page.goto(f"{site}/{address_of(source)}")
        ask(page, TYPESET, about="formulas set")

    return visits(lambda look: tab(browser, look, site), go)


# ---- a book of four small pages: the course's own configuration, and nothing but playgrounds


def directive(kind: str, text: str = "") -> str:
    return (
        f"```{{playground}} {kind}\n:title: The {kind}\n:text: {text}\n\nIn *print*: {kind}.\n```"
    )


def small_book(source: Path) -> str:
    """Writes and builds it; gives what the build complains of."""
    source.mkdir()
    pages = {
        "index": (ROOT / "book/pages/playgrounds.md").read_text("utf8").replace("{doc}", ""),
        "plain": "# Plain\n\nNothing to play with.",
        "numbers": f"# Numbers\n\n{directive('memory')}",
        "far": f"# Far\n\n{FOLD}\n\n{directive('sampling', 'Tom gave')}",
    }
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    for name, folder in config["sphinx"]["local_extensions"].items():
        config["sphinx"]["local_extensions"][name] = str(ROOT / folder)
    icon = shutil.copy(ROOT / config["html"]["favicon"], source)
    config["html"]["favicon"] = Path(icon).name
    config["execute"]["execute_notebooks"] = "off"
    (source / "_config.yml").write_text(yaml.safe_dump(config))
    chapters = [{"file": name} for name in pages if name != "index"]
    toc = {"format": "jb-book", "root": "index", "chapters": chapters}
    (source / "_toc.yml").write_text(yaml.safe_dump(toc))
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, "utf8")
    process = built(source)
    return process.stderr[-3000:] if process.returncode else ""


@pytest.fixture(scope="session")
def small_html(tmp_path_factory):
    """The small book, built."""
    source, complaint = once(tmp_path_factory, "playgrounds", small_book)
    assert not complaint, complaint
    return source / "_build" / "html"


@pytest.fixture(scope="session")
def small_site(small_html):
    with served(small_html) as address:
        yield address


@pytest.fixture(scope="session")
def played(browser, small_html, small_site):
    """Opens a page of the small book, once for each way."""
    found = {}

    def open_page(name="index", look="light", *, file=False, motion="reduce", scripts=True):
        way = (name, look, file, motion, scripts)
        if way not in found:
            base = small_html.as_uri() if file else small_site
            settings = {"reduced_motion": motion, "java_script_enabled": scripts}
            page = tab(browser, look, base, **settings)
            page.goto(f"{base}/{name}.html")
            found[way] = page
        return found[way]

    return open_page


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """Gives a task to the playgrounds' scripts, as a page would get them."""
    node = shutil.which("node")
    if node is None:
        missing("The playgrounds' engine is tested in Node.js: `apt-get install nodejs`.")
    playground = book_module("playground")
    folder = tmp_path_factory.mktemp("scripts")
    shutil.copytree(playground.SCRIPTS, folder, dirs_exist_ok=True)
    playground.write_model(folder)

    def ask_node(task: str, **given):
        process = subprocess.run(
            [node, ENGINE],
            input=json.dumps({"folder": str(folder), "task": task} | given),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert process.returncode == 0, process.stderr[-2000:]
        return json.loads(process.stdout)

    return ask_node


@pytest.fixture(scope="session")
def town():
    """The model of the playgrounds before it is rounded, and its tokenizer."""
    return load("town-gpt")


@pytest.fixture(scope="session")
def rounded(town):
    """The model that torch makes of the very weights that the page has."""
    return as_in_a_page(town[0])
