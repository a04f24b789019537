"""Runs that are longer than a page should take: made once by the page's own code, kept here.

Owns `recorded`, the logs that lie beside it, and when one is made anew: `python -m autograder
record CHAPTER` runs the cells of a chapter with every such run to its end.
"""

import json
import math
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import monotonic

from byhand.bars import progress

FOLDER = Path(__file__).parent
ANEW = "BYHAND_RECORD"  # names of runs, with commas between them, or "*"
DIGITS = 5  # of a number that is kept
CLOSE = {"rel_tol": 0.02, "abs_tol": 2e-3}  # other processors add in other orders


def recorded(name: str, steps: Iterator[dict], live: int) -> list[dict]:
    """The log of a long run, from its recording; its first `live` steps are run here and compared.

    name: of the recording. steps: the run itself, a generator that gives what is to be kept of each
    step: a dict of numbers, texts and lists. Says in a line how many steps ran here, and whether
    they gave the numbers of the recording.
    """
    path = FOLDER / f"{name}.json"
    if is_made_anew(name):
        return write(path, steps)
    if not path.exists():
        raise FileNotFoundError(
            f"There is no recording {name!r}. Make it with the cells of its chapter: "
            f"python -m autograder record CHAPTER {name}."
        )
    kept = json.loads(path.read_text(encoding="utf8"))["steps"]
    ran = list(progress(islice(steps, live), live, f"the first {live} of {len(kept)} steps"))
    pairs = enumerate(zip(ran, kept, strict=False), 1)
    other = next((step for step, (now, then) in pairs if not alike(now, then)), None)
    agreed = "with the numbers of the recording."
    if other is not None:
        agreed = (
            f"and from step {other} their numbers are not those of the recording, which was made "
            "on another machine. Below is the recording."
        )
    print(f"{live} of {len(kept)} steps ran here, {agreed}")
    return kept


def is_made_anew(name: str) -> bool:
    asked = os.environ.get(ANEW, "").split(",")
    return name in asked or "*" in asked


def write(path: Path, steps: Iterator[dict]) -> list[dict]:
    begun = monotonic()
    kept = [rounded(step) for step in progress(steps, None, path.stem)]
    import torch

    log = {"torch": torch.__version__, "minutes": rounded((monotonic() - begun) / 60)}
    lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in kept)
    text = f'{json.dumps(log)[:-1]}, "steps": [\n{lines}\n]}}\n'
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf8")
    part.replace(path)
    return kept


def rounded(value):
    """The value with as many digits as are kept; tensors become lists."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return value


def alike(now, then) -> bool:
    """Whether two values that were kept are equal, but for how another processor rounds."""
    now = rounded(now)
    if isinstance(now, dict) and isinstance(then, dict):
        return now.keys() == then.keys() and all(alike(now[key], then[key]) for key in now)
    if isinstance(now, list) and isinstance(then, list):
        return len(now) == len(then) and all(map(alike, now, then))
    if isinstance(now, float) and isinstance(then, int | float):
        return math.isclose(now, then, **CLOSE) or (math.isnan(now) and math.isnan(then))
    return now == then
