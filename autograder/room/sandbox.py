"""The locked room that a learner's code runs in.

Owns: what this machine can lock with, the outer walls around the clean starting process
(bubblewrap), and the seal that each worker puts on itself after it was forked. Imports
nothing of this project: it is loaded by path where the project cannot be read.

Whatever the tier, a sealed worker reads what Python needs and nothing else, writes nothing, opens
no socket, starts no process, and signals nobody.
"""

import ctypes
import os
import resource
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# strongest first
BUBBLEWRAP, NAMESPACES, LANDLOCK, NONE = "bubblewrap", "namespaces", "landlock", "none"
TIERS = (BUBBLEWRAP, NAMESPACES, LANDLOCK)

LINKS = ("/lib", "/lib64")  # where a program's loader is looked for
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
LIBC = ctypes.CDLL(None, use_errno=True)


class NoSandbox(RuntimeError):
    """This machine cannot lock a learner's code in; the message says what would help."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Bytes and seconds."""

    memory: int = 2 * 2**30  # beyond what the starting process holds
    cpu_seconds: int = 60
    question_seconds: float = 20.0  # wall clock, for one question
    wall_seconds: float = 120.0  # wall clock, for one submission
    file_bytes: int = 2**20  # of anything that behaves like a file, memory files included
    open_files: int = 64
    threads: int = 64
    message_bytes: int = 16 * 2**20  # of one reply
    judge_seconds: float = 10.0  # of the processor, to judge one answer
    repair_seconds: float = 1.0  # of one submission, to look for places; 0: none is looked for
    judge_memory: int = 2**30  # to judge a submission, beyond what the grader holds

    @property
    def whole_seconds(self) -> float:
        """Wall clock, for all that is done with a submission: then something hangs."""
        return self.wall_seconds + 3 * self.judge_seconds


def available() -> list[str]:
    """The tiers that work here, strongest first."""
    if sys.platform != "linux" or landlock_abi() < 1 or not has_seccomp():
        return []
    tiers = [LANDLOCK]
    if survives(lambda: unshare(USER | NETWORK | IPC)):
        tiers.insert(0, NAMESPACES)
    if has_bubblewrap():
        tiers.insert(0, BUBBLEWRAP)
    return tiers


def choose(wanted: str | None = None) -> str:
    """The strongest tier, or the wanted one. Raises NoSandbox where it does not work."""
    if wanted == NONE:
        return NONE
    tiers = available()
    if not tiers:
        raise NoSandbox(
            "Nothing here can lock a learner's code in: that takes Linux 5.13 or newer with "
            "Landlock, and libseccomp (Debian: apt-get install libseccomp2). Grade on such a "
            "machine, or give --unsandboxed if you trust every submission as your own code."
        )
    if wanted and wanted not in tiers:
        raise NoSandbox(f"The sandbox {wanted!r} does not work here; these do: {', '.join(tiers)}.")
    return wanted or tiers[0]


def outer_walls(tier: str, readable: list[str], command: list[str]) -> list[str]:
    """The command, behind bubblewrap where that is the tier. What is readable stays so."""
    if tier != BUBBLEWRAP:
        return command
    walls = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for link in LINKS:
        if os.path.islink(link):
            walls += ["--symlink", os.readlink(link), link]
    for path in readable:
        walls += ["--ro-bind", path, path]
    for device in DEVICES:
        walls += ["--dev-bind", device, device]
    walls += ["--proc", "/proc"]  # to measure its own size; sealed workers cannot read it
    return [*walls, "--chdir", "/", "--remount-ro", "/", "--", *command]


def seal(tier: str, limits: Limits, rules: int | None, program: bytes) -> None:
    """Lock this process in, for good. Raises OSError where a lock does not hold.

    rules: what `landlock_rules` made. program: what `calls.program` made. Both once for all.
    """
    if tier == NAMESPACES:
        unshare(USER | NETWORK | IPC)
    limit(limits)  # in a namespace of its own, the limit on threads counts no others of its user
    if tier == NONE:
        return
    drop_capabilities()
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    check(LIBC.syscall(RESTRICT_SELF, rules, 0), "landlock")
    os.close(rules)
    load_filter(program)


def limit(limits: Limits) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, mapped() + limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.threads),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def mapped() -> int:
    """Bytes of address space in use; more than any limit where it cannot be told (not Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 2**40
    return pages * resource.getpagesize()


# ---- namespaces and capabilities

USER, NETWORK, IPC = 0x10000000, 0x40000000, 0x08000000
PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 1, 22, 2


def check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    check(LIBC.unshare(flags), "unshare")


def drop_capabilities() -> None:
    """Root without capabilities is nobody in particular."""
    header = struct.pack("Ii", 0x20080522, 0)  # version 3, this process
    check(LIBC.capset(header, bytes(24)), "capset")


def die_with_parent(parent: int | None = None) -> None:
    """End when the parent does. parent: its number, where it can be known: it may be gone."""
    if sys.platform == "linux":
        check(LIBC.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "die with the parent")
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def survives(action) -> bool:
    """Does this work, tried in a process of its own?"""
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def has_bubblewrap() -> bool:
    if not shutil.which("bwrap"):
        return False
    trial = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    return subprocess.run(trial, capture_output=True).returncode == 0


# ---- Landlock: an allow-list of paths, kept by the kernel (linux/landlock.h)

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3


def landlock_abi() -> int:
    """0 where the kernel has no Landlock."""
    return max(0, LIBC.syscall(CREATE_RULESET, None, 0, 1))


def landlock_rules(readable: list[str]) -> int:
    """A list of rules: these paths for reading, /dev/null for writing, and no others."""
    abi = landlock_abi()
    handled = (1 << (13 + (abi >= 2) + (abi >= 3))) - 1 | ((1 << 15) if abi >= 5 else 0)
    network = 0b11 if abi >= 4 else 0
    scoped = 0b11 if abi >= 6 else 0  # abstract sockets, signals
    attributes = struct.pack("QQQ", handled, network, scoped)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    rules = check(LIBC.syscall(CREATE_RULESET, attributes, size, 0), "landlock")
    allowed = [(path, EXECUTE | READ_FILE | READ_DIR) for path in readable]
    for path, access in [
        *allowed,
        ("/dev/null", READ_FILE | WRITE_FILE),
        ("/dev/urandom", READ_FILE),
    ]:
        if not os.path.exists(path):
            continue
        if not os.path.isdir(path):
            access &= EXECUTE | WRITE_FILE | READ_FILE
        place = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", access, place)
        check(LIBC.syscall(ADD_RULE, rules, 1, rule, 0), f"landlock {path}")
        os.close(place)
    return rules


def load_filter(program: bytes) -> None:
    """Keep a program of system calls for good (linux/filter.h)."""
    kept = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(kept))
    check(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0), "seccomp")


# ---- seccomp: a list of system calls, kept by the kernel; what is on it: `calls`


def has_seccomp() -> bool:
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError, AttributeError):
        return False
    return hasattr(pyseccomp, "SyscallFilter")
