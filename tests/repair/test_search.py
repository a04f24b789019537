"""The search for the place: what it finds, what it must not find, and what it leaves alone."""

import time

import pytest

from autograder.exercise import exercises
from autograder.judge import Verdict
from autograder.repair import unexplained

# exercise, answer, the spot, its line
MENDED = {
    "a share that is not one": (
        "softmax",
        "def softmax(x, dim):\n"
        "    e = (x - x.amax(dim=dim, keepdim=True)).exp()\n"
        "    return e / (e.sum(dim, keepdim=True) + 1e-3)\n",
        "+ 1e-3", 3,
    ),
    "return in the loop": (
        "perplexity",
        "import math\n\n"
        "def perplexity(nll_sums, n_tokens):\n"
        "    nats = count = 0\n"
        "    for nll, n in zip(nll_sums, n_tokens):\n"
        "        nats += nll\n"
        "        count += n\n"
        "        return math.exp(nats / count)\n",
        "return math.exp(nats / count)", 8,
    ),
    "a mistake in a helper": (
        "perplexity",
        "import math\n\n"
        "def mean(sums, counts):\n"
        "    return sum(sums) // sum(counts)\n\n"
        "def perplexity(nll_sums, n_tokens):\n"
        "    return math.exp(mean(nll_sums, n_tokens))\n",
        "//", 4,
    ),
    "break for continue": (
        "bigram_probs",
        "def bigram_probs(tokens, V, k):\n"
        "    counts = torch.full((V, V), float(k))\n"
        "    for doc in tokens:\n"
        "        if len(doc) < 2:\n"
        "            break\n"
        "        for a, b in zip(doc, doc[1:]):\n"
        "            counts[a, b] += 1\n"
        "    total = counts.sum(1, keepdim=True)\n"
        "    return counts / torch.where(total == 0, torch.ones_like(total), total)\n",
        "break", 5,
    ),
    "made in one line, used in another": (
        "combine_masks",
        "def combine_masks(attention_mask, causal):\n"
        "    real = attention_mask.bool()\n"
        "    keys = real[:, None, -causal.shape[0]:, None]\n"
        "    return keys & causal\n",
        "real[:, None, -causal.shape[0]:, None]", 3,
    ),
    "code that was to be mended": (
        "row_shares",
        "def row_shares(counts):\n"
        "    whole = counts.long()\n"
        "    return whole / whole.sum(dim=-1, keepdim=True)\n",
        ".long()", 2,
    ),
    "a caller's list grows": (
        "perplexity",
        "import math\n\n"
        "def perplexity(nll_sums, n_tokens):\n"
        "    nll_sums.append(0.0)\n"
        "    return math.exp(sum(nll_sums) / sum(n_tokens))\n",
        "nll_sums.append(0.0)", 4,
    ),
    "cut off twice": (
        "cosine_similarity_matrix",
        "def cosine_similarity_matrix(X, Y):\n"
        "    lx = X.detach().norm(dim=1, keepdim=True).clamp(min=1e-12)\n"
        "    ly = Y.detach().norm(dim=1, keepdim=True).clamp(min=1e-12)\n"
        "    return (X / lx) @ (Y / ly).T\n",
        ".detach()", 2,
    ),
}  # fmt: skip
SILENT = {
    "another algorithm": (
        "causal_mask",
        "def causal_mask(Tq, Tk):\n    return torch.eye(Tk, dtype=torch.bool)[:Tq] * 1 > 2\n",
    ),
    "only one row": (
        "perplexity",
        "def perplexity(nll_sums, n_tokens):\n    return 2.0\n",
    ),
}


@pytest.mark.parametrize("mistake", MENDED)
def test_the_place_is_found(searched, mistake):
    """Is the spot the one that a teacher would point at, in the line as the learner wrote it?"""
    name, source, spot, line = MENDED[mistake]
    _, place = searched(name, source)
    assert (place.line, place.text) == (line, source.splitlines()[line - 1])
    assert place.text[place.start : place.end] in (spot, "")
    assert f"line {line}" in place.question
    assert place.words
    assert place.change


@pytest.mark.parametrize("mistake", SILENT)
def test_what_no_small_edit_mends_is_left_in_silence(searched, mistake):
    """Is nothing said where the structure is wrong?"""
    _, place = searched(*SILENT[mistake])
    assert place is None


def test_a_number_that_fits_by_accident_is_no_repair(searched):
    """Does a repair hold on examples of another seed, not only where it was found?"""
    source = "def perplexity(nll_sums, n_tokens):\n    return 1.0\n"
    search, place = searched("perplexity", source)
    assert place is None
    assert search.tried > 20


def test_an_endless_edit_costs_little(searched):
    """Does an edit that loops for ever end the trial and not the search?"""
    source = (
        "def wordpiece_encode(word, vocab, unk='[UNK]', max_chars=100):\n"
        "    if len(word) > max_chars:\n        return [unk]\n"
        "    pieces, start = [], 0\n"
        "    while start < len(word):\n"
        "        end = len(word)\n"
        "        while end > start + 1:\n"
        "            piece = word[start:end] if start == 0 else '##' + word[start:end]\n"
        "            if piece in vocab:\n                break\n"
        "            end -= 1\n"
        "        else:\n            return [unk]\n"
        "        pieces.append(piece)\n"
        "        start = end\n"
        "    return pieces\n"
    )
    search, place = searched("wordpiece_encode", source)
    assert place.line == 7
    assert search.each <= 0.1


def test_the_search_keeps_its_time(searched):
    """Does a search without success end soon after its seconds are over?"""
    begun = time.process_time()
    searched("causal_mask", SILENT["another algorithm"][1] + "\n" * 3, seconds=0.0)
    assert time.process_time() - begun < 5


def test_the_namespace_is_left_as_it_was(searched):
    """Is the learner's own function still the one in the room?"""
    search, _ = searched(*MENDED["return in the loop"][:2])
    value = search.room.session.namespace["perplexity"]([1.0, 2.0], [1, 1])
    assert round(value, 3) == 2.718


def test_a_named_or_right_answer_is_not_searched():
    """Does a place never follow a named cause?"""
    exercise = exercises()["softmax"]
    told = {"exercise": "softmax", "title": "", "points": 2.0}
    assert unexplained(exercise, Verdict(**told))
    assert not unexplained(exercise, Verdict(**told, names=["known"]))
    assert not unexplained(exercise, Verdict(**told, status="right"))
    assert not unexplained(exercise, Verdict(**told, status="unwritten"))
    written = next(e for e in exercises().values() if e.kind == "examine")
    assert not unexplained(written, Verdict(written.name, "", 2.0))
