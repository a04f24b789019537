"""Checks of chapters/3_attention/04_positions.md, one module an exercise."""
