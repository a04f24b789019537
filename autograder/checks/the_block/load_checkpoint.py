"""Checks and misconceptions for `load_checkpoint`."""

import torch

from autograder.exercise import Exercise, agree, differ


def checkpoints(g):
    def draw(*shape):
        return torch.randn(*shape, generator=g)

    turned = {"b": draw(3), "a": draw(2, 3)}
    return {
        "all names are there": ({"a": draw(2, 3), "b": draw(3)}, {"a": draw(2, 3), "b": draw(3)}),
        "the file has another order": ({"a": draw(2, 3), "b": draw(3)}, turned),
        "the file lacks two names": (
            {"w": draw(2), "v": draw(3), "u": draw(4)}, {"v": draw(3)},
        ),
        "the file has two names more": (
            {"out.weight": draw(3, 2)},
            {"model.out.weight": draw(3, 2), "out.weight": draw(3, 2), "extra": draw(5)},
        ),
        "a matrix comes transposed": (
            {"z": draw(2), "c_proj": draw(2, 3)}, {"c_proj": draw(3, 2), "z": draw(2)},
        ),
        "two shapes do not fit, one with as many numbers": (
            {"n": draw(4), "m": draw(2, 2), "k": draw(3)},
            {"k": draw(3), "m": draw(4), "n": draw(5)},
        ),
        "the file has half the precision": ({"a": draw(3)}, {"a": draw(3).half()}),
        "a shape would fit by repeating": (
            {"a": draw(2, 3), "b": draw(2), "c": draw(2, 4)}, {"a": draw(3), "c": draw(2, 1)},
        ),
        "everything goes wrong at once": (
            {"b": draw(2), "a": draw(3), "d": draw(2, 2), "c": draw(4)},
            {"x": draw(1), "d": draw(2, 3), "a": draw(3), "w": draw(2), "b": draw(3)},
        ),
    }  # fmt: skip


load = Exercise(
    "the_block.load_checkpoint",
    title="From a file into a model",
    points=2, difficulty=2, minutes=20, examples=checkpoints,
)  # fmt: skip


@load.probe
def _(answer, model, state):
    """The three lists, and the model's tensors after a call."""
    return answer(model, state), answer.after(model, state)[0]


@load.oracle("torch.nn.Module.load_state_dict with strict=False")
def _(model, state):
    holder = torch.nn.Module()  # a name with a dot would be a module below
    for name, tensor in model.items():
        holder.register_buffer(name.replace(".", "/"), tensor)
    given = {name.replace(".", "/"): tensor for name, tensor in state.items()}
    shapes = {name: tensor.shape for name, tensor in holder.named_buffers()}
    wrong = [n for n, shape in shapes.items() if n in given and given[n].shape != shape]
    fitting = {name: tensor for name, tensor in given.items() if name not in wrong}
    done = holder.load_state_dict(fitting, strict=False)
    named = [
        [n for n in done.missing_keys if n not in wrong], done.unexpected_keys, wrong,
    ]  # fmt: skip
    return tuple([n.replace("/", ".") for n in names] for names in named)


@load.claim("the model holds the file's numbers afterwards, in its own precision")
def _(answer):
    model = {"a": torch.zeros(3), "b": torch.zeros(2)}
    state = {"b": torch.randn(2).double()}
    left, _ = answer.after(model, state)
    agree(left["b"], state["b"])
    assert left["b"].dtype == torch.float32
    agree(left["a"], torch.zeros(3))


@load.claim("what is missing, too much or of another shape is named")
def _(answer):
    model = {name: torch.zeros(2) for name in ("d", "b", "a")}
    state = {"c": torch.ones(2), "b": torch.ones(3), "a": torch.ones(2)}
    assert [list(names) for names in answer(model, state)] == [["d"], ["c"], ["b"]]


@load.claim("a tensor of another shape leaves the model's as it was")
def _(answer):
    model = {"a": torch.zeros(2, 3), "b": torch.zeros(4)}
    left, _ = answer.after(model, {"a": torch.ones(3, 2), "b": torch.ones(4)})
    agree(left["a"], torch.zeros(2, 3))
    differ(left["b"], torch.zeros(4))


load.slip(
    "            tensor.copy_(state[name])\n", "            model[name] = state[name]\n",
    name="replaces_the_tensor",
    seen="The mapping has the new numbers. Does the model whose tensors these are?",
    why="This puts the file's tensor into the mapping. A model does not read the mapping: its layers "
    "hold the tensors themselves, so the numbers have to be copied *into* them, `tensor.copy_(...)`.",
)  # fmt: skip
load.slip(
    "            tensor.copy_(state[name])\n", "            pass\n", name="only_reports",
    seen="The three lists are right. Which numbers does the model hold now?",
    why="The model's tensors are as they were. The lists say what would happen; the numbers have to "
    "get into the model's tensors as well.",
)  # fmt: skip
load.slip(
    "for name in state if name not in model]", "for name in model if name not in state]",
    name="missing_twice",
    seen="What is in the file and not in the model?",
    why="The second list repeats the first. Unexpected are the names that only the checkpoint has.",
)  # fmt: skip
load.slip(
    "    missing = [name for name in model if name not in state]",
    "    missing = [name for name in model\n"
    "               if name not in state or state[name].shape != model[name].shape]",
    name="mismatched_are_missing_too",
    seen="Is a tensor of another shape missing?",
    why="What does not fit is in both lists here. A name that the checkpoint has is not missing: it "
    "is mismatched.",
)  # fmt: skip


@load.misconception(
    seen="As many numbers are not the same shape. What would a transposed matrix become?",
    why="A tensor with as many numbers is reshaped and copied here. The numbers land in the wrong "
    "places and no error says so. Another shape is a mismatch.",
)
def copies_wrong_shape(model, state):
    missing = [name for name in model if name not in state]
    unexpected = [name for name in state if name not in model]
    mismatched = []
    for name in model:
        if name in state:
            if model[name].numel() == state[name].numel():
                model[name].copy_(state[name].reshape(model[name].shape))
            else:
                mismatched.append(name)
    return missing, unexpected, mismatched


@load.misconception(
    seen="Who says which tensor of the file belongs to which of the model: the name or the place?",
    why="The tensors are copied one after the other here, in the order of the file. Files have any "
    "order: the name says where a tensor belongs.",
)
def by_order(model, state):
    missing = [name for name in model if name not in state]
    unexpected = [name for name in state if name not in model]
    mismatched = []
    for name, theirs in zip(model, state.values(), strict=False):
        if model[name].shape == theirs.shape:
            model[name].copy_(theirs)
        else:
            mismatched.append(name)
    return missing, unexpected, mismatched


@load.misconception(
    seen="Is a shape that would fit by repeating the same shape?",
    why="torch repeats a smaller tensor until it fits, and `copy_` does so silently. Compare the "
    "shapes before anything is copied.",
)
def broadcasts(model, state):
    missing = [name for name in model if name not in state]
    unexpected = [name for name in state if name not in model]
    mismatched = []
    for name in model:
        if name in state:
            try:
                model[name].copy_(state[name])
            except RuntimeError:
                mismatched.append(name)
    return missing, unexpected, mismatched


@load.misconception(
    seen="In which order are the names: as they come, or by the alphabet?",
    why="The lists are sorted here. They are to be in the order of the mapping that they come from, "
    "which is the order of the model's layers.",
)
def by_the_alphabet(model, state):
    missing = sorted(set(model) - set(state))
    unexpected = sorted(set(state) - set(model))
    mismatched = []
    for name in sorted(set(model) & set(state)):
        if model[name].shape == state[name].shape:
            model[name].copy_(state[name])
        else:
            mismatched.append(name)
    return missing, unexpected, mismatched


@load.alternative
def with_data(model, state):
    known = [name for name in model if name in state]
    fits = {name for name in known if list(model[name].shape) == list(state[name].shape)}
    for name in fits:
        model[name][...] = state[name]
    return (
        [name for name in model if name not in known],
        [name for name in state if name not in known],
        [name for name in known if name not in fits],
    )
