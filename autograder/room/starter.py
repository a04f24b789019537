"""The clean process: it has torch imported, holds no questions, and forks workers.

Owns: forking, sealing and ending workers, one at a time. Started in isolated mode, behind
the outer walls; loads `worker` and `sandbox` by path and imports nothing else of ours.

It reads commands from a socket, each with a token that the reply repeats, as whoever asked may be
gone: b"start TOKEN" gives the worker's number and our end of its wire, or the reason why it could
not be sealed, and ends a worker that is left; b"end TOKEN" kills it and gives what it used. Then the
next one is made, so that whoever asks for it need not wait: it has run nothing yet.
"""

import ctypes
import gc
import importlib.util
import json
import os
import resource
import signal
import socket
import sys

COMMAND_BYTES = 64
HUGE, COLLAPSE = 2**21, 25  # bytes; MADV_COLLAPSE, which Linux has since 6.1


def load(name: str, path: str):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(control_number: int, settings: dict):
    sandbox = load("sandbox", settings["sandbox"])
    sandbox.die_with_parent(settings["parent"])
    worker = load("worker", settings["worker"])
    for name in settings["preload"]:
        __import__(name)
    worker.torch.set_num_threads(1)
    worker.rehearse()
    tier, limits = settings["tier"], sandbox.Limits(**settings["limits"])
    rules = None if tier == sandbox.NONE else sandbox.landlock_rules(settings["readable"])
    seal = tier, limits, rules, bytes.fromhex(settings["program"])
    gc.collect()
    gc.freeze()  # the collector need not touch, and so copy, what workers share
    in_huge_pages(sandbox.LIBC)
    control = socket.socket(fileno=control_number)
    control.sendall(b"ready")
    child, spare = 0, None
    while True:
        command = control.recv(COMMAND_BYTES)
        if not command:
            end(child), end(spare and spare[0])
            return
        verb, token = command.decode().split()
        used, child = end(child), 0
        if verb == "end":
            control.sendall(json.dumps(used | {"token": token}).encode())
            spare = spare or born(sandbox, worker, control, seal)
            continue
        child, wire, trouble = spare or born(sandbox, worker, control, seal)
        spare = None
        reply = {"token": token, "worker": child, "trouble": trouble}
        socket.send_fds(control, [json.dumps(reply).encode()], [wire.fileno()])
        wire.close()


def in_huge_pages(libc):
    """Move this process's memory into pages of 2 MB, where the system can: a fork copies a list of
    pages, which then is short. Nothing depends on it."""
    try:
        with open("/proc/self/maps") as maps:
            lines = [line.split() for line in maps]
    except OSError:  # not Linux
        return
    for where, mode, _, _, file, *_ in lines:
        low, high = (int(number, 16) for number in where.split("-"))
        first = -(-low // HUGE) * HUGE
        if mode == "rw-p" and file == "0":
            for place in range(first, high - HUGE + 1, HUGE):
                libc.madvise(ctypes.c_void_p(place), ctypes.c_size_t(HUGE), COLLAPSE)


def born(sandbox, worker, control, seal) -> tuple[int, socket.socket, str]:
    """A new worker: its number, the other end of its wire, and why it could not be sealed, or ""."""
    ours, theirs = socket.socketpair()
    report, told = os.pipe()
    own = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(report)
        control.close()
        become_worker(sandbox, worker, theirs.fileno(), told, seal, own)
    os.close(told)
    theirs.close()
    with os.fdopen(report, "rb") as reader:
        trouble = reader.read()
    return child, ours, trouble.decode()


def become_worker(sandbox, worker, wire, told, seal, parent):
    """In the forked child: seal, say whether that worked, then serve until the end."""
    _, limits, rules, _ = seal
    try:
        sandbox.die_with_parent(parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        quiet = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(quiet, standard)
        kept = sorted({0, 1, 2, wire, told, *([] if rules is None else [rules])})
        for low, high in zip(kept, [*kept[1:], 4096], strict=True):
            os.closerange(low + 1, high)
        worker.MOST_BYTES = limits.message_bytes
        sandbox.seal(*seal)
    except BaseException as error:
        os.write(told, f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    os.close(told)
    try:
        worker.main(wire)
    finally:
        os._exit(0)


def end(child: int) -> dict:
    """Kill a worker with all it started, and say what it used."""
    if not child:
        return {}
    os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
