"""Runs that were recorded: made by a page's own code, begun anew wherever the page runs."""

import json

import pytest

from autograder.author import commands
from autograder.exercise import chapters, pages
from autograder.exercise.chapter import Chapter
from byhand import progress, recorded, recordings

LARGEST = 100_000  # bytes: what is kept of a run is what its page shows


def halving(steps):
    loss = 3.0
    for step in range(steps):
        loss /= 2
        yield {"step": step, "loss": loss, "text": f"at {step}", "parts": [loss, None]}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A recording of twenty steps in a folder of its own."""
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    monkeypatch.setenv(recordings.ANEW, "halving")
    log = recorded("halving", halving(20), live=3)
    monkeypatch.delenv(recordings.ANEW)
    return log


def test_the_beginning_is_run_and_the_rest_read(kept, capsys):
    """Does a page run a few steps, say so, and go on with all that was recorded?"""
    begun = []
    log = recorded("halving", (begun.append(step) or step for step in halving(20)), live=3)
    assert log == kept
    assert len(log) == 20
    assert len(begun) == 3
    assert "3 of 20 steps ran here, with the numbers of the recording." in capsys.readouterr().out


def test_other_numbers_are_not_hidden(kept, capsys):
    """Is a run that goes another way than the recording told from which step on?"""
    other = ({**step, "loss": step["loss"] * (1.1 if step["step"] == 2 else 1.001)}
             for step in halving(20))  # fmt: skip
    assert recorded("halving", other, live=5) == kept
    assert (
        "5 of 20 steps ran here, and from step 3 their numbers are not" in capsys.readouterr().out
    )


def test_what_was_not_recorded_says_how_it_is(tmp_path, monkeypatch):
    """Does a missing recording name the command that makes it?"""
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match="python -m autograder record CHAPTER lost"):
        recorded("lost", halving(2), live=1)


def test_a_run_that_breaks_leaves_the_old_recording(kept, tmp_path, monkeypatch):
    """Is nothing lost when a recording is made anew and stopped?"""
    monkeypatch.setenv(recordings.ANEW, "*")
    with pytest.raises(ZeroDivisionError):
        recorded("halving", (1 / (3 - step) for step in range(5)), live=1)
    assert json.loads((tmp_path / "halving.json").read_text())["steps"] == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["halving.json"]


def test_the_command_runs_the_cells_of_a_chapter(tmp_path, monkeypatch):
    """Does `record` run a page's own code to its end, be it a chapter or another page?"""
    page = tmp_path / "01_slow.md"
    cell = "log = recorded('slow', ({'i': i} for i in range(4)), 1)"
    page.write_text(f"# Slow\n\n```{{code-cell}}\nfrom byhand import recorded\n{cell}\n```\n")
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    monkeypatch.setenv(recordings.ANEW, "")
    monkeypatch.setattr(commands, "chapters", lambda: {"slow": Chapter(page)})
    options = type("Options", (), {"chapter": "slow", "names": []})
    commands.record_runs(options)
    assert len(json.loads((tmp_path / "slow.json").read_text())["steps"]) == 4
    monkeypatch.setattr(commands, "pages", lambda: {"slower": Chapter(page)})
    (tmp_path / "slow.json").unlink()
    options.chapter = "slower"
    commands.record_runs(options)
    assert (tmp_path / "slow.json").exists()
    options.chapter = "fast"
    with pytest.raises(SystemExit, match=r"no chapter 'fast'\. There are slow"):
        commands.record_runs(options)


def test_each_recording_is_small_and_shown():
    """Is every recording loaded by a page, and no larger than a picture of it?"""
    shown = "\n".join(page.text for page in (*chapters().values(), *pages().values()))
    for path in recordings.FOLDER.glob("*.json"):
        assert path.stat().st_size < LARGEST, path.name
        assert f'recorded("{path.stem}"' in shown, path.name


def test_a_bar_gives_what_it_was_given(monkeypatch):
    """Does a loop with a bar go over the same things, in a cell as in a terminal?"""
    assert list(progress(range(5), name="five")) == [0, 1, 2, 3, 4]
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(data)

    import IPython.display

    from byhand.bars import in_cell

    monkeypatch.setattr(
        IPython.display, "display", lambda data, **_: shown.append(data) or Handle()
    )
    assert list(in_cell(iter("abc"), 3, "letters")) == ["a", "b", "c"]
    assert shown[0]["text/plain"] == "letters: 0 of 3"
    assert shown[-1]["text/plain"] == "letters: 3 of 3"
    assert 'value="3" max="3"' in shown[-1]["text/html"]
