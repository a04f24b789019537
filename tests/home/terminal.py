"""A learner's Python without a notebook, and the function that most checks of it are asked about."""

import linecache

from autograder.exercise import chapters

IMPORTS = "import torch\nfrom torch import Tensor\nfrom jaxtyping import Bool, Float, Int\n"
TRIANGLE = """def causal_mask(Tq, Tk):
    return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)
"""
TRANSPOSED = TRIANGLE.replace("tril", "triu")


class Terminal:
    """Plain Python: cells share a namespace, and what is printed is kept."""

    def __init__(self, capsys):
        self.capsys = capsys
        self.names = {"__name__": "__main__"}
        self.cells = 0
        self.run("from autograder import check, hint, solution\n" + IMPORTS)

    def run(self, source) -> str:
        self.cells += 1
        filename = f"<learner {self.cells}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        self.capsys.readouterr()
        exec(compile(source, filename, "exec"), self.names)
        return self.capsys.readouterr().out

    def check(self, source, name="causal_mask") -> str:
        self.run(source)
        return self.run(f"result = check({name!r})")


def demonstration():
    """A cell of the chapter that is not graded, and a name that only such cells bind."""
    shown = chapters()["self_attention"].demonstrations
    given = {"torch", "F"}  # what the imports of every notebook bring
    return next((cell, min(names - given)) for cell, names in shown.items() if names - given)
