"""Checks of chapters/4_inference/06_prompting.md, one module an exercise."""
