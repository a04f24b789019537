"""More misconceptions about `beam_search`: which texts go on, and what an end mark ends."""

from autograder.checks.stopping_and_beams.beam_search import beams

LIVE = "live = [beam for beam in grown if beam[1][-1] != eos][:W]\n"

beams.slip(
    LIVE, "live = [beam for beam in grown[:W] if beam[1][-1] != eos]\n", name="ends_take_places",
    seen="One of the best W has ended. How many texts go on?",
    why="A text that ends takes a place from those that go on here, so that fewer than W go on. It is "
    "put aside, and the best W of the others go on.",
)  # fmt: skip
beams.slip(
    LIVE, LIVE.replace("[:W]", "[: max(0, W - len(finished))]"), name="fewer_with_each_end",
    seen="One text has been put aside. With how many beams does the search go on?",
    why="With each finished text the search goes on with one beam fewer here, as some libraries do. "
    "In this task W texts go on in every step.", convention=True,
)  # fmt: skip
beams.slip(
    LIVE, LIVE + "        if grown[0][1][-1] == eos:\n            break\n", name="best_end_ends",
    seen="A finished text is ahead of all others. Could another one still get a better score?",
    why="The search is over here before `max_new` steps are done, because a finished text is ahead. "
    "Where the sum is divided by the length, a longer text can still win.",
)  # fmt: skip
beams.slip(
    "    live, finished = [(0.0, [])], []\n",
    "    if prompt[-1] == eos:\n        return list(prompt), 0.0\n"
    "    live, finished = [(0.0, [])], []\n", name="prompt_is_over",
    seen="The prompt ends with the end mark. Has the new text ended?",
    why="A prompt that ends with the mark is taken for a finished text here. Many prompts are nothing "
    "but that mark: what has been written since decides.",
)  # fmt: skip
beams.slip(
    "/ len(beam[1]) ** alpha", "/ ((5 + len(beam[1])) / 6) ** alpha", name="wu_penalty",
    seen="The right texts are compared. What is raised to the power of alpha?",
    why="This is the length penalty of Google's translator (Wu et al. 2016), ((5 + n) / 6) ** alpha. "
    "Here it is n ** alpha, n being the number of new ids.", convention=True,
)  # fmt: skip


@beams.misconception(
    seen="Among all texts that end or go on, which ones compete for the W places of the next step?",
    why="Finished texts keep their places among the W here, and lose them to likelier texts. They are "
    "put aside once and for all; only texts that go on compete.",
)
def one_pool(logp_fn, prompt, W, max_new, eos, alpha):
    beams_now = [(0.0, [])]
    for _ in range(max_new):
        grown = []
        for total, new in beams_now:
            if new and new[-1] == eos:
                grown.append((total, new))
                continue
            logps = logp_fn([*prompt, *new]).tolist()
            grown += [(total + logp, [*new, token]) for token, logp in enumerate(logps)]
        beams_now = sorted(grown, key=lambda beam: beam[0], reverse=True)[:W]

    def score(beam):
        return beam[0] / len(beam[1]) ** alpha

    best = max(beams_now, key=score)
    return [*prompt, *best[1]], score(best)


@beams.misconception(
    seen="How many tokens of one beam may be needed, if the end mark is one of its best W?",
    why="Only the W likeliest tokens of each beam are looked at here. If the end mark is one of them, "
    "W - 1 remain to go on. Take W + 1 of each, or all.",
)
def topk_of_each(logp_fn, prompt, W, max_new, eos, alpha):
    live, finished = [(0.0, [])], []
    for _ in range(max_new):
        grown = []
        for total, new in live:
            logps = logp_fn([*prompt, *new])
            values, tokens = logps.topk(min(W, len(logps)))
            pairs = zip(values.tolist(), tokens.tolist(), strict=True)
            grown += [(total + logp, [*new, token]) for logp, token in pairs]
        grown.sort(key=lambda beam: beam[0], reverse=True)
        finished += [beam for beam in grown[:W] if beam[1][-1] == eos]
        live = [beam for beam in grown if beam[1][-1] != eos][:W]

    def score(beam):
        return beam[0] / len(beam[1]) ** alpha

    best = max(finished + live, key=score)
    return [*prompt, *best[1]], score(best)


@beams.misconception(
    seen="Which W texts go on: the best of all, or the best of each beam?",
    why="Each beam keeps its own best child here. All children compete together, and one beam may "
    "have several of the best W.",
)
def per_beam_topk(logp_fn, prompt, W, max_new, eos, alpha):
    first = sorted(enumerate(logp_fn(prompt).tolist()), key=lambda each: -each[1])
    finished = [(logp, [token]) for token, logp in first[:W] if token == eos]
    live = [(logp, [token]) for token, logp in first if token != eos][:W]
    for _ in range(max_new - 1):
        grown = []
        for total, new in live:
            logps = logp_fn([*prompt, *new]).tolist()
            token = max(range(len(logps)), key=logps.__getitem__)
            grown.append((total + logps[token], [*new, token]))
        finished += [beam for beam in grown if beam[1][-1] == eos]
        live = [beam for beam in grown if beam[1][-1] != eos]

    def score(beam):
        return beam[0] / len(beam[1]) ** alpha

    best = max(finished + live, key=score)
    return [*prompt, *best[1]], score(best)
