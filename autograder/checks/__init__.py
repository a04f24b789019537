"""What goes wrong in each exercise, and how it is said.

One package a chapter, one module an exercise.
"""


def named_weights(draw, shapes: dict[str, str], sizes: dict[str, int]) -> dict:
    """Weights of a block by name, half as large as drawn; those of norms lie around 1.

    draw: gives numbers of a shape, such as torch.randn. shapes: the axes of each weight, such as
    "D 3D"; sizes: how long each axis is. Only norms have a weight with a single axis.
    """
    made = {}
    for name, shape in shapes.items():
        axes = shape.split()
        made[name] = draw(*(sizes[axis] for axis in axes)) / 2
        if name.endswith("weight") and len(axes) == 1:
            made[name] += 1
    return made
