"""When something was submitted, as its `timestamp.txt` says.

Owns: zones. nbgrader takes the `-03` and `+08` that its own exchange writes for seconds, and a
zone's name that it does not know for UTC; a penalty hangs on that.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from dateutil.parser import parse
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import PyFileConfigLoader

TIMESTAMP = "timestamp.txt"
MOST_BYTES = 100
CLOCK = r"(?P<clock>.*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[ap]m)?)"
ZONE = r"(?P<zone>Z|[+-]\d{1,2}:?(?:\d\d)?|[a-z][\w/+-]*)"
FORM = re.compile(rf"{CLOCK}\s*{ZONE}?", re.IGNORECASE | re.DOTALL)
OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?")
DAYS = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # dateutil takes from them what is not said
WRITE = "Write it as 2026-11-27 12:30:00 +0100, say."


class NoTime(ValueError):
    """A timestamp that cannot be read for certain; the message tells an instructor what to do."""


def submitted_at(path: Path, home: str = "") -> datetime:
    """The time in a timestamp file, in UTC, as nbgrader keeps it. Raises NoTime.

    home: the course's own zone, which decides where a zone's name has several meanings.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1).decode("utf8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoTime(f"it cannot be read ({type(error).__name__}). {WRITE}") from None
    if len(text) > MOST_BYTES:
        raise NoTime(f"it holds more than a time. {WRITE}")
    return utc(text, home)


def utc(text: str, home: str = "") -> datetime:
    found = FORM.fullmatch(text)
    clock = found["clock"] if found else text
    try:
        local, other = (parse(clock, default=day) for day in DAYS)
    except Exception:  # dateutil raises whatever befits what it stumbled over
        raise NoTime(f"{text!r} is no time. {WRITE}") from None
    if local != other:
        raise NoTime(f"{text!r} names no day. {WRITE}")
    if found and found["zone"]:
        local = local.replace(tzinfo=zone(found["zone"], local.year, home))
    try:
        return local.astimezone(UTC).replace(tzinfo=None) if local.tzinfo else local
    except (OverflowError, ValueError):
        raise NoTime(f"{text!r} is no time. {WRITE}") from None


def zone(name: str, year: int, home: str) -> tzinfo:
    """The zone of this name: an offset, UTC, a region, or an abbreviation with one meaning."""
    if offset := OFFSET.fullmatch(name):
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if span > timedelta(hours=14):
            raise NoTime(f"no zone is {name} from UTC. {WRITE}")
        return timezone(-span if offset[1] == "-" else span)
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if "/" in name:
        with_name = {region.lower(): region for region in available_timezones()}
        if region := with_name.get(name.lower()):
            return ZoneInfo(region)
        raise NoTime(f"no region is called {name}. {WRITE}")
    meant = abbreviations(home, year).get(name.upper(), set()) if home else set()
    meant = meant or meanings(year).get(name.upper(), set())
    if len(meant) == 1:
        return timezone(*meant)
    if not meant:
        raise NoTime(f"no zone is called {name}. {WRITE}")
    hours = ", ".join(f"UTC{shown(offset)}" for offset in sorted(meant))
    raise NoTime(
        f"{name} is the name of several zones ({hours}). Say which one your course is in, "
        "in nbgrader_config.py: c.Exchange.timezone = 'Asia/Kolkata', say."
    )


def shown(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


@cache
def abbreviations(region: str, year: int) -> dict[str, set[timedelta]]:
    """What a region calls its winter and its summer time, and how far each is from UTC."""
    called: dict[str, set] = {}
    for month in (1, 7):
        moment = datetime(year, month, 1, tzinfo=ZoneInfo(region))
        called.setdefault(moment.tzname(), set()).add(moment.utcoffset())
    return called


@cache
def meanings(year: int) -> dict[str, set[timedelta]]:
    """Every zone's names: IST is India's, Israel's and Ireland's; JST is Japan's alone."""
    known: dict[str, set] = {}
    for region in available_timezones():
        for name, offsets in abbreviations(region, year).items():
            known.setdefault(name, set()).update(offsets)
    return known


@cache
def home_zone(course: Path) -> str:
    """The zone that a course's configuration names; empty where it names none."""
    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    except FileNotFoundError:
        return ""
    name = config.Exchange.get("timezone", "")
    return name if name in available_timezones() else ""


class RightTime(NbGraderPreprocessor):
    """In nbgrader's list of autograding steps, this precedes AssignLatePenalties.

    The file stays as it is: `nbgrader collect` compares it with names that it reads alike.
    """

    def preprocess(self, notebook, resources):
        path = Path(resources["metadata"]["path"], TIMESTAMP)
        if path.is_file():
            data = resources["nbgrader"]
            with Gradebook(data["db_url"]) as gradebook:
                submission = gradebook.find_submission(data["assignment"], data["student"])
                submission.timestamp = submitted_at(path, home_zone(Path.cwd()))
                gradebook.db.commit()
        return notebook, resources
