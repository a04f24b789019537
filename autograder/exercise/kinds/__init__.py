"""Kinds of exercises beside building a function: where a learner starts, how points are earned.

One module a kind. Each owns what its kind declares, and what its cells and cards are made of; how
its answers are judged is in `autograder.judge.kinds`. A kind registers itself by its name.
"""

from autograder.exercise.kinds.choose import Choose
from autograder.exercise.kinds.debug import Debug
from autograder.exercise.kinds.examine import Examine
from autograder.exercise.kinds.order import Order
from autograder.exercise.kinds.predict import Predict
from autograder.exercise.kinds.read import Read
from autograder.exercise.kinds.write import Write

__all__ = ["Choose", "Debug", "Examine", "Order", "Predict", "Read", "Write"]
