"""What stands around the text of a page: sidebars, header, footer, and the search."""

import re

import pytest
from browser import ask, axe_faults, tab, until
from pages import SOURCES, address_of

LONG = "chapters/3_attention/02_self_attention.md"
FORMULAS = ("chapters/1_nlp/02_language_models.md", LONG)
WITHOUT_CONTENTS = ("book/pages/map.md", "book/pages/front.md")
BOX = """(e) => {
    const { left, right, top, bottom } = e.getBoundingClientRect();
    return [left, right, top, bottom];
}"""
SEEN = """(e) => {
    const { left, top, width, height } = e.getBoundingClientRect();
    return e.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""
EMPTY = """() => [...document.querySelectorAll("footer")]
    .filter((e) => e.checkVisibility() && !e.innerText.trim()).length
"""
MARKED_OUTSIDE = """() => [...document.querySelectorAll(".highlighted")]
    .filter((e) => !e.closest(".bd-article") || e.closest("pre, svg, .math, .bh-strip")).length
"""
SCROLL_TO = """async (top) => {
    scrollTo({ top, behavior: "instant" });
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
def page(browser, site):
    """A reader who comes for the first time: nothing is in the cache."""
    opened = []

    def open_page(look: str, source: str = "", address: str = "", **options):
        page = tab(browser, look, site)
        opened.append(page)
        page.goto(f"{site}/{address or address_of(source)}", **options)
        return page

    yield open_page
    for each in opened:
        each.context.close()


# ---- formulas, whose fonts come late

# Formulas in a line that are faded though the line has room for them.
GHOSTS = """() => [...document.querySelectorAll(".bd-article span.math:is(.bh-before, .bh-after)")]
    .filter((e) => e.scrollWidth <= e.closest("p, li, dd, td").clientWidth)
    .map((e) => e.textContent)
"""
ARRIVED = """async () => {
    await window.MathJax.startup.promise;
    await document.fonts.ready;
    for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
    return document.fonts.status === "loaded";
}"""


@pytest.mark.parametrize("look", ["light", "phone"])
@pytest.mark.parametrize("source", FORMULAS)
def test_no_formula_that_fits_is_faded(browser, site, source, look):
    """Are formulas clear over a slow line, before their fonts have come and after?"""
    page, held, late = tab(browser, look, site), [], []

    def hold(route):
        (route.continue_ if late else held.append)(*([] if late else [route]))

    page.route("**/*.woff*", hold)
    page.goto(f"{site}/{address_of(source)}", wait_until="domcontentloaded")
    until(page, "document.querySelector('mjx-container')", about="formulas set")
    until(page, "document.fonts.status === 'loading'", about="fonts on their way")
    assert ask(page, GHOSTS) == []
    assert held
    late.append(True)
    for route in held:
        route.continue_()
    assert ask(page, ARRIVED, about="fonts")
    assert ask(page, "document.querySelectorAll('.bd-article span.math').length") > 10
    assert ask(page, GHOSTS) == []
    page.context.close()


# ---- sidebars


def test_title_and_search_stay_in_the_sidebar(page):
    """Can a reader at the last entry still search and go home?"""
    page = page("light", SOURCES[0])
    ask(page, "document.querySelector('#pst-primary-sidebar').scrollTo(0, 9999)")
    for css in (".navbar-brand", ".bd-sidebar-primary .search-button-field"):
        _, _, top, bottom = ask(page.locator(css), BOX)
        assert 0 <= top < bottom < 120, css
        assert ask(page.locator(css), SEEN), f"{css} is covered"


def test_the_sidebars_title_is_in_line_with_its_entries(page):
    """Does the eye find one edge on the left?"""
    page = page("light", LONG)
    title, *_ = ask(page.locator(".logo__title"), "(e) => [e.getBoundingClientRect().left]")
    part, *_ = ask(
        page.locator(".bd-links .caption").first, "(e) => [e.getBoundingClientRect().left]"
    )
    assert abs(title - part) < 2
    assert ask(page.locator(".logo__title"), "(e) => getComputedStyle(e).textAlign") == "left"


MARKED = """() => [...document.querySelectorAll(".bd-sidebar-secondary [aria-current]")]
    .map((e) => [e.hash.slice(1), e.classList.contains("active")])
"""
BEGUN = """() => [...document.querySelectorAll(".bd-article section[id]")]
    .filter((e) => document.querySelector(`.page-toc a[href="#${CSS.escape(e.id)}"]`))
    .filter((e) => e.getBoundingClientRect().top < innerHeight * 0.3).at(-1).id
"""


@pytest.mark.parametrize("top", [3000, 6200, 9000, 12000])
def test_contents_mark_where_one_is(page, top):
    """Is the section that is being read marked, also deep inside a long one?"""
    page = page("light", LONG)
    ask(
        page, f"async () => {{ await window.MathJax.startup.promise; await ({SCROLL_TO})({top}); }}"
    )
    ((marked, shown),) = until(
        page, f"() => {{ const m = ({MARKED.strip()})(); return m.length && m; }}"
    )
    assert shown
    assert marked == ask(page, BEGUN)


def test_before_the_first_section_nothing_is_marked(page):
    """Do contents say nothing where there is nothing to say?"""
    assert ask(page("light", LONG), MARKED) == []


@pytest.mark.parametrize("source", WITHOUT_CONTENTS)
def test_a_page_without_contents_takes_their_room(page, source):
    """Is there no empty column on the right?"""
    page = page("light", source)
    _, right, *_ = ask(page.locator(".bd-article-container"), BOX)
    assert ask(page, "innerWidth") - right < 170


# ---- header


def test_the_way_back_to_the_top_covers_no_text(page):
    """Does it stand in the header, in one line with the rest, and can it be read and used?"""
    page = page("phone", LONG)
    ask(page, SCROLL_TO, 3000)
    page.mouse.move(200, 400)
    page.mouse.wheel(0, -300)
    back = page.get_by_role("button", name="Back to top")
    back.wait_for()
    _, right, top, bottom = ask(back, BOX)
    _, _, above, below = ask(page.locator(".bd-header-article"), BOX)
    left, *_ = ask(page.locator(".article-header-buttons"), BOX)
    assert above <= top < bottom <= below
    assert right <= left
    assert axe_faults(page, within=".bd-header-article") == []
    back.click()
    until(page, "scrollY < 5", about="top of the page")


def test_the_magnifier_stands_before_the_words(page):
    """Is nothing drawn on the first letter of what is searched for?"""
    page = page("light", SOURCES[0])
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input")
    field.wait_for()
    starts = "(e) => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft)"
    _, ends, *_ = ask(page.locator("#pst-search-dialog .fa-magnifying-glass"), BOX)
    assert ends < ask(field, starts)


# ---- below, and in the head


def test_a_page_ends_in_what_it_is(page):
    """Does the footer name version and source, with no empty strip above or below it?"""
    page = page("light", SOURCES[0])
    footer = page.locator("footer.bd-footer-content")
    assert re.search(r"LLMs by Hand, version \d+\.\d+", footer.inner_text())
    source = footer.get_by_role("link", name="Source")
    assert source.get_attribute("href").startswith("https://github.com/")
    assert ask(page, EMPTY) == 0


def test_a_page_says_once_how_wide_it_is(html):
    """Is there one viewport in the head of every page?"""
    for path in html.rglob("*.html"):
        text = path.read_text("utf8")
        if "_static" not in path.parts and "bd-article" in text:
            assert text.count('name="viewport"') == 1, path


# ---- search

FOUND = """async () => {
    const results = () => [...document.querySelectorAll("#search-results li")];
    const quoted = (li) => li.querySelector(".context");
    while (!results().length || !results().every(quoted))
        await new Promise((soon) => setTimeout(soon, 50));
    return results().map((li) => [li.querySelector("a").textContent, quoted(li).textContent]);
}"""


@pytest.mark.parametrize("query", ["attention", "softmax"])
def test_search_quotes_the_text_of_pages(page, query):
    """Is each result a page or a word once, with its text: no button, no contents, no TeX?"""
    page = page("light", address=f"search.html?q={query}")
    found = ask(page, FOUND, about="results")
    titles = [title for title, _ in found]
    assert len(set(titles)) == len(titles)
    assert f"Glossary > {query}" in titles
    for title, quoted in found:
        assert quoted.strip(), title
        assert "Open in Colab" not in quoted
        assert "Contents" not in quoted
        assert "\\" not in quoted, title
        assert "Built so far" not in quoted
        head, _, name = title.partition(" > ")
        assert not name or not re.fullmatch(rf"(\d+\. )?{re.escape(name)}", head), "found twice"


def test_what_was_searched_for_is_marked_in_the_text_alone(page):
    """Is a word marked where it is read, and neither in sidebars nor in code, and only once?"""
    page = page("light", address="search.html?q=attention")
    ask(page, FOUND, about="results")
    page.locator("#search-results a[href*='02_self_attention']").first.click()
    page.locator(".bd-article .highlighted").first.wait_for()
    assert ask(page, MARKED_OUTSIDE) == 0
    page.reload()
    until(page, "document.readyState === 'complete'")
    assert page.locator(".highlighted").count() == 0
