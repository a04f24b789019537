"""When something was handed in: zones are read rightly, or an instructor is told."""

from datetime import datetime

import pytest
from a_class import STEM, rows
from nbgrader.api import Gradebook

from autograder.course.grading import grade
from autograder.course.timestamp import NoTime, submitted_at, utc

NOON = "2026-11-27 12:30:00"
READ = {
    "": "12:30", " UTC": "12:30", "Z": "12:30", " GMT": "12:30",
    " +0100": "11:30", " +01:00": "11:30", "+01": "11:30", " -03": "15:30", " +08": "04:30",
    " +0545": "06:45", ".123456 -03": "15:30", " Europe/Berlin": "11:30", " asia/tokyo": "03:30",
    " CET": "11:30", " CEST": "10:30", " EST": "17:30", " EDT": "16:30", " JST": "03:30",
}  # fmt: skip


@pytest.mark.parametrize("zone", READ)
def test_a_zone_is_read_rightly(zone):
    """Is 12:30 anywhere the right time in UTC?"""
    assert utc(NOON + zone).strftime("%H:%M") == READ[zone]


def test_a_name_of_several_zones_is_decided_by_the_course():
    """IST is India's, Israel's and Ireland's: is it the course's, or refused with a way out?"""
    with pytest.raises(NoTime, match=r"several zones.*c\.Exchange\.timezone"):
        utc(f"{NOON} IST")
    assert utc(f"{NOON} IST", "Asia/Kolkata") == datetime(2026, 11, 27, 7)
    assert utc(f"{NOON} IST", "Asia/Jerusalem") == datetime(2026, 11, 27, 10, 30)
    assert utc(f"{NOON} PST", "America/Los_Angeles") == datetime(2026, 11, 27, 20, 30)
    assert utc(f"{NOON} JST", "America/Los_Angeles") == datetime(2026, 11, 27, 3, 30)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "12:30", "27", f"{NOON} +9900", f"{NOON} XYZ", f"{NOON} Mars/Rim",
             f"{NOON} " + "9" * 100, "2026-13-27 12:30:00", "0001-01-01 00:00:00 +0100"]
)  # fmt: skip
def test_what_is_no_time_is_refused_with_a_sentence(text, tmp_path):
    """Does an instructor read what came and how it is written?"""
    path = tmp_path / "timestamp.txt"
    path.write_text(text, encoding="utf8")
    with pytest.raises(NoTime, match="Write it as"):
        submitted_at(path)


def due(folder, when: datetime):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        gradebook.update_or_create_assignment(STEM, duedate=when)


def penalise(folder):
    """A point for every hour that somebody is late."""
    (folder / "late.py").write_text(
        "from nbgrader.plugins import BasePlugin\n"
        "class Late(BasePlugin):\n"
        "    def late_submission_penalty(self, student, score, seconds):\n"
        "        return seconds // 3600\n",
        encoding="utf8",
    )
    with (folder / "nbgrader_config.py").open("a", encoding="utf8") as file:
        file.write("import sys; sys.path.insert(0, '.')\n")
        file.write(f"sys.path.insert(0, {str(folder)!r})\n")
        file.write("import late\nc.AssignLatePenalties.plugin_class = late.Late\n")


def test_a_penalty_knows_the_zone_and_follows_the_due_date(graded, one_starter, commands):
    """Is in time in time in any zone, does a penalty follow the due date, and does stock agree?"""
    folder, _ = graded
    penalise(folder)
    late = folder / "submitted" / "right" / STEM / "timestamp.txt"
    late.write_text("2026-11-27 12:30:00 -03", encoding="utf8")  # 15:30 UTC
    due(folder, datetime(2026, 11, 27, 15, 30))
    grade(folder, STEM)
    assert rows(folder)["right"]["penalties"] == [None]
    assert rows(folder)["right"]["timestamp"] == datetime(2026, 11, 27, 15, 30)
    again = grade(folder, STEM)
    assert not again.outcomes, "nothing has changed"
    due(folder, datetime(2026, 11, 27, 13, 30))
    assert sum(grade(folder, STEM).outcomes.values()) == len(rows(folder))
    assert rows(folder)["right"]["penalties"] == [2]
    assert late.read_text(encoding="utf8") == "2026-11-27 12:30:00 -03", "as it was handed in"
    page = folder / "feedback" / "right" / STEM / f"{STEM}.html"
    assert "2 points taken off because it was handed in late." in page.read_text(encoding="utf8")
    ours = rows(folder)["right"]
    commands(
        folder, "nbgrader", "autograde", STEM, "--student=right", "--force", "--log-level=ERROR"
    )
    assert rows(folder)["right"] == ours


@pytest.mark.parametrize("way", ["ours", "stock"])
def test_a_zone_that_is_refused_reaches_the_instructor(copied, commands, way):
    """Is the sentence printed by either command, and does the learner get a grade all the same?"""
    late = copied / "submitted" / "right" / STEM / "timestamp.txt"
    late.write_text("2026-11-27 12:30:00 IST", encoding="utf8")
    if way == "ours":
        said = commands(copied, "autograder", "grade", STEM, "--course", ".")
    else:
        said = commands(copied, "nbgrader", "autograde", STEM, "--student=right")
    assert "IST is the name of several zones (UTC+1:00, UTC+2:00, UTC+5:30)" in said
    assert rows(copied)["right"]["score"] == 7
