"""Which versions and which device a report was made with."""

import platform
import re
import sys
from importlib import metadata
from pathlib import Path

from byhand.reports.given import text

VERSIONS = ("torch", "llms-by-hand")


def machine() -> list[tuple[str, str]]:
    """Versions and the device, as far as they can be told."""
    import torch

    found = [("Python", platform.python_version())]
    for name in VERSIONS:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    found.append(("system", f"{platform.system()} on {platform.machine()}"))
    threads = torch.get_num_threads()
    used = f"{threads} threads" if threads > 1 else "1 thread"
    found.append(("processor", f"{processor()}, {used} in use"))
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found.append(("GPU", torch.cuda.get_device_name()))
    return [(what, text(value)) for what, value in found]


def processor() -> str:
    try:
        if sys.platform.startswith("linux"):
            told = Path("/proc/cpuinfo").read_text(encoding="utf8")
            if model := re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE):
                return model[1].strip()
    except (OSError, ValueError):
        pass
    return platform.processor() or platform.machine() or "unknown"
