"""The book as a whole: how it builds, what lies in its folder, how its search and its links work."""

import re

import pytest
from browser import tab
from extension import book_module
from pages import ROOT, SOURCES, address_of

from autograder.exercise import chapters, exercises
from autograder.home.card import HEADLINES

MADE_BY_SPHINX = {"genindex.html", "index.html", "search.html"}
MOVED = book_module("old_addresses").MOVED


def test_the_book_builds_without_a_warning(build):
    """Does nothing in the build ask for attention?"""
    status, said, _ = build
    assert status == 0, said[-3000:]
    assert "WARNING" not in said, said[-3000:]


def test_every_page_is_tested(html):
    """Is there a page that the tests of pages do not open?"""
    built = {str(p.relative_to(html)) for p in html.rglob("*.html") if "_static" not in p.parts}
    notes = {f"{old}.html" for old in MOVED}
    assert built - MADE_BY_SPHINX - notes == {address_of(s) for s in SOURCES}


def test_every_check_on_a_page_could_be_made(html):
    """Does a page that shows what a check says show a verdict, and no excuse?"""
    pages = [path for path in html.rglob("*.html") if "_static" not in path.parts]
    assert not [path for path in pages if HEADLINES["unusable"] in path.read_text("utf8")]


def test_heavy_scripts_are_left_out(html):
    """Does no page fetch what it does not need, and does the folder stay small?"""
    assert (html / "_static/scripts/fontawesome.js").stat().st_size == 0
    weight = sum(p.stat().st_size for p in (html / "_static/mathjax").rglob("*") if p.is_file())
    assert weight < 2.5e6


# ---- where one arrives


def test_a_bookmark_of_an_earlier_version_leads_to_the_page(browser, site):
    """Does a word of the old glossary's address end at that word, and every old page at its new one?"""
    page = tab(browser, "light", site)
    for old, new in MOVED.items():
        page.goto(f"{site}/{old}.html#there")
        page.wait_for_url(f"{site}/{new}.html#there")
    page.goto(f"{site}/book/glossary.html#term-batch")
    page.wait_for_url(f"{site}/book/pages/glossary.html#term-batch")
    assert page.locator("#term-batch").is_visible()
    assert page.strangers() == page.complaints == []
    page.context.close()


def test_a_bookmark_leads_on_without_scripts(browser, site):
    """Does the note at an old address lead on by itself, and say where?"""
    page = tab(browser, "light", site, java_script_enabled=False)
    page.goto(f"{site}/book/map.html")
    page.wait_for_url(f"{site}/book/pages/map.html")
    page.context.close()


def test_every_link_within_the_book_leads_somewhere(html):
    """Is there a page, and a place on it, behind each link of each page?"""
    pages = [path for path in html.rglob("*.html") if "_static" not in path.parts]
    text = {path: path.read_text("utf8") for path in pages}
    places = {path: set(re.findall(r'\bid="([^"]+)"', text[path])) for path in pages}
    for path in pages:
        for address in set(re.findall(r'<a\b[^>]*\bhref="([^"]*)"', text[path])):
            if re.match(r"[a-z]+:", address) or address == "#":
                continue
            file, _, place = address.partition("#")
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            assert target.exists(), (path, address)
            assert not place or target.suffix != ".html" or place in places[target], (path, address)


def test_the_bibliography_leads_back_to_each_citation(html):
    """Does a link from it end at the sentence that cites the work?"""
    page = html / "book" / "pages" / "bibliography.html"
    links = re.findall(r'href="([^"#]+)#(cited-[^"]+)"', page.read_text("utf8"))
    assert links
    for address, anchor in links:
        assert f'id="{anchor}"' in (page.parent / address).read_text("utf8"), address


def test_search_finds_what_a_page_shows(browser, site, html):
    """Are folded solutions not found, and words of a result not run together?"""
    index = (html / "searchindex.js").read_text("utf8")
    assert not re.search(r'"borderpad": ?\[?\d', index), "a word of hidden cells only"
    page = tab(browser, "light", site)
    page.goto(f"{site}/search.html?q=attention+mask")
    glossary = page.locator("#search-results li", has_text="Glossary").locator(".context")
    glossary.first.wait_for()
    assert all("maskA" not in text for text in glossary.all_inner_texts())
    page.context.close()


def test_a_dark_page_begins_dark(browser, site):
    """Is there no white flash before the theme's script has come?"""
    page = tab(browser, "dark", site)
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    page.goto(f"{site}/{address_of(SOURCES[0])}")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.context.close()


# ---- the extension


def test_a_wide_signature_has_a_line_for_each_parameter():
    """Is no default cut off, and is what fits left as it is?"""
    card = book_module("exercise_card")
    narrow = 'def f(a: Float[Tensor, "B T"], b: int = 100) -> int:'
    assert card.wrapped(narrow) == narrow
    wide = narrow.replace("int:", f"{'x' * card.WIDTH}:")
    lines = card.wrapped(wide).splitlines()
    assert lines[:3] == ["def f(", '    a: Float[Tensor, "B T"],', "    b: int = 100,"]
    assert lines[3].startswith(") -> x")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("from solutions.nowhere import nothing", r"page\.md:7: nowhere\.nothing is no exercise"),
        ("import solutions", "holds one import of one name"),
        ("from solutions.nowhere import one, two", "holds one import of one name"),
        ("if", "holds one import of one name"),
    ],
)
def test_an_unknown_exercise_fails_the_build(code, words):
    """Does the author learn which cell it is, and what would fit?"""
    card = book_module("exercise_card")
    with pytest.raises(card.UnknownExercise, match=words) as error:
        card.exercise_of(code, "page.md:7")
    if "nothing" in code:
        assert all(repr(exercise) in str(error.value) for exercise in exercises().values())


def test_outputs_depend_on_the_modules_they_come_from():
    """Is a page run again when its solutions change, and not when others do?"""
    own_files = book_module("stale_outputs").own_files
    found = own_files("x = 1\nfrom byhand.figures import show\n")
    names = {p.relative_to(ROOT).as_posix() for p in found}
    assert names == {"byhand/figures.py", "byhand/notebook.py"}
    assert own_files("import torch") == set()
    for counting in ("len(chapters())", "```{course-facts}"):
        assert {chapter.path for chapter in chapters().values()} < own_files(counting)
    judged = {p.relative_to(ROOT).as_posix() for p in own_files('check("causal_mask")')}
    assert judged >= {
        "solutions/self_attention.py",
        "autograder/checks/self_attention/causal_mask.py",
    }
