"""Checks of chapters/5_fine_tuning/04_supervised.md, one module an exercise."""
