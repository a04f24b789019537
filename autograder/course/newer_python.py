"""Syntax that only a newer Python reads than the one that grades.

Owns: telling it from what no Python reads. Code from a notebook that ran on a newer Python is
no mistake of whoever wrote it. New syntax is written as old, for reading only: what then reads
well was no error.
"""

import re

from autograder.course.as_python import TROUBLE, as_python, parses, tree_of

STRING = re.compile(r"([rRbBuUfFtT]{0,2})('''|\"\"\"|'|\")")
TYPE = re.compile(r"^([ \t]*)type[ \t]+(?=\w+[ \t]*[\[=][^=])", re.MULTILINE)  # type Ids = ...
GENERIC = re.compile(r"\b(def|class)[ \t]+(\w+)[ \t]*\[")  # def first[T](items)
EXCEPT = re.compile(r"\bexcept([ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:")  # without brackets
BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def newer_syntax(source: str) -> tuple[str, int] | None:
    """The version of Python that reads this cell where this one does not, and the line.

    None where this Python reads it, or no version that is known does.
    """
    plain = as_python(source)
    try:
        tree_of(plain)
    except SyntaxError as error:
        line = error.lineno or 1
    except TROUBLE:
        return None
    else:
        return None
    try:
        older, versions = in_older(plain)
    except (ValueError, IndexError, RecursionError):  # a string or a bracket that never ends
        return None
    return (max(versions), line) if versions and parses(older) else None


def in_older(source: str) -> tuple[str, set[str]]:
    """The same in older syntax, formatted strings as "", and the versions that brought the newer.

    Raises ValueError or IndexError where something does not end.
    """
    plain, versions, at = [], set(), 0
    while at < len(source):
        if source[at] == "#":
            end = line_end(source, at)
            plain.append(source[at:end])
        elif string := string_at(source, at):
            end, fields = string_end(source, string)
            if fields is None:
                plain.append(source[at:end])
            else:
                versions |= versions_of(source[at:end], string[1], fields)
                plain.append('""')
        else:
            end = at + 1
            plain.append(source[at])
        at = end
    text, count = TYPE.subn(r"\1", "".join(plain))
    versions |= {"3.12"} if count else set()
    while generic := GENERIC.search(text):
        end = bracket_end(text, generic.end() - 1)
        versions.add("3.13" if "=" in text[generic.end() : end] else "3.12")
        text = f"{text[: generic.start()]}{generic[1]} {generic[2]}{text[end:]}"
    text, count = EXCEPT.subn(r"except\1(\2):", text)
    return text, versions | ({"3.14"} if count else set())


def versions_of(string: str, prefix: str, fields: list[str]) -> set[str]:
    """What a formatted string needs. Raises ValueError where a field of it is no expression."""
    needed = set()
    if not parses(string):
        needed.add("3.14" if "t" in prefix.lower() else "3.12")
    for field in fields:
        older, versions = in_older(field)
        if not parses(f"(\n{older}\n)"):
            raise ValueError(field)
        needed |= versions
    return needed


def string_at(source: str, at: int):
    """A string that begins here: (where its text begins, prefix, quotation mark), or None."""
    if at and (source[at - 1].isalnum() or source[at - 1] == "_"):
        return None
    found = STRING.match(source, at)
    return (found.end(), found[1], found[2]) if found else None


def string_end(source: str, string) -> tuple[int, list[str] | None]:
    """Where a string ends, and what stands in the braces of a formatted one."""
    at, prefix, quote = string
    fields = [] if set(prefix.lower()) & set("ft") else None
    while not source.startswith(quote, at):
        letter = source[at]
        if letter == "\n" and len(quote) == 1:
            raise ValueError("a string that does not end")
        if letter == "\\" and source.startswith("N{", at + 1) and "r" not in prefix.lower():
            at = source.index("}", at) + 1
        elif letter == "\\":
            at += 2
        elif fields is not None and letter in "{}":
            if source[at + 1] == letter:
                at += 2
            else:
                at = field_end(source, at + 1, fields)
        else:
            at += 1
    return at + len(quote), fields


def field_end(source: str, at: int, fields: list[str]) -> int:
    """Behind the brace that closes a field; its expression, and those in its format, are kept."""
    begins, depth = at, 0
    while True:
        letter = source[at]
        ends = letter == "}" or letter == ":" or (letter == "!" and source[at + 1] != "=")
        if depth == 0 and ends:
            break
        if letter == "#":
            at = line_end(source, at)
        elif string := string_at(source, at):
            at = string_end(source, string)[0]
        else:
            depth += BRACKETS.get(letter, 0)
            at += 2 if source.startswith("!=", at) else 1
    told = source[begins:at].rstrip()
    fields.append(re.sub(r"(?<![=!<>])=$", "", told))  # {x=} prints its own source
    if source[at] == "!":
        at = re.compile(r"!\s*\w+\s*").match(source, at).end()
    if source[at] == ":":
        at += 1
        while source[at] != "}":
            at = field_end(source, at + 1, fields) if source[at] == "{" else at + 1
    if source[at] != "}":
        raise ValueError("a field that does not end")
    return at + 1


def bracket_end(text: str, at: int) -> int:
    """Behind the bracket that closes the one here."""
    depth = 0
    while True:
        depth += BRACKETS.get(text[at], 0)
        at += 1
        if depth == 0:
            return at


def line_end(source: str, at: int) -> int:
    found = source.find("\n", at)
    return len(source) if found < 0 else found
