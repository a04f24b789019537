"""Formulas as MathML: drawn by the browser itself, with no script and no network.

Owns: one formula. Where it stands in a text is the Markdown parser's business.
"""

from functools import lru_cache
from html import escape

from latex2mathml.converter import convert

LONGEST = 1000  # characters of one formula that a learner wrote; the course's own have up to 300


@lru_cache(4000)
def mathml(tex: str, display: str = "inline") -> str:
    """The formula; as its source where it is too long, or cannot be read."""
    told = f"<code>{escape(tex.strip())}</code>"
    if len(tex) > LONGEST:
        return told
    try:
        drawn = convert(tex.strip(), display=display)
    except Exception:  # of many kinds, RecursionError among them: a learner may write anything
        return told
    if "\\" in drawn or "merror" in drawn:
        return told
    # a wide one scrolls on a phone, and what scrolls has to be in reach of a keyboard
    return drawn.replace("<math ", '<math tabindex="0" ', 1) if display == "block" else drawn
