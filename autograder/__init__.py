"""The judge. In a notebook: `from autograder import check, hint, predict, solution`."""

from autograder.guess import predict
from autograder.home import check, hint, solution

__all__ = ["check", "hint", "predict", "solution"]
