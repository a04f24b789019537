"""A real browser for tests: which looks there are, how pages are served, how one is opened.

Owns what the tests of the book, of the playgrounds and of nbgrader's formgrader share.
"""

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

LOOKS = {  # width, height, colour scheme
    "light": (1366, 768, "light"),
    "dark": (1366, 768, "dark"),
    "phone": (390, 844, "light"),
}
FLAGS = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
"""

# What moved although nobody touched anything, over the page's life.
SHIFTS = """
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shift += entry.value;
    })).observe({ type: "layout-shift", buffered: true });
"""


def missing(what: str):
    """Without a browser a learner's machine skips; continuous integration fails."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@contextmanager
def started() -> Iterator:
    """Chromium without a window. One at a time: playwright allows one loop in a thread."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Pages are tested in a browser: `pip install playwright axe-playwright-python`.")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("Pages are tested in Chromium: `apt-get install chromium`.")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def tab(browser, look: str, base: str, *, patience: int = 30_000, **settings):
    """A new tab in a look. `complaints` and `asked` are what goes wrong and what is fetched.

    patience: milliseconds that an action may take. settings: those of playwright's new_context.
    """
    width, height, scheme = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, **settings
    )
    context.set_default_timeout(patience)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.strangers = lambda: [
        url for url in page.asked if not url.startswith((base, "data:", "blob:"))
    ]
    return page


def built(source: Path, *options) -> subprocess.CompletedProcess:
    """Jupyter Book's run on a folder, with every warning asked for."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", source]
    return subprocess.run(
        [*command, "-W", "-n", "--keep-going", *options],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


def axe_faults(page, within: str | None = None) -> list[tuple[str, str, str]]:
    """What axe finds: (rule, where, the element's HTML). within: a selector."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    return [
        (fault["id"], " ".join(node["target"]), node["html"][:200])
        for fault in axe.Axe().run(page, context=within).response["violations"]
        for node in fault["nodes"]
    ]
