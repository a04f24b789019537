"""A feedback page as a learner opens it: on a laptop, in the dark, on a phone, without a network."""

import pytest
from a_class import CHAPTER, STEM
from browser import LOOKS, ask, axe_faults, tab

from autograder.course.folder import Place
from autograder.exercise import exercises

WHO = "two_slips_in_one"
NAMES = list(CHAPTER.exercises)
UNFOLD = "() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"


def address(folder, learner=WHO) -> str:
    return Place(folder, learner, STEM).feedback.as_uri()


@pytest.fixture(scope="module")
def visit(browser, graded_class):
    """A learner's page in a look, opened."""

    def open_page(look: str, learner: str = WHO):
        page = tab(browser, look, address(graded_class[0], learner))
        page.goto(address(graded_class[0], learner))
        return page

    return open_page


def test_the_page_begins_with_what_matters(visit):
    """Are learner, chapter, score and every exercise with its verdict on the first screen?"""
    page = visit("light")
    first = page.locator("header").inner_text()
    for part in (WHO, CHAPTER.title, "4.75 of 7 points"):
        assert part in first
    lines = page.locator("nav li").all_inner_texts()
    assert [line.split("\n")[0] for line in lines] == [exercises()[name].title for name in NAMES]
    assert ["All of it holds" in line for line in lines] == [True, True, False]
    assert "0.75 of 3" in lines[2]
    assert page.locator("nav li").last.bounding_box()["y"] < LOOKS["light"][1]


def test_each_line_leads_to_its_exercise(visit):
    """Do the links go to the anchors that nbgrader's own pages have, and is the verdict there?"""
    page = visit("light")
    for name, link in zip(NAMES, page.locator("nav a").all(), strict=True):
        assert link.get_attribute("href") == f"#{name}-check"
        place = page.locator(f"[id='{name}-check']")
        assert place.count() == page.locator(f"[id='comment-{name}']").count() == 1
        link.click()
        assert place.locator(".bh-card").is_visible()
        assert f"def {name}(" in place.locator("pre.code").first.inner_text()


def test_the_chapter_is_folded_and_complete(visit):
    """Is nothing of the chapter open, and nothing of it missing?"""
    page = visit("light")
    assert not page.locator("details[open]").count()
    folded = "".join(page.locator("details.chapter").all_text_contents())
    for heading in CHAPTER.exercises.values():
        assert heading in folded
    assert "¶" not in page.locator("body").text_content()


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_fetched_and_nothing_is_too_wide(visit, look):
    """With every fold open: does the page fit, ask nobody, and complain of nothing?"""
    page = visit(look)
    ask(page, UNFOLD)
    assert ask(page, "document.documentElement.scrollWidth") == LOOKS[look][0]
    assert not page.strangers()
    assert not page.complaints
    assert page.locator("math").count() > 5
    assert not page.locator("script").count()


@pytest.mark.parametrize("learner", [WHO, "blank", "not_a_notebook", "raises"])
@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_read_it(visit, look, learner):
    """Does axe find nothing, with the folds open, in light, in dark and on a phone?"""
    page = visit(look, learner)
    ask(page, UNFOLD)
    assert not axe_faults(page)


@pytest.mark.parametrize("look", LOOKS)
def test_got_and_wanted_can_be_compared(visit, look):
    """Do they stand side by side, or, where a phone is too narrow, with their columns below each
    other, and is what differs marked?"""
    page = visit(look)
    got, wanted = (box.bounding_box() for box in page.locator(".bh-pair > div").all())
    if look == "phone":
        assert got["y"] + got["height"] <= wanted["y"]
        assert (got["x"], got["width"]) == (wanted["x"], wanted["width"])
    else:
        assert got["y"] == wanted["y"]
        assert got["x"] + got["width"] < wanted["x"]
    cut = "pre => pre.scrollWidth - pre.clientWidth"
    assert all(ask(pre, cut) <= 0 for pre in page.locator(".bh-pair pre").all())
    mine, theirs = (box.locator("mark").all() for box in page.locator(".bh-pair > div").all())
    assert len(mine) == len(theirs) >= 2
    if look == "phone":
        boxes = [[mark.bounding_box() for mark in marks] for marks in (mine, theirs)]
        ends = [[box["x"] + box["width"] for box in row] for row in boxes]  # one may have a sign
        assert ends[0] == pytest.approx(ends[1], abs=0.1)


def test_code_that_goes_on_is_seen_to_go_on(visit):
    """Is there a shadow where a phone cuts a line, which stays while the line moves?"""
    code = visit("phone").locator("section pre.code").first
    assert ask(code, "pre => pre.scrollWidth - pre.clientWidth") > 0
    shown = "pre => getComputedStyle(pre).backgroundAttachment"
    assert ask(code, shown).split(", ")[:2] == ["local", "scroll"]


def test_dark_is_dark(visit):
    """Does the page follow the reader's colour scheme?"""
    light, dark = (
        ask(visit(look), "getComputedStyle(document.body).backgroundColor")
        for look in ("light", "dark")
    )
    assert light == "rgb(255, 255, 255)"
    assert max(int(part) for part in dark.strip("rgb()").split(",")) < 64


def test_what_could_not_be_read_is_said_at_the_top(graded_class):
    """Is a file that could not be read spoken of at the top, once?"""
    html = Place(graded_class[0], "not_a_notebook", STEM).feedback.read_text(encoding="utf8")
    assert html.count("This submission could not be graded.") == 1
    assert html.index("This submission could not be graded.") < html.index("<nav")
