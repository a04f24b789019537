"""Each playground in a real browser, used by keyboard: what it shows, and what it says aloud."""

from browser import ask, until
from playing import heard, opened, press, says


def test_a_story_is_written_by_keyboard(played):
    """Can one choose the next token, take it back, let the model write, and hear where it stands?"""
    page = played()
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
    assert ask(offers.first, "e => e === document.activeElement"), "one can go on choosing"
    section.get_by_role("button", name="Back").focus()
    press(page, "Enter")
    assert story.inner_text() == given
    section.get_by_role("button", name="Let it write").focus()
    press(page, "Enter")
    section.get_by_role("button", name="Stop").wait_for()
    until(page, f"document.querySelector('.story').innerText.length > {len(given) + 20}")
    press(page, "Enter")
    assert section.get_by_role("button", name="Let it write").is_visible()
    section.get_by_role("button", name="Again").focus()
    press(page, "Enter")
    assert story.inner_text() == given


def test_a_story_begins_by_itself_unless_motion_is_unwelcome(played):
    """Does it write a few words where one looks, and nothing where that is asked for?"""
    still = opened(played("index"), "next")
    assert still.locator(".written").inner_text() == ""
    page = played("index", motion="no-preference")
    opened(page, "next")
    until(page, "document.querySelector('.story .written').innerText.length > 20")
    section = page.locator(".playground[data-kind=next]")
    section.get_by_role("button", name="Again").click()
    section.get_by_role("button", name="Let it write").click()
    until(page, "document.querySelector('.story .written').innerText.length > 20")
    sentence, first, aloud = ask(
        section,
        "e => [e.querySelector('.seen').innerText, e.querySelector('.offer .face')?.innerText ?? '',"
        " e.querySelector('[aria-live=polite]').textContent]",
    )
    assert f"“{first}”" in sentence or "over" in sentence, "what is seen keeps up"
    assert aloud == "" or "over" in sentence, "nobody's ears are flooded"
    section.get_by_role("button", name="Again").click()
    assert heard(section) == says(section)


def test_merges_are_stepped_by_keyboard(played):
    """Can one walk through the merges, back and forth, and hear what happens?"""
    page = played()
    section = opened(page, "tokenizer")
    box = section.get_by_label("Text")
    box.fill("the theory, the end")
    position = section.get_by_label("Merges done")
    until(page, "document.querySelectorAll('.letter').length === 19")
    assert "merges are done" in says(section)
    position.focus()
    press(page, "Home")
    assert says(section).startswith("Every byte by itself: 19 pieces")
    assert section.locator(".piece").count() == 19
    press(page, "Shift+Tab")  # "Step back" has nothing to do now, so "Step"
    step = section.get_by_role("button", name="Step", exact=True)
    assert ask(step, "e => e === document.activeElement")
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
    until(page, "document.querySelectorAll('.letter').length === 0")
    assert says(section) == "There is nothing to cut yet. Type something."
    assert section.get_by_role("button", name="Play").is_disabled()
    assert not section.get_by_text("All merges of this text").is_visible()


def test_merges_play_by_themselves_unless_motion_is_unwelcome(played):
    """Does it begin alone, stop on request, and keep still where that is asked for?"""
    still = opened(played("index"), "tokenizer")
    assert still.get_by_role("button", name="Play").is_visible()
    page = played("index", motion="no-preference")
    moving = opened(page, "tokenizer")
    pause = moving.get_by_role("button", name="Pause")
    pause.focus()
    before = moving.locator(".piece").count()
    until(page, f"document.querySelectorAll('.piece').length < {before}")
    rank, sentence, aloud = ask(
        moving,
        "e => { const done = +e.querySelector('[type=range]').value;"
        " return [e.querySelectorAll('.merge-list li')[done - 1].value,"
        " e.querySelector('.seen').textContent, e.querySelector('[aria-live]').textContent]; }",
    )
    assert sentence.startswith(f"Rank {rank} joins"), "what is seen keeps up"
    assert aloud == "", "nobody's ears are flooded"
    press(page, "Enter")
    assert moving.get_by_role("button", name="Play").is_visible()
    assert says(moving).startswith("Rank ")
    assert heard(moving) == says(moving)
    assert ask(page, "window.shift") < 0.05


def test_the_query_moves_with_the_arrow_keys(played):
    """Is what it takes shown for each token, what it may not see as such, and said in words?"""
    page = played()
    section = opened(page, "attention")
    section.get_by_role("combobox", name="Layer").select_option(label="3")
    section.get_by_role("combobox", name="Head").select_option(label="2")
    tokens = section.locator(".token")
    count = tokens.count()
    assert section.locator("[aria-pressed=true]").count() == 1
    tokens.last.focus()
    press(page, "ArrowLeft", "ArrowLeft")
    pressed = section.locator("[aria-pressed=true]")
    assert ask(pressed, "e => e === document.activeElement")
    assert ask(pressed, "e => [...e.parentElement.children].indexOf(e)") == count - 3
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


def test_what_is_cut_is_seen_to_be_cut(played):
    """Do the sliders change the distribution, and say by what a token was cut?"""
    page = played()
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


def test_a_text_is_written_and_written_again(played):
    """Does a seed give the same text, all at once and token by token?"""
    page = played()
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


def test_writing_stops_on_request(played):
    """Is the reader asked between tokens?"""
    page = played("far")
    section = opened(page, "sampling")
    generate = section.get_by_role("button", name="Generate")
    ask(
        generate,
        "e => { e.click(); [...e.parentElement.querySelectorAll('button')]"
        ".find(b => b.textContent === 'Stop').click(); }",
    )
    section.locator(".seen", has_text="Stopped.").wait_for()


def test_memory_is_worked_out_by_keyboard(played):
    """Do the numbers of the formula follow the choices?"""
    page = played("numbers")
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
