"""Doors that a learner's code must find locked: code that raises unless it got through.

`@COURSE@` and such are replaced by `places` of the test that tries them. Nothing here does
harm where a door is open: signals are number 0, or go to the clean process alone.
"""

import textwrap

SETUP = '''
import ctypes, fcntl, os, platform, resource, signal, socket, struct, sys, tempfile
from ctypes import c_long, c_uint64
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
opened, tried = [], []
def needs(result):
    if result is None or result is False or (isinstance(result, int) and result < 0):
        raise OSError(result)
    return result
def call(number, *arguments):
    """A system call by its number on x86-64, past every wrapper."""
    needs(x86)
    return needs(libc.syscall(c_long(number), *[c_long(a) if isinstance(a, int) else a
                                                for a in arguments]))
def fork(made):
    if made == 0:
        os._exit(0)
    return needs(made)
def tcp(host, port):
    with socket.create_connection((host, port), 1) as made:
        made.sendall(b"hello")
'''

READ = {
    "the gradebook": 'open("@COURSE@/gradebook.db", "rb").read(1)',
    "the course's secret": 'open("@COURSE@/secret").read()',
    "the course's configuration": 'open("@COURSE@/nbgrader_config.py").read()',
    "the course's folder": 'os.listdir("@COURSE@")',
    "another submission": 'open("@COURSE@/submitted/honest_right/self_attention/'
    'self_attention.ipynb").read()',
    "the names of the others": 'os.listdir("@COURSE@/submitted")',
    "the reference": 'open("@PROJECT@/solutions/self_attention.py").read()',
    "the checks": 'open("@PROJECT@/autograder/checks/self_attention.py").read()',
    "the judge": 'open("@PROJECT@/autograder/judge/judging.py").read()',
    "the instructor's home": 'os.listdir("@HOME@")',
    "the accounts": 'open("/etc/passwd").read()',
    "the passwords": 'open("/etc/shadow").read()',
    "its own environment": 'open("/proc/self/environ").read()',
    "its own memory map": 'open("/proc/self/maps").read()',
    "its parent's environment": 'open(f"/proc/{os.getppid()}/environ").read()',
    "its parent's memory": 'open(f"/proc/{os.getppid()}/mem", "rb").read(0)',
    "its parent's files": 'os.listdir(f"/proc/{os.getppid()}/fd")',
    "all processes": 'os.listdir("/proc")',
    "the kernel's settings": 'os.listdir("/sys")',
    "by the way of a link": 'open("/proc/self/cwd/etc/passwd").read()',
}
IMPORT = {
    "solutions": 'sys.path.insert(0, "@PROJECT@"); import solutions.self_attention',
    "the package of checks": 'sys.path.insert(0, "@PROJECT@"); import autograder.checks',
    "a module among those loaded": """
needs(any(name.split(".")[0] in ("solutions", "autograder", "nbgrader") for name in sys.modules))
""",
    "an exercise among all objects": """
import gc
names = {type(o).__name__ for o in gc.get_objects()}
needs(bool(names & {"Exercise", "Claim", "Misconception", "Key", "Gradebook", "Verdict"}))
""",
    "the questions in the frames above": """
frame, found = sys._getframe(), []
while frame:
    found += [k for k in frame.f_locals if k in ("seed", "key", "exercise", "verdict", "claim")]
    frame = frame.f_back
needs(bool(found))
""",
}
WRITE = {
    "a temporary file": "tempfile.TemporaryFile()",
    "a file in /tmp": 'open(os.path.join("/tmp", "llms-by-hand"), "w")',
    "a file in /var/tmp": 'open(os.path.join("/var/tmp", "llms-by-hand"), "w")',
    "shared memory's folder": 'open(os.path.join("/dev/shm", "llms-by-hand"), "w")',
    "a file where all may write": 'open("@CANARY@/was_here", "w")',
    "a folder where all may write": 'os.mkdir("@CANARY@/folder")',
    "a link where all may write": 'os.symlink("/", "@CANARY@/link")',
    "a hard link to the gradebook": 'os.link("@COURSE@/gradebook.db", "@CANARY@/gradebook")',
    "a pipe where all may write": 'os.mkfifo("@CANARY@/pipe")',
    "the canary's content": 'open("@CANARY@/canary", "a").write("sung")',
    "the canary's length": 'os.truncate("@CANARY@/canary", 0)',
    "the canary's mode": 'os.chmod("@CANARY@/canary", 0o777)',
    "the canary's times": 'os.utime("@CANARY@/canary", (1, 1))',
    "the canary's owner": 'os.chown("@CANARY@/canary", 65534, 65534)',
    "the canary's attributes": 'os.setxattr("@CANARY@/canary", "user.was", b"here")',
    "the canary's name": 'os.rename("@CANARY@/canary", "@CANARY@/crow")',
    "the canary's life": 'os.remove("@CANARY@/canary")',
    "the instructor's configuration": 'open("@COURSE@/nbgrader_config.py", "a")',
    "the gradebook": 'open("@COURSE@/gradebook.db", "r+b")',
    "the gradebook's mode": 'os.chmod("@COURSE@/gradebook.db", 0)',
    "the secret's mode": 'os.chmod("@COURSE@/secret", 0o644)',
    "the library": 'import torch; open(os.path.join(os.path.dirname(torch.__file__), "was_here"), "w")',
    "the sources of the worker": 'open("@PROJECT@/autograder/room/worker.py", "a")',
}
NETWORK = {
    "a TCP connection": 'tcp("127.0.0.1", @TCP@)',
    "a TCP connection, version 6": "socket.socket(socket.AF_INET6).close()",
    "a UDP packet": 's = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b"hi", ("127.0.0.1", @UDP@))',
    "an abstract socket": 's = socket.socket(socket.AF_UNIX); s.connect("\\0@ABSTRACT@")',
    "a pair of sockets": "socket.socketpair()",
    "a server": 'socket.create_server(("127.0.0.1", 0))',
    "a raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "a socket without Python": "needs(libc.socket(2, 1, 0))",
    "a socket by its number": "call(41, 2, 1, 0)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "a ring of system calls": "call(425, 4, ctypes.create_string_buffer(120))",
}
PROCESS = {
    "a child": "fork(os.fork())",
    "a child without Python": "fork(libc.fork())",
    "a child by the number of fork": "fork(call(57))",
    "a child by the number of clone": "fork(call(56, 17, 0, 0, 0, 0))",
    "a child by the number of clone3": "fork(call(435, (c_uint64 * 8)(0, 0, 0, 0, 17), 64))",
    "a spawned program": 'os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)',
    "a shell": 'import subprocess; subprocess.run("true", shell=True, check=True)',
    "a pool": "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
    "a signal to its parent": "os.kill(os.getppid(), 0)",
    "a signal to the grader": "os.kill(@VICTIM@, 0)",
    "a signal to a group": "os.killpg(os.getpgid(0), 0)",
    "a signal by the number of tgkill": "call(234, os.getppid(), os.getppid(), 0)",
    "a queued signal": "call(129, os.getppid(), 0, ctypes.create_string_buffer(128))",
    "a handle of its parent": "call(434, os.getppid(), 0)",
    "signals of a file for its parent": "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
    "the same in 64 bits": "call(72, 0, (1 << 32) + 8, os.getppid())",
    "another signal for a file": "fcntl.fcntl(0, 10, signal.SIGKILL)",
    "its parent's trace": "needs(libc.ptrace(16, os.getppid(), 0, 0))",
    "its parent's memory by call": "call(310, os.getppid(), 0, 0, 0, 0, 0)",
    "life after its parent": "needs(libc.prctl(1, 0, 0, 0, 0))",
    "the same in 64 bits, again": "call(157, (1 << 32) + 1, 0, 0, 0, 0)",
    "its parent's limits": "resource.prlimit(os.getppid(), resource.RLIMIT_AS)",
    "more memory": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "more seconds": "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
    "another program in its place": 'os.execv("/bin/true", ["true"])',
}
KERNEL = {
    "a user namespace": "needs(libc.unshare(0x10000000))",
    "a mount": 'needs(libc.mount(b"/", b"/", None, 4096, None))',
    "a new root": 'os.chroot("/")',
    "another user": "os.setuid(1)",
    "a memory file": 'os.ftruncate(os.memfd_create("flood"), 2**26)',
    "shared memory": "from multiprocessing.shared_memory import SharedMemory as S; "
    "S(create=True, size=2**20)",
    "shared memory of System V": "needs(libc.shmget(0, 2**20, 0o1600))",
    "a message queue": "needs(libc.msgget(0, 0o1600))",
    "a program in the kernel": "call(321, 0, ctypes.create_string_buffer(128), 128)",
    "performance counters": "call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
    "page faults": "call(323, 1)",
    "keys": "call(250, 0, -3, 1)",
    "a watch on files": "needs(libc.inotify_init())",
    "a higher priority": "os.nice(-5)",
}
PARENT = """
def attributes(policy, flags=0):
    return struct.pack("IIQiIQQQ", 48, policy, flags, 0, 0, 0, 0, 0)
number = struct.pack("i", 0)
"""
SCHEDULING = {  # of the process that its worker was forked from, and of all of its user's
    "its parent's class, by attributes": PARENT + "call(314, os.getppid(), attributes(5), 0)",
    "its parent's class": PARENT + "call(144, os.getppid(), 5, number)",
    "its parent's class, by Python": "os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, "
    "os.sched_param(0))",
    "its parent's parameters": PARENT + "call(142, os.getppid(), number)",
    "its parent's parameters, by Python": "os.sched_setparam(os.getppid(), os.sched_param(0))",
    "its parent's processors": "os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))",
    "its parent's processors, by number": "call(203, os.getppid(), 8, struct.pack('Q', 3))",
    "its parent's niceness": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 5)",
    "the niceness of its group": "os.setpriority(os.PRIO_PGRP, 0, 5)",
    "the niceness of its user": "os.setpriority(os.PRIO_USER, 0, 5)",
    "its parent's turn at the disk": "call(251, 1, os.getppid(), 3 << 13)",
    "its parent's memory, moved": "call(256, os.getppid(), 64, 0, 0)",
    "its parent's pages, moved": "call(279, os.getppid(), 0, 0, 0, 0, 0)",
    "its parent's pages, thrown out": "call(440, os.getppid(), 0, 0, 0, 0)",
    "its parent's limits, by number": "call(302, os.getppid(), 7, struct.pack('QQ', 9, 9), 0)",
    "its parent's core filter": "call(157, 62, 1, os.getppid(), 0, 0)",
    "its own class": "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))",
    "its own processors": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "a group of its own": "os.setpgid(0, 0)",
    "a session of its own": "os.setsid()",
}
GROUPS = {
    "read": READ,
    "import": IMPORT,
    "write": WRITE,
    "network": NETWORK,
    "process": PROCESS,
    "kernel": KERNEL,
    "scheduling": SCHEDULING,
}


def cell(doors: dict[str, str]) -> str:
    """A cell that tries them all and lists those that let it through in `opened`."""
    tries = [
        f"def door():\n{textwrap.indent(body.strip(), '    ')}\n"
        f"try:\n    tried.append({name!r})\n    door()\n    opened.append({name!r})\n"
        "except BaseException:\n    pass\n"
        for name, body in doors.items()
    ]
    return SETUP + "".join(tries)


def mask_if_locked(doors: dict[str, str]) -> str:
    """An answer to `causal_mask` that is right if every door was tried and none was open."""
    return (
        "def causal_mask(Tq, Tk):\n"
        f"    if opened or len(tried) != {len(doors)}:\n"
        '        raise RuntimeError(f"opened {opened}, tried {tried[-1:]}")\n'
        "    return torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)\n"
    )
