"""Checks for `greedy_generate`. Its misconceptions are beside it."""

from functools import cache

import torch

from autograder.exercise import Exercise
from autograder.exercise.tiny_gpt import INNER, PLACES, VOCABULARY, WIDTH, Model, model, weights

MOST = 9  # tokens that are written at most


def alone(seed: int, prompt: list[int], steps: int) -> tuple[list[int], float]:
    """What a model writes after one prompt, and how close a second token ever came."""
    gpt, row, near = Model(seed), list(prompt), float("inf")
    for _ in range(steps):
        best = gpt(torch.tensor([row])).logits[0, -1].topk(2)
        near = min(near, (best.values[0] - best.values[1]).item())
        row.append(best.indices[0].item())
    return row[len(prompt) :], near


def filled(prompts, sides, pad):
    """ids and mask of prompts, each padded on its own side."""
    width, ids, mask = max(map(len, prompts)), [], []
    for prompt, side in zip(prompts, sides, strict=True):
        fill, ones = [pad] * (width - len(prompt)), [1] * len(prompt)
        hidden = [0] * len(fill)
        ids.append(fill + prompt if side == "l" else prompt + fill)
        mask.append(hidden + ones if side == "l" else ones + hidden)
    return torch.tensor(ids), torch.tensor(mask)


def telling(gpt, ids, mask, first) -> bool:
    """Is each way to overlook the padding seen in a row's first new token?"""
    places = (mask.cumsum(1) - 1).clamp(min=0)

    def wrong(mask, places, column=-1):
        logits = gpt(ids, mask, places).logits[torch.arange(len(ids)), column]
        return bool((logits.argmax(-1) != first).any())

    at_left, at_right = (mask[:, 0] == 0).any(), (mask[:, -1] == 0).any()
    told = not at_left or (wrong(None, places) and wrong(mask, None))
    single = ((mask[:, 0] == 0) & (mask.sum(1) == 1)).any()  # it and its padding have place 0
    told = told and (not single or wrong(mask, places, places.argmax(1)))
    return told and (not at_right or wrong(mask, places))


def never(*ends):
    return ends == (None,) * len(ends)


def ends_of(rows, fits, starts):
    """A token that fits as `eos`, and after how many tokens it ends each row."""
    for eos in starts or range(VOCABULARY):
        found = [row.index(eos) + 1 if eos in row else None for row in rows]
        if fits(*found):
            return eos, found
    return None


def one_by_one(*ends):
    """All rows end but perhaps the last, each at another step than the others and not at once."""
    known = [end for end in ends if end]
    return len(set(known)) == len(known) >= max(2, len(ends) - 1) and 1 not in known


def both_early(*ends):
    """One by one, and with steps left."""
    return one_by_one(*ends) and max(ends) < 5


def batches(g):
    def some(count, low=0, high=VOCABULARY):
        return torch.randint(low, high, (count,), generator=g).tolist()

    def batch(lengths, sides, steps, fits=never, pad="other", begin=False):
        """fits: whether rows may finish after so many tokens; pad: which token fills."""
        while True:
            seed = some(1, 0, 10**6)[0]
            starts = some(1) if begin else []
            prompts = [starts + some(length - len(starts)) for length in lengths]
            told = [alone(seed, prompt, steps) for prompt in prompts]
            rows = [row for row, _ in told]
            lively = all(len(set(row)) > 1 or steps == 1 for row in rows)
            ends = ends_of(rows, fits, starts)
            if ends is None or not lively or min(near for _, near in told) < 0.02:
                continue
            eos, found = ends
            written = {t for row, end in zip(rows, found, strict=True) for t in row[: end or steps]}
            read = {token for prompt in prompts for token in prompt}
            free = {"other": set(range(VOCABULARY)) - written - read, "written": written - read}
            filler = min(free[pad] - {eos}, default=None) if pad in free else eos
            if filler is None or (eos in read) != begin:
                continue
            ids, mask = filled(prompts, sides, filler)
            if telling(Model(seed), ids, mask, torch.tensor([row[0] for row in rows])):
                return model(seed), ids, mask, steps, eos, filler

    return {
        "one prompt goes on to the end": batch([3], "l", 3),
        "a single token is asked for": batch([4, 4], "ll", 1),
        "a prompt ends before all tokens are written": batch(
            [2], "l", 5, lambda end: end in (2, 3)
        ),
        "a shorter prompt is padded at the left": batch([1, 3], "ll", 3),
        "a shorter prompt is padded at the right": batch([1, 2], "rr", 3),
        "one row ends before the other": batch([3, 3], "ll", 6, both_early),
        "the first row ends and the second does not": batch(
            [3, 3], "ll", 4, lambda one, other: one in (1, 2) and other is None
        ),
        "pad is eos and prompts begin with it": batch([3, 5], "lr", 3, pad="eos", begin=True),
        "the token that pads is also written": batch([3, 2], "lr", 4, pad="written"),
        "three rows, padded on both sides, end one by one": batch(
            [4, 2, 3], "lrl", 6, one_by_one, pad="eos"
        ),
    }


greedy = Exercise(
    "prefill_and_decode.greedy_generate", kind="debug", start="tried_at_the_left",
    title="Writing a batch", needs=("gpt2_block",), fast_track=True,
    points=2, difficulty=2, minutes=20, examples=batches, forbid=("generate",),
)  # fmt: skip
greedy.excuse("last].argmax(dim=-1)", "of two axes the last one is axis 1")
for size in ("one T", "two"):
    greedy.leave_out(size, "a row may be left without a token of its own")


@cache
def library_model(seed: int):
    """The library's GPT-2 with the same weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    gpt = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=VOCABULARY, n_positions=PLACES, n_embd=WIDTH, n_layer=1, n_head=2,
            n_inner=INNER, tie_word_embeddings=False, bos_token_id=None, eos_token_id=None,
        )
    )  # fmt: skip
    gpt.load_state_dict(weights(seed), strict=True)
    return gpt.eval()


@greedy.oracle("transformers.GPT2LMHeadModel.generate, with its padding at the left")
def _(model, ids, mask, max_new, eos, pad):
    prompts = [row[seen.bool()].tolist() for row, seen in zip(ids, mask, strict=True)]
    left, seen = filled(prompts, "l" * len(prompts), pad)
    told = library_model(model.config.seed).generate(
        left, attention_mask=seen, max_new_tokens=max_new, do_sample=False, eos_token_id=eos,
        pad_token_id=pad,
    )  # fmt: skip
    return torch.cat([ids, told[:, left.shape[1] :]], dim=1)


SEED = 20  # one whose three rows are lively and never in doubt
PROMPTS = [[3, 7, 1, 9, 2], [8, 2], [5, 11, 4]]
NEVER = VOCABULARY + 5


def begins(told, ids, width):
    """The new tokens of a result that has the prompts at its left and is not all one token."""
    assert told.dtype == torch.int64
    assert told.shape == (len(ids), width)
    assert torch.equal(told[:, : ids.shape[1]], ids)
    new = told[:, ids.shape[1] :]
    assert len(new.unique()) > 2
    return new.tolist()


@greedy.claim("a prompt goes on beside longer ones as it does alone, wherever its padding is")
def _(answer):
    wanted = []
    for prompt in PROMPTS:
        ids, mask = filled([prompt], "l", 0)
        wanted += begins(answer(model(SEED), ids, mask, 5, NEVER, 0), ids, len(prompt) + 5)
    for sides in ("lll", "rrr", "lrl"):
        ids, mask = filled(PROMPTS, sides, 0)
        assert begins(answer(model(SEED), ids, mask, 5, NEVER, 0), ids, 10) == wanted


@greedy.claim("which token fills the padding makes no difference to what is written")
def _(answer):
    told = []
    for pad in (0, 6, 12):
        ids, mask = filled(PROMPTS, "lrr", pad)
        told.append(begins(answer(model(SEED), ids, mask, 5, NEVER, pad), ids, 10))
    assert told[0] == told[1] == told[2]


@greedy.claim("who writes on for longer has begun in the same way")
def _(answer):
    ids, mask = filled(PROMPTS, "lll", 0)
    short = begins(answer(model(SEED), ids, mask, 3, NEVER, 0), ids, 8)
    long = begins(answer(model(SEED), ids, mask, 7, NEVER, 0), ids, 12)
    assert [row[:3] for row in long] == short


@greedy.claim("a row ends with `eos`, and `pad` follows until the last row is done")
def _(answer):
    ids, mask = filled([PROMPTS[0]] * 2, "ll", 0)
    ids[1, 2] = 6
    free = begins(answer(model(SEED), ids, mask, MOST, NEVER, 0), ids, 5 + MOST)
    eos = next(t for t in free[0][1:] if free[0].index(t) != [*free[1], t].index(t))
    ends = [row.index(eos) + 1 if eos in row else MOST for row in free]
    pad = VOCABULARY - 1 if eos != VOCABULARY - 1 else 0
    told = answer(model(SEED), ids, mask, MOST, eos, pad)
    assert told.shape == (2, 5 + max(ends))
    for row, whole, end in zip(told[:, 5:].tolist(), free, ends, strict=True):
        assert row == whole[:end] + [pad] * (max(ends) - end)


@greedy.alternative
def row_by_row(model, ids, mask, max_new, eos, pad):
    rows = []
    for row, seen in zip(ids, mask, strict=True):
        text, new = row[seen == 1], []
        while len(new) < max_new and eos not in new:
            now = torch.cat([text, torch.tensor(new, dtype=torch.long)])[None]
            places = torch.arange(now.shape[1])[None]
            seen_now = torch.ones_like(now)
            logits = model(now, attention_mask=seen_now, position_ids=places).logits
            new.append(int(logits[0, -1].argmax()))
        rows.append(new)
    longest = max(map(len, rows))
    new = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    return torch.cat([ids, new], 1)


@greedy.alternative
def with_the_padding_moved(model, ids, mask, max_new, eos, pad):
    order = mask.argsort(dim=1, stable=True)  # padding first
    text, seen = ids.gather(1, order), mask.gather(1, order)
    done, columns = torch.zeros(len(ids)).bool(), []
    while len(columns) < max_new and not done.all():
        places = (seen.cumsum(1) - 1).clamp(0)
        logits = model(text, attention_mask=seen, position_ids=places).logits
        new = torch.where(done, pad, logits[:, -1].max(-1).indices)
        done = torch.logical_or(done, new == eos)
        columns.append(new)
        text = torch.cat([text, new[:, None]], 1)
        seen = torch.nn.functional.pad(seen, (0, 1), value=1)
    return torch.cat([ids, torch.stack(columns, 1)], 1)
