"""What the exercises of chapters/2_transformers/07_family_tree.md share. Nothing so far."""
