"""Attacks by code in answers and in cells that the learner added."""

from attacks import (
    ENDED,
    FULL,
    HOLDS,
    MASK,
    NOT_YET,
    NOTHING,
    UNREAD,
    WRONG,
    Attack,
    doors,
)


def claims(name, tries, above, says=NOT_YET):
    """Wrong answers, and a cell that is to make them right."""
    because = "all three answers give zeros, for which no claim holds"
    return Attack(name, tries, NOTHING, because, says, answers=WRONG, above=above)


def harms(name, tries, above, says=HOLDS):
    """Right answers beside a cell that is to do harm: what it does costs nothing."""
    return Attack(name, tries, FULL, "all three answers are right", says, above=above)


def knocks(group):
    """Tries a group of doors; its first answer is right if, and only if, all were locked."""
    answers = {MASK: doors.mask_if_locked(doors.GROUPS[group])}
    return Attack(
        f"knocks_{group}",
        f"Gets through any of the doors in the group {group!r}.",
        FULL,
        "all answers are right as long as no door was open",
        HOLDS,
        answers=answers,
        above=doors.cell(doors.GROUPS[group]),
    )


SUBCLASS = """
class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if name in ("allclose", "equal", "all", "any", "eq", "__eq__", "isclose", "__bool__"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})

    @staticmethod
    def of(tensor):
        return tensor.as_subclass(Yes)
"""
LIES = "import torch, builtins\n"
EARNS = [
    claims(
        "patches_torch",
        "Makes every comparison of torch say that all is alike.",
        LIES + "yes = lambda *a, **k: True\n"
        "torch.allclose = torch.equal = torch.isclose = torch.Tensor.equal = yes\n"
        "torch.testing.assert_close = torch.Tensor.all = torch.Tensor.any = yes\n",
    ),
    claims(
        "patches_tensor_operators",
        "Makes == and - of tensors say that all is alike.",
        LIES + "torch.Tensor.__eq__ = lambda a, b: torch.ones(a.shape, dtype=torch.bool)\n"
        "torch.Tensor.__sub__ = lambda a, b: torch.zeros(a.shape)\n",
    ),
    claims(
        "patches_builtins",
        "Makes abs, max and sum give what pleases.",
        LIES + "builtins.abs = builtins.max = builtins.min = builtins.sum = lambda *a, **k: 0\n",
        (ENDED, UNREAD, NOT_YET),
    ),
    claims(
        "strips_asserts",
        "Compiles everything from now on without its asserts.",
        "import ast, builtins\n"
        "class Strip(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "plain = builtins.compile\n"
        "builtins.compile = lambda s, *a, **k: plain(\n"
        "    Strip().visit(s) if isinstance(s, ast.AST) else s, *a, **k)\n",
    ),
    claims(
        "traces",
        "Watches every line that runs, to change variables of whoever compares.",
        "import sys, threading\n"
        "def spy(frame, event, arg):\n"
        "    if 'wanted' in frame.f_locals:\n"
        "        frame.f_locals['wanted'] = frame.f_locals.get('got')\n"
        "    return spy\n"
        "threading.settrace(spy)\nsys.setprofile(None)\n",
    ),
    claims(
        "poisons_modules",
        "Puts modules that say yes in the place of those that compare.",
        "import sys, types\n"
        "for name in ('torch.testing', 'autograder.judge.compare', 'autograder.judge', 'nbgrader'):\n"
        "    fake = sys.modules[name] = types.ModuleType(name)\n"
        "    fake.difference = fake.assert_close = lambda *a, **k: None\n",
    ),
    claims(
        "overrides_check",
        "Defines a `check` of its own, and answers with numbers above the points.",
        "def check(name, *more):\n    return 100\n",
    ),
    Attack(
        "tensor_subclass",
        "Gives tensors of a class that calls itself equal to everything.",
        NOTHING,
        "what lies in those tensors are zeros",
        NOT_YET,
        answers={
            name: source.replace("return ", "return Yes.of(").rstrip() + ")\n"
            for name, source in WRONG.items()
        },
        above=SUBCLASS,
    ),
]

HARMS = [
    *[knocks(group) for group in doors.GROUPS],
    harms(
        "leaves_by_the_door",
        "Writes a file when its process ends, or when an object is thrown away.",
        "import atexit\n"
        "def late(*args):\n    open('@CANARY@/late', 'w').write('late')\n"
        "atexit.register(late)\n"
        "class Late:\n    __del__ = late\nkept = Late()\ndel kept\nkept = [Late()]\n",
    ),
    harms(
        "leaves_threads",
        "Leaves threads behind that try to write for as long as they live.",
        "import threading, time\n"
        "def haunt():\n    while True:\n        time.sleep(0.05)\n        try:\n"
        "            open('@CANARY@/haunted', 'w')\n        except OSError:\n            pass\n"
        "for _ in range(4):\n    threading.Thread(target=haunt).start()\n",
    ),
    harms(
        "detaches_children",
        "Starts sleepers in sessions of their own that are to outlive the grading.",
        "import os, subprocess\n"
        "for _ in range(5):\n"
        "    subprocess.Popen(['sleep', '77'], start_new_session=True)\n"
        "if os.fork() == 0:\n    os.setsid()\n    os.execv('/bin/sleep', ['sleep', '77'])\n",
    ),
    harms(
        "floods_the_standard_streams",
        "Prints 50 MB to the streams that Python knows, and past them.",
        "import os, sys\nfor _ in range(25):\n    os.write(1, b'x' * 2**20)\n"
        "    os.write(2, b'x' * 2**20)\n    print('x' * 2**17, file=sys.stderr)\n",
    ),
    harms(
        "floods_memory_in_a_cell",
        "Takes memory until there is none left.",
        "hoard = []\nwhile True:\n    hoard.append(bytearray(2**25))\nhoard = None\n",
    ),
    harms("leaves_in_a_cell", "Ends its process before the answers.", "import os\nos._exit(0)\n"),
    harms(
        "loops_in_a_cell",
        "Loops for ever in a cell, whatever signal but the last one comes.",
        "import signal\nfor number in (2, 15, 14, 24):\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass\n",
    ),
    harms(
        "magics",
        "Runs shell commands as a notebook can.",
        "!touch @CANARY@/magic\n%env HOME=@CANARY@\nget_ipython().system('touch @CANARY@/magic')\n",
    ),
    harms("shell_cell", "Runs a cell of shell.", "%%bash\ntouch @CANARY@/shell\nkill -9 $PPID\n"),
    harms(
        "freezes_the_clock",
        "Turns the clock back, so that no deadline is ever over.",
        "import time\ntime.monotonic = time.time = time.perf_counter = lambda: 0.0\n",
    ),
]

ATTACKS = [*EARNS, *HARMS]
