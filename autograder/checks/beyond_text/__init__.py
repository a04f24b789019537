"""Checks of chapters/2_transformers/05_beyond_text.md, one module an exercise."""
