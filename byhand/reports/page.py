"""The HTML of a report: light and dark, on a phone and on paper."""

import math
import warnings
from datetime import date
from html import escape

DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))
STYLE = """
:root{color-scheme:light dark;--ground:#fff;--ink:#1d1d1f;--pale:#5a5a5e;--line:#c9c9cd;
--field:#f4f4f6}
@media (prefers-color-scheme:dark){:root{--ground:#121212;--ink:#ededf0;--pale:#adadb3;
--line:#48484c;--field:#1e1e21}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:44rem;background:var(--ground);
color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.25rem;margin:2.4rem 0 .6rem}
.pale,footer{color:var(--pale)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;
vertical-align:top;font-weight:normal}
th[scope=row]{min-width:7rem}
thead th{color:var(--pale);font-size:.9rem}
.number{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}
.number:last-child{padding-right:0}
figure{margin:0 0 1.2rem}
blockquote{margin:0 0 1rem;padding:.7rem 1rem;background:var(--field);
border-left:3px solid var(--line);white-space:pre-wrap}
footer{margin-top:2.5rem;font-size:.9rem}
@media print{:root{--ground:#fff;--ink:#000;--pale:#444;--line:#999;--field:#fff}
body{padding:0;max-width:none;font-size:10.5pt}h2{break-after:avoid}
tr,blockquote,figure{break-inside:avoid}}
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
<footer>Made on {date} with <cite>LLMs by hand</cite>.</footer>
</body>
</html>
"""


def filled(title: str, *sections: str) -> str:
    """The whole page. An empty section is left out."""
    day = date.today()
    made = f'<time datetime="{day}">{day.day} {day:%B} {day.year}</time>'
    body = "\n".join(filter(None, sections))
    return PAGE.format(title=escape(title), style=STYLE, body=body, date=made)


def rows_html(rows: list[tuple], head: tuple = (), look: str = "") -> str:
    """A table whose first column names its rows. look: the class of all other cells."""
    look = f' class="{look}"' if look else ""
    top = "".join(
        f'<th scope="col"{look if i else ""}>{escape(each)}</th>' for i, each in enumerate(head)
    )
    top = f"<thead><tr>{top}</tr></thead>" if head else ""
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td{look}>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    return f"<table>{top}<tbody>{body}</tbody></table>"


def facts_html(title: str, rows: list[tuple[str, str]]) -> str:
    return f"<h2>{title}</h2>{rows_html(rows)}" if rows else ""


def parts_html(parts: list[tuple[str, str, bool]]) -> str:
    if not parts:
        return ""
    own = sum(mine for *_, mine in parts)
    are = "parts are" if len(parts) > 1 else "part is"
    rows = rows_html([(what, whose) for what, whose, _ in parts], ("part", "whose code"))
    said = f"<p>{own} of {len(parts)} {are} wholly my own code.</p>"
    return f"<h2>What it is made of</h2>{said}{rows}"


def curves_html(title: str, curves: dict, floor: dict) -> str:
    """A picture of curves, and what it shows in words and numbers."""
    head = ("curve", "steps", "first", "last", "lowest", *(f"last above {f}" for f in floor))
    rows = []
    for name, curve in curves.items():
        losses = [loss for _, loss in curve if math.isfinite(loss)]
        told = [f"{loss:.3f}" for loss in (losses[0], losses[-1], min(losses))]
        told += [f"{losses[-1] - nats:+.3f}" for nats in floor.values()]
        rows.append((name, f"{len(curve):,}", *told))
    floors = "; ".join(f"{escape(label)}, {nats:.3f}" for label, nats in floor.items())
    lost = sum(not math.isfinite(loss) for curve in curves.values() for _, loss in curve)
    said = "Losses are in nats."
    said += f" The level lines: {floors}." * bool(floor)
    said += f" {lost:,} of them are no finite numbers, and the curve has a gap there." * bool(lost)
    drawn = wide(picture(curves, floor), f"Picture: {title}")
    table = wide(rows_html(rows, head, "number"), f"Table: {title}")
    return f"<h2>{escape(title)}</h2><figure>{drawn}</figure><p>{said}</p>{table}"


def wide(inside: str, name: str) -> str:
    """What is wider than a phone moves sideways, with keys as well."""
    return f'<div class="wide" role="group" aria-label="{escape(name)}" tabindex="0">{inside}</div>'


def picture(curves: dict, floor: dict) -> str:
    """The curves as SVG. Lines differ in their dashes too, so that no colour is needed."""
    from matplotlib.figure import Figure

    from byhand.figures import COLOURS, LOSS, MUTED, svg

    colours = [LOSS, *(c for c in COLOURS if c not in (LOSS, MUTED))]
    fig = Figure(figsize=(5.2, 3.3))
    ax = fig.subplots()
    for i, (name, each) in enumerate(curves.items()):
        steps, losses = zip(*each, strict=True)
        losses = [loss if math.isfinite(loss) else math.nan for loss in losses]
        ax.plot(steps, losses, color=colours[i % len(colours)], linestyle=DASHES[i % len(DASHES)],
                marker="o" if len(each) == 1 else "", label=plain(name))  # fmt: skip
    for i, (label, nats) in enumerate(floor.items()):
        ax.axhline(nats, color="black", linewidth=1.2, linestyle=(0, (2 + 4 * i, 2)),
                   label=plain(label))  # fmt: skip
    ax.set(xlabel="step", ylabel="loss in nats")
    fig.legend(loc="outside lower center", ncols=2)
    with warnings.catch_warnings():  # of letters that the font does not have: the table has them
        warnings.simplefilter("ignore")
        return svg(fig, alt(curves, floor))


def plain(name: str) -> str:
    """A name in a legend: no formula, and not hidden for beginning with a line."""
    short = name if len(name) <= 28 else f"{name[:27]}…"
    return "\u200b" * short.startswith("_") + short.replace("$", r"\$")


def alt(curves: dict, floor: dict) -> str:
    said = []
    for name, each in curves.items():
        kept = [(step, loss) for step, loss in each if math.isfinite(loss)]
        (first, above), (last, below) = kept[0], kept[-1]
        said.append(f"{name}: loss {above:.2f} at step {first:g}, {below:.2f} at step {last:g}.")
    said += [f"A level line, {label}, at {nats:.2f}." for label, nats in floor.items()]
    return " ".join(" ".join(said).split())


def samples_html(samples: list) -> str:
    drawn = []
    for prompt, written in samples:
        rest = written.removeprefix(prompt) if prompt else written
        asked = f"<strong>{escape(prompt)}</strong>" if prompt else ""
        gap = "" if rest != written or not prompt else "\n"
        drawn.append(f'<blockquote dir="auto">{asked}{gap}{escape(rest)}</blockquote>')
    if not drawn:
        return ""
    bold = '<p class="pale">The prompts are bold.</p>' if any(p for p, _ in samples) else ""
    return f"<h2>What it writes</h2>{bold}{''.join(drawn)}"
