"""Checks of chapters/3_attention/01_from_recurrence.md, one module an exercise."""
