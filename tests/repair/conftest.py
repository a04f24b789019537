"""Answers to be mended, each in a room of this process."""

import pytest

from autograder.exercise import chapters, exercises
from autograder.judge import judge
from autograder.judge.answer import Answer
from autograder.repair import unexplained
from autograder.repair.search import Search
from autograder.room.rooms import Here


@pytest.fixture
def searched():
    """Searches an answer's text; gives the search and the place that it found."""

    def search(name: str, source: str, seconds: float = 20.0):
        exercise = exercises()[name]
        room = Here({"__name__": "__main__"})
        room.ask({"verb": "run", "cells": [["imports", chapters()[exercise.module].imports]]})
        room.ask({"verb": "run", "cells": [[name, source]]})
        assert unexplained(exercise, judge(exercise, Answer(room, name), 0, source))
        made = Search(exercise, room, 0, seconds)
        return made, made.place()

    return search
