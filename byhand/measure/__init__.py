"""What the checkpoints can and cannot do, measured on documents that they were not trained on.

Owns the measures behind every model card and every gate in tests/test_checkpoints.py. Each takes a
loaded model and gives plain numbers; nothing here is read from a file.
"""
