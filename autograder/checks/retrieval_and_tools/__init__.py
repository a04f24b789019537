"""Checks of chapters/4_inference/08_retrieval_and_tools.md, one module an exercise."""
