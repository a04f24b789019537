"""What a learner calls in a notebook or a terminal, and what it shows.

Owns: finding the answer, lending the book's function, attempts and hints, and the cards. The
verdict is the judge's.
"""
