"""Checks of chapters/1_nlp/01_language_and_tasks.md, one module an exercise."""
