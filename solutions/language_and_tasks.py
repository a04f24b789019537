"""How alike two texts are, and how to own up to a model's limits.

Owns the cosine as the course's measure of likeness. Ignores where the vectors come from.
"""

from jaxtyping import Float
from torch import Tensor


def cosine_similarity_matrix(
    X: Float[Tensor, "N D"], Y: Float[Tensor, "M D"]
) -> Float[Tensor, "N M"]:
    """How alike every row of X is to every row of Y: the cosine of the angle between them.

    Entry (i, j) is the dot product of `X[i]` and `Y[j]`, divided by both of their lengths: 1 where
    they point the same way, 0 where they have nothing in common, -1 where they are opposite.
    How long they are plays no part. A row of zeros points nowhere; it has a similarity of 0 with
    everything, itself included.

    Source: Salton and McGill 1983, Introduction to Modern Information Retrieval.
    """
    lengths = X.norm(dim=1)[:, None] * Y.norm(dim=1)  # N 1 times M -> N M
    return X @ Y.T / lengths.clamp_min(1e-12)  # 0 / 0 would be NaN


def limits_section() -> str:
    """The section "Limits" of a model card for `town-bert-sentiment`, in 80 to 150 words.

    Your reader has found the model by its name and wants to sort customers' letters with it. Say
    what the model knows and where it was tested, two failures with their numbers (take them from
    this page, or measure others), what it does with a text from outside its world, and what it
    must not be used for. Promise nothing that you have not measured, and do not sell.

    Source: Mitchell et al. 2019, Model Cards for Model Reporting, section 4.
    """
    return """
    **Limits.** `town-bert-sentiment` was trained on labelled sentences that one grammar writes
    about one town. On 300 new sentences it made no mistake; they come from the same grammar, so
    this says nothing about other texts. Two failures, each found by a softmax of the logits: *The
    guard said: great weather for ducks.* is a complaint, but gets 1% negative; *The guard said: a
    charming train, and it was blue again.* is none, but gets 100%. Whatever comes from elsewhere
    gets a label all the same, and sometimes a high number: *12 + 7 = 19.* is negative with 98%,
    though five of its six pieces are unknown. A high number is no sign of knowledge. Do not sort
    customers' letters with it: no customer wrote what it has read, and it cannot tell you which
    letters are beyond it.
    """
