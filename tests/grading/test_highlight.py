"""Code on a page: the same text, with its words marked, whatever it is."""

import html
import re
import time

import pytest

from autograder.course.highlight import highlighted

SLOW = {  # what a general highlighter took seconds or minutes for
    "blank lines": " \n" * 5000, "dots": "." * 10_000, "floats": "0." * 5000, "signs": "?" * 10_000,
    "brackets": "(" * 10_000, "quotes": "'" * 10_000, "triple quotes": '"""' * 3300,
    "continued lines": "\\\n" * 5000, "steps": "".join(f"{' ' * i}if x:\n" for i in range(140)),
    "prefixes": "f'{" * 3000,
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_no_source_takes_long(name):
    """Is what anybody may hand in set in no time, and complete?"""
    begun = time.monotonic()
    assert text_of(highlighted(SLOW[name])) == SLOW[name]
    assert time.monotonic() - begun < 2


def text_of(shown: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", shown))


@pytest.mark.parametrize(
    "source",
    ["", "x = 1  # é < b", "def f(:\n", '"open', "'''open\nstill", "%pip install x\n!ls\n?x",
     "a\x0cb\rc d", "if x:\n    y\n  z", "\tx\n        y", 'f"{x!r:>{w}} {{"', "😀 = '你'  # 😀",
     "x = $", "0777", "\x00"],
)  # fmt: skip
def test_every_source_is_shown_as_it_is(source):
    """Is nothing lost of code that is no Python, or is Python of a later version?"""
    assert text_of(highlighted(source)) == source


def test_words_are_marked():
    """Do keywords, strings, numbers and comments have their classes?"""
    shown = highlighted('def f(x):\n    return "a" < 1.5  # why')
    for part in ('<span class="k">def</span>', '<span class="s">"a"</span>',
                 '&lt; <span class="mi">1.5</span>', '<span class="c"># why</span>'):  # fmt: skip
        assert part in shown
