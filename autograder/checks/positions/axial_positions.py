"""Checks and misconceptions for `axial_positions`."""

import torch

from autograder.exercise import Exercise, agree, differ


def tables(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    return {
        "two lines have three places each": (draw(2, 4), draw(3, 5)),
        "four lines have two places each": (draw(4, 3), draw(2, 6)),
        "there are as many lines as places": (draw(3, 2), draw(3, 5)),
        "both tables are as wide": (draw(5, 4), draw(2, 4)),
        "there is one line": (draw(1, 3), draw(4, 2)),
    }


axial = Exercise(
    "positions.axial_positions", optional=True,
    title="Positions on a grid",
    points=1, difficulty=1, minutes=8, examples=tables,
)  # fmt: skip


@axial.oracle("transformers.models.reformer.AxialPositionEmbeddings")
def _(E1, E2):
    from transformers import ReformerConfig
    from transformers.models.reformer.modeling_reformer import AxialPositionEmbeddings

    shape, widths = (len(E1), len(E2)), (E1.shape[1], E2.shape[1])
    config = ReformerConfig(axial_pos_embds_dim=widths, axial_pos_shape=shape,
                            hidden_size=sum(widths), hidden_dropout_prob=0.0,
                            attn_layers=["local"])  # fmt: skip
    theirs = AxialPositionEmbeddings(config).to(E1.dtype).train()
    given = {"weights.0": E1[:, None], "weights.1": E2[None]}
    ids = torch.arange(len(E1) * len(E2))[None]
    return torch.func.functional_call(theirs, given, (ids,))[0]


@axial.claim("neighbours in a line share the first part, those one line apart the second")
def _(answer):
    E1, E2 = torch.randn(3, 2), torch.randn(4, 5)
    grid = answer(E1, E2)
    assert grid.shape == (12, 7)
    agree(grid[4:8, :2], E1[1].expand(4, 2))
    agree(grid[1::4, 2:], E2[1].expand(3, 5))
    differ(grid[0], grid[1])


axial.slip(
    "E1.repeat_interleave(len(E2), dim=0)", "E1.repeat(len(E2), 1)", name="lines_tiled",
    seen="Which line is position 1 in, if a line has three places?",
    why="The rows of E1 take turns here, position by position. All places of a line share one row of "
    "E1: repeat each row as often as there are places.",
)  # fmt: skip
axial.slip(
    "E2.repeat(len(E1), 1)", "E2.repeat_interleave(len(E1), dim=0)", name="places_repeated",
    seen="Which place has position 1?",
    why="Each row of E2 is repeated in a run here. Places go on from one position to the next and "
    "begin anew with each line.",
)  # fmt: skip
axial.slip(
    "[lines, places]", "[places, lines]", name="swapped_parts",
    seen="All is there. Which part comes first?",
    why="The part for the place comes first here. The line's row of E1 comes first.",
)  # fmt: skip


@axial.misconception(
    seen="Are the two parts added or put side by side?",
    why="The parts are added here, which needs tables of one width. They are put side by side.",
)
def added(E1, E2):
    return (E1[:, None] + E2[None]).flatten(0, 1)


@axial.misconception(
    seen="Is position 1 beside position 0, or below it?",
    why="The grid is written column by column here: position 1 is the second *line*. It is written "
    "line by line.",
)
def swap_div_mod(E1, E2):
    positions = torch.arange(len(E1) * len(E2))
    return torch.cat([E1[positions % len(E1)], E2[positions // len(E1)]], dim=1)


@axial.alternative
def by_division(E1, E2):
    positions = torch.arange(len(E1) * len(E2))
    return torch.cat([E1[positions // len(E2)], E2[positions % len(E2)]], dim=1)
