"""What tests of a learner's own functions share: one chapter, and what is said of a function."""

from autograder.exercise import exercises

STEM = "tokenization"
WRONG = "def bytes_to_unicode():\n    return {}\n"


def told(capsys) -> dict[str, tuple[str, str]]:
    """By function: whose it is, and why."""
    out, err = capsys.readouterr()
    assert err == ""
    rows = [line.split("  ") for line in out.splitlines()[1:]]
    rows = [[part.strip() for part in row if part.strip()] for row in rows]
    return {row[0]: tuple(row[1:]) for row in rows if len(row) == 3}


def is_the_books(function) -> bool:
    return function is exercises()[function.__name__].reference
