"""Checks for `sft_labels`; what goes wrong is in sft_labels_mistakes."""

import torch

from autograder.exercise import Exercise

WORDS = 60  # tokens of the toy vocabulary
EOS, PAD = 3, 7


def batches(g):
    def some(*lengths):
        """Texts of these lengths, without `eos` and `pad`."""
        return [torch.randint(10, WORDS, (length,), generator=g).tolist() for length in lengths]

    (story,) = some(4)
    return {
        "one row fits exactly": (some(3), some(2), EOS, PAD, 6),
        "one row is filled up": (some(2), some(3), EOS, PAD, 9),
        "pad is the end token": (some(3), some(2), EOS, EOS, 8),
        "pad is the end token, and prompts begin with it": (
            [[EOS, *row] for row in some(4, 2)], some(1, 3), EOS, EOS, 9,
        ),
        "two rows have other lengths": (some(2, 5), some(4, 1), EOS, PAD, 11),
        "an answer contains the pad": ([*some(2)], [[11, PAD, 12]], EOS, PAD, 7),
        "an answer contains the end token": ([*some(3)], [[13, EOS, 14]], EOS, PAD, 10),
        "an answer ends with the end token, which also pads": (
            some(4), [[15, EOS]], EOS, EOS, 9,
        ),
        "an answer ends with the pad": (some(1), [[16, 17, PAD]], EOS, PAD, 8),
        "a row is cut after a pad": (some(3), [[18, PAD, PAD, 19]], EOS, PAD, 6),
        "a prompt ends with the end token": ([[20, 21, EOS]], some(1), EOS, PAD, 8),
        "a prompt contains the pad": ([[PAD, 22, PAD, 23]], some(2), EOS, PAD, 11),
        "the prompt is said again in the answer": ([story], [[*story, 20]], EOS, PAD, 12),
        "a row loses its end token": (some(3), some(4), EOS, PAD, 7),
        "a row loses half of its answer": (some(2), some(6), EOS, PAD, 5),
        "a prompt fills its row": (some(6, 1), some(2, 2), EOS, PAD, 5),
        "an answer is empty": (some(5), [[]], EOS, PAD, 13),
        "a prompt is empty": ([[]], some(6), EOS, PAD, 14),
        "four rows, and some are too long": (
            some(4, 1, 9, 3), some(5, 2, 1, 7), EOS, EOS, 8,
        ),
    }  # fmt: skip


tune = Exercise(
    "supervised.sft_labels", kind="debug", start="pads_by_their_id",
    title="What to train on", needs=("pad_batch", "causal_lm_loss"), fast_track=True,
    points=2, difficulty=2, minutes=25, examples=batches,
)  # fmt: skip
tune.excuse("strict=True", "there are as many answers as prompts")


@tune.oracle("transformers.DataCollatorForSeq2Seq, given labels that leave out the prompt")
def _(prompt_ids, answer_ids, eos, pad, T):
    from tokenizers import Tokenizer, models
    from transformers import DataCollatorForSeq2Seq, PreTrainedTokenizerFast

    words = {str(number): number for number in range(WORDS)}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="0")),
        pad_token=str(pad), padding_side="right",
    )  # fmt: skip
    rows = []
    for prompt, answer in zip(prompt_ids, answer_ids, strict=True):
        said = [*answer, eos]
        rows.append({"input_ids": (prompt + said)[:T],
                     "attention_mask": ([1] * len(prompt) + [1] * len(said))[:T],
                     "labels": ([-100] * len(prompt) + said)[:T]})  # fmt: skip
    collate = DataCollatorForSeq2Seq(tokenizer, padding="max_length", max_length=T)
    made = collate(rows)
    return made["input_ids"], made["labels"], made["attention_mask"]


PROMPTS = [[11, 12, 13], [21, 22], [31, 32, 33, 34, 35]]
ANSWERS = [[14, 15], [23, 24, 25, 26], [36]]


def counted(labels):
    return (labels != -100).sum(1).tolist()


@tune.claim("an answer of n tokens has n + 1 labels, whatever its prompt and its padding are")
def _(answer):
    for pad in (PAD, EOS):
        for T in (8, 12):
            *_, short = answer.each(
                *((PROMPTS[:rows], ANSWERS[:rows], EOS, pad, T) for rows in (1, 3))
            )
            assert short[1].shape == (3, T)
            assert counted(short[1]) == [3, 5, 2]


@tune.claim("each label is the id at its own place")
def _(answer):
    ids, labels, _ = answer(PROMPTS, ANSWERS, EOS, PAD, 9)
    assert labels.shape == (3, 9)
    trained = labels != -100
    assert trained.any(1).all()
    assert not trained.all(1).any()
    assert torch.equal(labels[trained], ids[trained])


@tune.claim("which token pads changes neither the labels nor the mask")
def _(answer):
    given = [(PROMPTS, ANSWERS, EOS, pad, 10) for pad in (PAD, EOS, 14)]
    (_, labels, mask), *others = answer.each(*given)
    assert (labels == -100).any(1).all()
    assert mask.any(1).all()
    assert len(mask) == 3
    for _, other, seen in others:
        assert torch.equal(labels, other)
        assert torch.equal(mask, seen)


@tune.claim("a row whose prompt fills it has nothing to learn")
def _(answer):
    _, labels, _ = answer([*PROMPTS, [41]], [*ANSWERS, [42]], EOS, PAD, 5)
    _, _, full, short = counted(labels)
    assert full == 0
    assert short > 0


@tune.alternative
def by_lists(prompt_ids, answer_ids, eos, pad, T):
    ids, labels, mask = [], [], []
    for prompt, answer in zip(prompt_ids, answer_ids, strict=True):
        said = [*answer, eos]
        fill = max(0, T - len(prompt) - len(said))
        ids.append((prompt + said + [pad] * fill)[:T])
        labels.append(([-100] * len(prompt) + said + [-100] * fill)[:T])
        mask.append(([1] * (len(prompt) + len(said)) + [0] * fill)[:T])
    return torch.tensor(ids), torch.tensor(labels), torch.tensor(mask)


@tune.alternative
def by_places(prompt_ids, answer_ids, eos, pad, T):
    places = torch.arange(T)[None]
    starts = torch.tensor([len(prompt) for prompt in prompt_ids])[:, None]
    ends = starts + torch.tensor([len(answer) + 1 for answer in answer_ids])[:, None]
    full = max(T, int(ends.max()))
    rows = [
        p + a + [eos] + [pad] * (full - len(p) - len(a) - 1)
        for p, a in zip(prompt_ids, answer_ids, strict=True)
    ]
    ids = torch.tensor(rows)[:, :T]
    trained = (places >= starts) & (places < ends)
    return ids, ids.where(trained, torch.tensor(-100)), (places < ends).long()
