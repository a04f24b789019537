"""Checks of chapters/1_nlp/05_text_to_tensors.md, one module an exercise."""
