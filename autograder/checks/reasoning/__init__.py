"""Checks of chapters/5_fine_tuning/07_reasoning.md, one module an exercise."""
