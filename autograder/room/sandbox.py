"""The locked room that a learner's code runs in.

Owns: what this machine can lock with, the outer walls around the clean starting process
(bubblewrap), and the seal that each worker puts on itself after it was forked. Imports
nothing of this project: it is loaded by path where the project cannot be read.

Whatever the tier, a sealed worker reads the Python installation and nothing else, writes
nothing, opens no socket, starts no process, and signals nobody.
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

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
LIBC = ctypes.CDLL(None, use_errno=True)


class NoSandbox(RuntimeError):
    """This machine cannot lock a learner's code in; the message says what would help."""


@dataclass(frozen=True)
class Limits:
    """What one worker may use. Bytes and seconds."""

    memory: int = 2 * 2**30  # beyond what the starting process holds
    cpu_seconds: int = 60
    question_seconds: float = 20.0  # wall clock, for one question
    wall_seconds: float = 120.0  # wall clock, for one submission
    file_bytes: int = 2**20  # of anything that behaves like a file, memory files included
    open_files: int = 64
    threads: int = 64
    message_bytes: int = 16 * 2**20  # of one reply


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


def python_paths() -> list[str]:
    """What a worker may read: the Python installation with its libraries."""
    own = [sys.prefix, sys.base_prefix, sys.exec_prefix]
    found = [os.path.realpath(path) for path in own] + [p for p in SYSTEM if os.path.exists(p)]
    return list(dict.fromkeys(found))


def outer_walls(tier: str, files: list[str], command: list[str]) -> list[str]:
    """The command, behind bubblewrap where that is the tier. `files` stay readable."""
    if tier != BUBBLEWRAP:
        return command
    walls = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for path in [*python_paths(), *files]:
        walls += ["--ro-bind", path, path]
    for device in DEVICES:
        walls += ["--dev-bind", device, device]
    walls += ["--proc", "/proc"]  # to measure its own size; sealed workers cannot read it
    return [*walls, "--chdir", "/", "--remount-ro", "/", "--", *command]


def seal(tier: str, limits: Limits, readable: list[str], load_filter) -> None:
    """Lock this process in, for good. Raises OSError where a lock does not hold."""
    if tier == NAMESPACES:
        unshare(USER | NETWORK | IPC)
    limit(limits)  # in a namespace of its own, the limit on threads counts no others of its user
    if tier == NONE:
        return
    drop_capabilities()
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    landlock(readable)
    load_filter()


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
PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG = 38, 1


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


def die_with_parent() -> None:
    if sys.platform == "linux":
        check(LIBC.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "die with the parent")


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


def landlock(readable: list[str]) -> None:
    """From now on: these paths for reading, /dev/null for writing, and no others."""
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
    check(LIBC.syscall(RESTRICT_SELF, rules, 0), "landlock")
    os.close(rules)


# ---- seccomp: system calls that a learner's answer has no use for

DENIED = """
socket socketpair bind listen accept accept4 connect
fork vfork execve execveat
kill tkill tgkill pidfd_open pidfd_send_signal pidfd_getfd rt_sigqueueinfo rt_tgsigqueueinfo
ptrace process_vm_readv process_vm_writev process_madvise kcmp
unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsmount fsconfig
bpf perf_event_open userfaultfd io_uring_setup keyctl add_key request_key
shmget shmat msgget semget mq_open memfd_create memfd_secret
open_by_handle_at name_to_handle_at personality quotactl acct swapon reboot
init_module finit_module kexec_load setpriority sched_setscheduler ioprio_set
setuid setgid setreuid setregid setresuid setresgid setgroups capset
chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat truncate
utime utimes utimensat futimesat inotify_init inotify_init1 fanotify_init
setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat
""".split()  # noqa: SIM905
# Modes, times and attributes are not Landlock's business: whoever owns a file could change them.
CLONE_THREAD = 0x00010000
# (call, argument, value): outlive the starting process; have signals sent to another process
DENIED_USES = (
    ("prctl", 0, PR_SET_PDEATHSIG),
    *(("fcntl", 1, command) for command in (8, 10, 15)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX
    *(("ioctl", 1, command) for command in (0x8901, 0x8902)),  # FIOSETOWN, SIOCSPGRP
)


def has_seccomp() -> bool:
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError, AttributeError):
        return False
    return hasattr(pyseccomp, "SyscallFilter")


def system_call_filter():
    """The filter, built once; `load` it in a process that is to keep it. Threads stay allowed."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse = seccomp.ERRNO(1)  # EPERM
    for name in DENIED:
        try:
            rules.add_rule(refuse, name)
        except (ValueError, OSError, RuntimeError):  # unknown to this kernel or library
            continue
    # the flags of clone3 lie in memory, where a filter cannot look: make libc use clone
    rules.add_rule(seccomp.ERRNO(38), "clone3")
    rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.add_rule(refuse, "prlimit64", seccomp.Arg(0, seccomp.NE, 0))  # limits of others
    for name, place, value in DENIED_USES:  # masked, as the kernel reads 32 bits of these
        rules.add_rule(refuse, name, seccomp.Arg(place, seccomp.MASKED_EQ, 0xFFFFFFFF, value))
    return rules
