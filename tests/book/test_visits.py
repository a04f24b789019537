"""How the tests ask a page: never without end, and in words that say which page was silent."""

import re

import pytest
from browser import ask, axe_faults, tab, visits
from pages import ROOT

CODE = """<html lang="en"><title>Code</title><main><h1>Code</h1>
<pre>{words}</pre></main>"""


@pytest.fixture
def page(browser):
    page = tab(browser, "light", "about:")
    yield page
    page.context.close()


@pytest.mark.parametrize("question", ["new Promise(() => 0)", "() => { for (;;); }"])
def test_a_silent_page_is_named(page, question):
    """Does a promise that is not kept, or a script that goes on, end in words and in time?"""
    with pytest.raises(AssertionError, match=r"about:blank: after 0\.5 seconds still no: reply"):
        ask(page, question, about="reply", seconds=0.5)


@pytest.mark.parametrize(("question", "answer"), [("0", 0), ("() => null", None), ("[]", [])])
def test_an_answer_may_be_nothing(page, question, answer):
    """Is a question over once it is answered, whatever the answer is?"""
    assert ask(page, question) == answer


def test_a_page_is_opened_once_and_fails_once():
    """Does each test of a page that did not open fail at once, and the next page get a fresh tab?"""
    opened, made = [], []

    class Tab:
        def __init__(self):
            made.append(self)
            self.complaints, self.asked = [], []

    def go(page, address):
        opened.append(address)
        assert address != "broken", "it does not open"

    visit = visits(lambda look: Tab(), go)
    assert visit("one") is visit("one") is visit("two")
    for _ in range(2):
        with pytest.raises(AssertionError, match="it does not open"):
            visit("broken")
    visit("three")
    assert opened == ["one", "two", "broken", "three"]
    assert len(made) == 2


def test_one_word_speaks_for_those_alike_and_for_no_other(page):
    """Is pale code found wherever it looks different, and the page left as it was?"""
    words = '<span class="a">x</span> ' + '<span class="a">word</span> ' * 3
    words += '<span class="b" style="color: #eee">styled</span>'
    dark = '<span style="background: #fff"><span class="a">nested</span></span>'
    page.set_content(CODE.format(words=words + dark))
    page.add_style_tag(content=".a { color: #eee }")
    before = page.content()
    pale = [where for rule, where, _ in axe_faults(page) if rule == "color-contrast"]
    assert len(pale) == 3
    assert page.content() == before


def test_nobody_asks_a_page_without_a_limit():
    """Is there no wait that has no end, or that is as long on a fast machine as on a slow one?"""
    endless = re.compile(r"\.(evaluate\w*|wait_for_timeout)\(|networkidle")
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name != "test_visits.py":
            assert not endless.search(path.read_text("utf8")), path.name
