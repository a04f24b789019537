"""Small answers on which the judge once said something untrue, of tensors and pipelines.

Owns: the chapters from text to tensors, pipelines, self-attention and the two before them.
"""

import pytest
from answers import written

from autograder.exercise import exercises
from autograder.judge import judge

CLASSIFY = """
def classify_text(texts, tokenizer, model):
    model.eval()
    made = tokenizer(texts, padding=True, truncation=True, return_tensors="pt"{told})
    rows = model({given}).logits.softmax(dim=-1)
    names = model.config.id2label
    return [{{"label": names[int(row.argmax())], "score": float(row.max())}} for row in rows]
"""
ALL = "**made"
MOST = ", max_length=model.config.max_position_embeddings"
ATTENTION = """
def scaled_dot_product_attention(q, k, v, mask):
    scores = {scores} / q.shape[-1] ** 0.5
    if {mask}:
        {before}
        scores = scores.masked_fill(~mask, float("-inf"))
    {weights}
    return weights.masked_fill(scores.isneginf(), 0.0) @ v
"""
PLAIN = {
    "scores": "q @ k.transpose(-2, -1)", "mask": "mask is not None", "before": "pass",
    "weights": "weights = scores.softmax(-1)",
}  # fmt: skip
UNDER_NO_GRAD = """with torch.set_grad_enabled(mask is None and torch.is_grad_enabled()):
        weights = scores.softmax(-1)"""
PAIR = """
def encode_pair(a, b, max_len, cls, sep, pad):
    {first}
    if b is None:
        while len(a) > max_len - 2:
            a.pop()
    else:
        b, tie = list(b), len(a) <= len(b)
        while len(a) + len(b) > max_len - 3:
            longer = (a if tie else b) if len(a) == len(b) else max(a, b, key=len)
            longer.pop()
    ids = {ids}
    types = [0] * len(ids)
    if b is not None:
        ids, types = ids + b + [sep], types + [1] * (len(b) + 1)
    fill = max_len - len(ids)
    return ids + [pad] * fill, types + [0] * fill, [1] * len(ids) + [0] * fill
"""
COPY, CLOSED = "a = list(a)", "[cls, *a, sep]"
BATCH = """
def pad_batch(seqs, pad, side):
    T = max(map(len, seqs))
    mask = torch.tensor([[0] * (T - len(s)) + [1] * len(s) if side == "left"
                         else [1] * len(s) + [0] * (T - len(s)) for s in seqs])
    rows = []
    for s in seqs:
        {copy}
        while len(s) < T:
            s.insert(0, pad) if side == "left" else s.append(pad)
        rows.append(s)
    ids = torch.tensor(rows)
    return ids, mask, (mask.cumsum(1) - 1).masked_fill(mask == 0, 0)
"""
CACHED = """
KEPT = {{}}


def causal_mask(Tq, Tk):
    if (Tq, Tk) not in KEPT:
        KEPT[Tq, Tk] = torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)
    return KEPT[Tq, Tk]{copy}
"""
FLAT = """
def bert_embed(ids, type_ids, Wt, Ws, Wp, gamma, beta):
    B, T = ids.shape
    tokens = Wt.index_select(0, ids.{flat}(-1)).view(B, T, -1)
    return F.layer_norm(tokens + Ws[type_ids] + Wp[:T], Wt.shape[1:], gamma, beta, eps=1e-12)
"""
RIGHT = {
    "causal_mask": [CACHED.format(copy=".clone()")],
    "bert_embed": [FLAT.format(flat="reshape")],
    "classify_text": [
        CLASSIFY.format(told=told, given=given)
        for told, given in (
            ("", ALL), (MOST, ALL), (", return_attention_mask=True", ALL),
            (", max_length=model.config.max_position_embeddings, return_token_type_ids=True", ALL),
            (", max_length=tokenizer.model_max_length", "made['input_ids'], return_dict=True, "
             "token_type_ids=made.token_type_ids, attention_mask=made.attention_mask"),
        )
    ],
    "scaled_dot_product_attention": [ATTENTION.format(**PLAIN)],
    "encode_pair": [PAIR.format(first=COPY, ids=CLOSED)],
    "pad_batch": [BATCH.format(copy="s = list(s)")],
}  # fmt: skip
WRONG = {
    "causal_mask": [CACHED.format(copy="")],
    "bert_embed": [FLAT.format(flat="view")],
    "classify_text": [
        CLASSIFY.format(told=", max_length=512", given=ALL),
        CLASSIFY.format(told="", given="made['input_ids'], made['attention_mask']"),
        CLASSIFY.format(told=", return_token_type_ids=False", given=ALL),
        CLASSIFY.format(told="", given=ALL).replace("softmax(dim=-1)", "softmax(dim=-1).numpy()"),
    ],
    "scaled_dot_product_attention": [
        ATTENTION.format(**PLAIN | {"before": "mask[~mask.any(-1)] = True"}),
        ATTENTION.format(**PLAIN | {"weights": UNDER_NO_GRAD}),
    ],
    "encode_pair": [
        PAIR.format(first="pass", ids=CLOSED),
        PAIR.format(first=COPY, ids="[cls, *a, sep] if a else [cls]"),
    ],
    "pad_batch": [BATCH.format(copy="pass")],
}
CAUSES = [  # exercise, code, the cause that is true of it, or "" where none may be said
    (
        "zero_shot_scores",
        "def zero_shot_scores(nli_logits, entail, contra, multi_label):\n"
        "    return nli_logits[:, entail].softmax(dim=0)\n",
        "whatever `multi_label` says",
    ),
    (
        "scaled_dot_product_attention",
        ATTENTION.format(**PLAIN | {"scores": "q @ k.transpose(0, 1)"}),
        "Only the last two change places",
    ),
    (
        "scaled_dot_product_attention",
        ATTENTION.format(**PLAIN | {"mask": "mask"}),
        "asks a tensor for one True or False",
    ),
    (
        "classify_text",
        CLASSIFY.format(told=", max_length=512", given=ALL),
        "A fixed `max_length`, such as 512",
    ),
]


def cases(table):
    return [pytest.param(name, source, id=f"{name}-{number}")
            for name, sources in table.items() for number, source in enumerate(sources)]  # fmt: skip


def verdict_on(name, source, seed=0):
    exercise = exercises()[name]
    return judge(exercise, written(exercise, source), seed, source)


@pytest.mark.parametrize(("name", "source"), cases(RIGHT))
def test_what_is_right_earns_everything(name, source):
    """Does an answer that is right in an unusual way earn all points?"""
    for seed in (0, 5):
        assert verdict_on(name, source, seed).right


@pytest.mark.parametrize(("name", "source"), cases(WRONG))
def test_what_is_wrong_does_not(name, source):
    """Does a mistake that was once overlooked lose points?"""
    for seed in (0, 5):
        assert not verdict_on(name, source, seed).right


def test_nothing_is_said_of_a_transposition_that_is_not_there():
    """Is code without `.T` told nothing of it, where `einsum` has too few axes?"""
    source = ATTENTION.format(**PLAIN | {"scores": "torch.einsum('qd,kd->qk', q, k)"})
    found = verdict_on("scaled_dot_product_attention", source)
    assert not found.right
    assert found.why == []


@pytest.mark.parametrize("nothing", ["[]", "''", "{}"])
def test_nothing_fulfils_no_claim(nothing):
    """Does an answer that gives nothing earn nothing, although a claim holds of all of it?"""
    source = f"def classify_text(texts, tokenizer, model):\n    return {nothing}\n"
    found = verdict_on("classify_text", source)
    assert (found.earned, found.holds) == (0, [])


def test_what_an_answer_keeps_is_as_it_was():
    """Is a tensor that a notebook still uses unharmed by the question whether it is kept?"""
    exercise = exercises()["causal_mask"]
    answer = written(exercise, CACHED.format(copy=""))
    assert "A second call gives the same tensor" in " ".join(judge(exercise, answer).notes)
    kept = answer._room.session.namespace["KEPT"]
    assert all(mask.equal(exercise.reference(*sizes)) for sizes, mask in kept.items())


@pytest.mark.parametrize(("name", "source", "cause"), CAUSES)
def test_a_cause_is_true_of_the_code(name, source, cause):
    """Is no cause told that the code beside it contradicts?"""
    assert cause in " ".join(verdict_on(name, source).why)


def test_two_mistakes_send_back_to_both_sections():
    """Are the headings of both causes named, where each has one of its own?"""
    source = ATTENTION.format(**PLAIN).replace("q.shape", "v.shape").replace("~mask", "mask")
    found = verdict_on("scaled_dot_product_attention", source)
    assert found.names == ["scale_by_values", "mask_inverted"]
    assert found.reread == "Why the root” and “A hidden score is not zero"


@pytest.mark.parametrize("name", ["row_shares", "zero_shot_scores"])
def test_the_first_argument_fulfils_no_claim(name):
    """Does an answer that hands its input back fulfil no claim?"""
    parameters = ", ".join(exercises()[name].parameters)
    first = exercises()[name].parameters[0]
    source = f"def {name}({parameters}):\n    return {first}\n"
    told = verdict_on(name, source)
    teaching = {claim.sentence for claim in exercises()[name].claims if not claim.universal}
    assert not teaching & set(told.holds)
