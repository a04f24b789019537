"""What goes wrong in each exercise, and how it is said.

One package a chapter, one module an exercise.
"""
