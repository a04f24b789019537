"""Checks of chapters/5_fine_tuning/03_scaling_laws.md, one module an exercise."""
