"""Exercises of the tests' own, of any kind, around one small function."""

from autograder.exercise import Exercise

PLAIN = {"title": "A title", "difficulty": 1, "minutes": 5, "package": "frame_solutions"}
WIDTHS = {"heads share evenly": (12, 3), "heads cannot share": (10, 4)}


def made(kind, name="head_width", **given):
    needed = {} if kind in ("write", "examine") else {"examples": lambda g: WIDTHS}
    points = {} if kind == "write" else {"points": 2}
    return Exercise(f"kinds.{name}", kind=kind, **PLAIN | needed | points | given)


def sharing(kind="build", **given):
    exercise = made(kind, **given)

    @exercise.misconception(seen="And the rest?", why="Refuse.", broken="never refuses")
    def never_refuses(width, heads):
        # what is left over is lost
        return width // heads

    exercise.slip("width // heads", "width - heads", name="minus", seen="Is that a share?",
                  why="Divide.", broken="takes away where it should divide")  # fmt: skip

    @exercise.misconception(seen="What is `w`?", why="Call it width.")
    def other_names(w, h):
        return w

    @exercise.alternative
    def by_divmod(width, heads):
        each, rest = divmod(width, heads)
        if rest:
            raise ValueError("they cannot share")
        return each

    return exercise
