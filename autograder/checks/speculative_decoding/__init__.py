"""Checks of chapters/4_inference/05_speculative_decoding.md."""
