"""A course as its instructor runs it: notebooks out, submissions in, grades and pages back.

Owns: the chapters' notebooks, nbgrader's steps, submissions as data, the examiner, grading,
feedback, and the instructor's commands.
"""
