"""Checks of chapters/2_transformers/06_mixture_of_experts.md, one module an exercise."""
