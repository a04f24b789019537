"""Checks and misconceptions for `nsp_pair`."""

import torch

from autograder.exercise import Exercise

WORDS = ["rain", "soup", "tea", "bees", "bread", "boats", "stones", "lamps", "snow", "hens", "ink",
         "mud", "salt", "wool", "figs", "jam", "pipes", "nails", "paint", "cards", "frogs"]  # fmt: skip


def pairs(g):
    def number(low=0.0, high=1.0):
        return round(low + (high - low) * torch.rand(1, generator=g).item(), 3)

    def town(*lengths):
        left = [WORDS[k] for k in torch.randperm(len(WORDS), generator=g)]
        return [[f"There was {left.pop()}." for _ in range(length)] for length in lengths]

    def follows():
        return number(0, 0.45)

    def foreign():
        return number(0.55, 0.95)

    twins = town(3, 4)
    twins.append(list(twins[0]))
    first, second, third = town(1, 1, 1)
    again = [first + second + first + third + first, *town(3)]
    alike = [first + second, third + second]
    return {
        "a foreign one follows and another document says the same": (
            twins, 0, 1, (foreign(), number(0.6, 0.9), number(0.4, 0.6)),
        ),
        "the next sentence follows": (town(3, 2), 0, 1, (follows(), number(), number())),
        "the next sentence follows in the second document": (
            town(2, 5, 3), 1, 2, (follows(), number(), number()),
        ),
        "a foreign one follows and there is one other document": (
            town(3, 4), 0, 1, (foreign(), number(), number(0.3, 0.45)),
        ),
        "a foreign one follows and comes from an earlier document": (
            town(3, 2, 4), 2, 0, (foreign(), number(0.05, 0.3), number(0.6, 0.9)),
        ),
        "a foreign one follows and would come from the document itself": (
            town(2, 4, 3, 5), 1, 1, (foreign(), number(0.4, 0.45), number(0.7, 0.9)),
        ),
        "a foreign one follows and comes from the last document": (
            town(2, 3, 5), 0, 0, (foreign(), number(0.7, 0.95), number(0.7, 0.95)),
        ),
        "a foreign one follows and an earlier document says the same": (
            twins, 2, 1, (foreign(), number(0.1, 0.4), number()),
        ),
        "a foreign one follows and says the same as the next one": (
            alike, 0, 0, (foreign(), number(), number(0.55, 0.95)),
        ),
        "the next sentence follows and the first comes three times in its document": (
            again, 0, 2, (follows(), number(), number()),
        ),
        "the first number is just a half": (town(4, 3), 1, 0, (0.5, number(), number())),
        "nothing follows the sentence and the pair should": (
            town(2, 3), 1, 2, (follows(), number(), number()),
        ),
        "nothing follows the sentence and a foreign one should": (
            town(3, 2, 4), 2, 3, (foreign(), number(), number()),
        ),
        "a document has one sentence and the next should follow": (
            town(1, 3), 0, 0, (follows(), number(), number()),
        ),
        "a document has one sentence and a foreign one should follow": (
            town(1, 3), 0, 0, (foreign(), number(), number()),
        ),
    }  # fmt: skip


pair = Exercise(
    "encoders.nsp_pair", optional=True,
    title="Does it follow?",
    points=1, difficulty=1, minutes=12, examples=pairs,
)  # fmt: skip


@pair.claim("a pair of neighbours has the label 0 and a foreign one the label 1")
def _(answer):
    docs = [["a0", "a1", "a2"], ["b0", "b1"], ["c0", "c1", "c2", "c3"]]
    a, b, label = answer(docs, 2, 1, (0.2, 0.9, 0.9))
    assert (a, b, label) == ("c1", "c2", 0)
    a, b, label = answer(docs, 0, 0, (0.8, 0.9, 0.9))
    assert (a, label) == ("a0", 1)
    assert b in docs[1] + docs[2]


@pair.claim(
    "every sentence of every other document can come, and each document as often as another"
)
def _(answer):
    docs = [["a0", "a1"], ["b0", "b1", "b2"], ["c0", "c1"], ["d0", "d1", "d2"]]
    steps = [(k + 0.5) / 6 for k in range(6)]
    found = [answer(docs, 1, 0, (0.7, x, y))[1] for x in steps for y in steps]
    assert set(found) == {each for doc in (docs[0], docs[2], docs[3]) for each in doc}
    assert [sum(b[0] == letter for b in found) for letter in "acd"] == [12, 12, 12]


pair.slip(
    "docs[i][j + 1], 0\n", "docs[i][j + 1], 1\n", name="one_for_both",
    seen="The sentences are right. How does one tell the two kinds of pairs apart?",
    why="Both kinds of pairs have the label 1 here.",
)  # fmt: skip


@pair.misconception(
    convention=True,
    seen="The sentences are right. Which kind of pair has the label 0?",
    why="The label says here whether the second sentence *is* the next. BERT's label, in its own code "
    "and in transformers, is 0 for the next one and 1 for a foreign one.",
)
def label_inverted(docs, i, j, u):
    a, b, label = right(docs, i, j, u)
    return a, b, 1 - label


def right(docs, i, j, u):
    if j + 1 >= len(docs[i]):
        raise ValueError("nothing follows")
    if u[0] < 0.5:
        return docs[i][j], docs[i][j + 1], 0
    other = int(u[1] * (len(docs) - 1))
    other += other >= i
    return docs[i][j], docs[other][int(u[2] * len(docs[other]))], 1


@pair.misconception(
    seen="Neighbours are right. Among how many documents does `u[1]` choose?",
    why="The document is drawn among *all* documents here, so a foreign sentence can be from the same "
    "one, and even the next. Draw among the others.",
)
def any_document(docs, i, j, u):
    if u[0] < 0.5 or j + 1 >= len(docs[i]):
        return right(docs, i, j, u)
    other = docs[int(u[1] * len(docs))]
    return docs[i][j], other[int(u[2] * len(other))], 1


@pair.misconception(
    seen="Neighbours are right. From which document is the foreign sentence?",
    why="The foreign sentence is from the same document here. Then it is about the same people, and it "
    "may even be the next one. It comes from another document.",
)
def same_document_negative(docs, i, j, u):
    if u[0] < 0.5 or j + 1 >= len(docs[i]):
        return right(docs, i, j, u)
    return docs[i][j], docs[i][int(u[2] * len(docs[i]))], 1


@pair.misconception(
    seen="With one other document it is right. Does each of several have the same chance?",
    why="If the draw hits the document itself, the next one is taken here. So the next one comes more "
    "often than the others, and the last never. Draw among the others, in their order.",
)
def moves_on_when_hit(docs, i, j, u):
    if u[0] < 0.5 or j + 1 >= len(docs[i]):
        return right(docs, i, j, u)
    other = int(u[1] * (len(docs) - 1))
    other += other == i
    return docs[i][j], docs[other][int(u[2] * len(docs[other]))], 1


@pair.misconception(
    seen="Half of the pairs are right. What does `u[0]` decide?",
    why="A number below 0.5 gives a foreign sentence here. Below 0.5 the next sentence follows.",
)
def coin_inverted(docs, i, j, u):
    return right(docs, i, j, (0.9 if u[0] < 0.5 else 0.1, *u[1:]))


@pair.misconception(
    seen="Which of the two comes first, the sentence that was asked for, or the other?",
    why="The two sentences have changed places. The first is sentence j of document i.",
)
def changed_places(docs, i, j, u):
    a, b, label = right(docs, i, j, u)
    return b, a, label


@pair.misconception(
    seen="Pairs are right. And if sentence j is the last?",
    why="A last sentence gets a foreign one here, whatever `u[0]` is. Then there are more foreign "
    "pairs than others, and a model could tell them by last sentences. It is an error here.",
)
def foreign_after_the_last(docs, i, j, u):
    if j + 1 < len(docs[i]):
        return right(docs, i, j, u)
    other = int(u[1] * (len(docs) - 1))
    other += other >= i
    return docs[i][j], docs[other][int(u[2] * len(docs[other]))], 1


@pair.misconception(
    seen="Where all documents differ it is right. What if an earlier one says the same?",
    why="`remove` takes out the first document that is *equal*, and that can be another than document "
    "i. Then the others come in another order. Leave out document i by its number.",
)
def removes_an_equal_one(docs, i, j, u):
    if u[0] < 0.5 or j + 1 >= len(docs[i]):
        return right(docs, i, j, u)
    others = list(docs)
    others.remove(docs[i])
    other = others[int(u[1] * len(others))]
    return docs[i][j], other[int(u[2] * len(other))], 1


@pair.misconception(
    seen="Where all documents differ it is right. Is a document that says the same another one?",
    why="Documents are compared by what they say here, so one that says the same as document i is left "
    "out with it. It is another document all the same: leave out document i by its number.",
)
def leaves_equal_ones_out(docs, i, j, u):
    if u[0] < 0.5 or j + 1 >= len(docs[i]):
        return right(docs, i, j, u)
    others = [doc for doc in docs if doc != docs[i]] or docs
    other = others[int(u[1] * len(others))]
    return docs[i][j], other[int(u[2] * len(other))], 1


@pair.misconception(
    seen="Where no sentence comes twice it is right. Where does a sentence that does go on?",
    why="The sentence is looked up by its text here, and `index` finds the first that says the same. "
    "The one that is asked for is sentence j.",
)
def looked_up_by_text(docs, i, j, u):
    a, b, label = right(docs, i, j, u)
    return a, b if label else docs[i][docs[i].index(a) + 1], label


@pair.misconception(
    seen="The sentences are right. What if a foreign one says the same as the next?",
    why="The label comes from what the two sentences say here. It says where the second one is from: a "
    "sentence of another document is foreign, whatever it says.",
)
def label_from_the_text(docs, i, j, u):
    a, b, _ = right(docs, i, j, u)
    return a, b, int(b != docs[i][j + 1])


@pair.alternative
def by_numbers(docs, i, j, u):
    return right(docs, i, j, u)


@pair.alternative
def by_lists(docs, i, j, u):
    first, *following = docs[i][j:]
    if not following:
        raise ValueError("the last sentence")
    if u[0] >= 0.5:
        rest = [doc for number, doc in enumerate(docs) if number != i]
        doc = rest[int(len(rest) * u[1])]
        return first, doc[int(len(doc) * u[2])], 1
    return first, following[0], 0
