"""A verdict as a reader sees it: HTML in a notebook or a feedback page, text in a terminal.

Owns: the order of what is said and how it looks. Everything from an answer is escaped.
"""

import re
from html import escape

from autograder.exercise.words import counted
from autograder.home.differences import in_columns, marked, pointed_at
from autograder.judge import Verdict

HEADLINES = {
    "right": "All of it holds.",
    "wrong": "Not yet the book's function.",
    "unwritten": "Not written yet.",
    "raised": "Your code raised an error.",
    "unusable": "It cannot be checked like this.",
    "by hand": "This one is read by a person.",
}

CONTROL = re.compile(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]")  # a terminal would obey

STYLE = """
.bh-card{--bh-edge:#6b7a90;border:1px solid color-mix(in srgb,currentColor 25%,transparent);
border-left:.4rem solid var(--bh-edge);border-radius:.4rem;padding:.7rem 1rem;margin:.4rem 0;
max-width:46rem;font-family:system-ui,sans-serif;font-size:15px;line-height:1.5;
color:inherit;background:transparent}
.bh-card.right{--bh-edge:#2e8b57}.bh-card.wrong,.bh-card.raised,.bh-card.unusable{--bh-edge:#b8860b}
.bh-card p{margin:.35rem 0}.bh-card ul{margin:.35rem 0;padding-left:1.2rem}
.bh-card .bh-head{display:flex;justify-content:space-between;gap:1rem;font-weight:600}
.bh-card .bh-points{white-space:nowrap;font-variant-numeric:tabular-nums}
.bh-card pre{margin:.2rem 0;padding:.4rem .6rem;overflow-x:auto;font-size:13px;line-height:1.4;
color:inherit;background:color-mix(in srgb,currentColor 7%,transparent);border-radius:.3rem}
.bh-card .bh-pair{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;margin:.35rem 0}
.bh-card .bh-pair>div{flex:0 1 auto;min-width:min(100%,8.5rem);max-width:100%}
.bh-card mark{background:color-mix(in srgb,#b8860b 26%,transparent);color:inherit;
font-weight:700;text-decoration:underline;text-underline-offset:.2em}
.bh-card .bh-ask{font-weight:600}.bh-card summary{cursor:pointer;display:list-item}
.bh-card code{background:transparent;color:inherit;padding:0;font-size:.92em}
"""


def headline(verdict: Verdict) -> str:
    if verdict.headline:
        return verdict.headline
    if verdict.status == "wrong" and verdict.error:
        return "It raises an error in some cases."
    if verdict.status == "wrong" and not verdict.case:
        one = len(verdict.fails) + len(verdict.notes) == 1
        return f"The values agree. {'One thing is' if one else 'Some things are'} missing."
    return HEADLINES[verdict.status]


def score(verdict: Verdict) -> str:
    earned = "up to" if verdict.status == "by hand" else f"{verdict.earned:g} of"
    return f"{earned} {counted(verdict.points, 'point')}"


def parts(verdict: Verdict, everything: bool, solution: str = "", printed: str = ""):
    """What is said, in order: (kind, text) pairs."""
    if verdict.status == "unwritten":
        yield "text", "The cells below use the book's function until yours is there."
    if verdict.status == "right":
        yield "text", proof(verdict)
    if verdict.error:
        yield from error_parts(verdict)
    if verdict.status == "wrong":
        if verdict.holds:
            yield "holds", verdict.holds
        if verdict.fails and not verdict.names and not verdict.error and shows_values(verdict):
            yield "fails", verdict.fails[:2]
    if verdict.case and not verdict.error:
        yield "problem", (f"When {verdict.case.when}: {verdict.case.problem}", verdict.case.shapes)
        yield from call(verdict)
        if verdict.case.got:
            yield "pair", (verdict.case.got, verdict.case.wanted)
    for note in verdict.notes:
        yield "text", note
    if len(verdict.seen) > 1:
        yield "text", "Two things at once:"
    for question, cause in zip(verdict.seen, verdict.why, strict=True):
        yield "ask", asked_of(question) if len(verdict.seen) > 1 else question
        if everything:
            yield "text", cause
    yield from place_parts(verdict)
    for note in verdict.after:
        yield "text", note
    if verdict.why and not everything:
        yield "more", f'Run the check again, or `hint("{verdict.exercise}")`, for the cause.'
    if everything and not (verdict.why or verdict.place or says_itself(verdict)):
        yield (
            "more",
            (
                "Nobody has described this mistake yet. The case above is the smallest one: follow it "
                "through your code, line by line."
            ),
        )
    if verdict.unchanged:
        yield "more", "The cells below use the book's function until you have changed this one."
    elif verdict.status == "wrong" and not everything:
        yield "more", "The cells below now run with your version."
    if verdict.status in ("wrong", "raised") and verdict.reread:
        yield "more", f"Reread: “{verdict.reread}”."
    if printed:
        yield "printed", printed
    if solution and verdict.status != "right":
        yield "solution", solution


def asked_of(seen: str) -> str:
    """Its questions: what is right beside a mistake is not, beside two."""
    sentences = re.split(r"(?<=[.?!])\s+", seen)
    return " ".join(each for each in sentences if each.endswith("?")) or seen


def place_parts(verdict: Verdict):
    """Where a small edit makes everything hold; on request in words, then shown."""
    place = verdict.place
    if place is None or verdict.names:
        return
    yield "ask", place.question
    yield "spot", place
    if verdict.closer:
        yield "text", place.words
    if verdict.closer > 1:
        yield "code", place.shown
    if verdict.closer < 2:
        more = "says" if verdict.closer == 0 else "shows"
        yield "more", f'`hint("{verdict.exercise}")` {more} what to change.'


def says_itself(verdict: Verdict) -> bool:
    """Is the cause named already: None came back, a name is not defined?"""
    if verdict.headline or not verdict.case:
        return True
    if verdict.error:
        return verdict.error["type"] in ("NameError", "UnboundLocalError")
    return not shows_values(verdict)


def shows_values(verdict: Verdict) -> bool:
    return not verdict.case or bool(verdict.case.got)


def error_parts(verdict: Verdict):
    """The error, and the line of the learner's cell that led to it."""
    error = verdict.error
    when = f"When {verdict.case.when}: " if verdict.case and verdict.status == "wrong" else ""
    message = f": {error['message']}" if error["message"] else ""
    yield "text", f"{when}{error['type']}{message}"
    if error.get("line"):
        yield "text", f"Line {error['line']} of your cell:"
        yield "code", error["text"]
    yield from call(verdict)


def call(verdict: Verdict):
    """The arguments of the case that is shown."""
    if verdict.case and verdict.case.given:
        yield "given", verdict.case.given


def proof(verdict: Verdict) -> str:
    """What a right answer has been through."""
    if verdict.proof:
        return verdict.proof
    text = f"The book's function gives the same in {counted(verdict.cases, 'case')}"
    if verdict.claims:
        text += f", and {counted(verdict.claims, 'claim')} hold"
    return text + "."


def as_html(verdict: Verdict, everything=False, solution="", printed="") -> str:
    body = "".join(
        block(kind, content) for kind, content in parts(verdict, everything, solution, printed)
    )
    said = f"{verdict.title}: {headline(verdict)}"
    return section(f"Feedback on {verdict.exercise}", verdict.status, said, score(verdict), body)


def place_html(verdict: Verdict) -> str:
    """What a card grows by once the place is found."""
    body = "".join(block(kind, content) for kind, content in place_parts(verdict))
    said = f"{verdict.title}: where to look"
    return section(f"Where to look in {verdict.exercise}", verdict.status, said, "", body)


def section(label: str, css: str, said: str, points: str, body: str) -> str:
    """A card. All but `body`, which is HTML, is escaped here."""
    return (
        f"<style>{STYLE}</style>"
        f'<section class="bh-card {escape(css)}" aria-label="{escape(label)}">'
        f'<p class="bh-head"><span>{escape(said)}</span>'
        f'<span class="bh-points">{escape(points)}</span></p>{body}</section>'
    )


def block(kind: str, content) -> str:
    if kind in ("holds", "fails"):
        label = "What holds" if kind == "holds" else "What does not hold yet"
        items = "".join(f"<li>{inline(item)}</li>" for item in content)
        return f"<p>{label}:</p><ul>{items}</ul>"
    if kind == "given":
        return f'<p>Called with</p><pre tabindex="0">{escape(content)}</pre>'
    if kind == "pair":
        got, wanted = (f'<pre tabindex="0">{text}</pre>' for text in marked(*in_columns(*content)))
        return f'<div class="bh-pair"><div>Got{got}</div><div>Wanted{wanted}</div></div>'
    if kind == "problem":
        return f"<p>{shapes_marked(inline(content[0]), *content[1])}</p>"
    if kind == "spot":
        line = "".join(f"<mark>{escape(text)}</mark>" if marked else escape(text)
                       for text, marked in content.pieces)  # fmt: skip
        return f'<pre tabindex="0">{line}</pre>'
    if kind == "code":
        return f'<pre tabindex="0">{escape(content)}</pre>'
    if kind == "printed":
        return f'<p>Your code printed:</p><pre tabindex="0">{escape(content)}</pre>'
    if kind == "solution":
        return (
            "<details><summary>The book's solution</summary>"
            f'<pre tabindex="0">{escape(content)}</pre></details>'
        )
    css = ' class="bh-ask"' if kind == "ask" else ""
    return f"<p{css}>{inline(content)}</p>"


def shapes_marked(sentence: str, got: str = "", wanted: str = "") -> str:
    """The sentence that names two shapes, with the axes marked in which they differ."""
    if not got:
        return sentence
    rest, _, after = sentence.rpartition(wanted)  # they stand at its end
    before, _, between = rest.rpartition(got)
    one, other = marked(got, wanted)
    return f"{before}{one}{between}{other}{after}"


def inline(text: str) -> str:
    """Escaped text in which `code` and *stress* are set as such."""
    pieces = escape(text, quote=False).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(
        f"<code>{piece}</code>" if index % 2 else re.sub(r"\*(\w+)\*", r"<em>\1</em>", piece)
        for index, piece in enumerate(pieces)
    )


def as_text(verdict: Verdict, everything=False, solution="", printed="") -> str:
    lines = [f"{verdict.title}: {headline(verdict)} ({score(verdict)})"]
    for kind, content in parts(verdict, everything, solution, printed):
        if kind in ("holds", "fails"):
            lines.append("What holds:" if kind == "holds" else "What does not hold yet:")
            lines += [f"  - {item}" for item in content]
        elif kind == "given":
            lines += ["  called with:", indented(content)]
        elif kind == "pair":
            got, wanted = pointed_at(*content)
            lines += ["  got:", indented(got), "  wanted:", indented(wanted)]
        elif kind == "problem":
            lines.append(content[0])
        elif kind == "spot":
            lines += [indented(content.text), indented(content.underlined)]
        elif kind == "printed":
            lines += ["Your code printed:", indented(content)]
        elif kind == "solution":
            lines += ["The book's solution:", indented(content)]
        else:
            lines.append(indented(content) if kind == "code" else content)
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], "\n".join(lines))


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
