"""Hints and reports of a page, used by keyboard, pointer and finger."""

import pytest
from browser import ask, tab
from extension import ROOT

BOOK = ROOT / "book"
TARGET = "https://example.org/"
REPORT = "https://example.org/issues/new?title=chapters/page%2C%20version%201"
PAGE = f"""<!doctype html><html lang="en"><head><meta name="bh-report" content="{REPORT}">
<style>{{css}} body {{{{ margin: 60px 20px; font: 16px sans-serif }}}}</style>
<script>{{js}}</script></head><body class="bd-article">
<p>A <a id="word" class="bh-hint" href="#there" data-tip="What a word means.">word</a>
and <a id="work" href="{TARGET}" data-tip="Somebody. 2017. A work.">a work</a>.</p>
<p style="text-align: right"><a id="far" class="bh-hint" href="#there"
data-tip="{"A long definition. " * 8}">far</a></p>
<div class="cell">1</div><div class="cell">2</div><p id="away" style="height: 300px">away</p>
</body></html>"""


def opened(browser, look="light", **settings):
    """A page with hints and cells, which has nobody to ask."""
    page = tab(browser, look, "about:", **settings)
    page.clock.install()
    page.set_content(PAGE.format(
        css="".join(
            (BOOK / "styles" / name).read_text("utf8") for name in ("book.css", "cells.css")
        ),
        js=(BOOK / "scripts" / "book.js").read_text("utf8"),
    ))  # fmt: skip
    page.tip = page.locator(".bh-tip")
    return page


def linger(page):
    """Longer than a hint waits for a pointer that crosses the gap."""
    page.clock.run_for(400)


def test_a_hint_opens_by_keyboard(browser):
    """Does Tab show it, to a screen reader as well, and the next Tab put it away?"""
    page = opened(browser)
    assert not page.tip.is_visible()
    page.keyboard.press("Tab")
    assert page.tip.inner_text() == "What a word means."
    assert page.locator("#word").get_attribute("aria-describedby") == page.tip.get_attribute("id")
    linger(page)
    assert page.tip.is_visible(), "it stays while the link has the focus"
    page.keyboard.press("Tab")
    assert page.tip.inner_text() == "Somebody. 2017. A work."
    assert page.locator("#word").get_attribute("aria-describedby") is None
    page.locator("#away").click()
    linger(page)
    assert not page.tip.is_visible()


@pytest.mark.parametrize("how", ["focus", "hover"])
def test_escape_closes_a_hint_and_moves_nothing(browser, how):
    """Can what lies under a hint be seen without moving the pointer or the focus?"""
    page = opened(browser)
    word = page.locator("#word")
    getattr(word, how)()
    assert page.tip.is_visible()
    page.keyboard.press("Escape")
    assert not page.tip.is_visible()
    assert ask(word, f"e => e.matches(':{how}')")
    linger(page)
    assert not page.tip.is_visible()


def test_the_pointer_may_go_into_a_hint(browser):
    """Can it be read under a magnifier and its text be marked, and does it go with the pointer?"""
    page = opened(browser)
    page.locator("#word").hover()
    assert page.tip.is_visible()
    page.tip.hover()
    linger(page)
    assert page.tip.is_visible()
    page.mouse.down()
    page.mouse.up()
    linger(page)
    assert page.tip.is_visible()
    page.locator("#away").hover()
    linger(page)
    assert not page.tip.is_visible()


def test_a_hint_stays_with_the_focus_when_the_pointer_goes(browser):
    """Does a mouse that is pushed aside not close what the keyboard has opened?"""
    page = opened(browser)
    page.locator("#word").focus()
    page.locator("#word").hover()
    page.locator("#away").hover()
    linger(page)
    assert page.tip.is_visible()


def test_the_first_tap_explains_and_the_second_follows(browser):
    """Does a phone show what a word means and which work is cited, and then lead there?"""
    page = opened(browser, "phone", has_touch=True)
    page.tap("#word")
    assert page.tip.is_visible()
    assert not page.url.endswith("#there")
    page.tap("#away")
    assert not page.tip.is_visible()
    page.tap("#word")
    page.tap("#word")
    page.wait_for_url("**#there")
    ask(
        page,
        """() => {
        window.followed = 0;
        work.onclick = (event) => {
            followed += !event.defaultPrevented;
            event.preventDefault();
        };
    }""",
    )
    page.tap("#work")
    assert page.tip.inner_text() == "Somebody. 2017. A work."
    assert ask(page, "followed") == 0
    page.tap("#work")
    assert ask(page, "followed") == 1


@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_hint_fits_the_window(browser, look):
    """Is a word at the right edge explained on the page, and not beyond it?"""
    page = opened(browser, look)
    page.locator("#far").focus()
    box, window = page.tip.bounding_box(), page.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    link = page.locator("#far").bounding_box()
    assert box["y"] >= link["y"] + link["height"] or box["y"] + box["height"] <= link["y"]


def test_hints_ask_nobody(browser):
    """Does a hint work without a network?"""
    page = opened(browser)
    page.context.set_offline(True)
    page.locator("#word").hover()
    assert page.tip.is_visible()
    assert page.strangers() == page.complaints == []


def test_each_cell_can_be_reported(browser):
    """Does the issue's title say which page, which version and which cell?"""
    page = opened(browser)
    links = page.get_by_role("link", name="Report this cell")
    assert [link.get_attribute("href") for link in links.all()] == [
        f"{REPORT}%2C%20cell%201", f"{REPORT}%2C%20cell%202",
    ]  # fmt: skip
    seen = "e => getComputedStyle(e).opacity"
    assert ask(links.nth(1), seen) == "0", "it is not in a reader's way"
    page.locator(".cell").nth(1).hover()
    assert ask(links.nth(1), seen) == "1"
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert ask(links.nth(0), seen) == "1", "and can be reached by keyboard"
