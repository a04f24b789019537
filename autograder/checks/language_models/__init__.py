"""Checks of chapters/1_nlp/02_language_models.md, one module an exercise.

Owns: what `sequence_log_prob` and `token_nll` share: their batches, the step from logits to what
is scored, and two slips in the mask of it.
"""

import torch


def batches(g):
    def drawn(B, T, V):
        logits = torch.randn(B, T, V, generator=g)
        return logits, torch.randint(0, V, (B, T), generator=g)

    def far_apart(B, T, V):
        """Logits so far apart that rounding plays no part: one of them takes everything."""
        logits, ids = drawn(B, T, V)
        return 100.0 * logits.argsort(-1) - 250.0, ids

    small = torch.tensor([[[0.0, 1.0, 0.5], [0.5, 0.0, -0.5], [2.0, 1.0, 0.0]]])
    return {
        "one row of three tokens is scored": (
            small, torch.tensor([[0, 2, 1]]), torch.ones(1, 3, dtype=torch.long)
        ),
        "there are two rows": (*drawn(2, 4, 5), torch.ones(2, 4, dtype=torch.long)),
        "there is one token": (*drawn(2, 1, 4), torch.ones(2, 1, dtype=torch.long)),
        "padding stands after the text": (
            *drawn(3, 5, 4),
            torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]),
        ),
        "padding stands before the text": (
            *drawn(3, 6, 4),
            torch.tensor([[0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1]]),
        ),
        "padding stands on another side in each row": (
            *drawn(3, 6, 5),
            torch.tensor([[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0]]),
        ),
        "the first row is padded in front, and the second behind": (
            *drawn(2, 5, 4), torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 0]])
        ),
        "two texts have two tokens each": (*drawn(2, 2, 5), torch.ones(2, 2, dtype=torch.long)),
        "a text is long": (*drawn(2, 70, 11), torch.ones(2, 70, dtype=torch.long)),
        "logits are in the hundreds": (
            *far_apart(2, 4, 6), torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
        ),
    }  # fmt: skip


def steps(logits, ids, mask):
    log_probs = logits[:, :-1].log_softmax(-1)
    scored = (mask[:, 1:] * mask[:, :-1]).bool()
    return log_probs.gather(-1, ids[:, 1:, None])[..., 0], scored


# ---- slips of both: their references hold the same line

FIRST_AFTER_PADS = {
    "old": " * mask[:, :-1]", "new": "", "name": "first_after_pads",
    "seen": "With padding before the text, one token too many is scored. What comes before the "
    "first real token?",
    "why": "These are the numbers of asking about the scored token alone. The first real token "
    "would be predicted from padding; it is scored only if the one before it is real, too.",
}  # fmt: skip
ONE_PAST_THE_END = {
    "old": "mask[:, 1:] * ", "new": "", "name": "one_past_the_end",
    "seen": "With padding after the text, one token too many is scored. Which one?",
    "why": "These are the numbers of asking about the token *before* alone. The last real token "
    "would be followed by a pad that is scored; both must be real.",
}  # fmt: skip
