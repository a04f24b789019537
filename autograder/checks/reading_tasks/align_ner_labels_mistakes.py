"""More misconceptions about `align_ner_labels`."""

from itertools import pairwise

from autograder.checks.reading_tasks.align_ner_labels import align


@align.misconception(
    seen="Special tokens have None. What number leaves a token out of the loss?",
    why="Special tokens get the number -100, not None.",
)
def none_for_special(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        labels.append(None if word is None else word_labels[word] if word != previous else -100)
        previous = word
    return labels


@align.misconception(
    seen="All pieces have a label, and only the first begins. Some do it like this. How many "
    "labels does a word have here?",
    why="This is the other convention: further pieces get the label of a word that goes on, B- "
    "turned into I-. It is right where every piece is scored. Here a word counts once: the "
    "further pieces get -100.",
    convention=True,
)
def b_to_i(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        label = -100 if word is None else word_labels[word]
        if word is not None and word == previous and label % 2:
            label += 1
        labels.append(label)
        previous = word
    return labels


@align.misconception(
    seen="The label is on the last piece of a word. Which piece should carry it?",
    why="This is a convention, too: the last piece has read the whole word. With an encoder every "
    "piece has, and BERT's first piece carries the label.",
    convention=True,
)
def last_piece(word_labels, word_ids):
    following = [*word_ids[1:], None]
    return [
        -100 if word is None or word == after else word_labels[word]
        for word, after in zip(word_ids, following, strict=True)
    ]


@align.misconception(
    seen="Words are right. What should a model learn about `[CLS]` and padding?",
    why="These are the numbers of code that gives special tokens the label 0, which is `O`. They "
    "are no words; -100 leaves them out of the loss.",
)
def special_label_0(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        labels.append(0 if word is None else word_labels[word] if word != previous else -100)
        previous = word
    return labels


@align.misconception(
    seen="The labels are one place too early. Which token comes before the first word?",
    why="These are the numbers of labels laid from the first token on. `[CLS]` comes before the "
    "first word: it is `word_ids` that says where a word is.",
)
def shifted_by_cls(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        labels.append(-100 if word is None or word == previous else word_labels[word])
        previous = word
    return [*labels[1:], -100]


@align.misconception(
    seen="Right until a word is missing. Whose label does the word after it get?",
    why="These are the numbers of labels dealt out in their order. If a word has left no token, "
    "all that follow get their neighbour's. Use the word's number: `word_labels[word]`.",
)
def in_their_order(word_labels, word_ids):
    waiting, labels, previous = iter(word_labels), [], None
    for word in word_ids:
        begins = word is not None and word != previous
        labels.append(next(waiting) if begins else -100)
        previous = word
    return labels


@align.misconception(
    seen="There are fewer labels than tokens. What belongs to a special token?",
    why="These are the numbers of code that skips special tokens. The loss wants a label for every "
    "token, in its place: -100 for those.",
)
def specials_skipped(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        if word is not None:
            labels.append(word_labels[word] if word != previous else -100)
            previous = word
    return labels


@align.misconception(
    seen="Of two words with the same label, one has none. What tells a new word from the rest of "
    "an old one?",
    why="These are the numbers of labels compared with the label before. A piece goes on if it has "
    "the same *word* as the token before it.",
)
def labels_compared(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        label = None if word is None else word_labels[word]
        labels.append(-100 if label is None or label == previous else label)
        previous = label
    return labels


@align.misconception(
    seen="Without `[CLS]` the first token has no label. Is the first token always a special one?",
    why="These are the numbers of code that gives the first token -100 whatever it is. Where there "
    "is no `[CLS]`, it begins a word.",
)
def first_token_for_special(word_labels, word_ids):
    pairs = pairwise(word_ids)
    return [-100, *(-100 if b is None or b == a else word_labels[b] for a, b in pairs)]


@align.misconception(
    seen="Words with the label 0 have -100. Which numbers does Python take for False?",
    why="These are the numbers of `label or -100`: 0 is the label of `O`, and 0 is false. Ask about "
    "the word, `word is not None`, and not about its label.",
)
def label_zero_lost(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        begins = word is not None and word != previous
        labels.append((word_labels[word] if begins else 0) or -100)
        previous = word
    return labels


@align.misconception(
    seen="Of the first word every piece has a label, of the others one. Which numbers does Python "
    "take for False?",
    why="These are the numbers of code that asks whether there is a word before by its number: the "
    "first word has the number 0, and 0 is false. Compare with None: `previous is not None`.",
)
def word_zero_not_before(word_labels, word_ids):
    labels, previous = [], None
    for word in word_ids:
        goes_on = word is None or (previous and word == previous)
        labels.append(-100 if goes_on else word_labels[word])
        previous = word
    return labels
