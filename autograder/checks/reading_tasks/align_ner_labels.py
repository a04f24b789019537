"""Checks and misconceptions for `align_ner_labels`."""

import torch

from autograder.exercise import Exercise


def sentences(g):
    def labels(count):
        """Of `count` words, as the town has them: 0 is O, 1 B-PER, 2 I-PER, 3 B-LOC, ..."""
        return torch.randint(1, 11, (count,), generator=g).tolist()

    a, b, c = torch.randint(2, 5, (3,), generator=g).tolist()
    pieces = [i for i, n in enumerate([1, a, b, 1, c, 2]) for _ in range(n)]
    begin = 2 * torch.randint(0, 5, (1,), generator=g).item() + 1
    return {
        "every word is one token": ([begin, begin + 1, 0], [None, 0, 1, 2, None]),
        "the first word is in three pieces": ([begin, 0], [None, 0, 0, 0, 1, None]),
        "two words side by side have the same label": (
            [0, begin, begin, 0, 0], [None, 0, 1, 1, 2, 3, 4, None],
        ),
        "a word has left no token": ([*labels(1), 0, begin, *labels(1)], [None, 0, 0, 2, 3, 3, None]),
        "the text was cut": (labels(5), [None, 0, 1, 1, None]),
        "padding follows": ([begin, 0, *labels(1)], [None, 0, 1, 1, 2, None, None, None]),
        "there are no special tokens": ([begin, *labels(1)], [0, 0, 1]),
        "the first token is of the second word": (labels(3), [1, 1, 2, 2]),
        "the only word is in two pieces": ([begin], [0, 0]),
        "many words are in pieces": (labels(6), [None, *pieces, None]),
    }  # fmt: skip


align = Exercise(
    "reading_tasks.align_ner_labels",
    title="From the labels of words to those of tokens",
    points=2, difficulty=1, minutes=10, examples=sentences,
)  # fmt: skip


@align.oracle("transformers.LayoutLMv2Tokenizer, which takes word_labels")
def _(word_labels, word_ids):
    from transformers import LayoutLMv2TokenizerFast

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a"]
    tokenizer = LayoutLMv2TokenizerFast(vocab={piece: i for i, piece in enumerate(vocabulary)})
    pieces = [word_ids.count(word) for word in range(len(word_labels))]
    words = ["a" * count or "\x01" for count in pieces]  # a control character leaves no token
    padding = len(word_ids) - sum(pieces) - 2
    special = padding >= 0
    labels = tokenizer(
        words, boxes=[[0, 0, 1, 1]] * len(words), word_labels=word_labels,
        padding="max_length", max_length=sum(pieces) + 2 + max(padding, 0),
    )["labels"]  # fmt: skip
    return labels if special else labels[1:-1]


@align.claim("a word in pieces has one label, on its first piece")
def _(answer):
    found = answer([3, 4, 0], [None, 0, 0, 0, 1, 1, 2, None])
    assert [found[i] for i in (1, 4, 6)] == [3, 4, 0]
    assert [found[i] for i in (2, 3, 5)] == [-100] * 3


@align.claim("special tokens and padding are left out of the loss")
def _(answer):
    found = answer([1, 2, 5], [None, 0, 1, 2, None, None])
    assert len(found) == 6
    assert [found[i] for i in (0, 4, 5)] == [-100] * 3
    assert [found[i] for i in (1, 2, 3)] != [-100] * 3


@align.claim("read without -100, the labels are those of the words")
def _(answer):
    words = [1, 2, 0, 0, 3]
    found = answer(words, [None, 0, 0, 1, 2, 2, 2, 3, 4, 4, None])
    assert len(found) == 11
    assert [label for label in found if label != -100] == words


align.slip(
    " and word != previous", "", name="b_repeated",
    seen="A name in three pieces has three labels. How many people would the tags spell?",
    why="These are the numbers of a label repeated on every piece. `B-PER` three times reads as "
    "three people, and a long word counts three times in the loss: label its first piece only.",
)  # fmt: skip
align.slip(
    "word is not None", "word", name="word_zero_lost",
    seen="The first word has no label. Which numbers does Python take for False?",
    why="These are the numbers of `if word`: the first word has the number 0, and 0 is false. "
    "Ask `word is not None`.",
)  # fmt: skip
align.slip(
    "else -100", "else 0", name="zero_for_ignored",
    seen="There is a label everywhere. What does 0 say, and who learns from it?",
    why="0 is a label, the one of `O`. The loss would teach that special tokens and the rest of a "
    "name are no entity. -100 is what `F.cross_entropy` leaves out.",
)  # fmt: skip
align.slip(
    "else -100", "else None", name="none_for_ignored",
    seen="Where no word begins there is None. What number leaves a token out of the loss?",
    why="These are the numbers of code with None in place of -100. Labels become a tensor, which "
    "holds numbers only: special tokens and further pieces get -100.",
)  # fmt: skip
align.slip(
    "word_labels[word] if", "word_labels[word - 1] if", name="one_word_back",
    seen="Each word has the label of its neighbour. What is the number of the first word?",
    why="These are the numbers of `word_labels[word - 1]`: `word_ids` counts words from 0, and "
    "special tokens are not words.",
)  # fmt: skip
align.slip(
    "word != previous", "word != word_ids[len(labels) - 1]", name="wraps_around",
    seen="The word at place 0 has no label. Which token is `word_ids[0 - 1]`?",
    why="At place 0, `word_ids[i - 1]` is the *last* token. Before the first there is none: "
    "start with None.",
)  # fmt: skip
align.slip(
    "previous = None", "previous = 0", name="begins_with_word_0",
    seen="Without `[CLS]` the first word has no label. Which word comes before it?",
    why="These are the numbers of code that begins with 0 as the word before, which is the number "
    "of the first word. Before the first token there is no word: start with None.",
)  # fmt: skip


@align.alternative
def by_first_place(word_labels, word_ids):
    labels = [-100] * len(word_ids)
    for word, label in enumerate(word_labels):
        if word in word_ids:
            labels[word_ids.index(word)] = label
    return labels


@align.alternative
def by_those_seen(word_labels, word_ids):
    seen = {None}
    return [
        -100 if word in seen or seen.add(word) else word_labels[word]  # add() gives None
        for word in word_ids
    ]
