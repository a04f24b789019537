"""Checks of chapters/6_quantization/01_number_formats.md, one module an exercise."""
