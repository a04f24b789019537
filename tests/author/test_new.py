"""`new`: the pieces of an exercise, where they are said to be."""

import ast
import re

import pytest
from pages import ROOT

from autograder.author import stubs

PLACE = re.compile(r"^(\S+):(\d+)(.*)$", re.MULTILINE)
NEW = "6_quantization/09_rounding"


def places(said):
    return {path: (int(line), rest.strip()) for path, line, rest in PLACE.findall(said)}


def line_of(root, path, number):
    return (root / path).read_text(encoding="utf8").splitlines()[number - 1]


def test_a_new_chapter_gets_all_four_pieces(workshop, command):
    """Is each piece named with the line where it begins, and is nothing written elsewhere?"""
    status, said = command("new", NEW, "round_to_step")
    assert status == 0
    found = places(said)
    assert list(found) == [
        "chapters/6_quantization/09_rounding.md",
        "solutions/rounding.py",
        "autograder/checks/rounding/__init__.py",
        "autograder/checks/rounding/round_to_step.py",
    ]
    assert all((workshop / path).is_file() for path in found)
    assert not any((ROOT / path).exists() for path in found)
    assert "try round_to_step --watch" in said


def test_a_second_exercise_says_where_it_was_put(workshop, command):
    """Does an author learn that the section stands at the end, and that it is to be moved?"""
    status, said = command("new", "self_attention", "window_mask")
    assert status == 0
    page = "chapters/3_attention/02_self_attention.md"
    line, advice = places(said)[page]
    assert line_of(workshop, page, line) == "## Window mask"
    assert advice == "move it to where the text needs it"
    line, _ = places(said)["solutions/self_attention.py"]
    assert line_of(workshop, "solutions/self_attention.py", line).startswith("def window_mask(")
    assert "window_mask" not in (ROOT / page).read_text(encoding="utf8")


def test_a_signature_is_followed_everywhere(workshop, command):
    """Do reference, examples and oracle have the parameters that the author named?"""
    signature = 'probs: Float[Tensor, "V"], k: int -> Int[Tensor, ""]'
    status, said = command("new", NEW, "top", "--signature", signature)
    assert status == 0, said
    reference = (workshop / "solutions/rounding.py").read_text(encoding="utf8")
    assert 'def top(probs: Float[Tensor, "V"], k: int) -> Int[Tensor, ""]:' in reference
    assert "from jaxtyping import Float, Int" in reference
    check = (workshop / "autograder/checks/rounding/top.py").read_text(encoding="utf8")
    ast.parse(check)
    assert '"all sizes differ": (torch.randn(3, generator=g), 2),' in check
    assert "def _(probs, k):" in check


def test_types_that_a_module_lacks_are_named(workshop, command):
    """Is it said what the reference's module has to import first?"""
    signature = 'counts: Int[Tensor, "V"] -> Float[Tensor, "V"]'
    said = command("new", "pipelines", "some_shares", "--signature", signature)[1]
    module = (ROOT / "solutions/pipelines.py").read_text(encoding="utf8")
    lacks = re.search(r"^from jaxtyping import .*\bInt\b", module, re.MULTILINE) is None
    assert ("does not import Int yet" in said) is lacks


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere", "some_name"), ["No chapter is called 'nowhere'", "4_inference/"]),
        (("self_attention", "causal_mask"), ["is an exercise already"]),
        (("self_attention", "Mask!"), ["give a name such as"]),
        (("self_attention", "a_mask", "--signature", "x, y"), ["is no signature", "k: int ->"]),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(workshop, command, arguments, words):
    """Does a refusal say what would fit, and write nothing?"""
    before = sorted(workshop.rglob("*"))
    status, said = command("new", *arguments)
    assert status == 1
    assert all(word in said for word in words), said
    assert sorted(workshop.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "several", "one"),
    [
        ('x: Float[Tensor, "B T D"] -> int', "(torch.randn(3, 5, 2, generator=g),)",
         "(torch.randn(1, 1, 1, generator=g),)"),
        ('x: Int[Tensor, "B 4"], t: str -> int',
         '(torch.randint(0, 9, (3, 4,), generator=g), "two words")',
         '(torch.randint(0, 9, (1, 4,), generator=g), "two words")'),
        ('x: Float[Tensor, ""], m: Bool[Tensor, "T"] | None = None -> int',
         "(torch.randn((), generator=g), torch.rand(3, generator=g) < 0.5)",
         "(torch.randn((), generator=g), torch.rand(1, generator=g) < 0.5)"),
        ("x: Foo -> int", "(...,)", "(...,)"),
    ],
)  # fmt: skip
def test_examples_are_guessed_from_types(text, several, one):
    """Are they code that runs, with every size another, and with every size 1?"""
    signature = stubs.read(text)
    made = [signature.examples(), signature.examples(one=True)]
    assert [drawn.replace(",)", ")").replace(" ", "") for drawn in made] == [
        wanted.replace(",)", ")").replace(" ", "") for wanted in (several, one)
    ]
