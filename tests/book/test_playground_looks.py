"""How playgrounds look: before they are there, their buttons, their sliders, their words."""

import re

from browser import ask, tab
from playing import opened

BEFORE = "e => getComputedStyle(e, '::before').content"


def test_the_box_says_what_comes(browser, small_site):
    """Is a reader told what is loaded and how much it is, until it is there?"""
    page = tab(browser, "light", small_site)
    waiting = []
    page.route("**/town-gpt-weights.js*", lambda route: waiting.append(route))
    page.goto(f"{small_site}/far.html")
    place = page.locator(".playground-place")
    place.scroll_into_view_if_needed()
    told = ask(place, BEFORE)
    assert re.search(r"town-gpt will run here.* 1\.\d MB", told)
    while not waiting:  # until the weights are asked for; the test has a limit of its own
        ask(page, "0")
    waiting[0].continue_()
    page.locator(".playground[data-state=ready]").wait_for()
    assert ask(place, BEFORE) == "none"
    page.context.close()


def test_each_has_one_button_to_begin_with(played):
    """Is it plain where to press first?"""
    page = played()
    names = {"next": "Let it write", "tokenizer": "Play", "sampling": "Generate", "beams": "Step",
             "speculative": "Step", "explorer": "Take bits away"}  # fmt: skip
    for kind, name in names.items():
        section = opened(page, kind)
        filled = section.locator(".playground-main")
        assert filled.all_inner_texts() == [name]
        colour = "e => getComputedStyle(e).backgroundColor"
        other = section.locator(".playground-button:not(.playground-main, :disabled)").first
        assert ask(filled, colour) != ask(other, colour)


def test_sliders_of_a_row_stand_in_a_line(played):
    """Does no name take two lines and push its slider down?"""
    for look in ("light", "phone"):
        section = opened(played(look=look), "sampling")
        fields = section.locator(".sliders .playground-field").all()
        ends = [ask(f, "e => [e.offsetTop + e.offsetHeight, e.offsetHeight]") for f in fields]
        rows = {bottom for bottom, _ in ends}
        assert len(rows) == {"light": 2, "phone": 3}[look]
        if look == "light":
            assert len({height for _, height in ends}) == 1


def test_words_below_a_picture_have_weight(played):
    """Is a caption as heavy as text?"""
    section = opened(played(), "attention")
    for caption in section.locator("figcaption").all():
        assert ask(caption, "e => getComputedStyle(e).fontWeight") == "400"


def test_bars_are_lighter_on_a_dark_page(played):
    """Do they stand out in the dark as much as in the light?"""
    lightness = """e => {
        const pen = document.createElement("canvas").getContext("2d");
        pen.fillStyle = getComputedStyle(e).backgroundColor;
        pen.fillRect(0, 0, 1, 1);
        return pen.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((a, b) => a + b);
    }"""
    light, dark = (
        ask(opened(played(look=look), "sampling").locator(".next-token .left").first, lightness)
        for look in ("light", "dark")
    )
    assert dark > light + 60


def test_a_piece_of_a_word_does_not_look_cut_off(played):
    """Does what goes on have a hyphen, and no dots?"""
    page = played("index")
    section = opened(page, "next")
    seen = ""
    for _ in range(12):
        seen += "".join(section.locator(".offer .face").all_inner_texts())
        section.locator(".offer").last.click()
    assert "\u2010" in seen
    assert "…" not in seen
    section.get_by_role("button", name="Again").click()
