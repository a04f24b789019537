"""The judge. In a notebook: `from autograder import check, hint, solution`."""

from autograder.home import check, hint, solution

__all__ = ["check", "hint", "solution"]
