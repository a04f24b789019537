"""More misconceptions about `encode_pair`."""

from autograder.checks.text_to_tensors.encode_pair import pair


def laid_out(first, second, max_len, pad):
    """The three lists, from two halves that carry their marks."""
    text = first + second
    fill = max_len - len(text)
    types = [0] * len(first) + [1] * len(second) + [0] * fill
    return text + [pad] * fill, types, [1] * len(text) + [0] * fill


@pair.misconception(
    seen="What was cut off last, when everything was too long?",
    why="These are the numbers of a list that is put together whole and then cut at `max_len`: "
    "the last [SEP] goes first, and the second text before the first. Cut the texts, then add the "
    "marks.",
)
def cut_when_whole(a, b, max_len, cls, sep, pad):
    first, second = [cls, *a, sep], [] if b is None else [*b, sep]
    ids, types, mask = laid_out(first, second, max(max_len, len(first + second)), pad)
    return ids[:max_len], types[:max_len], mask[:max_len]


pair.slip(
    "(a[:shorter], b[:longer]) if len(a) <= len(b) else (a[:longer], b[:shorter])",
    "(a[:room], b[: max(0, room - len(a))])", name="second_gives_first",
    seen="All the marks are there, and the first text is whole. Which of the two gave more than "
    "it had to?",
    why="These are the numbers of truncation `only_second`: it suits a question and a story, where "
    "the question must stay whole. Here the longer text gives first, whichever it is.",
    convention=True,
)  # fmt: skip
pair.slip(
    "(a[:shorter], b[:longer]) if len(a) <= len(b) else (a[:longer], b[:shorter])",
    "(a[: max(0, room - len(b))], b) if len(a) > len(b) else (a, b[: max(0, room - len(a))])",
    name="longer_gives_all",
    seen="One text was cut and the other stayed whole. Where both would take more than half of the "
    "room, who gives?",
    why="These are the numbers of the whole excess cut from the longer text. It gives until both "
    "are equally long; from there on both do, and the shorter keeps half of the room.",
    reread="When it does not fit",
)  # fmt: skip
pair.slip(
    "[cls, *a, sep]\n    second = [] if b is None else [*b, sep]",
    "[*a, sep, *[cls][b is not None :]]\n    second = [] if b is None else [*b, sep, cls]",
    name="cls_last",
    seen="[CLS] comes last. Which model wants it there?",
    why="This is the order of XLNet, which reads `a [SEP] b [SEP] [CLS]`. BERT's [CLS] comes first.",
    convention=True,
)  # fmt: skip
pair.slip(
    "[0] * len(first) + [1] * len(second)",
    "[0] * (len(first) - (b is not None)) + [1] * (len(second) + (b is not None))",
    name="sep_opens_second",
    seen="The marks are in place. Which mark ends the first text, and to whom does it belong?",
    why="These are the type ids of a [SEP] that opens the second text. It closes the first: type 0.",
)  # fmt: skip
pair.slip(
    "    if b is None:\n", "    b = b or []\n    if b is None:\n", name="none_as_empty",
    seen="A single text came out with the marks of two. What does None say?",
    why="These are the numbers of None read as an empty second text. None says that there is no "
    "second text, so there is no second [SEP] either.",
)  # fmt: skip
pair.slip(
    "    if b is None:\n", "    b = b or None\n    if b is None:\n", name="empty_as_none",
    seen="An empty second text came out with the marks of one. Is an empty text the same as none?",
    why="These are the numbers of `if b:`, which is false for None and for an empty list. An empty "
    "text is a text and keeps its [SEP]: ask `b is None`.",
)  # fmt: skip
pair.slip(
    "[] if b is None", "[] if not b", name="cut_to_nothing_as_none",
    seen="A second text came out with the marks of one where nothing is left of it. Is an empty text "
    "the same as none?",
    why="These are the numbers of `if b:` after the cut. An empty text is a text and keeps its "
    "[SEP], also where the cut has emptied it: ask `b is None`.",
)  # fmt: skip
pair.slip(
    "[1] * len(second) + [0] * fill", "[0] * (len(second) + fill)", name="types_all_zero",
    seen="All types are 0. What tells the two texts apart?",
    why="These are the type ids of a single text, and of models without segments, such as RoBERTa. "
    "For BERT the second text and its [SEP] are of type 1.",
    convention=True,
)  # fmt: skip
pair.slip(
    "return ids, type_ids, mask",
    "return tuple(x[len(text) :] + x[: len(text)] for x in (ids, type_ids, mask))",
    name="padding_left",
    seen="Padding comes first. On which side does BERT have it?",
    why="This is padding on the left, as a model that continues a text needs it. BERT has its "
    "padding on the right, and [CLS] in the first place.",
    convention=True,
)  # fmt: skip
pair.slip(
    "text + [pad] * fill", "text + [0] * fill", name="filled_with_zero",
    seen="Right while padding has the id 0. Where does the function hear which id padding has?",
    why="These are the ids of padding that is 0 in any case. Tokenizers differ in the id of their "
    "`[PAD]`; `pad` says it.",
)  # fmt: skip
pair.slip(
    "fill = max_len - len(text)", "fill = 0", name="not_filled_up",
    seen="The marks are right, and the lists end with the text. How long were they to be?",
    why="These are the lists without padding. All three are `max_len` long: what is left is filled "
    "with `pad` in the ids, and with 0 in the types and in the mask.",
)  # fmt: skip
pair.slip(
    "    if b is None:\n        a = a[: max_len - 2]\n    else:\n", "    if False:\n", name="never_cut",
    seen="Right as long as there is room. What happens to a text that is longer than the room?",
    why="These are the numbers of code that never cuts: the lists grow beyond `max_len`. The texts "
    "lose tokens at their ends before the marks are added.",
    reread="When it does not fit",
)  # fmt: skip
pair.slip(
    "return ids, type_ids, mask", "return [ids, type_ids, mask]", name="list_of_three",
    seen="The three are right. In what does the signature hand them over?",
    why="This is a list of the three. The signature promises a tuple: `return ids, type_ids, mask`, "
    "without brackets around them.",
)  # fmt: skip
pair.slip(
    "return ids, type_ids, mask", "return tuple(map(torch.tensor, (ids, type_ids, mask)))",
    name="tensors_not_lists",
    seen="The numbers are right. Are they wanted as tensors already?",
    why="These are tensors. A tokenizer hands over lists, and a batch of them becomes a tensor "
    "later: return the lists as they are.",
    convention=True,
)  # fmt: skip
