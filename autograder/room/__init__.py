"""The locked room that a learner's code runs in, and the way in and out of it.

Owns: processes, walls, limits, and values on the wire. Knows no exercise, no grade, no notebook,
and imports nothing of this project.
"""
