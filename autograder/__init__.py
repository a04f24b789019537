"""The judge: what a learner's notebook imports in its first cell."""

from autograder.home.check import check, hint, solution
from autograder.home.choose import choose
from autograder.home.own import own
from autograder.home.predict import predict
from autograder.home.progress import progress
from autograder.home.read_plot import read_plot

__all__ = ["check", "choose", "hint", "own", "predict", "progress", "read_plot", "solution"]
