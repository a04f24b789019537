"""Checks of chapters/6_quantization/05_aware_training.md, one module an exercise."""
