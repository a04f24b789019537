"""Checks and misconceptions for `prepend_soft_prompt`."""

import torch

from autograder.exercise import Exercise, agree


def batches(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    def ids(*shape):
        return torch.randint(9, shape, generator=g)

    def padded(B, T, *lengths, left=False):
        mask = (torch.arange(T) < torch.tensor(lengths)[:, None]).long()
        mask = mask.flip(1) if left else mask
        return mask, ids(B, T).masked_fill(mask == 0, -100)

    def batch(B, T, D, N, *lengths, left=False):
        return draw(B, T, D), draw(N, D), *padded(B, T, *lengths, left=left)

    answers = batch(2, 6, 3, 5, 6, 4)
    answers[3][:, :3] = -100  # a prompt of three tokens
    *short, mask, labels = batch(2, 3, 4, 5, 3, 2)
    *ends, seen, wanted = batch(3, 4, 2, 5, 4, 0, 3)
    return {
        "there is one text and one vector": batch(1, 3, 2, 1, 3),
        "there are two vectors": batch(1, 4, 3, 2, 4),
        "there are two texts": batch(2, 3, 4, 5, 3, 3),
        "there is padding on the right": batch(3, 5, 2, 4, 5, 3, 2),
        "there is padding on the left": batch(2, 4, 3, 5, 4, 2, left=True),
        "the prompts are not trained": answers,
        "there are more vectors than tokens": batch(3, 2, 4, 6, 2, 1, 2),
        "mask and labels have 32 bits": (*short, mask.int(), labels.int()),
        "padding has labels, and a text is all padding": (*ends, seen, wanted.abs()),
    }


soft = Exercise(
    "low_rank.prepend_soft_prompt",
    title="Vectors before a text",
    points=2, difficulty=1, minutes=15, examples=batches,
)  # fmt: skip


@soft.oracle("peft.PeftModelForCausalLM with a PromptTuningConfig")
def _(emb, P, mask, labels):
    from peft import PromptTuningConfig, get_peft_model
    from transformers import GPT2Config, GPT2LMHeadModel

    N, D = P.shape
    sizes = {"n_embd": D, "n_layer": 1, "n_head": 1, "vocab_size": 9, "n_positions": 32}
    config = GPT2Config(**sizes, bos_token_id=0, eos_token_id=0)
    tuning = PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=N)
    theirs = get_peft_model(GPT2LMHeadModel(config), tuning).to(emb.dtype)
    theirs.prompt_encoder["default"].embedding.weight = torch.nn.Parameter(P.detach())
    theirs.base_model.forward = lambda **given: given
    given = theirs(inputs_embeds=emb, attention_mask=mask, labels=labels)
    return (
        given["inputs_embeds"], given["attention_mask"].to(mask.dtype), given["labels"].to(labels.dtype)
    )  # fmt: skip


def drawn(B=3, T=5, D=4, N=6):
    mask = torch.ones(B, T, dtype=torch.long)
    mask[1, 3:] = 0
    labels = torch.randint(9, (B, T)).masked_fill(mask == 0, -100)
    return torch.randn(B, T, D), torch.randn(N, D), mask, labels


@soft.claim("every text has the same vectors before it, and then its own")
def _(answer):
    emb, P, mask, labels = drawn()
    longer, *_ = answer(emb, P, mask, labels)
    for row, text in zip(longer, emb, strict=True):
        agree(row[:6], P)
        agree(row[6:], text)


@soft.claim("every label is still with the token it belongs to, and the vectors have none")
def _(answer):
    emb, P, mask, labels = drawn()
    _, _, wanted = answer(emb, P, mask, labels)
    assert torch.equal(wanted[:, 6:], labels)
    assert (wanted[:, :6] == -100).all()


@soft.claim("the mask hides what it hid before, and none of the vectors")
def _(answer):
    emb, P, mask, labels = drawn()
    _, seen, _ = answer(emb, P, mask, labels)
    assert torch.equal(seen[:, 6:], mask)
    assert (seen[:, :6] == 1).all()


@soft.claim("what comes out leads a gradient back to each of the trained numbers")
def _(answer):
    emb, P, mask, labels = drawn()
    (together,) = answer.gradients(emb, P, mask, labels, wrt=(1,))
    assert together is not None
    assert together.abs().min() > 0
    assert together.shape == P.shape


soft.slip(
    "torch.cat([mask.new_ones(size), mask], dim=1)", "mask.clone()", name="mask_not_extended",
    seen="The vectors are in place. How many positions does the mask speak of?",
    why="The mask is as long as before here. There are N positions more, and the mask has to say that "
    "they may be attended to.",
)  # fmt: skip
soft.slip(
    "mask.new_ones(size)", "mask.new_zeros(size)", name="mask_hides",
    seen="The mask has the right length. May the new vectors be looked at?",
    why="The mask is 0 at the trained vectors here, so that nothing attends to them, and they cannot "
    "learn. It is 1.",
)  # fmt: skip
soft.slip(
    "torch.cat([labels.new_full(size, -100), labels], dim=1)", "labels.clone()",
    name="labels_not_extended",
    seen="The vectors are in place. Which position does the first label belong to now?",
    why="The labels are as long as before here, so each would be compared with a position N places "
    "too early. In front of them belong N times -100.",
)  # fmt: skip
soft.slip(
    "labels.new_full(size, -100)", "labels.new_zeros(size)", name="labels_zero",
    seen="The labels have the right length. What would the model learn to say at a trained vector?",
    why="The labels are 0 at the trained vectors here, and 0 is a token. -100 says that nothing is to "
    "be predicted.",
)  # fmt: skip
soft.slip(
    "torch.cat([P.expand(*size, -1), emb], dim=1)",
    "torch.cat([emb, P.expand(*size, -1)], dim=1)", name="vectors_last",
    seen="Mask and labels are right. On which side of a text do the vectors belong?",
    why="The vectors come after the text here. A decoder looks back only: a token would never see "
    "them. They come first.",
)  # fmt: skip


def joined(emb, P, mask, labels):
    """What is right, for those below that go wrong in one of the three."""
    N = len(P)
    return (
        torch.cat([P.expand(len(emb), -1, -1), emb], 1),
        torch.nn.functional.pad(mask, (N, 0), value=1),
        torch.nn.functional.pad(labels, (N, 0), value=-100),
    )


@soft.misconception(
    seen="Without padding on the left it is right. What comes before the padding?",
    why="The vectors are put between the padding and the first token here. Positions may well be "
    "better that way, but the task puts them before everything, as `peft` does.", convention=True,
)  # fmt: skip
def after_the_padding(emb, P, mask, labels):
    rows = [], [], []
    for vectors, seen, wanted in zip(emb, mask, labels, strict=True):
        first = int(seen.argmax())
        for row, mine, new in zip(
            rows, (vectors, seen, wanted),
            (P, seen.new_ones(len(P)), wanted.new_full((len(P),), -100)), strict=True,
        ):  # fmt: skip
            row.append(torch.cat([mine[:first], new, mine[first:]]))
    return tuple(map(torch.stack, rows))


soft.slip(
    "labels.new_full(size, -100), labels", "labels, labels.new_full(size, -100)",
    name="labels_first",
    seen="Vectors and mask are right. Which place has the label of the first token now?",
    why="The labels of the text come first here, so each belongs to another token than before. The "
    "vectors come first, and N times -100 with them.",
)  # fmt: skip
soft.slip(
    "mask.new_ones(size), mask", "mask, mask.new_ones(size)", name="mask_first",
    seen="Vectors and labels are right. Which places has the mask hidden, with padding?",
    why="The mask of the text comes first here, so that padding hides other places than before. The "
    "ones of the vectors come first.",
)  # fmt: skip


@soft.misconception(
    seen="Without padding the mask is right. What should it say of padding?",
    why="The mask is 1 everywhere here, so that padding is attended to. The mask of the text stays as "
    "it is, and ones come before it.",
)
def mask_of_ones(emb, P, mask, labels):
    longer, _, wanted = joined(emb, P, mask, labels)
    return longer, torch.ones_like(wanted).to(mask.dtype), wanted


@soft.misconception(
    seen="All three are made as they should be. In which order are they asked for?",
    why="The labels come back before the mask here. The order is that of the arguments: vectors, mask, "
    "labels.",
)
def labels_before_mask(emb, P, mask, labels):
    longer, seen, wanted = joined(emb, P, mask, labels)
    return longer, wanted, seen


@soft.misconception(
    seen="Where padding is labelled -100 it is right. Who decides what is learned at padding?",
    why="Labels at padding are overwritten with -100 here. The labels of the text stay as they are: "
    "who made the batch has decided what is predicted.",
)
def labels_hidden_too(emb, P, mask, labels):
    longer, seen, wanted = joined(emb, P, mask, labels)
    return longer, seen, wanted.masked_fill(seen == 0, -100)


@soft.misconception(
    seen="The labels of the text are right. What is to be predicted at the last of the vectors?",
    why="The last vector has the first token as its label here. Where the loss shifts the labels, it "
    "is even the vector before that would learn it. The vectors have -100, all of them.",
)
def first_token_at_the_last_vector(emb, P, mask, labels):
    longer, seen, wanted = joined(emb, P, mask, labels)
    wanted[:, len(P) - 1] = labels[:, 0]
    return longer, seen, wanted


@soft.misconception(
    seen="How many numbers does a text have less than before?",
    why="The vectors take the place of the first tokens here. They come before them, and every token "
    "stays.",
)
def in_place_of_tokens(emb, P, mask, labels):
    N, T = len(P), emb.shape[1]
    longer = torch.cat([P.expand(len(emb), -1, -1), emb[:, N:]], 1)[:, :T]
    return longer, mask.clone(), labels.clone()


@soft.alternative
def into_empty(emb, P, mask, labels):
    (B, T), N = emb.shape[:2], len(P)
    vectors, seen = P.repeat(B, 1, 1), torch.ones(B, N + T, dtype=mask.dtype)
    wanted = torch.full((B, N + T), -100, dtype=labels.dtype)
    seen[:, N:], wanted[:, N:] = mask, labels
    return torch.hstack([vectors, emb]), seen, wanted
