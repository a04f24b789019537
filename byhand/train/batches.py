"""Documents as batches of token ids, without end, and a place from which to go on.

Owns sorting by length, so that little is spent on padding, and what a stopped run must know to go
on with the very batch that it would have had.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

import torch

from byhand.town import MIXTURE, document

CHUNK = 4096  # documents sorted together
IGNORED = -100


class Place(NamedTuple):
    """The next batch to come: number `batch` of those made from chunk `chunk`."""

    chunk: int = 0
    batch: int = 0


def batches(
    encode: Callable, collate: Callable, place: Place, *, seed: int, kinds=None,
    mixture=lambda chunk: MIXTURE, tokens: int = 8192, longest: int = 256,
) -> Iterator[tuple[dict, Place]]:  # fmt: skip
    """Batches of about `tokens` tokens, padding included, and the place after each.

    encode: Document -> a list of token ids, or a tuple that starts with one, or None to skip it.
    collate: (encoded documents, Random) -> a dict of tensors. Both see documents of like length.
    mixture: the Mixture of a chunk, by its number; it counts where kinds is None.
    """
    while True:
        encoded = (
            encode(document(seed, place.chunk * CHUNK + i, kinds, mixture=mixture(place.chunk)))
            for i in range(CHUNK)
        )  # fmt: skip
        rows = sorted((row for row in encoded if row is not None), key=length)
        groups: list[list] = [[]]
        for row in rows:
            if (len(groups[-1]) + 1) * min(longest, length(row)) > tokens:
                groups.append([])
            groups[-1].append(row)
        Random(seed * 1_000_003 + place.chunk).shuffle(groups)
        for number in range(place.batch, len(groups)):
            random = Random((seed << 40) + (place.chunk << 16) + number)
            after = Place(place.chunk, number + 1)
            if number + 1 == len(groups):
                after = Place(place.chunk + 1)
            yield collate(groups[number], random), after
        place = Place(place.chunk + 1)


def in_turn(streams: Sequence[Callable], whose: Callable[[int], int], place: tuple):
    """Batches of several streams, one after the other, and the place after each.

    streams: Place -> the batches of a stream from there on. whose: number of a turn -> number of
    the stream. A place is the number of the turn and every stream's own; () is the start, and a
    stream that was added since stands at its own.
    """
    turn, *flat = place or (0,)
    flat += [0] * (2 * len(streams) - len(flat))
    places = [Place(*flat[i : i + 2]) for i in range(0, len(flat), 2)]
    sources = [stream(at) for stream, at in zip(streams, places, strict=True)]
    while True:
        number = whose(turn)
        batch, places[number] = next(sources[number])
        turn += 1
        yield batch, (turn, *(count for at in places for count in at))


def length(row) -> int:
    return len(row[0]) if isinstance(row, tuple) else len(row)


def padded(rows: list[list[int]], value: int) -> torch.Tensor:
    """(B, T), filled up on the right."""
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])
