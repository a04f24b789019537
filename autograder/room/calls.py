"""The system calls that a sealed worker may use: what Python and torch need, and no others.

Owns: the list, the uses of a call that are ruled out, and the program made of them, which a worker
loads: libseccomp is not needed, and not found, where it is.

A list of what is denied is always one call short, so this is a list of what is allowed. Landlock
looks at paths and nothing else: whoever could change modes, times, priorities, processors or
limits of others is stopped here.
"""

import contextlib
import tempfile

CLONE_THREAD = 0x00010000
FILES = """
read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 lseek
open openat openat2 close close_range dup dup2 dup3 flock
stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx statfs statfs64 fstatfs fstatfs64
access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd
fadvise64 fadvise64_64 readahead fsync fdatasync umask sendfile copy_file_range
pipe pipe2 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime
poll ppoll select pselect6 _newselect
epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_pwait epoll_pwait2
"""
MEMORY = """
brk mmap mmap2 munmap mremap mprotect pkey_mprotect madvise msync mincore membarrier
mlock mlock2 munlock get_mempolicy set_mempolicy mbind
"""
THREADS = """
exit exit_group futex futex_time64 futex_waitv futex_wait futex_wake futex_requeue
set_robust_list get_robust_list set_tid_address rseq arch_prctl set_thread_area get_thread_area
sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_getattr
sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority getcpu
rt_sigaction rt_sigprocmask rt_sigpending rt_sigreturn rt_sigsuspend rt_sigtimedwait
sigaltstack sigreturn sigaction sigprocmask restart_syscall pause alarm setitimer getitimer
"""
KNOWING = """
clock_gettime clock_gettime64 clock_getres clock_nanosleep clock_nanosleep_time64 nanosleep
gettimeofday time times getrusage getrandom uname sysinfo
getpid getppid gettid getpgrp getpgid getsid getuid geteuid getgid getegid getgroups
getresuid getresgid getuid32 geteuid32 getgid32 getegid32 capget getrlimit ugetrlimit setrlimit
wait4 waitid
"""
WIRE = """
sendmsg recvmsg sendto recvfrom shutdown getsockopt setsockopt getsockname getpeername
"""  # on the one socket that a worker has; a new one it cannot open
ALLOWED = [*FILES.split(), *MEMORY.split(), *THREADS.split(), *KNOWING.split(), *WIRE.split()]
# (call, argument, values): no other use of these. prctl that lets outlive the starting process,
# ioctl and fcntl that have signals sent to another one are not among them.
ONLY = (
    ("prctl", 0, (3, 4, 15, 16, 21, 23, 27, 39, 0x53564D41)),  # dumpable, names, what is locked
    ("ioctl", 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),  # of terminals, and FIO...
    ("fcntl64", 1, (0, 1, 2, 3, 4, 1030)),
    ("fcntl", 1, (0, 1, 2, 3, 4, 5, 1030, 1032, 1034)),  # copies, flags, locks asked for
    ("prlimit64", 0, (0,)),  # its own limits
)
REFUSED = """
socket socketpair bind listen accept accept4 connect fork vfork execve execveat
kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo ptrace unshare setns mount umount2 chroot
setuid setgid setreuid setregid setresuid setresgid setgroups capset nice setpriority
sched_setaffinity sched_setattr sched_setparam sched_setscheduler ioprio_set
chmod fchmod fchmodat chown lchown fchown fchownat truncate utime utimes utimensat futimesat
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
creat mknod mknodat chdir fchdir setxattr lsetxattr fsetxattr
"""  # Python says "not permitted" of these; "not implemented" would send readers astray
NOT_PERMITTED, NOT_IMPLEMENTED = 1, 38
UNKNOWN = (ValueError, OSError, RuntimeError)  # to this kernel, machine or library


def program() -> bytes:
    """The filter as the kernel takes it. Threads stay allowed.

    What is not listed is not implemented: libraries then do without it, as on an older kernel.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(NOT_IMPLEMENTED))

    def add(action, name, *arguments):
        with contextlib.suppress(*UNKNOWN):  # without a rule it is refused
            rules.add_rule(action, name, *arguments)

    for name in ALLOWED:
        add(seccomp.ALLOW, name)
    for name, place, values in ONLY:  # masked, as the kernel reads 32 bits of these
        for value in values:
            add(seccomp.ALLOW, name, seccomp.Arg(place, seccomp.MASKED_EQ, 0xFFFFFFFF, value))
    # the flags of clone3 lie in memory, where a filter cannot look: libc then uses clone
    add(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
    refuse = seccomp.ERRNO(NOT_PERMITTED)
    add(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    for name in REFUSED.split():
        add(refuse, name)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
