"""The playgrounds in a real browser: used by keyboard, in every look, from a server and from a file.

A book of four small pages is built with the course's own configuration and nothing but playgrounds.
"""

import functools
import gzip
import shutil
from pathlib import Path

import pytest
import yaml
from browser import LOOKS, axe_faults, built, served, tab

ROOT = Path(__file__).parents[1]
KINDS = ("next", "tokenizer", "attention", "sampling", "memory")
PATIENCE = 120_000  # milliseconds; the machine may have much else to do
FOLD = "\n\n".join(["A line above."] * 60)


def directive(kind: str, text: str = "") -> str:
    return (
        f"```{{playground}} {kind}\n:title: The {kind}\n:text: {text}\n\nIn *print*: {kind}.\n```"
    )


PAGES = {
    "index": (ROOT / "book/playgrounds.md").read_text("utf8").replace("{doc}", ""),
    "plain": "# Plain\n\nNothing to play with.",
    "numbers": f"# Numbers\n\n{directive('memory')}",
    "far": f"# Far\n\n{FOLD}\n\n{directive('sampling', 'Tom gave')}",
}


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The small book, built."""
    source = tmp_path_factory.mktemp("playgrounds")
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    config["sphinx"]["local_extensions"] = {"by_hand": str(ROOT / "book")}
    icon = shutil.copy(ROOT / config["html"]["favicon"], source)
    config["html"]["favicon"] = Path(icon).name
    config["execute"]["execute_notebooks"] = "off"
    (source / "_config.yml").write_text(yaml.safe_dump(config))
    chapters = [{"file": name} for name in PAGES if name != "index"]
    toc = {"format": "jb-book", "root": "index", "chapters": chapters}
    (source / "_toc.yml").write_text(yaml.safe_dump(toc))
    for name, text in PAGES.items():
        (source / f"{name}.md").write_text(text, "utf8")
    process = built(source)
    assert process.returncode == 0, process.stderr[-3000:]
    return source / "_build" / "html"


@pytest.fixture(scope="session")
def site(html):
    with served(html) as address:
        yield address


@pytest.fixture(scope="session")
def visit(browser, site):
    """Opens a page, once for each way."""

    @functools.cache
    def open_page(name="index", look="light", base=site, motion="reduce", scripts=True):
        page = tab(browser, look, base, patience=PATIENCE, reduced_motion=motion,
                   java_script_enabled=scripts)  # fmt: skip
        page.goto(f"{base}/{name}.html")
        return page

    return open_page


def opened(page, kind: str):
    """A playground, scrolled to and ready."""
    section = page.locator(f".playground[data-kind={kind}]")
    section.scroll_into_view_if_needed()
    page.locator(f".playground[data-kind={kind}][data-state=ready]").wait_for()
    return section


def says(section) -> str:
    return section.locator(".playground-says .seen").first.inner_text()


def heard(section) -> str:
    return section.locator(".playground-says [aria-live=polite]").first.inner_text()


def press(page, *keys: str):
    for key in keys:
        page.keyboard.press(key)


# ---- the page


@pytest.mark.parametrize("look", LOOKS)
def test_playgrounds_open_in_every_look(visit, look):
    """No complaint, no stranger asked, nothing sideways, nothing that jumps?"""
    page = visit(look=look)
    for kind in KINDS:
        opened(page, kind)
    assert page.complaints == []
    assert page.strangers() == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("window.shift") < 0.05


def test_playgrounds_work_from_a_file(visit, html):
    """Does the downloaded book need no server?"""
    page = visit(base=html.as_uri())
    for kind in KINDS:
        opened(page, kind)
    assert page.complaints == []
    assert page.strangers() == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_no_fault(visit, look):
    """Can everyone use them, as far as a machine can tell?"""
    page = visit(look=look)
    for kind in KINDS:
        opened(page, kind)
    assert axe_faults(page, ".playground") == []


def test_without_scripts_there_is_the_text(visit):
    """Is a reader without JavaScript told what the playground shows?"""
    page = visit("numbers", scripts=False)
    assert page.get_by_text("In print: memory.").is_visible()
    assert page.locator(".playground-place").bounding_box()["height"] < 40


def test_the_text_stays_below_the_live_part(visit):
    """Is it folded, and there for who unfolds it?"""
    section = opened(visit("numbers"), "memory")
    text = section.get_by_text("In print: memory.")
    assert not text.is_visible()
    section.locator(".playground-print > summary").focus()
    press(section.page, "Enter")
    assert text.is_visible()
    press(section.page, "Enter")


def test_a_broken_playground_gives_way_to_the_text(browser, site):
    """Is a reader left with the text if the live part cannot start?"""
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.route("**/town-gpt-weights.js*", lambda route: route.abort())
    page.goto(f"{site}/far.html")
    page.locator(".playground").scroll_into_view_if_needed()
    page.locator(".playground[data-state=failed]").wait_for()
    assert page.get_by_text("In print: sampling.").is_visible()


def test_a_page_loads_what_it_needs(visit):
    """Nothing on a page without playgrounds, no model for a formula, the model when it is near?"""
    assert not [url for url in visit("plain").asked if "playgrounds/" in url]
    numbers = visit("numbers")
    opened(numbers, "memory")
    scripts = {url.rpartition("/")[2].partition("?")[0] for url in numbers.asked if ".js" in url}
    assert {"stage.js", "memory.js"} <= scripts
    assert not scripts & {"tokenizer.js", "model.js", "town-gpt-weights.js"}
    far = visit("far")
    assert not [url for url in far.asked if "town-gpt" in url]
    opened(far, "sampling")
    assert [url for url in far.asked if "town-gpt-weights" in url]


def test_all_of_it_weighs_little(html):
    """Do all playgrounds together, with the model, stay under 1.5 MB on the wire?"""
    files = [path.read_bytes() for path in (html / "_static/playgrounds").iterdir()]
    assert sum(len(gzip.compress(data)) for data in files) < 1.2e6


# ---- each by keyboard


def test_a_story_is_written_by_keyboard(visit):
    """Can one choose the next token, take it back, let the model write, and hear where it stands?"""
    page = visit()
    section = opened(page, "next")
    story, offers = section.get_by_role("group", name="Story"), section.locator(".offer")
    given = story.inner_text()
    first = offers.first.locator(".face").inner_text()
    shares = [int(text.strip("<%")) for text in offers.locator(".share").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    assert f"It expects “{first}” most." in says(section)
    assert heard(section) == says(section)
    offers.first.focus()
    press(page, "Enter")
    assert story.inner_text().startswith(given)
    assert story.inner_text().rstrip().endswith(first)
    assert offers.first.evaluate("e => e === document.activeElement"), "one can go on choosing"
    section.get_by_role("button", name="Back").focus()
    press(page, "Enter")
    assert story.inner_text() == given
    section.get_by_role("button", name="Let it write").focus()
    press(page, "Enter")
    section.get_by_role("button", name="Stop").wait_for()
    page.wait_for_function(f"document.querySelector('.story').innerText.length > {len(given) + 20}")
    press(page, "Enter")
    assert section.get_by_role("button", name="Let it write").is_visible()
    section.get_by_role("button", name="Again").focus()
    press(page, "Enter")
    assert story.inner_text() == given


def test_a_story_begins_by_itself_unless_motion_is_unwelcome(visit):
    """Does it write a few words where one looks, and nothing where that is asked for?"""
    still = opened(visit("index"), "next")
    assert still.locator(".written").inner_text() == ""
    page = visit("index", motion="no-preference")
    opened(page, "next")
    page.wait_for_function("document.querySelector('.story .written').innerText.length > 20")
    section = page.locator(".playground[data-kind=next]")
    section.get_by_role("button", name="Again").click()
    section.get_by_role("button", name="Let it write").click()
    page.wait_for_function("document.querySelector('.story .written').innerText.length > 20")
    sentence, first, aloud = section.evaluate(
        "e => [e.querySelector('.seen').innerText, e.querySelector('.offer .face')?.innerText ?? '',"
        " e.querySelector('[aria-live=polite]').textContent]"
    )
    assert f"“{first}”" in sentence or "over" in sentence, "what is seen keeps up"
    assert aloud == "" or "over" in sentence, "nobody's ears are flooded"
    section.get_by_role("button", name="Again").click()
    assert heard(section) == says(section)


def test_merges_are_stepped_by_keyboard(visit):
    """Can one walk through the merges, back and forth, and hear what happens?"""
    page = visit()
    section = opened(page, "tokenizer")
    box = section.get_by_label("Text")
    box.fill("the theory, the end")
    position = section.get_by_label("Merges done")
    page.wait_for_function("document.querySelectorAll('.letter').length === 19")
    assert "merges are done" in says(section)
    position.focus()
    press(page, "Home")
    assert says(section).startswith("Every byte by itself: 19 pieces")
    assert section.locator(".piece").count() == 19
    press(page, "Shift+Tab")  # "Step back" has nothing to do now, so "Step"
    assert section.get_by_role("button", name="Step", exact=True).evaluate(
        "e => e === document.activeElement"
    )
    press(page, "Enter")
    assert says(section).startswith("Rank ")
    fresh = section.locator(".piece.fresh")
    assert fresh.count() >= 1
    assert section.locator(".piece").count() == 19 - fresh.count()
    boxes = [letter.bounding_box()["x"] for letter in section.locator(".letter").all()]
    press(page, "Enter")
    after = [letter.bounding_box()["x"] for letter in section.locator(".letter").all()]
    assert all(abs(x - y) < 2 for x, y in zip(boxes, after, strict=True)), "letters moved"
    section.get_by_role("button", name="Step back").focus()
    press(page, "Enter", "Enter")
    assert section.locator(".piece").count() == 19
    box.fill("")
    page.wait_for_function("document.querySelectorAll('.letter').length === 0")
    assert says(section) == "There is nothing to cut yet. Type something."
    assert section.get_by_role("button", name="Play").is_disabled()
    assert not section.get_by_text("All merges of this text").is_visible()


def test_merges_play_by_themselves_unless_motion_is_unwelcome(visit):
    """Does it begin alone, stop on request, and keep still where that is asked for?"""
    still = opened(visit("index"), "tokenizer")
    assert still.get_by_role("button", name="Play").is_visible()
    page = visit("index", motion="no-preference")
    moving = opened(page, "tokenizer")
    pause = moving.get_by_role("button", name="Pause")
    pause.focus()
    before = moving.locator(".piece").count()
    page.wait_for_function(f"document.querySelectorAll('.piece').length < {before}")
    rank, sentence, aloud = moving.evaluate(
        "e => { const done = +e.querySelector('[type=range]').value;"
        " return [e.querySelectorAll('.merge-list li')[done - 1].value,"
        " e.querySelector('.seen').textContent, e.querySelector('[aria-live]').textContent]; }"
    )
    assert sentence.startswith(f"Rank {rank} joins"), "what is seen keeps up"
    assert aloud == "", "nobody's ears are flooded"
    press(page, "Enter")
    assert moving.get_by_role("button", name="Play").is_visible()
    assert says(moving).startswith("Rank ")
    assert heard(moving) == says(moving)
    assert page.evaluate("window.shift") < 0.05


def test_the_query_moves_with_the_arrow_keys(visit):
    """Is what it takes shown for each token, what it may not see as such, and said in words?"""
    page = visit()
    section = opened(page, "attention")
    section.get_by_role("combobox", name="Layer").select_option(label="3")
    section.get_by_role("combobox", name="Head").select_option(label="2")
    tokens = section.locator(".token")
    count = tokens.count()
    assert section.locator("[aria-pressed=true]").count() == 1
    tokens.last.focus()
    press(page, "ArrowLeft", "ArrowLeft")
    pressed = section.locator("[aria-pressed=true]")
    assert pressed.evaluate("e => e === document.activeElement")
    assert pressed.evaluate("e => [...e.parentElement.children].indexOf(e)") == count - 3
    assert "query" in pressed.inner_text()
    hidden = section.locator(".token", has_text="hidden")
    assert hidden.count() == 2
    assert says(section).startswith("Layer 3, head 2: ")
    assert "hides the 2 tokens after it" in says(section)
    shares = tokens.locator(".share").all_inner_texts()
    shown = sum(float(s.strip("%")) for s in shares if s[0].isdigit())
    assert 97 <= shown <= 102
    press(page, "Home")
    assert "takes 100% from itself" in says(section)
    tokens.nth(3).hover()
    assert "the causal mask hides it" in says(section)
    page.mouse.move(0, 0)
    press(page, "End")


def test_what_is_cut_is_seen_to_be_cut(visit):
    """Do the sliders change the distribution, and say by what a token was cut?"""
    page = visit()
    section = opened(page, "sampling")
    assert "Nothing is cut" in says(section)
    section.get_by_label("Top-k").focus()
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    rows = section.locator("tbody tr")
    assert rows.locator("td:last-child").all_inner_texts() == [""] * 3 + ["top-k"] * 8
    assert "3 tokens are left of 1,024" in says(section)
    section.get_by_label("Top-p").focus()
    press(page, "Home")
    assert "top-p" in rows.nth(1).inner_text()
    assert "100%" in rows.first.inner_text()
    press(page, "End")
    section.get_by_label("Top-k").focus()
    press(page, "Home")
    assert "Nothing is cut" in says(section)
    section.get_by_label("Temperature").focus()
    press(page, "Home")
    assert "temperature" in rows.nth(1).inner_text()
    press(page, *["ArrowRight"] * 20)


def test_a_text_is_written_and_written_again(visit):
    """Does a seed give the same text, all at once and token by token?"""
    page = visit()
    section = opened(page, "sampling")
    story, button = section.locator(".written"), section.get_by_role("button", name="Generate")

    def write():
        button.focus()
        press(page, "Enter")
        section.locator(".seen", has_text="tokens per second").wait_for()
        return story.inner_text()

    first = write()
    assert len(first) > 10
    ended = "The text is complete." in says(section)
    assert ("next document" in section.locator("caption").inner_text()) == ended
    assert write() == first
    section.get_by_label("Seed").fill("5")
    assert write() != first
    section.get_by_role("button", name="Clear").focus()
    press(page, "Enter")
    assert story.inner_text() == ""
    section.get_by_label("Seed").fill("1")
    section.get_by_role("button", name="One token").focus()
    press(page, *["Enter"] * 5)
    assert first.startswith(story.inner_text())
    assert len(story.inner_text()) > 0


def test_writing_stops_on_request(visit):
    """Is the reader asked between tokens?"""
    page = visit("far")
    section = opened(page, "sampling")
    section.get_by_role("button", name="Generate").evaluate(
        "e => { e.click(); [...e.parentElement.querySelectorAll('button')]"
        ".find(b => b.textContent === 'Stop').click(); }"
    )
    section.locator(".seen", has_text="Stopped.").wait_for()


def test_memory_is_worked_out_by_keyboard(visit):
    """Do the numbers of the formula follow the choices?"""
    page = visit("numbers")
    section = opened(page, "memory")
    section.get_by_label("Model").select_option("Llama-2-7B")
    section.get_by_label("Context").focus()
    press(page, "ArrowLeft")
    assert "4,096" in section.locator(".memory-formula").inner_text()
    assert "2 GiB" in section.locator(".memory-formula").inner_text()
    assert says(section).startswith("Each token costs 512 KiB. Together 14.6 GiB fit into 24 GiB")
    press(page, "Tab")
    press(page, *["ArrowRight"] * 4)
    assert "Together 44.6 GiB do not fit" in says(section)
    section.get_by_label("Cache in").select_option("0.5")
    assert "Each token costs 128 KiB" in says(section)
    assert section.get_by_role("link").first.get_attribute("href").startswith("https://")
