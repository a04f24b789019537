"""What goes wrong in each chapter's exercises, and how it is said. One module per chapter."""
