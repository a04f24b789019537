"""The judge. In a notebook: `from autograder import check, hint, predict, read_plot, solution`."""

from autograder.home.check import check, hint, solution
from autograder.home.predict import predict
from autograder.home.read_plot import read_plot

__all__ = ["check", "hint", "predict", "read_plot", "solution"]
