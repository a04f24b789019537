"""What a learner wrote in prose: shown as written, and nothing of it runs where others read it."""

import base64

import pytest
from browser import ask
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.server_extensions.formgrader.handlers import template_path

from autograder.course.page import page
from autograder.course.shown import NOT_KEPT, harmless, literal, pictures_of, used, words_of

PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()
SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='mark()'/>").decode()
MARK = "window.marked=1"
# each of these ran, asked, or could be clicked, in one page or another
PAYLOADS = {
    "link": f"[x](javascript:{MARK})",
    "entity": f"[x](java&#115;cript:{MARK})",
    "mixed case": f"[x](JaVaScRiPt:{MARK})",
    "reference": f"[x][1]\n\n[1]: javascript:{MARK}",
    "autolink": f"<javascript:{MARK}>",
    "tab in it": f"[x](<java\tscript:{MARK}>)",
    "control character": f"[x](<\x01javascript:{MARK}>)",
    "data": f"[x](data:text/html,<script>{MARK}</script>)",
    "vbscript": f"[x](vbscript:{MARK})",
    "script": f"<script>{MARK}</script>",
    "script in a block": f"<div>\n<script>{MARK}</script>\n</div>",
    "on": f"<b onmouseover={MARK} onclick={MARK}>x</b>",
    "img": f"<img src=x onerror={MARK}>",
    "img inline": f"text <img src='https://evil.example/a.png' onerror='{MARK}'> text",
    "svg": f"<svg onload={MARK}><a xlink:href='javascript:{MARK}'><text y=9>x</text></a></svg>",
    "math": f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror={MARK}>'>",
    "style": "<style>*{background:url(https://evil.example/style)}</style>",
    "style attribute": "<b style='background:url(https://evil.example/b)'>x</b>",
    "open tag": f'<p onmouseover={MARK} x="',
    "open comment": "<!-- everything after this",
    "raw link": f"<a href=' javascript:{MARK}'>x</a> <a href=https://ok.example>y</a>",
    "raw data link": f"<a href='data:text/html;base64,{SVG}'>x</a>",
    "iframe": f"<iframe srcdoc='<script>parent.marked=1</script>' onload={MARK}></iframe>",
    "object": f"<object data='data:text/html;base64,{SVG}'></object><embed src=javascript:{MARK}>",
    "form": f"<form action='javascript:{MARK}'><button>x</button></form>",
    "meta": f"<meta http-equiv=refresh content='0;url=javascript:{MARK}'><base href=//evil.example>",
    "link tag": "<link rel=stylesheet href=https://evil.example/s.css>",
    "mermaid": f"```mermaid\n</pre><img src=x onerror={MARK}>\n```",
    "picture elsewhere": "![x](https://evil.example/pixel.png)",
    "picture beside": "![x](image.png) ![y](/logout)",
    "picture as data": f"![x](data:image/svg+xml;base64,{SVG})",
    "svg attached": "![x](attachment:x.svg)",
    "formula": f"$\\href{{javascript:{MARK}}}{{x}}$ $$\\style{{background:url(//evil.example)}}{{x}}$$",
    "title": f'[x](https://ok.example "\\" onmouseover={MARK} \\"")',
    "alt": f'![" onerror={MARK} "](attachment:image.png)',
    "id of a field": "# why_the_middle\n\n<input id=grains-check value=2>",
    "same site": "[x](/formgrader/api/grades) [y](//evil.example) [z](..)",
    "ours": f'<div class="written"><img src=x onerror={MARK}></div>',
    "deep": "> " * 3000 + f"<img src=x onerror={MARK}>",
}
PLAIN = {
    "code": ("`<s>` and `</s>`", "<s> and </s>"),
    "fence": ("```\na<b\n```", "a<b"),
    "python": ('```python\nif a<b: "x"\n```', 'if a<b: "x"'),
    "prose": ("a < b, a<b and c>d, 3 > 2", "a < b, a<b and c>d, 3 > 2"),
    "token": ("the tokens <s>, <unk> and <|endoftext|>", "the tokens <s>, <unk> and <|endoftext|>"),
    "ampersand": ("R&D, &lt;s>", "R&D, <s>"),
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "numbers": ("5*3 is 15, x_1 and x_2", "5*3 is 15, x_1 and x_2"),
}


def notebook(texts, attachments=None) -> object:
    cells = []
    for number, text in enumerate(texts):
        kept = pictures_of(attachments)
        source = harmless(text, kept)
        data = {
            "schema_version": 3, "grade": True, "locked": False, "solution": True, "task": False,
            "grade_id": f"text{number}", "points": 1.0, "score": 0.0, "checksum": "",
        }  # fmt: skip
        cells.append(new_markdown_cell(source, metadata={"nbgrader": data}))
        if found := used(source, kept):
            cells[-1].attachments = found
    return new_notebook(cells=cells)


def feedback(made) -> str:
    told = {"student": "ada", "notebook": "small", "assignment": "small"}
    return page(made, {"nbgrader": told | {"score": 0.0, "max_score": 1.0, "late_penalty": 0.0}})


def formgraders(made, **given) -> str:
    """As nbgrader's SubmissionHandler renders an autograded notebook."""
    exporter = HTMLExporter(
        template_name="formgrade", extra_template_basedirs=[template_path], **given
    )
    resources = {"base_url": "", "notebook_path": "x", "index": 0, "total": 1, "student": "ada"}
    return exporter.from_notebook_node(made, resources=resources)[0]


def configured(made) -> str:
    """As it does in a course folder, whose configuration names our filters."""
    filters = {
        "highlight_code": "autograder.course.highlight.in_formgrader",
        "markdown2html": "autograder.course.page.in_formgrader",
    }
    return formgraders(made, filters=filters)


RENDERED = {"feedback": feedback, "formgrader": formgraders, "our formgrader": configured}


@pytest.mark.parametrize("where", RENDERED)
def test_nothing_of_a_text_runs_or_asks(browser, where):
    """In a real browser, with every link clicked: is no marker set, and no request sent?"""
    attachments = {"image.png": {"image/png": PNG}, "x.svg": {"image/svg+xml": SVG}}
    html = RENDERED[where](notebook(PAYLOADS.values(), attachments))
    html = html.replace('content="default-src', 'content="connect-src')  # without its last wall
    tab = browser.new_page()
    tab.set_default_timeout(20_000)
    asked = []
    tab.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    tab.set_content(html, wait_until="domcontentloaded")
    ask(
        tab,
        """() => {
        document.addEventListener("click", (event) => {
            if (event.target.closest("a[href^='https://ok.example']")) event.preventDefault();
        }, true);
        for (const e of document.querySelectorAll(".text_cell_render *, .markdown *")) {
            for (const kind of ["mouseover", "focus", "click", "load", "error"])
                e.dispatchEvent(new MouseEvent(kind, { bubbles: false, cancelable: true }));
        }
    }""",
    )
    links = ask(
        tab,
        """() => [...document.querySelectorAll(
        ".text_cell_render a[href], .markdown a[href]")].map((a) => a.getAttribute("href"))""",
    )
    assert set(links) <= {"https://ok.example"}, links
    assert ask(tab, "window.marked") is None
    ours = ("/static/", "mathjax")  # what nbgrader itself asks for
    assert not [url for url in asked if not any(part in url for part in ours)]
    ids = ask(
        tab,
        """() => [...document.querySelectorAll(
        ".text_cell_render [id], .markdown [id]")].map((e) => e.id)""",
    )
    assert not ids, "no field for a score can be hidden by a text"
    tab.close()


@pytest.mark.parametrize("where", RENDERED)
@pytest.mark.parametrize("name", PLAIN)
def test_a_text_is_shown_as_it_was_written(browser, where, name):
    """Do texts about tokens and comparisons read as their authors wrote them?"""
    text, wanted = PLAIN[name]
    tab = browser.new_page()
    tab.set_default_timeout(20_000)
    tab.route("**/*", lambda route: route.abort())
    tab.set_content(RENDERED[where](notebook([text])), wait_until="domcontentloaded")
    body = tab.locator(".text_cell_render, .cell.markdown").first.inner_text()
    assert wanted in " ".join(body.split())
    tab.close()


@pytest.mark.parametrize(
    "text",
    ["`<s>`", "```\na<b\n```", "$p<q$", "a < b", "**So**, [a paper](https://x.example).", "- a\n- b",
     "![image.png](attachment:image.png)", "https://x.example/?a=1&b=2", "| a | b |\n|-|-|\n| 1 | 2 |"],
)  # fmt: skip
def test_what_nobody_has_to_fear_is_kept_to_the_letter(text):
    """Is Markdown without anything in it left alone?"""
    assert harmless(text, pictures_of({"image.png": {"image/png": PNG}})) == text


def test_a_formula_is_drawn_with_its_signs():
    """Is `$p<q$` a formula on the page, with no script and no network?"""
    for render in (feedback, configured):
        assert "<mo>&lt;</mo>" in render(notebook(["$p<q$"]))


def test_tags_on_the_list_are_let_through():
    """Do a bold word, an index and a table keep their form beside what is taken away?"""
    shown = harmless("H<sub>2</sub>O is <b onclick=x()>wet</b>\n\n| a |\n|:-:|\n| 1 |")
    for part in ("<sub>2</sub>", "<b>wet</b>", '<th style="text-align:center">'):
        assert part in shown
    assert "onclick" not in shown


def test_words_are_counted_as_they_were_written():
    """Does a text that had to be rendered have as many words as before?"""
    text = "One **two** <b>three</b> `four`\n\n# five\n\n![](x) six"
    assert words_of(harmless(text)).replace(NOT_KEPT, "").split() == [
        "One", "two", "three", "four", "five", "six"]  # fmt: skip


def test_the_name_of_a_file_is_no_markdown():
    """Could a file be called something that its instructor should not click?"""
    assert "<p>[x](https://y.z).ipynb</p>" in feedback(
        notebook([literal("[x](https://y.z).ipynb")])
    )
    assert "[" not in literal("[x](y) <b>_z_</b>")


# ---- pictures


def test_a_pasted_picture_is_kept(browser):
    """Does Jupyter's own paste stay a picture, also among text that had to be cleaned?"""
    for text in ("![image.png](attachment:image.png)",
                 "<b>x</b> ![image.png](attachment:image.png)",
                 "<img src='attachment:image.png' width=300>",
                 "![my picture](<attachment:my picture.png>)"):  # fmt: skip
        attached = {name: {"image/png": PNG} for name in ("image.png", "my picture.png")}
        made = notebook([text], attached)
        for html in (feedback(made), formgraders(made)):
            assert html.count(f"data:image/png;base64,{PNG}") == 1, text
            assert NOT_KEPT not in html


@pytest.mark.parametrize(
    "attachments",
    [None, [], {}, {"image.png": None}, {"image.png": {"image/svg+xml": SVG}},
     {"image.png": {"image/png": SVG}}, {"image.png": {"image/png": "no base 64!"}},
     {"image.png": {"image/png": 5}}, {"image.png": {"image/png": [5]}},
     {"image.png": {"text/html": PNG}},
     {"image.png": {"image/png": PNG + "A" * 4 * 2**20}}, {5: {"image/png": PNG}}],
)  # fmt: skip
def test_a_picture_that_is_none_stops_nothing(attachments):
    """Is what is too large, no picture, or not there at all said in words?"""
    made = notebook(["![image.png](attachment:image.png)"], attachments)
    for html in (feedback(made), formgraders(made)):
        assert NOT_KEPT in html
        assert "data:image" not in html


def test_pictures_of_one_cell_have_a_bound():
    """Could a cell of many pictures make a page of any size?"""
    large = base64.b64encode(base64.b64decode(PNG) + bytes(2**20)).decode()
    assert len(pictures_of({f"{n}.png": {"image/png": large} for n in range(9)})) == 3
