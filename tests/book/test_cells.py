"""How a page's cells, text and tables look: measured in a real browser, and on paper."""

import pytest
from browser import ask, axe_faults, tab
from pages import NOTEBOOKS, SIDEWAYS, in_looks

from byhand.tables import as_html

# From the last line that is seen of code to the first of what came of it, and from the last of
# that to the first of what stands below the cell.
GAPS = """() => {
    const seen = (e) => e.checkVisibility({ visibilityProperty: true });
    const leaves = (e) => [...e.querySelectorAll("pre, svg, .bh-card, table, summary, h1, h2, h3, p")]
        .concat(e).filter(seen).map((part) => part.getBoundingClientRect())
        .filter(({ height }) => height);
    const top = (e) => Math.min(...leaves(e).map((box) => box.top));
    const bottom = (e) => Math.max(...leaves(e).map((box) => box.bottom));
    return [...document.querySelectorAll(".bd-article div.cell")].flatMap((cell) => {
        const code = cell.querySelector(":scope > :is(.cell_input, details.hide)");
        const result = cell.querySelector(":scope > .cell_output");
        if (!code || !result || code.querySelector(".exercise")) return [];
        const inside = top(result) - bottom(code);
        let next = cell.nextElementSibling;
        while (next && !leaves(next).length) next = next.nextElementSibling; // a link's place
        return [[inside, next ? top(next) - bottom(result) : 0, code.textContent.slice(0, 60)]];
    });
}"""
PLATES = """() => [...document.querySelectorAll(".bd-article .cell_output :is(pre, .highlight, .output)")]
    .filter((e) => !e.closest(".bh-card"))
    .filter((e) => getComputedStyle(e).backgroundColor !== "rgba(0, 0, 0, 0)")
    .map((e) => [e.className, getComputedStyle(e).backgroundColor, e.textContent.slice(0, 60)])
"""
RULES = """() => [...document.querySelectorAll(".bd-article div.cell:has(> .cell_output)")]
    .filter((cell) => !cell.querySelector(".exercise"))
    .map((cell) => [cell, cell.querySelector(":scope > .cell_output")])
    .filter(([cell, result]) => parseFloat(getComputedStyle(cell).borderLeftWidth) < 2
        || result.getBoundingClientRect().left - cell.getBoundingClientRect().left > 24)
    .map(([cell]) => cell.textContent.slice(0, 60))
"""


@in_looks("light", "phone", pages=NOTEBOOKS)
def test_a_cell_and_its_output_are_one_object(visit, source, look):
    """Are they joined by a rule, near each other, and not far from what comes below?"""
    page = visit(source, look)
    gaps = ask(page, GAPS)
    assert [gap for gap in gaps if not 0 <= gap[0] <= 16] == []
    assert [gap for gap in gaps if gap[1] > 50] == []
    assert ask(page, RULES) == []


@in_looks("light", "dark", pages=NOTEBOOKS)
def test_outputs_lie_on_the_page_itself(visit, source, look):
    """Has no output a plate of nearly the page's colour?"""
    assert ask(visit(source, look), PLATES) == []


# ---- text

TYPE = """() => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = (e) => parseFloat(getComputedStyle(e).fontSize);
    const all = (selector) => [...document.querySelectorAll(".bd-article " + selector)];
    const text = all("section:not(.bh-card) > p:not([class])").filter((p) => p.checkVisibility());
    return {
        widest: Math.max(0, ...text.map((p) => p.getBoundingClientRect().width / rem)),
        first: text.length > 1 ? size(text[0]) / size(text[1]) : 1.1,
        sizes: ["h1", "h2", "h3"].map((level) => all(level + ":not(.exercise-title)")[0])
            .filter(Boolean).map(size),
        weights: ["h2", "h3"].map((level) => all(level + ":not(.exercise-title)")[0])
            .filter(Boolean).map((e) => +getComputedStyle(e).fontWeight),
        boxed: all("code.literal").filter((e) => parseFloat(getComputedStyle(e).borderTopWidth))
            .length,
        other: all("p > code.literal").filter((e) => getComputedStyle(e).color
            !== getComputedStyle(e.parentElement).color).length,
    };
}"""


@in_looks("light")
def test_text_has_a_measure_and_a_scale(visit, source, look):
    """Is a line of 65 to 75 letters, and does each heading outweigh the ones below it?"""
    told = ask(visit(source, look), TYPE)
    assert told["widest"] <= 42
    assert told["sizes"] == sorted(told["sizes"], reverse=True)
    assert told["weights"] == sorted(told["weights"], reverse=True)
    assert told["boxed"] == told["other"] == 0
    if source in NOTEBOOKS:
        assert told["first"] > 1


# ---- tables that a cell prints

ROWS = [
    [f"a row of the table, number {i}", *(f"{i * j / 7:,.3f}" for j in range(6))] for i in range(9)
]
HEAD = ["what", *(f"column {j}" for j in range(6))]
WIDE = as_html(ROWS, HEAD, ["bh-text", *["bh-number"] * 6])
PUT = """(table) => {
    const place = document.querySelector(".bd-article .cell_output > .output");
    place.className = "output text_html";
    place.innerHTML = table;
    place.querySelector("table").id = "here";
    window.dispatchEvent(new Event("resize"));
}"""
EDGES = """() => [...document.querySelectorAll("#here tr")].map((row) => {
    const range = document.createRange();
    range.selectNodeContents(row.children[3]);
    return Math.round(range.getBoundingClientRect().right);
})"""


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_a_table_can_be_read_everywhere(browser, site, look):
    """Are numbers aligned at their right, and does a wide table scroll in its own place, also by
    keyboard?"""
    page = tab(browser, look, site)
    page.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => ({PUT})({WIDE!r}), {{once: true}});"
    )
    page.goto(f"{site}/chapters/start_here.html")
    table = page.locator("#here")
    table.scroll_into_view_if_needed()
    assert len(set(ask(page, EDGES))) == 1
    assert ask(table, "e => getComputedStyle(e).fontVariantNumeric") == "tabular-nums"
    assert ask(page, SIDEWAYS) <= 0
    assert axe_faults(page, "#here") == []
    place = table.locator("xpath=..")
    hidden = ask(place, "e => e.scrollWidth - e.clientWidth")
    assert (hidden > 100) == (look == "phone")
    if hidden > 1:
        place.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        ask(place, "async e => { while (!e.scrollLeft) await new Promise(requestAnimationFrame); }")
    page.context.close()


# ---- on paper

PAPER = """() => {
    const shown = (selector) => [...document.querySelectorAll(selector)]
        .filter((e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
        .map((e) => e.outerHTML.slice(0, 120));
    const boxes = [...document.querySelectorAll(".playground")];
    return {
        titles: [...document.querySelectorAll("h1")].filter((e) => e.checkVisibility())
            .map((e) => e.innerText),
        controls: shown("button, input, select, textarea, .bh-start, .bh-door, .exercise-link a"),
        stubs: shown("details:not([open]) > summary, details.hide > summary"),
        tall: boxes.filter((e) => e.offsetHeight > 500).map((e) => e.offsetHeight),
        silent: boxes.filter((e) => !e.querySelector(".playground-print > p")?.offsetHeight).length,
        cut: [...document.querySelectorAll(".bd-article pre")]
            .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).length,
    };
}"""


@in_looks("light")
def test_paper_holds_what_can_be_read(visit, source, look):
    """Is there one title with its number, the words of a playground, and nothing to click?"""
    page = visit(source, look)
    number = page.locator(".bd-article h1 .section-number").all_inner_texts()
    page.emulate_media(media="print")
    try:
        told = ask(page, PAPER)
    finally:
        page.emulate_media(media="screen")
    assert len(told["titles"]) == 1
    assert told["titles"][0].startswith("".join(number).strip())
    for fault in ("controls", "stubs", "tall"):
        assert told[fault] == [], fault
    assert told["silent"] == told["cut"] == 0
