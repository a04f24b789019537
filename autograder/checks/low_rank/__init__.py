"""Checks of chapters/5_fine_tuning/05_low_rank.md, one module an exercise."""
