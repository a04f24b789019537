"""Checks of chapters/1_nlp/05_pipelines.md, one module an exercise."""
