"""Wrong answers about language models and reading tasks that once passed, or were called wrongly.

Owns: their sources, and what is to be said of each. "" is no name: what its author would not
recognise must not be said.
"""

import pytest
import torch
from answers import written

from autograder.exercise import exercises
from autograder.judge import judge

SETUP = {
    "bigram_probs": "    counts = torch.full((V, V), float(k))\n",
    "cross_entropy": (
        "    paid = target != ignore_index\n    safe = target.masked_fill(~paid, 0)\n"
        "    logp = logits.log_softmax(1)\n"
    ),
}
SHARED = (
    "    total = counts.sum(1, keepdim=True)\n    return counts / total.where(total > 0, 1.0)\n"
)
REDUCED = (
    '    return nll if reduction == "none" else nll.sum() if reduction == "sum" else '
    "nll.sum() / paid.sum()\n"
)
SCORED = "    real = (mask[:, 1:] * mask[:, :-1]).bool()\n"
SPANS = """    T = len(start)
    spans = [(p[s] * q[e], s, e) for s in range(T) for e in range(s, min(s + max_len, T))
             if context_mask[s : e + 1].all()]
    chance, s, e = max(spans, key=lambda span: span[0].item())
    return s, e, chance.item()
"""
HEAD = '    real = mask.bool()\n    if mode == "{}":\n        return {}\n' + (
    "    rows = [h[m] for h, m in zip(hidden, real)]\n"
    '    pick = {{"first": lambda r: r[0], "last": lambda r: r[-1], "mean": lambda r: r.mean(0)}}\n'
    "    return torch.stack([pick[mode](r) for r in rows])\n"
)
WRONG = [  # exercise, body, name
    ("softmax", "    e = (x - x.max(dim).values).exp()\n    return e / e.sum(dim, keepdim=True)",
     "axis_of_the_largest_dropped"),
    ("softmax", "    e = (x - x.max(dim, keepdim=True)).exp()\n    return e / e.sum(dim, keepdim=True)",
     "largest_with_its_place"),
    ("softmax", "    return x.exp() / x.sum()", "divided_by_all_scores"),
    ("softmax", "    e = (x - x.mean(dim, keepdim=True)).exp()\n    return e / e.sum(dim, keepdim=True)",
     "mean_away"),
    ("softmax", "    if x.dim() > 2: raise ValueError(dim)\n"
     "    return (x - x.logsumexp(dim, True)).exp()", ""),
    ("bigram_probs", "    for d in tokens:\n        for a, b in set(zip(d, d[1:])):\n"
     "            counts[a, b] += 1\n" + SHARED, "once_per_document"),
    ("bigram_probs", "    for a, b in {p for d in tokens for p in pairwise(d)}:\n"
     "        counts[a, b] += 1\n" + SHARED, "seen_or_not"),
    ("bigram_probs", "    for d in tokens:\n        for i in range(len(d)):\n"
     "            counts[d[i], d[i + 1]] += 1\n" + SHARED, "off_the_end"),
    ("cross_entropy", "    target[~paid] = 0\n    nll = -logp.gather(1, target[:, None])[:, 0]\n"
     "    nll = nll.where(paid, 0.0)\n" + REDUCED, ""),
    ("cross_entropy", "    hot = F.one_hot(target, logits.shape[1])\n"
     "    nll = -(logp * hot).sum(1) * paid\n" + REDUCED, "one_hot_of_all"),
    ("cross_entropy", "    nll = -logp.gather(1, safe[:, None]) * paid\n" + REDUCED,
     "column_times_a_row"),
    ("cross_entropy", "    nll = -logp.gather(1, safe[:, None])[:, 0]\n    if reduction == 'none':\n"
     "        return nll\n    nll = nll[paid]\n" + REDUCED, "none_not_zeroed"),
    ("cross_entropy", "    nll = -logp.gather(1, safe[:, None])[paid]\n" + REDUCED,
     "rows_dropped_axis_left"),
    ("cross_entropy", "    paid = target >= 0\n    nll = -logp.gather(1, target.clamp(min=0)[:, None])"
     "[:, 0].where(paid, 0.0)\n" + REDUCED, "always_minus_100"),
    ("cross_entropy", "    nll = -logp.gather(1, target.clamp(min=0)[:, None])[:, 0].where(paid, 0.0)\n"
     + REDUCED, "target_clamped"),
    ("bigram_probs", "    counts -= k\n    for d in tokens:\n        for a, b in zip(d, d[1:]):\n"
     "            counts[a, b] += 1\n" + SHARED.rstrip() + " + k", "k_after_the_division"),
    ("bigram_probs", "    flat = sum(tokens, [])\n    for a, b in zip(flat, flat[1:]):\n"
     "        counts[a, b] += 1\n" + SHARED, "across_documents"),
    ("sequence_log_prob", SCORED + "    each = logits.log_softmax(-1)[:, :-1, ids[:, 1:]]\n"
     "    return each.where(real, 0.0).sum(1)", "every_place_with_all_ids"),
    ("cosine_similarity_matrix", "    return torch.einsum('id,jd->ij', X, Y)", "dot_products"),
    ("sequence_log_prob", "    each = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]\n"
     "    return (each * mask).sum(1)", "no_shift"),
    ("sequence_log_prob", SCORED + "    each = logits[:, :-1].log_softmax(-1)"
     ".gather(-1, ids[:, 1:, None]).squeeze()\n    return each.where(real, 0.0).sum(-1)", "squeezed"),
    ("sequence_log_prob", "    each = logits[:, :-1].log_softmax(-1)"
     ".gather(-1, ids[:, 1:, None])[..., 0]\n"
     "    real = mask[:, :-1] if mask[0, 0] == 0 else mask[:, 1:]\n    return (each * real).sum(1)", ""),
    ("token_nll", SCORED + "    labels = ids[:, 1:]\n    labels[~real] = -100\n    nll = F.cross_entropy("
     "logits[:, :-1].flatten(0, 1), labels.flatten(), reduction='sum')\n    return nll, int(real.sum())",
     ""),
    ("perplexity", "    each = [math.exp(s / n) for s, n in zip(nll_sums, n_tokens) if n]\n"
     "    return sum(each) / len(each)", "mean_of_the_ppl_that_are"),
    ("sequence_head", HEAD.format("mean", "(hidden * mask.unsqueeze(1)).sum(1) / mask.sum(1, True)"),
     "mask_without_its_axis"),
    ("sequence_head", "    hidden[mask == 0] = 0\n"
     + HEAD.format("mean", "hidden.sum(1) / mask.sum(1, True)"), ""),
    ("mean_pool", "    total = (hidden * mask[..., None]).sum(1)\n"
     "    return F.normalize(total, dim=-1).squeeze()", "squeezed"),
    ("align_ner_labels", "    return [-100, *(-100 if b is None or a == b else word_labels[b]\n"
     "                    for a, b in zip(word_ids, word_ids[1:]))]", "first_token_for_special"),
    ("decode_bio", "    out = []\n    for i, tag in enumerate(tags):\n        kind = tag.lstrip('BI-')\n"
     "        if tag[0] == 'I' and out and out[-1][0] == kind and out[-1][2] == i:\n"
     "            out[-1] = (kind, out[-1][1], i + 1)\n        elif tag != 'O':\n"
     "            out.append((kind, i, i + 1))\n    return out", "letters_stripped"),
    ("best_answer_span", "    start[~context_mask] = end[~context_mask] = float('-inf')\n"
     "    p, q = start.softmax(0), end.softmax(0)\n" + SPANS, ""),
    ("best_answer_span", "    p, q = (x.masked_fill(~context_mask, -1e3).softmax(0) for x in "
     "(start, end))\n" + SPANS, ""),
    ("best_answer_span", "    p, q = (x.masked_fill(~context_mask, float('-inf')).softmax(0) for x in "
     "(start, end))\n    context_mask = torch.ones(len(p))\n" + SPANS, "jumps_the_question"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "cause"), WRONG)
@pytest.mark.parametrize("seed", [0, 2024])
def test_it_loses_points_and_is_called_what_it_is(name, body, cause, seed):
    """Does this wrong answer lose points, and is it told the cause that is true of it?"""
    exercise = exercises()[name]
    source = f"{exercise.signature}\n{SETUP.get(name, '')}{body}\n"
    found = judge(exercise, written(exercise, source), seed, source)
    assert found.earned < exercise.points
    assert found.names == ([cause] if cause else [])


def test_the_likeliest_span_ends_behind_its_start():
    """Is the span from the best start to the best end found, where it is short enough?"""
    find = exercises()["best_answer_span"].reference
    start, end = torch.tensor([5.0, 0.0, 0.0]), torch.tensor([0.0, 5.0, 0.0])
    assert find(start, end, torch.ones(3, dtype=torch.bool), 3)[:2] == (0, 1)


def test_twice_the_precision_is_right_where_no_dtype_is_asked_for():
    """May an answer choose its own precision, where no argument brings one along?"""
    exercise = exercises()["bigram_probs"]
    counting = (
        "    for d in tokens:\n        for a, b in pairwise(d):\n            counts[a, b] += 1\n"
    )
    body = SETUP["bigram_probs"] + "    counts = counts.double()\n" + counting + SHARED
    found = judge(exercise, written(exercise, f"{exercise.signature}\n{body}"))
    assert found.earned == exercise.points
