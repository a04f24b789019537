"""What decides claims about kinds of models, and how to choose one for a case.

Owns the numbers that tell whether a claim holds. Ignores which models there are: that is a table.
"""

from jaxtyping import Float
from torch import Tensor


def claims_about_seeing(scores: Float[Tensor, "T T"]) -> tuple[str, dict[str, float]]:
    """Which of four claims about who sees what holds, and the number that decides each.

    `scores[t, s]` is the score of query t for key s, before the softmax. In a decoder query t may
    attend to keys 0 to t. Gives a letter from "A" to "D" and, by letter, four floats:

    - A: the weight that the first query gives to all later keys if each score that a decoder must
      hide is set to 0, and then the softmax is taken.
    - B: the weight that the last query of a decoder gives to its own key.
    - C: how many vectors the attention of an encoder gives for these T tokens: a row of weights
      makes one vector.
    - D: the weight that the first query of an encoder gives to the last key.

    Source: Vaswani et al. 2017, Attention Is All You Need, section 3.2.3; Devlin et al. 2019,
    BERT, section 3.
    """
    later = scores.new_ones(scores.shape, dtype=bool).triu(1)  # T T
    encoder = scores.softmax(-1)
    decoder = scores.masked_fill(later, float("-inf")).softmax(-1)
    zeroed = scores.masked_fill(later, 0.0).softmax(-1)
    return "D", {
        "A": zeroed[0, 1:].sum().item(),
        "B": decoder[-1, -1].item(),
        "C": float(len(encoder)),
        "D": encoder[0, -1].item(),
    }


def claims_about_size(
    heads: int,
    width: int,
    length: int,
    without: list[float],
    shots: list[float],
    parts: dict[str, list[str]],
) -> tuple[str, dict[str, float]]:
    """Which of four claims about sizes and kinds holds, and the number that decides each.

    A layer of a decoder has `heads` heads with keys and values of `width` numbers each, and keeps
    those of every token in its cache. `without` and `shots` are the scores, in per cent, of models
    from the smallest to the largest: without examples in the prompt, and with some. `parts` lists
    the names of the classes of all parts of two models for images, "ViT" and "ConvNeXt"; a part is
    an attention if its name has "Attention" in it, anywhere. Gives a letter from "A" to "D" and, by
    letter, four floats:

    - A: how many numbers the cache of one layer holds for a text of twice `length` tokens.
    - B: how many numbers the token that comes after `length` others adds to it.
    - C: the points that the largest model gains from examples, less those that the smallest gains.
    - D: how many more attentions the ViT has than the ConvNeXt; below 0 if it has fewer.

    Source: Brown et al. 2020, Language Models are Few-Shot Learners, section 1; Liu et al. 2022,
    A ConvNet for the 2020s, section 2.
    """
    each = 2 * heads * width  # a key and a value for every head
    gains = [after - before for before, after in zip(without, shots, strict=True)]
    attentions = {name: sum("Attention" in part for part in parts[name]) for name in parts}
    return "B", {
        "A": float(each * 2 * length),
        "B": float(each),
        "C": gains[-1] - gains[0],
        "D": float(attentions["ViT"] - attentions["ConvNeXt"]),
    }


def choose_a_model() -> str:
    """A recommendation: which kind of model, and which model, for one case. 80 to 150 words.

    A library wants to sort 40,000 letters from readers each night into five folders, on one server
    without a GPU. The letters are in English. They hold addresses and must not leave the building.
    Some 2,000 letters have been sorted by hand. Say which kind of model you would take and why, one
    model from the table of this page with its size and its terms, what you would reject, the number
    from this page that decides, and what you would measure before anybody relies on it.

    Source: Warner et al. 2025, Smarter, Better, Faster, Longer, section 1.
    """
    return """
    Take an encoder with a head for five classes, trained further on the 2,000 sorted letters. A
    folder is a choice of one in five, so nothing has to be written. On this page a label took 1 pass
    and a written answer 16. A decoder that only chooses needs 1 pass as well, so then size decides.
    SmolLM2, a decoder, has 1.7 billion parameters and DistilBERT 66 million, both under an open
    licence. Without a GPU a pass through 26 times as many numbers takes far longer, 40,000 times a
    night. So I would begin with DistilBERT. I reject GPT-4, because its weights are not released and
    the letters would have to leave the building. Before anybody relies on the model, I would keep 400
    of the sorted letters out of training, count errors in each folder, and time a whole night on that
    server.
    """
