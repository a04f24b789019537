"""Checks of chapters/4_inference/01_prefill_and_decode.md, one module an exercise."""
