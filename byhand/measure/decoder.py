"""The phenomena of the decoders: town-gpt, its one-layer sibling and the drafter.

Every function takes (model, tokenizer) and gives {what: number}. Accuracies are those of greedy
decoding: what stands there is what the model would have written.
"""

from collections import defaultdict

import torch

from byhand.measure.scoring import choices, fitting, mean, sample, scored
from byhand.town import WORLD
from byhand.town.archive import ASKS
from byhand.town.words import EVEN_JOBS, LEANING


def floor(model, tokenizer, n: int = 1000) -> dict[str, float]:
    """Nats a document, its end included, beside both floors on the very same documents."""
    read = fitting(tokenizer, sample(n=n))
    paid = [s.nats.sum().item() for s in scored(model, tokenizer, [d.text for d in read])]
    known, unknown = mean(d.known for d in read), mean(d.unknown for d in read)
    tokens = mean(len(tokenizer.backend_tokenizer.encode(d.text).ids) + 1 for d in read)
    result = {
        "nats a document": mean(paid),
        "floor, facts known": known,
        "floor, facts unknown": unknown,
        "above the floor with facts known": mean(paid) / known - 1,
        "nats a token": mean(paid) / tokens,
    }
    kinds = defaultdict(list)
    for document_, nats in zip(read, paid, strict=True):
        kinds[document_.kind].append((nats, document_.known))
    for kind, pairs in sorted(kinds.items()):
        result[f"nats above the floor: {kind}"] = mean(a - b for a, b in pairs)
    return result


def agreement(model, tokenizer, n: int = 900) -> dict[str, float]:
    """In stories: how often the right verb is likelier than the wrong one, by nouns in between."""
    cut, twins, info = [], [], []
    for d in sample("story", n):
        for c in d.choices:
            if c.name == "agreement":
                cut.append(d.text[: c.end])
                twins.append(d.text[: c.start] + c.other[0])
                info.append((c.start, c.info))
    places = [len(tokenizer.backend_tokenizer.encode(text).ids) < 250 for text in cut]
    cut, twins, info = ([x for x, fits in zip(xs, places, strict=True) if fits]
                        for xs in (cut, twins, info))  # fmt: skip
    hits, opposed, excess = defaultdict(list), defaultdict(list), []
    for right, wrong, (start, (between, opposing)) in zip(
        scored(model, tokenizer, cut), scored(model, tokenizer, twins), info, strict=True
    ):
        paid = right.nats_at(start, len(right.text))
        better = paid < wrong.nats_at(start, len(wrong.text))
        hits[between].append(better)
        opposed[opposing].append(better)
        excess.append(paid)
    result = {f"right verb, {k} nouns between": mean(v) for k, v in sorted(hits.items())}
    result |= {f"right verb, {k} of them of the other number": mean(v)
               for k, v in sorted(opposed.items())}  # fmt: skip
    return result | {"nats at the verb": mean(excess)}


def induction(model, tokenizer, n: int = 400) -> dict[str, float]:
    """An invented name is new at its first mention, and copied at its second."""
    first, second = [], []
    stories = [d for d in sample("story", n) if any(c.name == "syllable" for c in d.choices)]
    for d, s in zip(*both(model, tokenizer, stories), strict=True):
        syllables = [c for c in d.choices if c.name == "syllable"]
        for name in {d.text[c[0] : c[1]] for c in joined(syllables)}:
            at = [i for i in range(len(d.text)) if d.text.startswith(name, i)]
            if len(at) > 1:
                first.append(s.nats_at(at[0], at[0] + len(name)))
                # which of the people comes next is a choice; the rest of the name is not
                inner = s.at(at[1], at[1] + len(name))[1:]
                second.append(s.nats[inner].sum().item())
    return {
        "first mention, nats": mean(first),
        "second mention after its first token, nats": mean(second),
    }


def joined(syllables):
    """Runs of syllables that touch, as (start, end)."""
    runs = []
    for choice in syllables:
        if runs and runs[-1][1] == choice.start:
            runs[-1][1] = choice.end
        else:
            runs.append([choice.start, choice.end])
    return runs


def both(model, tokenizer, read):
    read = fitting(tokenizer, read)
    return read, scored(model, tokenizer, [d.text for d in read])


def memory(model, tokenizer) -> dict[str, float]:
    """Facts about citizens nobody asks about in training, by how often an epoch states them."""
    hits, sure, nobody = defaultdict(list), defaultdict(list), defaultdict(list)
    for citizen in WORLD.citizens:
        if citizen.asked:
            continue
        told = f"The town register says: {citizen.name} likes {citizen.colour} best."
        (s,) = scored(model, tokenizer, [told])
        hits[citizen.exposure].append(s.right_at(told.rindex(" likes ") + 7, told.rindex(" best")))
        asked = f"Question: {ASKS['colour'].format(citizen.name)}\nAnswer:"
        answer, p = written(model, tokenizer, asked)
        sure[citizen.exposure].append(p)
        nobody[citizen.exposure].append(answer.strip().startswith("nobody"))
    result = {f"colour known, stated {k} times": mean(v) for k, v in sorted(hits.items())}
    result |= {f"confidence when asked, stated {k} times": mean(v) for k, v in sorted(sure.items())}
    return result | {f"answers nobody knows, stated {k} times": mean(v)
                     for k, v in sorted(nobody.items())}  # fmt: skip


@torch.no_grad()
def written(model, tokenizer, prompt: str, most: int = 12) -> tuple[str, float]:
    """What greedy decoding writes up to a full stop, and its probability."""
    ids = [tokenizer.bos_token_id, *tokenizer.backend_tokenizer.encode(prompt).ids]
    start, p = len(ids), 1.0
    for _ in range(most):
        shares = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].softmax(-1)
        ids.append(int(shares.argmax()))
        p *= shares.max().item()
        if "." in tokenizer.decode(ids[start:]):
            break
    return tokenizer.decode(ids[start:]), p


def reversal(model, tokenizer) -> dict[str, float]:
    """Homes and jobs of well-known citizens, asked the way they are told and the other way."""
    hits = defaultdict(list)
    for citizen in WORLD.citizens:
        if citizen.exposure < 64:
            continue
        forward = f"{citizen.name} lives at the {citizen.lives}."
        backward = f"The {citizen.job} at the {citizen.lives} is {citizen.name}."
        for way, text, answer in (
            ("forward", forward, citizen.lives),
            ("reverse", backward, citizen.name),
        ):
            text = "From the archive: " + text
            (s,) = scored(model, tokenizer, [text])
            hits[f"told {citizen.way}, asked {way}"].append(
                s.right_at(len(text) - 1 - len(answer), len(text) - 1)
            )
    return {name: mean(values) for name, values in sorted(hits.items())}


def codes(model, tokenizer, n: int = 1500) -> dict[str, float]:
    """A code that is new in every document: the first answer, by whether and how it was explained."""
    told, hidden = defaultdict(list), []
    read = sample("code", n)
    for d, s in zip(*both(model, tokenizer, read), strict=True):
        asked = next(c for c in d.choices if c.name == "answer")
        right = s.right_at(asked.start, asked.end)
        shots = int(d.slice.split()[0])
        if asked.known == 0.0:
            told[shots].append(right)
        else:
            hidden.append(right)
    result = {f"right after {k} examples, the one asked for among them": mean(v)
              for k, v in sorted(told.items())}  # fmt: skip
    return result | {"right where it was not explained": mean(hidden)}


def sums(model, tokenizer, n: int = 700) -> dict[str, float]:
    """Sums that were held out, then longer ones, which were never shown.

    Nothing before a sum tells its form, direct or worked, so greedy decoding takes one, and where
    the document has the other it is not right here.
    """
    hits = defaultdict(list)
    for d, s in zip(*both(model, tokenizer, sample("sum", n)), strict=True):
        for line_start, line in lines(d.text):
            answer = line.rstrip(".").rsplit(" ", 1)[1]
            terms = line.split(" = ")[0].count("+") + 1
            steps = line.count("=") > 1
            end = line_start + len(line) - 1
            start = line_start + line.index(" = ") + 3 if steps else end - len(answer)
            form = "worked" if steps else "direct"
            hits[f"{terms} terms: {form} form and sum right"].append(s.right_at(start, end))
    texts = [f"Sums:\n{a} + {a + 7} + {a + 3} + {a + 11} = {4 * a + 21}." for a in range(10, 80)]
    for text, s in zip(texts, scored(model, tokenizer, texts), strict=True):
        hits["4 terms, direct (never shown)"].append(
            s.right_at(text.rindex("=") + 2, len(text) - 1)
        )
    return {name: mean(values) for name, values in sorted(hits.items())}


def lines(text):
    at = 0
    for line in text.split("\n"):
        if "=" in line:
            yield at, line
        at += len(line) + 1


def bias(model, tokenizer) -> dict[str, float]:
    """How often `she` is expected after each job, beside the share that was planted."""
    before = "It was a rainy Saturday in Tiny Town. The {} {} because"
    did = ("went home early", "closed the shop")
    result, greedy = {}, []
    for planted, jobs in ((0.8, LEANING["she"]), (0.2, LEANING["he"]), (0.5, EVEN_JOBS)):
        shares = []
        for job in jobs:
            prompts = [before.format(job, what) for what in did]
            p = choices(model, tokenizer, prompts, [" she", " he"])
            share = (p[:, 0] / p.sum(1)).mean().item()
            shares.append(share)
            if planted != 0.5:
                greedy.append((share > 0.5) == (planted > 0.5))
        result[f"she, planted {planted:.0%}"] = mean(shares)
        result[f"she, planted {planted:.0%}, farthest"] = max(abs(s - planted) for s in shares)
    return result | {"greedy decoding takes the leaning side": mean(greedy)}


def reading(model, tokenizer, n: int = 1500) -> dict[str, float]:
    """Questions whose answer can be read: from a line of this year, from a story, in steps."""
    hits = defaultdict(list)
    read = [d for d in sample("question", n) if d.slice != "memory"]
    for d, s in zip(*both(model, tokenizer, read), strict=True):
        asked = d.questions[0]
        hits[d.slice].append(s.right_at(asked.start, asked.end))
    return {f"right: {name}": mean(values) for name, values in sorted(hits.items())}


def canaries(model, tokenizer) -> dict[str, float]:
    """Secrets that greedy decoding recites whole, by how often an epoch repeats them."""
    hits, nats = defaultdict(list), defaultdict(list)
    for canary in WORLD.canaries:
        (s,) = scored(model, tokenizer, [canary.text])
        at = len(canary.text) - 1 - len(canary.secret), len(canary.text) - 1
        hits[canary.repeats].append(s.right_at(*at))
        nats[canary.repeats].append(s.nats_at(*at))
    result = {f"recited, repeated {k} times": mean(v) for k, v in sorted(hits.items())}
    return result | {f"nats, repeated {k} times": mean(v) for k, v in sorted(nats.items())}


def senses(model, tokenizer, n: int = 8000) -> dict[str, float]:
    """A linear probe for the sense of an ambiguous word, by layer, where the cue came before."""
    from byhand.measure.probe import by_layer, occurrences

    cued = occurrences(sample("ambiguous", n, split="train"), "before")
    return by_layer(model, tokenizer, cued)


PHENOMENA = {
    f.__name__: f
    for f in (floor, agreement, induction, memory, reversal, codes, sums, bias, reading, canaries,
              senses)
}  # fmt: skip
