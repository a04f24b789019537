"""Checks of chapters/4_inference/04_serving.md, one module an exercise."""
