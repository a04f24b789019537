"""Checks of chapters/4_inference/03_stopping_and_beams.md, one module an exercise."""
