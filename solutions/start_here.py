"""The first function of the course: counts made into shares, row by row.

Owns the habit that everything else leans on: one total for each row, kept where its row is.
"""

from jaxtyping import Float
from torch import Tensor


def row_shares(counts: Float[Tensor, "*B V"]) -> Float[Tensor, "*B V"]:
    """Counts as shares: every number divided by the total of its own row.

    A row runs along the last axis and holds `V` numbers, none of them negative and not all of
    them 0. `*B` is any number of leading axes: one in a table, none when a single row comes.
    Shares have the dtype of the counts.

    Source: relative frequencies, Jurafsky and Martin, *Speech and Language Processing*,
    3rd edition, section 3.1.
    """
    return counts / counts.sum(dim=-1, keepdim=True)
