"""Checks of chapters/3_attention/05_cheaper_attention.md, one module an exercise."""
