"""Which of the installed packages are older than the course needs.

Owns: a sentence for each. Colab lets one choose runtimes of earlier months, and the set-up cell
installs the course without its requirements there, so that nothing of the runtime is replaced.
"""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

COURSE = "llms-by-hand"
FLOOR = re.compile(r"([\w.-]+?)\s*>=\s*([\d.]+)")


def floors() -> dict[str, str]:
    """Package and lowest version of each requirement, as pyproject.toml has them."""
    try:
        lines = [line for line in requires(COURSE) or () if "extra ==" not in line]
    except PackageNotFoundError:  # run from a folder, not installed
        pyproject = Path(__file__).parents[2] / "pyproject.toml"
        if not pyproject.exists():
            return {}
        lines = tomllib.loads(pyproject.read_text(encoding="utf8"))["project"]["dependencies"]
    return {found[1]: found[2] for line in lines if (found := FLOOR.match(line))}


def too_old() -> list[tuple[str, str, str]]:
    """(package, what is installed, what is needed); what is not there is not looked at."""
    found = []
    for package, needed in floors().items():
        try:
            installed = version(package)
        except PackageNotFoundError:
            continue
        if numbers(installed) < numbers(needed):
            found.append((package, installed, needed))
    return found


def numbers(release: str) -> tuple[int, ...]:
    """5.15 of "5.15.0.dev1+cpu", without zeros at its end."""
    parts = [int(part) for part in re.match(r"[\d.]*", release)[0].split(".") if part]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def tell_what_is_too_old() -> None:
    """Say what to do about packages below the floor; nothing where there are none."""
    old = too_old()
    if not old:
        return
    for package, installed, needed in old:
        print(f"{package} {installed} is installed here; this course needs {needed} or later.")
    if "google.colab" in sys.modules:
        print(
            "In Colab's menu: Runtime, Change runtime type, Runtime version: Latest. "
            "Then run this notebook from the top."
        )
    else:
        wanted = " ".join(f'"{package}>={needed}"' for package, _, needed in old)
        print(f"Run  %pip install -U {wanted}  in a cell, then restart the kernel.")
    print("Until then some cells will fail, with errors that do not say why.")
