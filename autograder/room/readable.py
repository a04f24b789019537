"""What a worker may read: what Python needs, and nothing else.

Owns: the list of files and folders, and how places that must stay closed are cut out of it. A
course, an exchange, a home may lie anywhere, also below a folder that Python needs.
"""

import contextlib
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

MAPS = Path("/proc/self/maps")  # of this process, which has imported what the clean one will
SYSTEM = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")
ALONE = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
LINKS = ("/lib", "/lib64")  # where a program's loader is looked for; links on most machines


def python_folders() -> list[str]:
    """Folders that Python imports from, each of which it lists."""
    names = ("stdlib", "purelib", "platlib")
    found = [sysconfig.get_path(name) for name in names]
    found += [sysconfig.get_config_var("DESTSHARED") or ""]  # modules written in C
    return real(found)


def library_paths() -> list[str]:
    """Folders of the system's shared libraries; of others just the libraries in them."""
    folders = {os.path.dirname(library) for library in mapped_libraries()}
    folders |= set(real(["/lib64", "/usr/lib64"]))
    folders |= set(real(f"{lib}/{sysconfig.get_config_var('MULTIARCH')}" for lib in SYSTEM[:2]))
    found = []
    for folder in sorted(folders):
        if inside(folder, python_folders()):
            continue
        if inside(folder, real(SYSTEM)):
            found.append(folder)
        else:
            found += sorted(str(path) for path in Path(folder).glob("*.so*") if path.is_file())
    return found


def mapped_libraries() -> set[str]:
    try:
        lines = MAPS.read_text(encoding="utf8", errors="surrogateescape").splitlines()
    except OSError:  # not Linux: nothing is locked there
        return set()
    files = {line.split(maxsplit=5)[5] for line in lines if line.count("/")}
    return {os.path.realpath(file) for file in files if ".so" in os.path.basename(file)}


def python_paths() -> list[str]:
    """All of it: modules, libraries, the interpreter, and what it asks the system for."""
    own = [sys.executable, os.path.join(sys.prefix, "pyvenv.cfg")]
    return list(dict.fromkeys([*python_folders(), *library_paths(), *real([*own, *ALONE])]))


def without(paths: Iterable[str], closed: Iterable[str]) -> list[str]:
    """These paths, with the closed places cut out: then what stands beside them is listed.

    Folders that Python imports from stay whole, as it lists them: whoever asks finds out by
    trying (`Starter.verify`).
    """
    closed, whole, paths = real(closed), python_folders(), list(paths)
    found, left = [], [*paths]
    while left:
        path = left.pop()
        if os.path.islink(path):
            end = os.path.realpath(path)
            if inside(end, paths) and not inside(end, closed) and not os.path.isdir(end):
                found.append(path)
        elif path in whole or not any(inside(place, [path]) for place in closed):
            found.append(path)
        elif path not in closed and os.path.isdir(path):
            with contextlib.suppress(OSError):
                left += [entry.path for entry in os.scandir(path)]
    return sorted(found)


def inside(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def real(paths: Iterable[str]) -> list[str]:
    """Those that exist, with links followed: behind walls a link may lead nowhere."""
    found = [os.path.realpath(path) for path in paths if path]
    return list(dict.fromkeys(path for path in found if os.path.exists(path)))
