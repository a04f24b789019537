"""Checks and misconceptions for `greedy_seq2seq`."""

import torch

from autograder.exercise import Exercise
from autograder.exercise.lending import lend

WIDTH = 5


class Reader:
    """An encoder of a few weights. Asked again it gives something else, as one with dropout does."""

    def __init__(self, seed, words=9):
        g = torch.Generator().manual_seed(seed)
        self.table = torch.randn(words, WIDTH, generator=g)
        self.mix = torch.randn(WIDTH, WIDTH, generator=g) / 2
        self.asked = 0

    def __call__(self, src):
        self.asked += 1
        vectors = self.table[src]
        return vectors + vectors.mean(0) @ self.mix * self.asked


class Writer:
    """A decoder that looks at the memory and at all that it has written, and never stutters."""

    def __init__(self, seed, words=9, push=()):
        g = torch.Generator().manual_seed(seed)
        self.table = torch.randn(words, WIDTH, generator=g)
        self.out = torch.randn(WIDTH, words, generator=g)
        self.push = dict(push)

    def __call__(self, memory, ids):
        if ids.ndim != 1 or ids.dtype != torch.long:
            raise ValueError(f"ids {tuple(ids.shape)} of {ids.dtype}: one axis of whole numbers")
        if memory.ndim != 2:
            raise ValueError(
                f"a memory {tuple(memory.shape)}: one vector for each id of the source"
            )
        read = self.table[ids] + torch.arange(len(ids))[:, None] / 3
        seen = (read @ memory.T).softmax(-1) @ memory
        past = read.cumsum(0) / torch.arange(1, len(ids) + 1)[:, None]
        scores = 2 * (read + past + seen).sin() @ self.out
        scores[torch.arange(len(ids)), ids] -= 20
        for length, word in self.push.items():  # what is to be written after so many ids
            if length <= len(ids):
                scores[length - 1, word] += 50
        return scores


class Scripted:
    """A decoder that writes what it is told, whatever it reads; memory says nothing to it.

    Of several words at once each is as likely as the others.
    """

    def __init__(self, words, size=9):
        self.words, self.size = words, size

    def __call__(self, memory, ids):
        rows = torch.zeros(len(ids), self.size)
        for i in range(len(ids)):
            rows[i, self.words[min(i, len(self.words) - 1)]] = 3.0
        return rows


class Echo:
    """A decoder that writes one word again and again. Which one, only the memory says."""

    def __call__(self, memory, ids):
        return memory.mean(0).expand(len(ids), WIDTH)


def sources(g):
    def seed():
        return int(torch.randint(10**6, (), generator=g))

    def src(length):
        return torch.randint(2, 9, (length,), generator=g)

    def both(*push):
        return lend(Reader, seed()), lend(Writer, seed(), push=push)

    return {
        "one token is asked for": (*both(), src(3), 0, 1, 1),
        "nothing is asked for": (*both(), src(2), 0, 1, 0),
        "five are asked for": (*both((1, 4)), src(4), 0, 1, 5),
        "the end never comes": (*both(), src(3), 0, 77, 6),
        "the end comes at once": (*both((1, 1)), src(3), 0, 1, 6),
        "the end comes after three": (*both((1, 5), (2, 7), (3, 3), (4, 1)), src(5), 0, 1, 8),
        "the end comes with the last token": (*both((1, 5), (2, 7), (3, 1)), src(2), 2, 1, 3),
        "start and end are the same id": (*both((1, 6), (2, 4), (3, 2)), src(4), 2, 2, 7),
        "three tokens are equally likely": (
            lend(Reader, seed()), lend(Scripted, [[6, 3, 5], 7]), src(3), 0, 1, 2,
        ),
        "the source begins with the start and has the end inside": (
            *both((1, 3), (2, 8)), torch.tensor([0, 5, 1, 4]), 0, 1, 4,
        ),
    }  # fmt: skip


greedy = Exercise(
    "encoder_decoders.greedy_seq2seq", optional=True,
    title="Writing about a source, token by token", needs=("transformer_decoder_layer",),
    points=2, difficulty=2, minutes=15, examples=sources,
)  # fmt: skip


@greedy.alternative
def a_list_of_ids(encoder, decoder, src, bos, eos, max):
    memory, ids = encoder(src), [bos]
    for _ in range(max):
        rows = decoder(memory, torch.tensor(ids))
        ids.append(int(rows[-1].argmax()))
        if ids[-1] == eos:
            break
    return torch.tensor(ids)


def text(found):
    """What was written, as plain numbers, whatever holds them."""
    return torch.as_tensor(found).flatten().tolist()


@greedy.claim("the source is read once, however long the text gets")
def _(answer):
    for number in range(2, 9):
        reader, src = lend(Reader, 8), torch.tensor([number, 10 - number])
        found = answer(reader, lend(Echo), src, 7, 99, 6)
        assert reader.last.asked == 1
        assert int(Reader(8)(src).mean(0).argmax()) in text(found)


@greedy.claim("what is written depends on the source")
def _(answer):
    def written(number):
        src = torch.tensor([number, 10 - number])
        return text(answer(lend(Reader, 8), lend(Writer, 9), src, 0, 99, 6))[-3:]

    found = [written(number) for number in range(2, 9)]
    assert found == [written(number) for number in range(2, 9)]
    assert len(set(map(tuple, found))) > 1


@greedy.claim("the end mark is written, and nothing after it")
def _(answer):
    for script in ([5, 1, 6], [7, 8, 3, 1, 4]):
        found = answer(lend(Reader, 5), lend(Scripted, script), torch.tensor([2, 3]), 0, 1, 9)
        wanted = script[: script.index(1) + 1]
        assert text(found)[-len(wanted) :] == wanted


greedy.slip(
    "scores = decoder(memory, ids)[-1]", "scores = decoder(memory, ids)[0]",
    name="argmax_first_position",
    seen="The first token is right. Which row of the scores is about the next token?",
    why="The next token is taken from the *first* row of scores, which is about the second token for "
    "ever. The last row is about the next one.",
)  # fmt: skip
greedy.slip(
    "decoder(memory, ids)[-1]", "decoder(memory, ids).flatten()", name="argmax_of_all_rows",
    seen="How many words does the decoder know, and how many scores are compared?",
    why="The scores of all rows are compared here, so that the place found may be beyond the end of "
    "the vocabulary. Only the last row is about the next token.",
)  # fmt: skip
greedy.slip(
    "memory = encoder(src)", "memory = src", name="source_for_memory",
    seen="What does the decoder look at: ids, or what the encoder has made of them?",
    why="The decoder gets the ids of the source here, and nobody has read them. It looks at the "
    "encoder's vectors.",
)  # fmt: skip
greedy.slip(
    "decoder(memory, ids)[-1]", "decoder(memory, ids[1:] if len(ids) > 1 else ids)[-1]",
    name="start_not_read",
    seen="The first token is right. What does the decoder read for the second one?",
    why="Once something is written, the decoder no longer reads `bos` here, and each token stands at a "
    "place that was another's in training. It reads all ids each time, `bos` first.",
)  # fmt: skip
greedy.slip(
    "return ids", "return ids[1:]", name="no_bos",
    seen="The right tokens are written. What do the ids begin with?",
    why="`bos` is cut off here. The result has all ids, `bos` among them.",
)  # fmt: skip
greedy.slip(
    "len(ids) <= max", "len(ids) < max", name="start_counted",
    seen="How many *new* tokens may be written?",
    why="The start mark counts as one of the `max` tokens here. They are new ones.",
)  # fmt: skip
greedy.slip(
    "len(ids) <= max", "len(ids) <= max + 1", name="one_too_many",
    seen="How many tokens are written if none is asked for?",
    why="One token more than `max` is written here. With `bos` in front there are at most `max + 1` ids.",
)  # fmt: skip
greedy.slip(
    "ids[-1] != eos", "eos not in ids", name="end_anywhere",
    seen="What happens if the start mark and the end mark are the same id?",
    why="`eos` is looked for among *all* ids here. Where it is the same id as `bos`, as in BART, it is "
    "found at the front after one token. Only the last token can end the writing.",
)  # fmt: skip
greedy.slip(
    "(len(ids) == 1 or ids[-1] != eos)", "ids[-1] != eos", name="start_ends_it",
    seen="What happens if the start mark and the end mark are the same id?",
    why="The start mark ends the writing here where it is the same id as `eos`, as in BART. Only a "
    "token that was written can end it.",
)  # fmt: skip
greedy.slip(
    " and (len(ids) == 1 or ids[-1] != eos)", "", name="never_ends",
    seen="Where no end comes it is right. What follows the end mark?",
    why="The writing goes on after `eos` here. It ends there.",
)  # fmt: skip
greedy.slip(
    "    return ids", "    return ids[:-1] if ids[-1] == eos and len(ids) > 1 else ids", name="drops_eos",
    seen="What is the last id if the writing ended by itself?",
    why="The end mark is taken away here. If it was written, it is among the ids.",
)  # fmt: skip
greedy.slip(
    "scores = decoder(memory, ids)[-1]", "scores = decoder(memory, ids[-1:])[-1]",
    name="only_the_last_read",
    seen="The first token is right. What does the decoder read for the third one?",
    why="The decoder gets only the last token here, and has forgotten the others. It reads all that "
    "was written so far.",
)  # fmt: skip


@greedy.misconception(
    seen="The tokens are right. How often does the encoder read the source?",
    why="The encoder reads the source again for each token. It gives the same memory each time: ask it "
    "once, before the loop.",
)
def reencodes_each_step(encoder, decoder, src, bos, eos, max):
    ids = torch.tensor([bos])
    while len(ids) <= max and (len(ids) == 1 or ids[-1] != eos):
        scores = decoder(encoder(src), ids)[-1]
        ids = torch.cat([ids, scores.argmax(keepdim=True)])
    return ids


@greedy.misconception(
    seen="What does the encoder read: the source, or what has been written?",
    why="The encoder reads what has been written here, and nobody reads `src`. It reads the source, "
    "once.",
)
def written_is_source(encoder, decoder, src, bos, eos, max):
    ids = torch.tensor([bos])
    while len(ids) <= max and (len(ids) == 1 or ids[-1] != eos):
        scores = decoder(encoder(ids), ids)[-1]
        ids = torch.cat([ids, scores.argmax(keepdim=True)])
    return ids


@greedy.misconception(
    seen="What do the ids begin with, and how does the decoder learn of the source?",
    why="The source stands before `bos` here, as a prompt does in a GPT. This decoder has the memory for "
    "that: the ids are only what is written.",
    convention=True,
)
def source_in_front(encoder, decoder, src, bos, eos, max):
    memory, ids = encoder(src), torch.cat([src, torch.tensor([bos])])
    for _ in range(max):
        ids = torch.cat([ids, decoder(memory, ids)[-1].argmax(keepdim=True)])
        if ids[-1] == eos:
            break
    return ids


@greedy.misconception(
    seen="How many tokens are written if none is asked for?",
    why="A first token is written here before anything is counted. `max` may be 0: then `bos` is all.",
)
def at_least_one(encoder, decoder, src, bos, eos, max):
    memory, ids = encoder(src), torch.tensor([bos])
    while True:
        ids = torch.cat([ids, decoder(memory, ids)[-1].argmax(keepdim=True)])
        if ids[-1] == eos or len(ids) > max:
            return ids
