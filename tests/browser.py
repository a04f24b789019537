"""A real browser for tests: which looks there are, how pages are served, opened and asked.

Owns what the tests of the book and of the playgrounds share, and how long a page may take.
"""

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
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

# Most of axe's time would go into thousands of words of highlighted code. Of words that have
# nothing but a class, and the same colour, size and weight on the same backgrounds, the first
# speaks for all; while axe looks, the others are plain text.
AXE = """async ([script, within, options]) => {
    if (!globalThis.axe) (0, eval)(script);
    const seen = new Set();
    const alike = (ground) => (word) => {
        const plain = word.nodeType === Node.ELEMENT_NODE && !word.children.length;
        if (!plain || [...word.attributes].some(({ name }) => name !== "class")) return false;
        const style = getComputedStyle(word);
        const { color, opacity, backgroundColor, fontSize, fontWeight, textShadow } = style;
        const shown = word.checkVisibility({ visibilityProperty: true });
        const judged = word.textContent.trim().length > 1; // axe leaves single letters to people
        const own = [color, opacity, backgroundColor, fontSize, fontWeight, textShadow];
        const look = [...own, shown, judged, ground].join();
        return seen.has(look) || !seen.add(look);
    };
    const ground = (e) => {
        if (!e) return "";
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(e);
        return [backgroundColor, backgroundImage, opacity, ground(e.parentElement)].join();
    };
    const blocks = [...document.querySelectorAll("pre")].map((pre) => {
        const words = [...pre.childNodes], spoken = new Set(words.filter(alike(ground(pre))));
        return { pre, words, spoken };
    });
    for (const { pre, words, spoken } of blocks) {
        pre.replaceChildren(...words.map((word) => spoken.has(word) ? word.textContent
            : word.cloneNode(true)));
        pre.normalize();
    }
    try {
        const found = await axe.run(within ?? document, { resultTypes: ["violations"], ...options });
        return found.violations.flatMap(({ id, nodes }) =>
            nodes.map(({ target, html }) => [id, target.join(" "), html.slice(0, 200)]));
    } finally {
        for (const { pre, words } of blocks) pre.replaceChildren(...words);
    }
}"""
PATIENCE = 60  # seconds that a page may take for one thing; the machine may have much else to do


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
        protocol_version = "HTTP/1.1"  # a connection serves all files of a page

        def log_message(self, *args):
            pass

        def end_headers(self):
            # a second page finds scripts and fonts in the cache, as a reader's does
            if self.path.startswith("/_static/"):
                self.send_header("Cache-Control", "max-age=3600")
            super().end_headers()

    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def tab(browser, look: str, base: str, **settings):
    """A new tab in a window of its own. `complaints` and `asked` are what goes wrong and what is
    fetched, `strangers()` who else than the base. settings: those of playwright's new_context.
    """
    width, height, scheme = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, **settings
    )
    context.set_default_timeout(1000 * PATIENCE)
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


def visits(open_tab: Callable, go: Callable) -> Callable:
    """Gives a page that shows an address, and goes there once while the same is asked for.

    open_tab: gives a tab for a look. go: leads a tab to an address. A tab goes from page to page,
    as a reader's does: a new one costs three times as much. One that did not get through fails
    every test that asks for this page, and the next page gets a new one.
    """
    tabs, found = {}, {}

    def visit(address: str, look: str = "light"):
        if (address, look) not in found:
            found.clear()
            try:
                page = tabs.pop(look, None) or open_tab(look)
                page.complaints.clear()
                page.asked.clear()
                found[address, look] = page
                go(page, address)
                tabs[look] = page
            except Exception as error:
                found[address, look] = error
        if isinstance(found[address, look], Exception):
            raise found[address, look]
        return found[address, look]

    return visit


def ask(where, question: str, given=None, *, about: str = "", seconds: float = PATIENCE):
    """What JavaScript answers, in time: playwright's own `evaluate` waits for ever.

    where: a page, or a locator whose element the question gets. question: an expression or a
    function, which may be async. given: what the function gets on a page. about: what is waited
    for, in words.
    """
    page, first = where, given
    if hasattr(where, "element_handle"):
        page, first = where.page, where.element_handle()
    # an object is true whatever it holds, so that the answer is taken the first time
    answered = f"""async (given) => {{
        const asked = ({question.strip().rstrip(";")});
        return {{ answer: await (typeof asked === "function" ? asked(given) : asked) }};
    }}"""
    return until(page, answered, first, about=about or question, seconds=seconds)["answer"]


def until(page, condition: str, given=None, *, about: str = "", seconds: float = PATIENCE):
    """Waits until a condition in JavaScript is true, and gives what it is then."""
    from playwright.sync_api import TimeoutError

    try:
        found = page.wait_for_function(condition, arg=given, timeout=1000 * seconds)
    except TimeoutError:
        told = " ".join((about or condition).split())[:300]
        raise AssertionError(f"{page.url}: after {seconds} seconds still no: {told}") from None
    return found.json_value()


def built(source: Path, *options) -> subprocess.CompletedProcess:
    """Jupyter Book's run on a folder, with every warning asked for."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", source]
    return subprocess.run(
        [*command, "-W", "-n", "--keep-going", *options],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


# Colours are most of axe's work.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}


def axe_faults(page, within: str | None = None, options: dict | None = None) -> list:
    """What axe finds: (rule, where, the element's HTML). within: a selector. options: of axe.run."""
    script = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    faults = ask(page, AXE, [script, within, options or {}], about="what axe finds", seconds=120)
    return [tuple(fault) for fault in faults]
