"""`attack`: what is handed out, which files count, and what is said of them."""

import json

import pytest

from autograder.author import attack
from autograder.room.sandbox import NoSandbox

SIGNATURE = "def causal_mask(Tq, Tk):\n    "
ONES = "torch.ones(Tq, Tk, dtype=torch.bool)"
ANSWERS = {
    "wrong/triangle.py": f"# wrong: the triangle starts at the top\n{SIGNATURE}return {ONES}.tril()",
    "wrong/nothing.py": f"# wrong: nothing comes back\n{SIGNATURE}return None",
    "wrong/passes.py": f"# wrong: it is right\n{SIGNATURE}return {ONES}.tril(Tk - Tq)",
    "wrong/broken.py": "# wrong: no end\ndef causal_mask(Tq, Tk:\n    return 1",
    "wrong/unnamed.py": f"{SIGNATURE}return {ONES}",
    "wrong/other.py": "# wrong: another name\ndef mask(Tq, Tk):\n    return 1",
    "right/rows.py": f"# right: a loop\n{SIGNATURE}rows = [[k <= q + Tk - Tq for k in range(Tk)] "
    "for q in range(Tq)]\n    return torch.tensor(rows)",
    "right/bytes.py": f"# right: bytes\n{SIGNATURE}return {ONES}.tril(Tk - Tq).to(torch.int8)",
    "right/open.py": f"# right?: bytes\n{SIGNATURE}return {ONES}.tril(Tk - Tq).to(torch.int8)",
}


@pytest.fixture
def folder(tmp_path):
    for name, source in ANSWERS.items():
        path = tmp_path / "answers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n", encoding="utf8")
    return tmp_path / "answers"


def below(said, heading):
    """What is listed below a heading, in one line."""
    after = said.partition(heading)[2]
    return " ".join(after.partition("\n\n")[0].split())


def test_an_attack_is_reported_with_reasons(folder, command, tmp_path):
    """Is each answer listed where it belongs, with the reason for what it earned?"""
    told = tmp_path / "shots.json"
    status, said = command("attack", "causal_mask", folder, "--json", told)
    assert status == 1
    assert below(said, "WRONG AND PASSED (1)") == "2 of 2 passes.py: wrong: it is right"
    assert "bool was wanted" in below(said, "RIGHT AND LOST POINTS (1)")
    assert "open.py" in below(said, "LOST POINTS, and the statement leaves it open")
    assert "top_left: With more keys" in below(said, "wrong and named")
    assert "None came back" in below(said, "wrong, without a name (1)")
    left_out = below(said, "does not count (3)")
    assert "wrong/broken.py: Python cannot read it (line 2:" in left_out
    assert "wrong/other.py: it does not define `causal_mask`" in left_out
    assert "wrong/unnamed.py: its first line does not begin with `# wrong:`" in left_out
    assert "3 wrong answers: 1 passed, 1 named. 2 right answers: 1 earned all points." in said
    assert "At least 10 wrong and 3 right ones make an attack." in said
    assert len(json.loads(told.read_text(encoding="utf8"))) == 6
    assert "answer/s" not in command.complained, "no bar where nobody looks"


def test_what_is_handed_out_holds_no_solution(workshop, command):
    """Does an attacker get the task and the rules, and nothing that gives the answer away?"""
    status, said = command("attack", "causal_mask")
    assert status == 0
    given = workshop / said.strip()
    assert "raise NotImplementedError" in (given / "cell.py").read_text(encoding="utf8")
    rules = (given / "README.md").read_text(encoding="utf8")
    assert "leaves its arguments unchanged" in rules
    assert "# right?:" in rules
    assert "numpy" not in rules


def test_where_nothing_can_be_locked_in_a_sentence_says_so(folder, command, monkeypatch):
    """Is it the sandbox's own message that comes, and no traceback?"""

    def refused(*_):
        raise NoSandbox("Nothing here can lock a learner's code in.")

    monkeypatch.setattr(attack, "Starter", refused)
    status, said = command("attack", "causal_mask", folder)
    assert (status, said) == (1, "Nothing here can lock a learner's code in.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no_such_name",), "No exercise is called 'no_such_name'"),
        (("limits_section",), "read by a person"),
        (("causal_mask", "/"), "no folder `wrong` or `right`"),
    ],
)
def test_what_cannot_be_attacked_is_refused_in_a_sentence(command, arguments, words):
    """Does a refusal say what is missing?"""
    status, said = command("attack", *arguments)
    assert (status, words in said) == (1, True)
