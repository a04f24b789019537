"""python -m byhand.measure NAME ...: measures checkpoints and writes their model cards again."""

import sys

from byhand.checkpoints import names
from byhand.measure.card import write

for name in sys.argv[1:] or names():
    print(write(name))
