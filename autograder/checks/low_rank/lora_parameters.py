"""Checks and misconceptions for `lora_parameters`."""

import torch

from autograder.exercise import Exercise

LLAMA = [(4096, 4096)] * 64  # queries and values of 32 layers


def models(g):
    def some(low, high):
        return int(torch.randint(low, high, (), generator=g))

    def pair():
        return some(3, 20), some(21, 40)

    return {
        "there is one matrix": ([pair()], some(2, 9)),
        "there are two unlike ones": ([pair(), pair()[::-1]], some(2, 9)),
        "the rank is 1": ([pair(), pair()[::-1]], 1),
        "there is one matrix in four layers": ([pair()] * 4, some(2, 9)),
        "the sizes are drawn": ([(some(10, 40), some(50, 90)) for _ in range(3)], some(3, 9)),
        "no matrix gets one": ([], some(2, 9)),
        "it is town-gpt": ([(384, 128), (128, 128), (512, 128), (128, 512)] * 4, some(2, 9)),
    }


count = Exercise(
    "low_rank.lora_parameters", kind="predict",
    title="What is trained",
    points=1, difficulty=1, minutes=8, examples=models,
    question="A model of seven billion numbers has 32 layers. The queries and the values of each are "
    "made by a matrix of 4,096 by 4,096. These two matrices of every layer get a low-rank update of "
    "rank 8. How many numbers are trained?",
    unit="numbers", counted=lambda reference: reference(LLAMA, 8),
)  # fmt: skip


@count.oracle("peft.PeftModel.get_nb_trainable_parameters on the meta device")
def _(shapes, r):
    from peft import LoraConfig, get_peft_model
    from torch import nn

    if not shapes:
        return 0  # peft refuses a model in which nothing is adapted
    with torch.device("meta"):
        model = nn.Sequential(*(nn.Linear(I, O) for O, I in shapes))
        names = [str(place) for place in range(len(shapes))]
        tuned = get_peft_model(model, LoraConfig(r=r, target_modules=names))
    return tuned.get_nb_trainable_parameters()[0]


@count.claim("it grows with the rank, and every matrix adds its own share")
def _(answer):
    first, second = (7, 12), (30, 5)
    alone, other, both, twice = answer.each(
        ([first], 3), ([second], 3), ([first, second], 3), ([first, second], 6)
    )
    assert both == alone + other > alone > 0
    assert twice == 2 * both


@count.claim("a square matrix of 4,096 gets 65,536 numbers at rank 8, a 256th of what it has")
def _(answer):
    assert answer([(4096, 4096)], 8) == 65_536 == 4096 * 4096 // 256


count.slip(
    "r * I + O * r", "r * r * (I + O)", name="r_squared",
    seen="With rank 1 it is right. How does the count grow with the rank?",
    why="The rank is squared here. A is r by I and B is O by r: each has r once.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "r * O * I", name="product",
    seen="Is the path one matrix with r times O times I numbers?",
    why="r, O and I are multiplied here. A has r times I numbers and B has O times r, side by side.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "2 * r * I", name="inputs_twice",
    seen="Where a matrix is square it is right. Which sizes has B?",
    why="A is counted twice here. B is O by r, and O need not be I.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "2 * O * r", name="outputs_twice",
    seen="Where a matrix is square it is right. Which sizes has A?",
    why="B is counted twice here. A is r by I, and I need not be O.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "r * I", name="a_alone",
    seen="The count is too small. How many matrices are there beside each W?",
    why="Only A is counted here. B, with O times r numbers, is trained as well.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "O * r", name="b_alone",
    seen="The count is too small. How many matrices are there beside each W?",
    why="Only B is counted here. A, with r times I numbers, is trained as well.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "O * I", name="whole_matrices",
    seen="Does the rank matter in your count?",
    why="These are the numbers of the frozen matrices. Trained are A and B beside each of them.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "O * I + r * I + O * r", name="frozen_too",
    seen="The count is too large. Which of the three matrices is trained?",
    why="The frozen matrix is counted here, too. Only A and B are trained.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "r * I + O * r + O", name="bias_counted",
    seen="With many inputs it is nearly right. Is a bias trained?",
    why="A bias is counted for each matrix here. LoRA leaves biases alone.",
)  # fmt: skip
count.slip(
    "r * I + O * r", "r * I * O * r", name="multiplied",
    seen="Are the numbers of A and those of B added?",
    why="The sizes of A and B are multiplied here. Two matrices lie side by side: add their numbers.",
)  # fmt: skip
count.slip(
    "sum(r * I + O * r for O, I in shapes)", "sum(r * I + O * r for O, I in set(shapes))",
    name="shared",
    seen="With different shapes it is right. Do two matrices of the same shape share an update?",
    why="Matrices of the same shape are counted once here. Each matrix has an A and a B of its own.",
)  # fmt: skip
count.slip(
    "sum(r * I + O * r for O, I in shapes)", "sum(r * I + O * r for O, I in shapes[:1])",
    name="first_alone",
    seen="With one matrix it is right. How many get an update?",
    why="Only the first matrix is counted here. Each in the list gets an A and a B.",
)  # fmt: skip


@count.alternative
def from_tensors(shapes, r):
    total = 0
    for out, into in shapes:
        total += torch.empty(r, into, device="meta").numel()
        total += torch.empty(out, r, device="meta").numel()
    return total
