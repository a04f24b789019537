"""Checks of chapters/1_nlp/03_tokenization.md, one module an exercise.

Owns: how words are drawn, what cuts them greedily, and the ways to join a pair, right and wrong.
"""

from itertools import filterfalse

import torch

from autograder.exercise.probes import respelt


def pick(g, options, count=1):
    """Some of the options, drawn with replacement."""
    return [options[i] for i in torch.randint(len(options), (count,), generator=g).tolist()]


def spelled(g, letters, shortest, longest):
    """A random word of these letters."""
    (length,) = torch.randint(shortest, longest + 1, (1,), generator=g).tolist()
    return "".join(pick(g, letters, length))


def greedy(word, known, better):
    """At each place the known piece that is best by some measure, or one unknown character."""
    tokens, rest = [], word
    while rest:
        fitting = [rest[:end] for end in range(1, len(rest) + 1) if rest[:end] in known]
        tokens.append(max(fitting, key=better, default=rest[0]))
        rest = rest[len(tokens[-1]) :]
    return tokens


def respelled(g, cases, keep=""):
    """The same cases in other small letters, in the same order of the alphabet, for each seed.

    The public ones stay as they are, and so do the letters of `keep` and special tokens.
    """
    seed = g.initial_seed()
    if seed == 0:
        return cases
    own = torch.Generator().manual_seed(seed + 1)  # what is drawn besides stays the same
    return {aspect: spelt(own, args, keep) for aspect, args in cases.items()}


def spelt(g, args, keep):
    free = [letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in keep]
    texts: list[str] = []
    respelt(args, lambda text: texts.append(text) or text)
    used = sorted(set("".join(filterfalse(is_special, texts)).lower()) & set(free))
    places = sorted(torch.randperm(len(free), generator=g)[: len(used)].tolist())
    new = {letter: free[place] for letter, place in zip(used, places, strict=True)}
    table = str.maketrans(new | {a.upper(): b.upper() for a, b in new.items()})
    return respelt(args, lambda text: text if is_special(text) else text.translate(table))


def is_special(token):
    return token.startswith(("[", "<"))


HUGS = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}


def joined(symbols, best):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == best:
            out.append("".join(best))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def joined_with_overlap(symbols, best):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == best:
            out.append("".join(best))
            i += 1 if tuple(symbols[i + 1 : i + 3]) == best else 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def joined_from_the_end(symbols, best):
    turned = [symbol[::-1] for symbol in symbols[::-1]]
    return [symbol[::-1] for symbol in joined(turned, (best[1][::-1], best[0][::-1]))[::-1]]


def joined_as_text(symbols, best):
    return " ".join(symbols).replace(" ".join(best), "".join(best)).split()
