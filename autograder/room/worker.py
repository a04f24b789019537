"""Runs a learner's code in a process of its own and answers questions about it.

Owns: executing cells statement by statement, using what they define, values on the wire.
Ignores: exercises, references, grades, notebooks. It imports nothing of this project, so that
it can be started by path where the project cannot be read.
"""

import __future__

import ast
import contextlib
import copy
import inspect
import io
import itertools
import json
import linecache
import math
import os
import random
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import traceback
import types
import warnings
from collections import Counter
from functools import partial

import torch
from safetensors.torch import load, save
from torch.overrides import TorchFunctionMode

MOST_BYTES = 64 * 2**20  # one message, either way
MOST_DEPTH = 64
MOST_VALUES = 200_000  # single things in one message, and lists, and so on, of them
MOST_TENSORS = 1000
MOST_NUMBERS = 2**23  # in all tensors of one message together
MOST_DIGITS = 4300  # of one integer: what Python itself writes out
EDITED = "<cell edited>"
ALARMS = {"REAL": "SIGALRM", "VIRTUAL": "SIGVTALRM", "PROF": "SIGPROF"}
UNREAD = __future__.annotations.compiler_flag  # nobody asks for them, and they take time
MOST_NAME = 80  # letters of the name of a type
MOST_ALIKE = 16  # keys of one dict or set that share a hash
KIND_LETTERS = 80  # of the name of a type
DTYPES = {str(value): value for value in vars(torch).values() if isinstance(value, torch.dtype)}
MANY = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
WRITE = (  # numbers as text: JSON readers may round large ones
    (bool | None, "plain", lambda value: value), (str, "plain", str), (bytes, "bytes", bytes.hex),
    (int, "int", lambda number: str(int(number))), (torch.dtype, "dtype", str),
    (float, "float", lambda number: float(number).hex()),
)  # fmt: skip
EXACT = {  # the same by the type itself, which most values have
    kind: (letter, write) for kinds, letter, write in WRITE
    for kind in getattr(kinds, "__args__", (kinds,))
}  # fmt: skip
READ = {
    "int": lambda text: digits(text), "float": float.fromhex, "bytes": bytes.fromhex,
    "dtype": DTYPES.__getitem__,
}  # fmt: skip
STORED = {  # of the dtypes that are met, what safetensors call them
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip
ERRORS = {e.__name__: e for e in (AttributeError, IndexError, KeyError, TypeError, ValueError)}


class Unsendable(ValueError):
    """A value that the wire does not carry; the message says which and what it carries."""


class Handle:
    """What one side keeps and the other side only names: an object, or a callable."""

    def __init__(self, key: int, kind: str):
        self.key, self.kind = key, kind


class Record(dict):
    """A mapping whose items are attributes as well, like what tokenizers and models return."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __missing__(self, key):  # items by their number, like a model's outputs
        return [*self.values()][{i: i for i in range(len(self))}[key]]

    def to(self, device):  # all is where it should be
        return self


class StandIn:
    """A thing that stays elsewhere: `read` gives what was declared of it, `call` calls it."""

    def __init__(self, handle, read, call):
        vars(self).update(_handle=handle, _read=read, _call=call)

    def __getattr__(self, name):
        return object.__getattribute__(self, "_read")(name)

    def __setattr__(self, name, value):
        raise AttributeError(f"{name!r} can be read here, not changed")

    def __call__(self, *args, **kwargs):
        """What it gives; with a gradient and no leaf, as numbers of a model are where it lies here."""
        value = self._call(*args, **kwargs)
        tensors = tensors_of(value)
        vars(self).get("_given", []).extend(tensors)
        with OURS:
            for tensor in tensors if torch.is_grad_enabled() else ():
                if tensor.is_leaf and tensor.is_floating_point():
                    tensor.mul_(torch.ones((), dtype=tensor.dtype, requires_grad=True))
        return value


class Count:
    """What a message becomes, counted before it is built. Raises `Unsendable` for too much."""

    def __init__(self):
        self.values = self.tensors = self.numbers = 0

    def value(self, depth: int):
        self.values += 1
        if depth > MOST_DEPTH:
            raise Unsendable(f"nested more than {MOST_DEPTH} deep")
        if self.values > MOST_VALUES:
            raise Unsendable(f"more than {MOST_VALUES} values; that many numbers fit in a tensor")

    def tensor(self, shape):
        """A size of 0 counts as 1: what looks at the other axes takes time and room for them."""
        self.tensors += 1
        self.numbers += math.prod(max(1, size) for size in shape)
        if self.tensors > MOST_TENSORS:
            raise Unsendable(f"more than {MOST_TENSORS} tensors")
        if self.numbers > MOST_NUMBERS:
            raise Unsendable(f"tensors of more than {MOST_NUMBERS} numbers: {tuple(shape)}")


def digits(text: str) -> int:
    if len(text) > MOST_DIGITS + 1:
        raise Unsendable(f"an integer of more than {MOST_DIGITS} digits")
    return int(text)


def dense(tensor):
    """The tensor, where it can be compared. Raises `Unsendable` where not, at home as well."""
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        kind = "meta" if tensor.is_meta else "quantized" if tensor.is_quantized else tensor.layout
        raise Unsendable(f"a {kind} tensor: only dense tensors can be compared")
    return tensor


def spread(keys: list) -> list:
    """These keys, unless so many share a hash that looking one up would take a walk past all."""
    if len(keys) > MOST_ALIKE and max(Counter(map(hash, keys)).values()) > MOST_ALIKE:
        raise Unsendable(f"more than {MOST_ALIKE} keys with one hash")
    return keys


def encode(tree, keep) -> bytes:
    """A tree of plain values as one message: a JSON head, then its tensors as safetensors.

    `keep(value)` is asked for everything that is not plain data and returns a `Handle`.
    Raises `Unsendable` for trees that are too deep or too large.
    """
    tensors, count = {}, Count()

    def pack(value, depth):
        count.value(depth)
        if exact := EXACT.get(type(value)):
            return [exact[0], exact[1](value)]
        if isinstance(value, torch.Tensor):
            count.tensor(dense(value).shape)
            key = str(len(tensors))
            tensors[key] = value.detach().as_subclass(torch.Tensor).cpu().contiguous()
            return ["tensor" if value.is_contiguous() else "view", key]
        for type_, kind, write in WRITE:
            if isinstance(value, type_):
                return [kind, write(value)]
        for kind, type_ in MANY.items():
            if isinstance(value, type_):
                return [kind, [pack(item, depth + 1) for item in value]]
        if isinstance(value, dict):
            pairs = [[pack(k, depth + 1), pack(v, depth + 1)] for k, v in value.items()]
            return ["record" if isinstance(value, Record) else "dict", pairs]
        handle = value if isinstance(value, Handle) else keep(value)
        return ["handle", [handle.key, handle.kind]]

    head = json.dumps(pack(tree, 0)).encode()
    body = stored(tensors) if tensors else b""
    if len(head) + len(body) > MOST_BYTES:
        raise Unsendable(f"more than {MOST_BYTES // 2**20} MB of values")
    return struct.pack("<I", len(head)) + head + body


def stored(tensors: dict) -> bytes:
    """What safetensors' own `save` makes, in a tenth of its time for tensors as small as ours."""
    if not all(tensor.dtype in STORED for tensor in tensors.values()):
        return save({key: tensor.clone() for key, tensor in tensors.items()})
    head, parts, end = {}, [], 0
    for key, tensor in tensors.items():
        bare = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
        parts.append(bare.resolve_neg().numpy().tobytes())
        begin, end = end, end + len(parts[-1])
        kind, shape = STORED[tensor.dtype], list(tensor.shape)
        head[key] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    told = json.dumps(head).encode()
    return struct.pack("<Q", len(told)) + told + b"".join(parts)


def decode(message: bytes, resolve):
    """The tree that `encode` packed. `resolve(handle)` stands in for what was not data.

    The bytes may come from a stranger: what `encode` would not have written raises an Exception.
    """
    (size,) = struct.unpack_from("<I", message)
    head, body, count = message[4 : 4 + size], message[4 + size :], Count()
    if head.count(b"[") > 4 * MOST_VALUES:  # before it is read: each would be a list of its own
        raise Unsendable(f"more than {MOST_VALUES} values")
    for told in heads(body):
        count.tensor(told["shape"])
    tensors = load(body) if body else {}

    def unpack(packed, depth=0):
        count.value(depth)
        kind, value = packed
        if kind in ("tensor", "view"):
            tensor = tensors.pop(value)  # each is named once: a thousand names would be a thousand
            return tensor if kind == "tensor" else relaid(tensor)
        if kind == "plain" and (value is None or isinstance(value, bool | str)):
            return value
        if kind in READ:
            return READ[kind](value)
        if kind in MANY:
            items = [unpack(item, depth + 1) for item in value]
            return MANY[kind](spread(items) if "set" in kind else items)
        if kind in ("dict", "record"):
            keys = spread([unpack(key, depth + 1) for key, _ in value])
            pairs = dict(zip(keys, [unpack(v, depth + 1) for _, v in value], strict=True))
            return Record(pairs) if kind == "record" else pairs
        if kind == "handle":
            return resolve(Handle(int(value[0]), str(value[1])[:KIND_LETTERS]))
        raise ValueError(f"no value of kind {str(kind)[:40]!r}")

    return unpack(json.loads(head))


def relaid(tensor):
    """The same numbers as a view: every second entry of a larger tensor, axes in another order."""
    if not tensor.numel() or not tensor.dim():
        return tensor
    spread = tensor.repeat_interleave(2, dim=0)
    if tensor.dim() > 1:
        spread = spread.transpose(0, -1).contiguous().transpose(0, -1)
    return spread[::2]


def heads(body: bytes) -> list[dict]:
    """What safetensors are said to be, read before they are made."""
    if not body:
        return []
    (size,) = struct.unpack_from("<Q", body)
    told = json.loads(body[8 : 8 + size])
    return [head for name, head in told.items() if name != "__metadata__"]


class ForbiddenCall(RuntimeError):
    """The answer called the very function that it is to build."""


class Forbid(TorchFunctionMode):
    """Refuses torch functions by their own name, under whatever name they were imported.

    `_softmax`, `aten::softmax` and `softmax.int` are names of `softmax`, too.
    """

    def __init__(self, names):
        super().__init__()
        self.names = frozenset(name.lstrip("_") for name in names)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "").rpartition("::")[2].partition(".")[0]
        if name.lstrip("_") in self.names:
            raise ForbiddenCall(name)
        return function(*args, **(kwargs or {}))


OURS = torch._C.DisableTorchFunction()  # what an answer must not call, we may


class Session:
    """Answers questions about the names of one namespace. Used by a notebook's `check`, too.

    `owns(filename)` tells which frames of a traceback are the learner's own.
    """

    def __init__(self, namespace: dict, owns=lambda filename: filename.startswith("<cell ")):
        self.namespace = namespace
        self.owns = owns
        self.future = set()

    def perform(self, question: dict) -> dict:
        """{"value": ...}, or {"error": ...} where the learner's code raised."""
        verb, forbidden = getattr(self, "do_" + question["verb"]), question.get("forbid")
        try:
            walls = Forbid(forbidden) if forbidden else contextlib.nullcontext()
            with walls, limited(question.get("seconds")):
                return {"value": verb(question)}
        except (Exception, SystemExit, TooSlow) as error:
            return {"error": self.describe(error)}

    def target(self, question):
        target = question["target"]
        if isinstance(target, str):
            if target not in self.namespace:
                raise NameError(f"name {target!r} is not defined")
            target = self.namespace[target]
        return getattr(target, question["method"]) if question.get("method") else target

    def do_all(self, question):
        """Several questions in one message, and a reply to each."""
        return [self.perform(one) for one in question["questions"]]

    def do_call(self, question):
        """Outcomes of many calls; with `after`, also the arguments where a call changed them.

        Where `after` is "held" they are told of each call, as `holding` has them.
        """
        outcomes, after = [], question.get("after")
        for args, kwargs in question["calls"]:
            with OURS:
                held = holding(args) if after == "held" else None
                before = snapshot(args) if after and held is None else None
            try:
                outcome = {"value": self.target(question)(*args, **kwargs)}
                with OURS:
                    if held is not None:
                        outcome["after"] = held
                    elif after and not untouched(args, before):
                        outcome["after"] = args
            except (Exception, SystemExit) as error:
                outcome = {"error": self.describe(error)}
            outcomes.append(outcome)
        return outcomes

    def do_again(self, question):
        """The tensors that a second call gives, after those that the first gave were changed.

        Afterwards they are as they were: a notebook may use what its answer keeps.
        """
        outcomes, target = [], self.target(question)
        for (args, kwargs), (others, named) in zip(
            question["calls"], question["more"], strict=True
        ):
            changed = []
            try:
                with torch.no_grad():
                    changed += spoilt(target(*args, **kwargs))
                    second = tensors_of(target(*others, **named))
                    outcomes.append({"value": [tensor.clone() for tensor in second]})
            except (Exception, SystemExit) as error:
                outcomes.append({"error": self.describe(error)})
            finally:
                with torch.no_grad():
                    for tensor, before in reversed(changed):  # one may stand there twice
                        tensor.copy_(before)
        return outcomes

    def do_gradients(self, question):
        """Of many calls: gradients of a weighted sum of the outputs for the arguments `wrt`."""
        outcomes = []
        for args, wrt in question["calls"]:
            try:
                outcomes.append({"value": gradients(self.target(question), list(args), wrt)})
            except (Exception, SystemExit) as error:
                outcomes.append({"error": self.describe(error)})
        return outcomes

    def do_get(self, question):
        return getattr(self.target(question), question["name"])

    def do_load(self, question):
        """Put tensors into a module (by its own names) or attributes into an object."""
        target = self.target(question)
        if isinstance(target, torch.nn.Module):
            target.load_state_dict(question["state"])
        else:
            for name, value in question["state"].items():
                setattr(target, name, value)

    def do_take(self, question):
        return list(itertools.islice(self.target(question), question["count"]))

    def do_signature(self, question):
        """Parameters as [name, kind, has a default], or None where Python cannot tell."""
        target = self.target(question)
        if not callable(target):
            return {"callable": False, "type": type(target).__name__[:MOST_NAME]}
        try:
            parameters = inspect.signature(target).parameters.values()
        except (ValueError, TypeError):
            return {"callable": True, "parameters": None}
        told = [[p.name, p.kind.name, p.default is not p.empty] for p in parameters]
        return {"callable": True, "class": inspect.isclass(target), "parameters": told}

    def do_source(self, question):
        return source_of(self.target(question))

    def do_cell(self, question):
        """The whole text of the learner's cell that defines the target, or ""."""
        code = code_of(self.target(question))
        if code is None or not self.owns(code.co_filename):
            return ""
        return "".join(linecache.getlines(code.co_filename))

    def do_edit(self, question):
        """What edited texts of a cell define: called once, or given as it is; None where neither.

        Each gets `each` seconds; the namespace stays as it was.
        """
        made = []
        for source in question["sources"]:
            namespace = dict(self.namespace)
            try:
                with limited(question["each"]), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    exec(compile(source, EDITED, "exec", UNREAD, dont_inherit=True), namespace)
                    thing = namespace[question["target"]]
                    if question["calls"] is None:
                        made.append(thing)
                        continue
                    args, kwargs = copy.deepcopy(question["calls"][0])
                    made.append({"value": thing(*args, **kwargs)})
            except (Exception, SystemExit, TooSlow) as error:
                told = {"type": type(error).__name__[:MOST_NAME], "message": str(error)[:200]}
                made.append(None if question["calls"] is None else {"error": told})
        return made

    def do_seed(self, question):
        """Begin every generator of random numbers that an answer may use anew."""
        random.seed(question["seed"])
        torch.default_generator.manual_seed(question["seed"])  # no GPU's: there is none when graded
        if numpy := sys.modules.get("numpy"):  # torch brings it in where there is one
            numpy.random.seed(question["seed"] % 2**32)

    def do_reach(self, question):
        """Which of these files, modules and doors this process can reach: none, when locked in."""
        reached = []
        for path in question["files"]:
            with contextlib.suppress(OSError):
                os.listdir(path) if os.path.isdir(path) else open(path, "rb").close()
                reached.append(path)
        for name in question["modules"]:
            with contextlib.suppress(ImportError):
                __import__(name)
                reached.append(f"the module {name}")
        doors = {
            "a socket": lambda: socket.socket().close(),
            "another process": lambda: os.kill(os.getppid(), 0),
            "a new process": lambda: os._exit(0) if os.fork() == 0 else os.wait(),
            "a new file": lambda: open(os.path.join(tempfile.gettempdir(), "reach"), "w").close(),
        }
        for name, door in doors.items():
            with contextlib.suppress(OSError):
                door()
                reached.append(name)
        return reached

    def do_modules(self, question):
        """Make modules of a package from their sources, in this order."""
        for name, source in question["sources"]:
            package = name.partition(".")[0]
            sys.modules.setdefault(package, types.ModuleType(package)).__path__ = []
            module = sys.modules[name] = types.ModuleType(name)
            exec(compile(source, f"<{name}>", "exec"), module.__dict__)

    def do_run(self, question):
        """Run cells statement by statement; report those that fail and go on."""
        return [failure for cell in question["cells"] for failure in self.run_cell(*cell)]

    def run_cell(self, name, source):
        filename = f"<cell {name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        try:
            statements = ast.parse(source, filename).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield {"cell": name, **self.describe(error)}
            return
        for statement in statements:
            try:
                run_statement(statement, filename, self.namespace, self.future)
            except (Exception, SystemExit) as error:
                yield {"cell": name, **self.describe(error)}

    def describe(self, error) -> dict:
        """What was raised, and the last line of the learner's own code that led there."""
        described = {"type": type(error).__name__[:MOST_NAME], "message": str(error)[:500]}
        if isinstance(error, SyntaxError):
            told = {"line": error.lineno or 0, "text": (error.text or "").strip()}
            return described | told | {"message": str(error.msg)[:500]}
        own = [f for f in traceback.extract_tb(error.__traceback__) if self.owns(f.filename)]
        if own:
            described |= {"line": own[-1].lineno, "text": own[-1].line or ""}
        return described


def tensors_of(value) -> list:
    """The tensors of a tree, in its order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for item in value for t in tensors_of(item)] if type(value) in (list, tuple) else []


def spoilt(value) -> list:
    """Each tensor of a result, changed in place, with a copy of what it was."""
    changed = []
    for tensor in tensors_of(value):
        before = tensor.clone()
        try:
            tensor.logical_not_() if tensor.dtype == torch.bool else tensor.add_(1)
        except RuntimeError:  # an expanded one lets nobody write
            continue
        changed.append((tensor, before))
    return changed


def holding(value):
    """The same tree in lists and mappings of its own: it keeps its tensors, whatever replaces them.

    A lent thing becomes the list of the tensors that it gives from now on.
    """
    if isinstance(value, StandIn):
        return vars(value).setdefault("_given", [])
    if type(value) in (list, tuple):
        return type(value)([holding(item) for item in value])
    return {k: holding(item) for k, item in value.items()} if type(value) is dict else value


def snapshot(value):
    """A tree of arguments as it is now, for `untouched`, which finds nothing else the same."""
    kind = type(value)
    if kind in EXACT or kind in (StandIn, types.FunctionType):
        return value
    if kind is torch.Tensor:
        return value.clone()
    if kind in (list, tuple):
        return kind([snapshot(item) for item in value])
    if kind is dict:
        return {key: snapshot(item) for key, item in value.items()}
    return set(value) if kind is set else object()


def untouched(value, before) -> bool:
    """Is it still what it was? Where that is in doubt it is not: who asked looks for himself."""
    kind = type(value)
    if value is before or kind is not type(before):
        return value is before and kind is not torch.Tensor
    if kind is torch.Tensor:
        return value.dtype == before.dtype and torch.equal(value, before)
    if kind in (list, tuple):
        return len(value) == len(before) and all(map(untouched, value, before))
    if kind is dict:
        return untouched([*value.items()], [*before.items()])
    return kind in (*EXACT, set) and value == before


def gradients(function, args: list, wrt: list) -> list:
    """One for each of `wrt`; of a lent thing, or a list of them, a list: of all floats it gave."""
    with OURS:
        for index in wrt:
            if isinstance(args[index], torch.Tensor):
                args[index] = args[index].detach().clone().requires_grad_()
        sources = [holding(args[index]) for index in wrt]
    outputs = function(*args)
    with OURS:
        total = weighted_sum(outputs)
    if not wrt and total is not None and total.requires_grad:
        torch.autograd.grad(total, [])  # refused, for there is a gradient to be had

    def slope(of):
        if not isinstance(of, torch.Tensor):
            return [slope(tensor) for tensor in tensors_of(of) if tensor.is_floating_point()]
        if total is None or not total.requires_grad or not of.requires_grad:
            return None
        return torch.autograd.grad(total, of, retain_graph=True, allow_unused=True)[0]

    return [slope(source) for source in sources]


def weighted_sum(outputs):
    """A scalar in which every floating entry of the outputs has another weight."""
    if isinstance(outputs, torch.Tensor):
        if not outputs.is_floating_point():
            return None
        weights = torch.sin(torch.arange(1, outputs.numel() + 1, dtype=outputs.dtype))
        return (outputs.flatten() * weights).sum()
    items = outputs.values() if isinstance(outputs, dict) else outputs
    many = isinstance(outputs, dict | list | tuple)
    sums = [s for s in map(weighted_sum, items) if s is not None] if many else []
    return sum(sums) if sums else None


def run_statement(statement, filename: str, namespace: dict, future: set):
    """As a notebook runs it: what it imports from the future stays, and it may wait for something.

    future: the names of such imports so far.
    """
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        future.update(alias.name for alias in statement.names if hasattr(__future__, alias.name))
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for name in future:
        flags |= getattr(__future__, name).compiler_flag
    tree = ast.Module([statement], [])
    code = compile(tree, filename, "exec", flags=flags, dont_inherit=True)
    if not code.co_flags & inspect.CO_COROUTINE:
        exec(code, namespace)
        return
    waiting = eval(code, namespace)  # which gives a coroutine
    with contextlib.suppress(StopIteration):
        while True:
            waiting.send(None)


class TooSlow(BaseException):
    """An edited answer ran longer than it may. No Exception: an answer may catch those."""


@contextlib.contextmanager
def alarmed(timer: str, seconds: float, error, again: float):
    """Raises `error()` once these seconds are over, and again each time as many as `again` are.

    timer: "REAL" time, "VIRTUAL" (of the processor, our own code), "PROF" (what the system does
    for it, too). Without effect where there is no such timer, and in a thread that hears none.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number, frame):
        raise error()

    which, number = getattr(signal, f"ITIMER_{timer}"), getattr(signal, ALARMS[timer])
    handler = signal.signal(number, stop)
    before = signal.setitimer(which, seconds, again)
    try:
        yield
    finally:
        signal.setitimer(which, 0)
        signal.signal(number, handler)
        signal.setitimer(which, *before)


def limited(seconds: float | None):
    """Raises TooSlow in what takes more of the processor, where the system has alarms."""
    if not seconds:
        return contextlib.nullcontext()
    said = f"stopped after {seconds:g} seconds"
    return alarmed("VIRTUAL", seconds, lambda: TooSlow(said), seconds)


def code_of(thing):
    """The code of a function, or of the first member of a class that has one; else None."""
    members = vars(thing).values() if inspect.isclass(thing) else [thing]
    for member in members:
        member = getattr(member, "__func__", member)
        with contextlib.suppress(ValueError):  # a wrapper that wraps itself
            member = inspect.unwrap(member)
        if isinstance(code := getattr(member, "__code__", None), types.CodeType):
            return code
    return None


def source_of(thing) -> str:
    """The text of a function or a class, as it stands in the learner's cell, or ""."""
    code, named = code_of(thing), inspect.isclass(thing)
    lines = linecache.getlines(code.co_filename) if code else []
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        for node in reversed(ast.parse("".join(lines)).body):  # inspect reads it word by word
            if named and isinstance(node, ast.ClassDef) and node.name == thing.__name__:
                return "".join(lines[node.lineno - 1 : node.end_lineno])
            if not named and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if first == code.co_firstlineno:
                    return "".join(lines[first - 1 : node.end_lineno])
    with contextlib.suppress(OSError, TypeError):
        return "" if named else inspect.getsource(thing)
    return ""


class Wire:
    """Messages over a socket, each preceded by its length.

    Raises TimeoutError once `deadline`, a time of time.monotonic, is over.
    """

    def __init__(self, socket, most_bytes: int = MOST_BYTES):
        self.socket = socket
        self.most_bytes = most_bytes
        self.deadline = None

    def hurry(self):
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)

    def send(self, message: bytes):
        self.hurry()
        self.socket.sendall(struct.pack("<I", len(message)) + message)

    def receive(self) -> bytes:
        (size,) = struct.unpack("<I", self.read(4))
        if size > self.most_bytes + 2**20:
            raise Unsendable(f"a message of {size} bytes")
        return self.read(size)

    def read(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self.hurry()
            part = self.socket.recv(min(size - len(parts), 2**20))
            if not part:
                raise EOFError("the other side closed the connection")
            parts += part
        return bytes(parts)


def serve(wire: Wire, session: Session):
    """Answer questions until the other side hangs up."""
    kept = []

    def keep(value):
        if isinstance(value, StandIn):
            return value._handle
        kept.append(value)
        return Handle(len(kept) - 1, type(value).__name__[:MOST_NAME])

    def resolve(handle):
        def call(*args, **kwargs):
            return told(handle.key, None, args, kwargs)

        if handle.kind == "lent":
            return StandIn(handle, partial(told, handle.key), call)
        return call if handle.kind == "callback" else kept[handle.key]

    def told(key, name, args=(), kwargs=()):
        wire.send(encode({"callback": key, "name": name, "args": args, "kwargs": kwargs}, keep))
        reply = decode(wire.receive(), resolve)
        if "error" in reply:
            raise ERRORS.get(reply["error"], RuntimeError)(reply["message"])
        return reply["value"]

    while True:
        try:
            question = decode(wire.receive(), resolve)
        except EOFError:
            return
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            reply = session.perform(question)
        try:
            message = encode(reply, keep)
        except (Exception, SystemExit) as error:
            message = encode({"error": session.describe(error)}, keep)
        wire.send(message)


def rehearse():
    """Do once what is done with every answer, so that workers forked from here find it done."""
    session, x = Session({}), torch.ones(2, 2)
    source = "def f(x):\n    return [x.softmax(-1) @ x]"
    session.perform({"verb": "run", "cells": [["rehearsal", source]]})
    calls = {"call": [[[x], {}]], "gradients": [[[x], [0]]]}
    for verb in ("signature", "source", "seed", "call", "gradients"):
        question = {"verb": verb, "target": "f", "seed": 0, "calls": calls.get(verb, [])}
        question = decode(encode(question, None), None)
        decode(encode(session.perform(question), None), None)
    linecache.cache.clear()


def main(descriptor: int):
    torch.set_num_threads(1)
    namespace = {"__name__": "__main__", "__builtins__": __builtins__}
    rehearse()  # once more, in memory of its own, while nobody waits for it
    namespace["display"] = lambda *things, **options: None  # every notebook has it
    serve(Wire(socket.socket(fileno=descriptor)), Session(namespace))


if __name__ == "__main__":
    main(int(sys.argv[1]))
