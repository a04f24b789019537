"""The judge. In a notebook: `from autograder import check, hint, predict, solution`."""

from autograder.home.check import check, hint, solution
from autograder.home.predict import predict

__all__ = ["check", "hint", "predict", "solution"]
