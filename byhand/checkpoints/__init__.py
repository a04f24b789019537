"""Models of Tiny Town, trained here: each folder is a checkpoint in Hugging Face format.

Owns where they lie. Their model cards (README.md in each folder) say on what they were trained,
for how long, and what they can and cannot do, in figures that were measured. How to make one
again: `python -m byhand.train NAME`.

The heads of town-bert share one trunk: their index files point into the folder town-bert, so its
weights are stored once. A folder copied on its own needs that neighbour.
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """All checkpoints that are here."""
    return sorted(path.parent.name for path in FOLDER.glob("*/config.json"))


def checkpoint(name: str) -> str:
    """The folder of a checkpoint, for `pipeline(..., model=checkpoint("town-gpt"))`."""
    if name not in names():
        raise ValueError(
            f"checkpoint() got {name!r}; Tiny Town has {', '.join(names())}. "
            "For a model of the Hub give its name to `load` or to `from_pretrained`."
        )
    return str(FOLDER / name)
