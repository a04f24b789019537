"""How every Tiny Town checkpoint was made, and makes it again: `python -m byhand.train NAME`.

Owns the recipes, the loop and the state that a stopped run goes on from. What a model turned out
to be able to do is measured in `byhand.measure`; where the results lie says `byhand.checkpoints`.
"""
