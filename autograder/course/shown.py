"""What a learner wrote in prose, as others may see it: nothing in it runs, asks or pretends.

Owns: which tags, attributes, addresses and pictures of a written answer are shown. The cell is
rendered by pages that let everything through, nbgrader's formgrader among them, where one
click on a link could type scores. So the Markdown itself is made harmless, before anybody
renders it: kept as written where there is nothing to fear in it, else rendered here, cleaned,
and kept as HTML.
"""

import base64
import binascii
import re
from html import escape, unescape
from urllib.parse import unquote

import nh3
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.course.formulas import mathml

ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
PROSE, FORMULAS, LAYOUT = map(
    str.split,
    (
        """a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p
        pre q small span strong sub sup table tbody td th thead tr u ul""",
        """math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace
        msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover""",
        """accent columnalign columnlines columnspacing depth display displaystyle fence form
        height linethickness lspace mathvariant maxsize minsize movablelimits notation rowlines
        rowspacing rspace scriptlevel separator stretchy voffset width""",
    ),
)
ATTRIBUTES = {
    "a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"},
    "td": {"style", "colspan", "rowspan"}, "th": {"style", "colspan", "rowspan"},
} | {tag: {*LAYOUT, "tabindex"} for tag in FORMULAS}  # fmt: skip
# not the "<b and c>" of "a<b and c>d"; and "<s>" is a token more often than a tag
TAG = re.compile(rf"</?(?:{'|'.join(PROSE)})(?:\s+[\w-]+=[^<>]*)?\s*/?>", re.IGNORECASE)
PASTED = re.compile(r"<img\s[^<>]*?\bsrc=[\"']?attachment:([^\"'\s<>]+)[^<>]*>", re.IGNORECASE)
# macros with which a formula could link, or pass for part of the page it is on
MACRO = re.compile(r"\\(?:href|url|style|class|cssId|html\w*|require|unicode|data)\b")
FORM, END = '<div class="written">', "</div>"
# what Markdown or a formula could be made of again; as entities a browser reads them all the same
MARKUP = str.maketrans({character: f"&#{ord(character)};" for character in "\n\r\\$`"})
NOT_KEPT = "(a picture that was not kept)"
KINDS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
MOST_PICTURE = 2 * 2**20  # bytes of one
MOST_PICTURES = 4 * 2**20  # of all in one cell


def harmless(markdown: str, pictures: dict[str, dict] | None = None) -> str:
    """The same to look at, and harmless wherever it is rendered.

    pictures: the attachments of its cell that are kept, as `pictures_of` gives them.
    """
    pictures = pictures or {}
    watching = Watching(pictures)
    try:
        MarkdownWithMath(renderer=watching).render(markdown)
        if not watching.odd and not markdown.lstrip().startswith(FORM):
            return markdown
        html = MarkdownWithMath(renderer=Plain(pictures)).render(markdown)
    except Exception:  # a parser that gives up: nested too deep, or something nobody has met
        html = f"<pre>{escape(markdown)}</pre>"
    return FORM + cleaned(html).strip().translate(MARKUP) + END


def cleaned(html: str) -> str:
    """HTML with what the lists above name, and nothing else of it."""
    return nh3.clean(
        html,
        tags={*PROSE, *FORMULAS, "img"},
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        attribute_filter=kept_value,
        filter_style_properties={"text-align"},
        url_schemes={"http", "https", "mailto", "data"},  # of data: what `kept_value` lets be
        url_relative="deny",
    )


def kept_value(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if ADDRESS.fullmatch(value) else None
    if attribute == "src":
        head, _, data = value.partition(";base64,")
        kind = head.removeprefix("data:")
        return value if kind in KINDS and picture(kind, data) else None
    return value


def literal(text: str) -> str:
    """Markdown that shows a text letter by letter: a file's name, an error's message."""
    return re.sub(r"[^\w\s]|_", lambda m: f"&#{ord(m[0])};", text).replace("\n", " ")


def words_of(markdown: str) -> str:
    """A written answer, harmless already, as its words alone."""
    if not markdown.startswith(FORM):
        return markdown
    return unescape(nh3.clean(markdown.replace("<", " <"), tags=set()))


# ---- pictures


def pictures_of(attachments) -> dict[str, dict[str, str]]:
    """Of a submitted cell's attachments those that are pictures, one kind of each."""
    kept, size = {}, 0
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        for kind, data in kinds.items() if isinstance(kinds, dict) else ():
            data = "".join(data) if isinstance(data, list) and all_text(data) else data
            bytes_ = picture(kind, data)
            if isinstance(name, str) and bytes_ and size + len(bytes_) <= MOST_PICTURES:
                kept[name] = {kind: base64.b64encode(bytes_).decode()}
                size += len(bytes_)
                break
    return kept


def all_text(items: list) -> bool:
    return all(isinstance(item, str) for item in items)


def picture(kind, data) -> bytes | None:
    """The bytes of a picture; None where they are too many, or begin like no such picture."""
    if not (isinstance(kind, str) and kind in KINDS and isinstance(data, str)):
        return None
    if len(data) > 2 * MOST_PICTURE:
        return None
    try:
        bytes_ = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return bytes_ if len(bytes_) <= MOST_PICTURE and KINDS[kind].match(bytes_) else None


def used(markdown: str, pictures: dict[str, dict]) -> dict[str, dict]:
    """Those that the Markdown, harmless already, asks its cell for."""
    return {name: data for name, data in pictures.items() if f"attachment:{name}" in markdown}


# ---- renderers


class Watching(IPythonRenderer):
    """Renders as any page would, and notes whether there is anything in it to fear."""

    def __init__(self, pictures: dict[str, dict]):
        super().__init__(escape=False, attachments=pictures)
        self.odd = False

    def note(self, odd: bool, shown: str = "") -> str:
        self.odd |= odd
        return shown

    def block_html(self, html):
        return self.note(True)

    inline_html = block_mermaidjs = block_html

    def heading(self, text, level, **attrs):
        return self.note(True)  # it would get an id: perhaps that of a field for a score

    def link(self, text, url, title=None):
        return self.note(not ADDRESS.fullmatch(url))

    def image(self, text, url, title=None):
        return self.note(url not in {f"attachment:{name}" for name in self.attachments})

    def block_math(self, body):
        return self.note(bool(MACRO.search(body)))

    inline_math = block_math

    def latex_environment(self, name, body):
        return self.note(bool(MACRO.search(body)))

    def text(self, text):
        return self.note(bool(MACRO.search(unescape(text))))  # MathJax looks for formulas later


class Plain(IPythonRenderer):
    """Plain HTML, still to be cleaned: pictures in it, formulas drawn, no highlighting."""

    def __init__(self, pictures: dict[str, dict]):
        super().__init__(escape=False, attachments=pictures, exclude_anchor_links=True)

    def block_code(self, code, info=None):
        return HTMLRenderer.block_code(self, code)

    block_mermaidjs = block_code

    def block_html(self, html):
        return f"{self.inline_html(html)}\n"

    def inline_html(self, html):
        """Tags that are let through, and all others as they were written."""
        pieces, end = [], 0
        for found in re.finditer(f"{PASTED.pattern}|{TAG.pattern}", html, re.IGNORECASE):
            pieces += [escape(html[end : found.start()], quote=False)]
            pieces += [self.image("", f"attachment:{found[1]}") if found[1] else found[0]]
            end = found.end()
        return "".join([*pieces, escape(html[end:], quote=False)])

    def link(self, text, url, title=None):
        if not ADDRESS.fullmatch(url):
            return f"{text} (a link that was not kept)"
        return super().link(text, url, title)

    def image(self, text, url, title=None):
        name = url.removeprefix("attachment:")
        data = self.attachments.get(name) or self.attachments.get(unquote(name))
        if not data or name == url:
            return NOT_KEPT
        ((kind, encoded),) = data.items()
        return f'<img src="data:{kind};base64,{encoded}" alt="{escape(text)}">'

    def block_math(self, body):
        return mathml(body, "block")

    def inline_math(self, body):
        return mathml(body)

    def latex_environment(self, name, body):
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")
