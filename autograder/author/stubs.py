"""A signature as an author gives it, and arguments of its types for the first examples.

Owns: reading it, and what is drawn for each parameter. It guesses; the author writes over it.
"""

import ast
from dataclasses import dataclass
from itertools import count

SIZES = (3, 5, 2, 7, 4, 6)  # every axis another: a mistake must not hide in a square
PLAIN = {
    "int": "2", "float": "0.5", "bool": "True", "str": '"two words"', "list[int]": "[3, 1, 2]",
    "list[str]": '["two", "words"]', "list[list[int]]": "[[3, 1], [2]]", "None": "None",
}  # fmt: skip
DRAWN = {
    "Float": "torch.randn({shape}generator=g)",
    "Int": "torch.randint(0, 9, ({shape}), generator=g)",
    "Bool": "torch.rand({shape}generator=g) < 0.5",
}


class Unreadable(ValueError):
    """What is no signature; the message says what one looks like."""


@dataclass(frozen=True)
class Signature:
    """Parameters with annotations, and what comes back."""

    arguments: ast.arguments
    returns: ast.expr

    @property
    def text(self) -> str:
        """As it stands behind the function's name, shapes in double quotes."""
        return f"({quoted(self.arguments)}) -> {quoted(self.returns)}"

    @property
    def names(self) -> list[str]:
        return [argument.arg for argument in self.arguments.args]

    @property
    def used(self) -> set[str]:
        """Names that the module has to import."""
        found = {n.id for tree in (self.arguments, self.returns) for n in ast.walk(tree)
                 if isinstance(n, ast.Name)}  # fmt: skip
        return found & {*DRAWN, "Tensor"}

    def examples(self, one: bool = False) -> str:
        """A tuple of arguments as code; with `one`, every axis has one entry."""
        fresh = count()
        sizes = {}

        def size(axis: str) -> int:
            if axis not in sizes:
                sizes[axis] = SIZES[next(fresh) % len(SIZES)]
            return int(axis) if axis.isdigit() else 1 if one else sizes[axis]

        values = [stub(argument.annotation, size) for argument in self.arguments.args]
        return f"({', '.join(values)},)" if len(values) == 1 else f"({', '.join(values)})"


def read(text: str) -> Signature:
    """Parameters, an arrow, and what comes back."""
    try:
        (made,) = ast.parse(
            f"def f({text.rpartition('->')[0]}) -> {text.rpartition('->')[2]}: 0"
        ).body
        arguments = made.args
        bare = [a.arg for a in arguments.args if a.annotation is None]
        if bare or not arguments.args or arguments.vararg or arguments.kwarg:
            raise SyntaxError
    except (SyntaxError, ValueError):
        raise Unreadable(
            f"{text!r} is no signature: give parameters with their types, an arrow and what comes "
            """back, such as 'probs: Float[Tensor, "V"], k: int -> Float[Tensor, ""]'."""
        ) from None
    return Signature(arguments, made.returns)


def quoted(tree) -> str:
    return ast.unparse(tree).replace("'", '"')


def stub(annotation, size) -> str:
    """Code that gives a value of this type; "..." where it cannot be guessed."""
    if isinstance(annotation, ast.BinOp):  # Tensor or None
        return stub(annotation.left, size)
    if quoted(annotation) in PLAIN:
        return PLAIN[quoted(annotation)]
    kind = getattr(getattr(annotation, "value", None), "id", "")
    if kind not in DRAWN or not isinstance(annotation.slice, ast.Tuple):
        return "..."
    axes = ast.literal_eval(annotation.slice.elts[1]).split()
    shape = "".join(f"{size(axis)}, " for axis in axes)
    return DRAWN[kind].format(shape=shape if kind == "Int" else shape or "(), ").replace(", )", ")")
