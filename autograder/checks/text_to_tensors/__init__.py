"""Checks of chapters/1_nlp/04_text_to_tensors.md, one module an exercise."""
