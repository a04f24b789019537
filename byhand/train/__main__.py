"""python -m byhand.train NAME: makes a checkpoint again, from its recipe alone.

A run that is stopped, by Ctrl-C or from outside, goes on where it was when it is started again.
"""

import argparse
import signal
import sys
from pathlib import Path

import torch

from byhand.checkpoints import FOLDER
from byhand.measure.card import trained_as, write
from byhand.train.loop import train
from byhand.train.recipes import RECIPES
from byhand.train.save import save


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m byhand.train", description=__doc__)
    parser.add_argument("name", choices=RECIPES, metavar="NAME", help=", ".join(RECIPES))
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="FOLDER",
                        help="where the checkpoint goes (default: the course's own)")  # fmt: skip
    parser.add_argument("--state", type=Path, default=Path("build/train"), metavar="FOLDER",
                        help="where the state of a stopped run lies (default: %(default)s)")  # fmt: skip
    parser.add_argument("--threads", type=int, default=1, metavar="N",
                        help="of torch; more than one hardly helps (default: %(default)s)")  # fmt: skip
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped; start again to go on."))
    recipe, state = RECIPES[given.name], given.state / f"{given.name}.pt"
    model, tokenizer, training = train(recipe, state)
    save(model, tokenizer, given.out / recipe.name)
    print(f"Saved in {given.out / recipe.name}.")
    if given.out == FOLDER:
        for path in sorted(FOLDER.glob(f"{recipe.name}*/config.json")):
            if trained_as(path.parent.name) == recipe.name:
                print(write(path.parent.name, training))


if __name__ == "__main__":
    main()
