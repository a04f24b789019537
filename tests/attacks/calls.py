"""Attacks by an answer that misbehaves when it is called, or by the value that it gives."""

from attacks import ENDED, FULL, HEAD, HOLDS, MASK, STOPPED, Attack


def breaks(name, tries, body, says, above="", mask=0.0):
    """The first answer misbehaves when it is called, the two others are right."""
    because = f"the first answer earns {mask:g}, the two others are right"
    answer = f"{HEAD[MASK]}\n    {body.strip()}\n".replace("\n\n", "\n")
    score = FULL | {MASK: mask}
    return Attack(name, tries, score, because, says, answers={MASK: answer}, above=above)


ATTACKS = [
    breaks(
        "equal_to_everything",
        "Gives an object that is equal to whatever it is compared with.",
        "return Equal()",
        "an object of type Equal",
        above="class Equal:\n    __eq__ = __getattr__ = __getitem__ = lambda *a: True\n",
    ),
    breaks(
        "forks_for_ever",
        "A fork bomb.",
        "import os\n    while True:\n        os.fork()",
        "PermissionError",
    ),
    breaks(
        "threads_for_ever",
        "Starts threads until no more can be started.",
        "import threading\n    wait = threading.Event()\n"
        "    for _ in range(2000):\n        threading.Thread(target=wait.wait, daemon=True).start()\n"
        "    return torch.zeros(Tq, Tk)",
        ("can't start new thread", ENDED, "Cannot allocate memory", "MemoryError"),
    ),
    breaks(
        "floods_memory",
        "Asks for 4 GB.",
        "return torch.ones(2**30)",
        ("can't allocate memory", "MemoryError", "not enough memory"),
    ),
    breaks(
        "floods_the_reply",
        "Gives values of 8 MB.",
        "return torch.ones(2**20, dtype=torch.float64)",
        "more than 4 MB of values",
    ),
    breaks(
        "prints_a_flood",
        "Prints 20 MB in a right answer: that costs nothing.",
        "print('x' * 2**20)\n    return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)",
        HOLDS,
        mask=2.0,
    ),
    breaks(
        "loops",
        "Loops for ever where every exception is caught.",
        "while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass",
        STOPPED,
    ),
    breaks("leaves", "Ends its process with a code of success.", "import os; os._exit(0)", ENDED),
    breaks("exits", "Calls sys.exit(0), as if all were well.", "raise SystemExit(0)", "SystemExit"),
    breaks("interrupts", "Raises what Ctrl-C raises.", "raise KeyboardInterrupt", ENDED),
    breaks(
        "crashes", "Reads memory that is not there.", "import ctypes; ctypes.string_at(0)", ENDED
    ),
    breaks("recurses", "Calls itself for ever.", "return causal_mask(Tq, Tk)", "RecursionError"),
    breaks(
        "cannot_be_told",
        "Raises an error whose message raises.",
        "raise Mute",
        ENDED,
        above="class Mute(Exception):\n    def __str__(self):\n        raise Mute\n",
    ),
    breaks(
        "speaks_html",
        "Brings a script into the page through the name and message of an error.",
        "raise type('<img src=x onerror=alert(1)>', (Exception,), {})('<script>alert(2)</script>')",
        "<img src=x onerror=alert(1)>: <script>alert(2)</script>",
    ),
    breaks(
        "half_a_surrogate",
        "Raises a message that no file in UTF-8 can hold.",
        "raise ValueError('half \\ud800 a pair')",
        "half ? a pair",
    ),
    breaks(
        "gives_half_a_surrogate", "Gives such a text.", "return 'half \\udfff a pair'", "a str ("
    ),
    breaks(
        "gives_a_huge_number", "Gives 10 to the 4000.", "return 10 ** 4000", "an int (1000"
    ),
    breaks(
        "gives_a_number_past_text",
        "Gives a number that Python refuses to write out.",
        "return 10 ** 10000",
        "Exceeds the limit",
    ),
    breaks(
        "gives_itself",
        "Gives a list that holds itself.",
        "loop = []; loop.append(loop); return loop",
        "nested more than 64 deep",
    ),
    breaks(
        "gives_without_end",
        "Gives an iterator that never ends.",
        "import itertools; return itertools.count()",
        "an object of type count",
    ),
    breaks(
        "gives_a_bomb",
        "Gives an object that runs a command where it is unpickled.",
        "return Bomb()",
        "an object of type Bomb",
        above="import os\nclass Bomb:\n    def __reduce__(self):\n"
        "        return os.system, ('touch @CANARY@/unpickled',)\n",
    ),
    breaks(
        "gives_complex_numbers",
        "Gives the right values in a dtype that cannot be ordered.",
        "return torch.ones(Tq, Tk).tril(Tk - Tq).to(torch.complex64)",
        "dtype complex64 came back; bool was wanted",
        # right apart from the dtype: half of 2 points for three claims, less a quarter
        mask=0.75,
    ),
    breaks(
        "gives_a_sparse_tensor",
        "Gives a tensor that cannot be sent.",
        "return torch.ones(Tq, Tk).to_sparse()",
        "only dense tensors can be compared",
    ),
    breaks(
        "gives_sixty_axes", "Gives a tensor of 60 axes.", "return torch.zeros([1] * 60)", "shape (1, 1"
    ),
    breaks(
        "gives_nothing_in_a_huge_shape",
        "Gives a tensor without elements, and an axis to count along.",
        "return torch.zeros(0, 4 * 10**8)",
        "more than 8388608 numbers",
    ),
    breaks(
        "gives_one_tensor_ten_thousand_times",
        "Gives what would be written out ten thousand times.",
        "return [torch.arange(1000.)] * 10000",
        "more than 1000 tensors",
    ),
    breaks(
        "gives_a_thousand_tensors",
        "Gives what takes minutes to write out.",
        "return [torch.arange(1000.)] * 1000",
        "cannot be compared: more than 1000 tensors",
    ),
    breaks(
        "gives_colliding_numbers",
        "Gives a set whose members share a hash.",
        "return {i * (2**61 - 1) for i in range(3000)}",
        "could not be read (Unsendable)",
    ),
    breaks(
        "gives_a_tree_of_itself",
        "Gives lists that hold each other twice.",
        "loop = []\n    for _ in range(60):\n        loop = [loop, loop]\n    return loop",
        "more than 200000 values",
    ),
    breaks(
        "gives_a_class_of_a_long_name",
        "Gives an object whose type has a name of three million letters.",
        "return type('E' * 3000000, (), {})()",
        "an object of type EEEE",
    ),
    breaks(
        "raises_a_class_of_a_long_name",
        "Raises an error whose type and text have millions of letters.",
        "raise type('E' * 3000000, (ValueError,), {})('x' * 3000000)",
        "E" * 80 + ": xxx",
    ),
]  # fmt: skip
