"""Checks of chapters/1_nlp/04_other_tokenizers.md, one module an exercise.

How words are drawn, spelt anew and cut greedily is shared with `autograder.checks.tokenization`.
"""
