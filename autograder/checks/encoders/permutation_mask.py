"""Checks and misconceptions for `permutation_mask`."""

import torch

from autograder.exercise import Exercise, agree, differ


def orders(g):
    def shuffled(T):
        """An order that is not its own inverse, nor from one end to the other."""
        while True:
            order = torch.randperm(T, generator=g)
            if not torch.equal(order[order], torch.arange(T)):
                return order

    return {
        "positions come from left to right": (torch.arange(3),),
        "positions come from right to left": (torch.arange(4).flip(0),),
        "three positions come round": (shuffled(3),),
        "five positions come in some order": (shuffled(5),),
        "six positions come in some order": (shuffled(6),),
        "there are more": (shuffled(7),),
        "there is one position": (torch.tensor([0]),),
    }


hidden = Exercise(
    "encoders.permutation_mask", optional=True,
    title="Hidden in which order?",
    points=1, difficulty=2, minutes=10, examples=orders,
)  # fmt: skip
for probe in ("one T", "two", "equal"):
    hidden.leave_out(probe, "an order that is cut or repeated is no order")


@hidden.oracle("transformers.DataCollatorForPermutationLanguageModeling, all tokens hidden")
def _(order):
    from types import SimpleNamespace
    from unittest import mock

    from transformers import DataCollatorForPermutationLanguageModeling

    T = len(order)
    turn = torch.empty_like(order)
    turn[order] = torch.arange(T)
    words = SimpleNamespace(
        mask_token="<mask>", mask_token_id=1, pad_token="<pad>", pad_token_id=0,
        get_special_tokens_mask=lambda ids, already_has_special_tokens: [0] * len(ids),
    )  # fmt: skip
    collator = DataCollatorForPermutationLanguageModeling(
        words, plm_probability=1.0, max_span_length=1
    )
    with mock.patch("torch.randperm", return_value=turn):  # shuffles both halves alike
        return collator.torch_mask_tokens(torch.full((1, 2 * T), 5))[1][0, :T, :T]


@hidden.claim("from left to right, it hides the position itself and all later ones")
def _(answer):
    for T in (4, 6):
        agree(answer(torch.arange(T)), torch.ones(T, T).triu())


@hidden.claim("the position that is predicted last sees all others, and the first sees none")
def _(answer):
    for order in (torch.tensor([2, 0, 3, 1]), torch.tensor([1, 3, 4, 0, 2])):
        found = answer(order)
        T = len(order)
        assert tuple(found.shape) == (T, T)
        assert found[order[0]].tolist() == [1] * T
        assert found[order[-1]].tolist() == [float(k == order[-1]) for k in range(T)]


@hidden.claim("of two positions exactly one sees the other, and none sees itself")
def _(answer):
    found = answer(torch.randperm(6))
    agree(found + found.mT, 1 + torch.eye(6))
    differ(found, torch.full((6, 6), 0.5) + torch.eye(6) / 2)


hidden.slip(
    "order.argsort()", "order", name="order_as_turn",
    seen="From left to right it is right. In `[2, 0, 1]`, which position comes first: the one whose "
    "number is 2, or the one where 0 is written?",
    why="This is what comes out if `order[q]` is the turn of position q. It is the other way round: "
    "`order[0]` is the position that comes first. `argsort` turns one into the other.",
)  # fmt: skip
hidden.slip(
    "turn[:, None] <= turn[None, :]", "turn[:, None] > turn[None, :]", name="inverted",
    convention=True,
    seen="It is right the other way round. What does a 1 say here: may look, or may not?",
    why="A 1 says *may look* here, as in the masks of the other chapters. XLNet's mask says with a 1 "
    "what is hidden.",
)  # fmt: skip
hidden.slip(
    "turn[:, None] <= turn[None, :]", "turn[:, None] < turn[None, :]", name="sees_itself",
    seen="Later positions are hidden. And the position itself: would it have to guess what it sees?",
    why="Here each position may look at itself. It is the one to be predicted, so it has to be hidden "
    "from itself.",
)  # fmt: skip
hidden.slip(
    "turn[:, None] <= turn[None, :]", "turn[:, None] >= turn[None, :]", name="transposed",
    seen="Who looks, the rows or the columns? And does it look at what came before, or after?",
    why="Here position q sees what is predicted *after* it. Either rows and columns are exchanged, or "
    "earlier and later: entry (q, k) says whether q, the row, may look at k.",
)  # fmt: skip


@hidden.misconception(
    seen="Row by row these are the right rows. Which row belongs to which position?",
    why="The rows are in the order of prediction here, as if the tokens had been moved. The tokens "
    "stay where they are: row q belongs to position q.",
)
def permutes_tokens(order):
    turn = order.argsort()
    return (turn[:, None] <= turn[None, :]).float()[order]


@hidden.misconception(
    seen="From left to right it is right. Where does the order come in?",
    why="This is the mask of a decoder for any order: later *places* are hidden. Hidden is what is "
    "predicted later.",
)
def ignores_the_order(order):
    return torch.ones(len(order), len(order)).triu()


@hidden.misconception(
    seen="Are both axes in the order of prediction, or those of the text?",
    why="Rows and columns both follow the order of prediction here, so that it is always the same "
    "triangle with its tokens moved. Positions keep their places.",
    alias="ignores_the_order",
)
def permutes_both(order):
    turn = order.argsort()
    return (turn[:, None] <= turn[None, :]).float()[order][:, order]


@hidden.alternative
def by_loop(order):
    found = torch.ones(len(order), len(order))
    for turn, q in enumerate(order.tolist()):
        found[q, order[:turn]] = 0
    return found
