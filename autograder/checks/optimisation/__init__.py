"""Checks of chapters/5_fine_tuning/02_optimisation.md, one module an exercise."""
