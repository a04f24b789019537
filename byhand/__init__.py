"""What the chapters share: Tiny Town, its models, and how figures look."""

from byhand.checkpoints import checkpoint
from byhand.loading import load

__all__ = ["checkpoint", "load"]
