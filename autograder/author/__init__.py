"""What an author of exercises works with: skeletons, trials, attacks, mutants.

Owns: the commands `new`, `try` and `attack`. Nothing that learners or graders run needs this room.
"""
