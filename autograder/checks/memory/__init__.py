"""Checks of chapters/6_quantization/02_memory.md, one module an exercise."""
