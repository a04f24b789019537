"""The playgrounds' place in a page: in every look, from a server and from a file, without scripts.

A book of four small pages is built with the course's own configuration and nothing but playgrounds.
"""

import gzip

import pytest
from browser import LOOKS, ask, axe_faults, tab
from playing import opened, press

KINDS = (
    "next", "tokenizer", "attention", "sampling", "beams", "speculative", "memory", "explorer", "own"
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_playgrounds_open_in_every_look(played, look):
    """No complaint, no stranger asked, nothing sideways, nothing that jumps?"""
    page = played(look=look)
    for kind in KINDS:
        opened(page, kind)
    assert page.complaints == []
    assert page.strangers() == []
    assert ask(page, "document.documentElement.scrollWidth - innerWidth") <= 0
    assert ask(page, "window.shift") < 0.05


def test_playgrounds_work_from_a_file(played):
    """Does the downloaded book need no server?"""
    page = played(file=True)
    for kind in KINDS:
        opened(page, kind)
    assert page.complaints == []
    assert page.strangers() == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_no_fault(played, look):
    """Can everyone use them, as far as a machine can tell?"""
    page = played(look=look)
    for kind in KINDS:
        opened(page, kind)
    assert axe_faults(page, ".playground") == []


def test_without_scripts_there_is_the_text(played):
    """Is a reader without JavaScript told what the playground shows?"""
    page = played("numbers", scripts=False)
    assert page.get_by_text("In print: memory.").is_visible()
    assert page.locator(".playground-place").bounding_box()["height"] < 40


def test_the_text_stays_below_the_live_part(played):
    """Is it folded, and there for who unfolds it?"""
    section = opened(played("numbers"), "memory")
    text = section.get_by_text("In print: memory.")
    assert not text.is_visible()
    section.locator(".playground-print > summary").focus()
    press(section.page, "Enter")
    assert text.is_visible()
    press(section.page, "Enter")


def test_a_broken_playground_gives_way_to_the_text(browser, small_site):
    """Is a reader left with the text if the live part cannot start?"""
    page = tab(browser, "light", small_site)
    page.route("**/town-gpt-weights.js*", lambda route: route.abort())
    page.goto(f"{small_site}/far.html")
    page.locator(".playground").scroll_into_view_if_needed()
    page.locator(".playground[data-state=failed]").wait_for()
    assert page.get_by_text("In print: sampling.").is_visible()


def test_a_page_loads_what_it_needs(played):
    """Nothing on a page without playgrounds, no model for a formula, the model when it is near?"""
    assert not [url for url in played("plain").asked if "playgrounds/" in url]
    numbers = played("numbers")
    opened(numbers, "memory")
    scripts = {url.rpartition("/")[2].partition("?")[0] for url in numbers.asked if ".js" in url}
    assert {"stage.js", "memory.js"} <= scripts
    assert not scripts & {"tokenizer.js", "model.js", "town-gpt-weights.js"}
    far = played("far")
    assert not [url for url in far.asked if "town-gpt" in url]
    opened(far, "sampling")
    assert [url for url in far.asked if "town-gpt-weights" in url]


def test_all_of_it_weighs_little(small_html):
    """Do all playgrounds together, with the model, stay under 1.5 MB on the wire?"""
    files = [path.read_bytes() for path in (small_html / "_static/playgrounds").iterdir()]
    files.append((small_html / "_static/playgrounds.css").read_bytes())
    assert sum(len(gzip.compress(data)) for data in files) < 1.2e6
