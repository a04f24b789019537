"""Checks and misconceptions for `sinusoidal_positions`."""

import torch

from autograder.exercise import Exercise, agree, differ


def sizes(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    return {
        "there are three positions": (3, 2 * some(3, 6)),
        "there is one position": (1, 6),
        "vectors have two numbers": (some(4, 9), 2),
        "there are more positions": (some(20, 40), 8),
        "the vectors are wide": (some(3, 8), 2 * some(20, 30)),
        "there are more than five thousand": (some(5001, 5400), 2),
    }


waves = Exercise(
    "positions.sinusoidal_positions",
    title="Positions as waves",
    points=2, difficulty=1, minutes=15, examples=sizes,
)  # fmt: skip


@waves.oracle("transformers.models.distilbert.create_sinusoidal_embeddings")
def _(T, D):
    from transformers.models.distilbert.modeling_distilbert import create_sinusoidal_embeddings

    table = torch.empty(T, D)
    create_sinusoidal_embeddings(T, D, table)
    return table.detach()


@waves.claim(
    "each pair is a point on a circle, and the first position lies at (0, 1) in all of them"
)
def _(answer):
    for size in (6, 10):
        table = answer(7, size)
        agree(table[:, 0::2] ** 2 + table[:, 1::2] ** 2, torch.ones(7, size // 2))
        agree(table[0], torch.tensor([0.0, 1.0]).repeat(size // 2))
        differ(table[1], table[0])


@waves.claim("the fastest pair turns by one radian a step, the slower the farther to the right")
def _(answer):
    table = answer(5, 8)
    turned = torch.atan2(table[1, 0::2], table[1, 1::2])
    agree(turned[0], torch.tensor(1.0))
    assert (turned.diff() < 0).all()
    agree(turned[1:] / turned[:-1], torch.full((3,), 0.1))


@waves.claim("how alike two positions are depends on their distance alone")
def _(answer):
    table = answer(30, 12)
    alike = table @ table.T
    agree(alike.diagonal(3)[1:], alike.diagonal(3)[:-1])
    differ(alike[0, 3], alike[0, 9])


@waves.claim("they are float32, as a model's numbers are", universal=True)
def _(answer):
    assert answer(3, 4).dtype == torch.float32


waves.slip(
    "torch.arange(0, D, 2) / D", "2 * torch.arange(0, D, 2) / D", name="exponent_4i",
    seen="The first pair is right, and the later ones turn too slowly. How often is the 2 of 2i "
    "in your code?",
    why="These are the numbers of 10000 ** (4i / D): a range in steps of two holds 2i already, and it "
    "is doubled once more here.",
)  # fmt: skip
waves.slip(
    "torch.arange(0, D, 2) / D", "torch.linspace(0, 1, D // 2)", name="to_the_last",
    seen="The first pair is right. Is the slowest exactly ten thousand times slower?",
    why="The last speed is exactly 1 / 10000 here, as in the authors' own code, which divides by the "
    "number of pairs less one. The paper's formula has 2i / D, which stops before 1.",
    convention=True,
)  # fmt: skip
waves.slip(
    "torch.arange(T)[:, None]", "2 * math.pi * torch.arange(T)[:, None]", name="whole_turns",
    seen="Does the first pair come back to where it was after one step?",
    why="The angle is multiplied by 2 pi here, as if the first pair made one whole turn a step. It "
    "turns by one radian.",
)  # fmt: skip
waves.slip(
    "torch.arange(0, D, 2) / D", "torch.arange(0, D, 2) / 2 / D", name="exponent_i",
    seen="The first pair is right, and the later ones turn too fast. What is divided by D?",
    why="These are the numbers of 10000 ** (i / D) with i counting the pairs. The exponent is 2i / D, "
    "so that it runs from 0 nearly to 1.",
)  # fmt: skip
waves.slip(
    "[angles.sin(), angles.cos()]", "[angles.cos(), angles.sin()]", name="cos_first",
    seen="What is at position 0, in column 0: a 0 or a 1?",
    why="The cosine comes first here. Column 2i is the sine, column 2i + 1 the cosine.",
)  # fmt: skip
waves.slip(
    "torch.arange(T)[:, None]", "torch.arange(1, T + 1)[:, None]", name="position_from_1",
    seen="Which position does the first row belong to?",
    why="Positions are counted from 1 here. The first token has position 0.",
)  # fmt: skip
waves.slip(
    "10_000 **", "1_000 **", name="base_1000",
    seen="The first pair is right. How slow is the slowest?",
    why="These are waves with the base 1000. The paper's is 10000.",
)  # fmt: skip


@waves.misconception(
    seen="All numbers are there. Which column is the sine's neighbour?",
    why="Here all sines come first and then all cosines, as in the authors' own code and in Whisper. "
    "The paper's formula puts each cosine beside its sine.",
    convention=True,
)
def halves(T, D):
    speeds = 10_000 ** (-torch.arange(0, D, 2) / D)
    angles = torch.arange(T)[:, None] * speeds
    return torch.cat([angles.sin(), angles.cos()], dim=1)


@waves.misconception(
    seen="What does a sine take, degrees or radians?",
    why="The angles are turned from degrees into radians here. The formula's angle is position / "
    "10000 ** (2i / D) itself, in radians.",
)
def degrees(T, D):
    speeds = 10_000 ** (-torch.arange(0, D, 2) / D)
    angles = torch.deg2rad(torch.arange(T)[:, None] * speeds)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


@waves.misconception(
    seen="Does every column have a speed of its own, or every pair of columns?",
    why="Each column has its own speed here. A sine and its cosine belong together: both columns of a "
    "pair have the speed of the even one.",
)
def every_column(T, D):
    columns = torch.arange(D)
    angles = torch.arange(T)[:, None] * 10_000 ** (-columns / D)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


@waves.alternative
def filled_in(T, D):
    import math

    table = torch.zeros(T, D)
    for position in range(T):
        for i in range(D // 2):
            angle = position / 10_000 ** (2 * i / D)
            table[position, 2 * i], table[position, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return table
