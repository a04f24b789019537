"""Checks of chapters/2_transformers/01_the_block.md, one module an exercise."""
