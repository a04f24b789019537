"""Checks of chapters/start_here.md, one module an exercise."""
