"""Checks and misconceptions for `decode_roofline`."""

import torch

from autograder.exercise import Exercise

# an A100 with 80 GB: 2,039 GB a second and 312 TFLOP a second in 16 bits
LLAMA_2 = {
    "params": 6_738_415_616, "bytes": 2, "bw": 2.039e12, "peak": 312e12, "B": 1, "T": 1000,
    "kv_token_bytes": 524_288,
}  # fmt: skip


def chips(g):
    def some(low, high):
        return torch.randint(low, high, (), generator=g).item()

    n = 1000 * some(3, 9)
    return {
        "one token is read": (n, 2, 1e6, 1e9, 1, 1, 8),
        "moving takes longer in both phases": (n, 2, 1e5, 1e9, 2, 3, 40),
        "prefill computes for longer than it moves": (n, 2, 1e6, 1e8, 1, 64, 16),
        "so many texts are written that decoding computes for longer, too": (
            n, 1, 1e7, 1e8, 900, 3, 2,
        ),
        "the caches are larger than the weights": (n, 2, 1e6, 1e9, 30, 50, 4 * some(20, 60)),
        "the sizes are drawn": (
            10 * n + some(1, 99), 4, 1e6 * some(2, 9), 1e8 * some(11, 19), some(2, 6), some(70, 99),
            some(100, 900),
        ),
        "Llama 2 answers a prompt of 1,000 tokens": tuple(LLAMA_2.values()),
    }  # fmt: skip


def as_long(reference):
    prefill, decode = reference(**LLAMA_2)
    return prefill / decode


roofline = Exercise(
    "prefill_and_decode.decode_roofline", kind="predict",
    title="What a token has to wait for", needs=("kv_cache_bytes",),
    points=2, difficulty=2, minutes=20, examples=chips,
    question="Llama 2 reads a single prompt of 1,000 tokens on an A100. How many tokens of the answer "
    "can it write in the time that reading took?",
    unit="tokens", counted=as_long,
)  # fmt: skip


@roofline.oracle("torch.utils.flop_counter.FlopCounterMode, and nbytes on the meta device")
def _(params, bytes, bw, peak, B, T, kv_token_bytes):
    from torch.utils.flop_counter import FlopCounterMode

    dtype = {1: torch.int8, 2: torch.bfloat16, 4: torch.float32}[bytes]
    weights = torch.empty(params, 1, dtype=dtype, device="meta")
    cache = torch.empty(B, T, kv_token_bytes, dtype=torch.int8, device="meta")
    moving = (weights.nbytes + cache.nbytes) / bw
    seconds = []
    for tokens in (B * T, B):
        x = torch.empty(tokens, params, dtype=dtype, device="meta")
        with FlopCounterMode(display=False) as counter:
            x @ weights
        seconds.append(max(moving, counter.get_total_flops() / peak))
    return tuple(seconds)


def times(answer, **changes):
    told = {"params": 10**6, "bytes": 2, "bw": 1e9, "peak": 1e11, "B": 1, "T": 500,
            "kv_token_bytes": 100} | changes  # fmt: skip
    prefill, decode = answer(*told.values())
    assert 0 < decode < float("inf")
    assert 0 < prefill < float("inf")
    return prefill, decode


def near(got, wanted):
    return abs(got - wanted) <= 1e-6 * abs(wanted)


@roofline.claim("a chip that computes faster reads a prompt faster, and writes no faster")
def _(answer):
    slow, fast = times(answer), times(answer, peak=1.2e11)
    assert near(slow[0] / fast[0], 1.2)
    assert near(slow[1], fast[1])


@roofline.claim("a chip that moves faster writes faster, and reads a long prompt no faster")
def _(answer):
    slow, fast = times(answer), times(answer, bw=1.5e9)
    assert near(slow[0], fast[0])
    assert near(slow[1] / fast[1], 1.5)


@roofline.claim("texts that are written together share the weights and not the caches")
def _(answer):
    one, many = times(answer)[1], times(answer, B=8)[1]
    assert near(many - one, 7 * 500 * 100 / 1e9)
    assert near(times(answer, B=8, kv_token_bytes=0)[1], times(answer, kv_token_bytes=0)[1])


@roofline.claim("with no more than one token of a prompt both phases take as long")
def _(answer):
    for changes in ({}, {"peak": 1e8}, {"B": 40}):
        prefill, decode = times(answer, T=1, **changes)
        assert near(prefill, decode)
    prefill, decode = times(answer, T=2, peak=1e8)
    assert near(prefill, 2 * decode)


BOTH = "max(moving, 2 * params * B * T / peak), max(moving, 2 * params * B / peak)"

roofline.slip(
    BOTH, BOTH.replace("2 *", "6 *"), name="six_n",
    seen="Where moving takes longer it is right. How many operations does one weight need for one "
    "token?",
    why="Six operations for each weight are counted. That is the rule for *training*, where going "
    "back costs twice as much as going forward. Here there is only forward: one multiplication and "
    "one addition.",
)  # fmt: skip
roofline.slip(
    BOTH, BOTH.replace("2 *", "1 *"), name="one_n",
    seen="Where moving takes longer it is right. What is done with one weight for one token?",
    why="One operation for each weight is counted. There are two: it is multiplied, and the product "
    "is added.",
)  # fmt: skip
roofline.slip(
    "params * bytes + B * T", "B * params * bytes + B * T", name="weights_per_request",
    seen="Right for one text. How often is a weight moved for two texts that are written together?",
    why="The weights are moved once for each text here. Texts that are written together share them: "
    "a weight comes once and serves all. That is why batching pays.",
)  # fmt: skip
roofline.slip(
    "(params * bytes + B * T * kv_token_bytes)", "params * bytes", name="kv_ignored",
    seen="Where the caches are small it is nearly right. What is moved besides the weights?",
    why="Only the weights are moved here. Each step of writing also reads the whole cache, and prefill "
    "writes it.",
)  # fmt: skip
roofline.slip(
    "max(moving, 2 * params * B / peak)", "max(params * bytes / bw, 2 * params * B / peak)",
    name="cache_not_read",
    seen="Prefill is right. What does a new token look at, and where does that lie?",
    why="A step of writing moves only the weights here. Its token attends to all tokens before it, so "
    "their keys and values have to come from memory, too.",
)  # fmt: skip
roofline.slip(
    "max(moving, 2 * params * B * T / peak)", "max(params * bytes / bw, 2 * params * B * T / peak)",
    name="cache_not_written",
    seen="Decoding is right. What does prefill leave in memory?",
    why="Prefill moves only the weights here. It also writes the keys and values of all its tokens to "
    "memory: that is the cache.",
)  # fmt: skip
roofline.slip(
    BOTH, "max(moving, 2 * params * B / peak), max(moving, 2 * params * B * T / peak)",
    name="other_order",
    seen="Both numbers are right. Which of them comes first?",
    why="The two times have changed places. The time of prefill comes first.",
)  # fmt: skip
roofline.slip(
    "B * T * kv_token_bytes", "T * kv_token_bytes", name="one_cache",
    seen="Right for one text. Do texts share a cache?",
    why="One cache serves all texts here. They share the weights, but each has a cache of its own.",
)  # fmt: skip
roofline.slip(
    BOTH, "moving + 2 * params * B * T / peak, moving + 2 * params * B / peak", name="one_after_another",
    seen="Close, and always too long. Does the chip stop computing while it moves numbers?",
    why="The two times are added here. The chip moves and computes at the same time, so whichever "
    "takes longer is the time.",
)  # fmt: skip
roofline.slip(
    BOTH, BOTH.replace("max", "min"), name="the_shorter",
    seen="Two things have to be done. When is the second of them done?",
    why="The shorter of the two times is taken. A phase is over when both are done: the longer one.",
)  # fmt: skip
roofline.slip(
    "max(moving, 2 * params * B / peak)", "max(moving, 2 * params * B * T / peak)",
    name="decode_computes_all",
    seen="Prefill is right. For how many tokens does one step of writing compute?",
    why="A step of writing computes all tokens again here. That is what it is without a cache. With "
    "one it computes one token of each text.",
)  # fmt: skip
roofline.slip(
    BOTH, "2 * params * B * T / peak, moving", name="each_its_own",
    seen="Right where prefill computes and decoding moves. Is it always so?",
    why="Prefill is taken to be bound by computing, and decoding by moving. That is common, and not "
    "always so: a short prompt waits for the weights as well, and very many texts at once compute for "
    "longer than they move.",
)  # fmt: skip
roofline.slip(
    BOTH, "max(moving, 2 * params * B * T / peak), T * max(moving, 2 * params * B / peak)",
    name="all_steps",
    seen="Prefill is right. How many steps of writing are asked for?",
    why="The second time is that of T steps. One step is asked for.",
)  # fmt: skip
roofline.slip(
    BOTH, BOTH.replace(" * B * T /", " * T /").replace(" * B /", " /"), name="computes_for_one",
    seen="Right for one text. Is the work of computing shared, like the weights?",
    why="Computing is counted for one text. Weights are moved once for all, but each text's tokens "
    "have to be multiplied with them.",
)  # fmt: skip
roofline.slip(
    BOTH, BOTH.replace("2 *", "bytes *"), name="bytes_operations",
    seen="Right where a weight has two bytes. What does a chip do with one weight for one token?",
    why="Operations are counted by the bytes of a weight here. A weight is multiplied once and the "
    "product is added once, which makes two operations, however many bytes the weight has.",
)  # fmt: skip
roofline.slip(
    BOTH, BOTH.replace("2 * params * B / peak", "2 * params / peak"), name="step_computes_for_one",
    seen="Prefill is right. For how many texts does one step of writing compute?",
    why="A step of writing computes for one text here. It writes one token of each of the B texts, and "
    "each of these tokens has to be multiplied with all weights.",
)  # fmt: skip
roofline.slip(
    "moving = (params * bytes + B * T * kv_token_bytes) / bw\n    return " + BOTH,
    "moving = (params * bytes + B * T * kv_token_bytes) / peak\n    return "
    + BOTH.replace("/ peak", "/ bw"),
    name="speeds_exchanged",
    seen="The amounts may be right. How many bytes does the chip move in a second, and how many "
    "operations does it do?",
    why="The two speeds have changed places: bytes are divided by `peak`, and operations by `bw`. "
    "`bw` says how many bytes a second are moved, and `peak` how many operations a second are done.",
)  # fmt: skip
roofline.slip(
    "moving = (params * bytes + B * T * kv_token_bytes) / bw",
    "moving = max(params * bytes, B * T * kv_token_bytes) / bw", name="weights_or_caches",
    seen="Close, and never too long. Do weights and caches come at the same time?",
    why="The longest of three times is taken here: for weights, caches and computing. Moving and "
    "computing go on at the same time. But weights and caches share one way from memory, so their "
    "bytes are added.",
)  # fmt: skip


@roofline.alternative
def by_intensity(params, bytes, bw, peak, B, T, kv_token_bytes):
    moved = params * bytes + kv_token_bytes * T * B

    def seconds(tokens):
        flops = 2 * params * tokens
        bound_by_memory = flops / moved < peak / bw
        return moved / bw if bound_by_memory else flops / peak

    return seconds(B * T), seconds(B)
