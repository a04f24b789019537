"""Checks of chapters/1_nlp/06_pipelines.md, one module an exercise."""
