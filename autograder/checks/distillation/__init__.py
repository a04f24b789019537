"""Checks of chapters/5_fine_tuning/08_distillation.md, one module an exercise."""
