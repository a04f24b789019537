"""A class of samples in a course, and what grading leaves of it."""

import json
import shutil
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder.course.folder import Place
from autograder.course.marks import OWN, own
from autograder.course.samples import place, sample_answers
from autograder.exercise import chapters

STEM = "self_attention"
CHAPTER = chapters()[STEM]
SAMPLES = 6  # submissions that `write_samples` makes
CLASS = 12  # learners whose answers repeat the samples'


def rows(folder: Path, url: str | None = None) -> dict:
    """All that the gradebook says of each learner's submission."""
    with Gradebook(url or f"sqlite:///{folder / 'gradebook.db'}", "llms_by_hand") as gradebook:
        return {
            submission.student.id: {
                "score": submission.score,
                "timestamp": submission.timestamp,
                "needs_manual_grade": submission.needs_manual_grade,
                "cells": {
                    grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                },
                "comments": {
                    comment.name: comment.comment
                    for notebook in submission.notebooks
                    for comment in notebook.comments
                },
                "penalties": [n.late_submission_penalty for n in submission.notebooks],
            }
            for submission in gradebook.assignment_submissions(STEM)
        }


def autograded(folder: Path, learner: str) -> dict:
    notebook = json.loads(Place(folder, learner, STEM).autograded.read_text(encoding="utf8"))
    notebook["metadata"][OWN].pop("digest", None)
    for cell in notebook["cells"]:
        cell.pop("id")
    return notebook


def change(folder: Path, learner: str, answers: dict):
    path = place(folder, learner, CHAPTER)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(own(cell).get("grade_id"), cell.source)
    nbformat.write(notebook, path)


def fill(folder: Path):
    """A class whose answers repeat the samples'."""
    samples = sorted(sample_answers(CHAPTER))
    for number in range(CLASS):
        source = place(folder, samples[number % len(samples)], CHAPTER)
        shutil.copy(source, place(folder, f"learner{number:02}", CHAPTER))
