"""Small words: numbers with their nouns, articles, figures as a reader says them."""


def article(noun: str) -> str:
    return "an" if noun[0] in "aeiouAEIOU" else "a"


def counted(number: float, noun: str) -> str:
    """ "1 point", "2.5 points" and the like."""
    said = f"{number:g}" if isinstance(number, float) else number
    return f"{said} {noun}{'s' * (number != 1)}"


def figure(number: float) -> str:
    """A number as a reader says it: four figures, thousands apart."""
    if number >= 1e15 or number < 1e-3:
        return f"{number:.3g}"
    if number >= 1000 or number == int(number):
        return f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{number:.4g}"
