"""How alike two texts are, what a training run costs, and how to own up to a model's limits.

Owns the cosine as the course's measure of likeness, and the arithmetic from GPU-hours to CO2e.
Ignores where the vectors come from.
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


def training_emissions(
    gpu_hours: float, gpu_watts: float, pue: float, kg_per_kwh: float
) -> tuple[float, float]:
    """What a training run takes and leaves: (energy in kWh, emissions in kg of CO2e).

    `gpu_hours` adds up the hours of all GPUs, each of which draws `gpu_watts`. `pue` (power usage
    effectiveness) is what the whole data centre draws, cooling included, divided by what its
    machines draw: 1.1 means 10 % on top. `kg_per_kwh` is the carbon intensity of the electricity,
    in kilograms of CO2e for each kWh that the data centre takes from the grid.

    Source: Touvron et al. 2023 (LLaMA), section 6.
    """
    kwh = gpu_hours * gpu_watts / 1000 * pue
    return kwh, kwh * kg_per_kwh


def limits_section() -> str:
    """The section "Limits" of a model card for `town-bert-sentiment`, in 80 to 150 words.

    Your reader has found the model by its name and wants to sort customers' letters with it. Say
    what the model knows and where it was tested, two failures with their numbers (take them from
    this page, or measure others), what it does with a text from outside its world, and what it
    must not be used for. Promise nothing that you have not measured, and do not sell.

    Source: Mitchell et al. 2019, Model Cards for Model Reporting, section 4.
    """
    return """
    **Limits.** `town-bert-sentiment` has read nothing but what one grammar writes about one town,
    and labels only on sentences with twelve things to judge, sixteen words of praise or blame and
    five patterns. It was tested on new sentences of that grammar, so its score there says nothing
    about other texts. Two failures can be seen with `tokenize`: *hate* is none of its 1024 pieces
    and is read as *hat* with an ending, and of the six pieces of *12 + 7 = 19.* five are unknown.
    Both texts get a label and a probability all the same, and so does an empty one: there is no
    third answer, and a high probability is no sign of knowledge. Of irony it has seen three
    openings. Do not sort customers' letters with it: no customer wrote what it was trained on, and
    it would not tell you which letters it cannot read.
    """
