"""Standing probes are made of any examples."""

import torch

from autograder.exercise.probes import equalled


def test_items_of_a_list_may_hold_tensors_of_any_shapes():
    """Is a list of pairs of tensors made of equal items, and one that is so already left alone?"""
    one, other = [(torch.ones(rows, 3), torch.zeros(rows, 3)) for rows in (2, 4)]
    (pairs,) = equalled(([one, other],), set())
    assert [pair is one for pair in pairs] == [True, True]
    alike = [(tensor.clone(), tensor.clone()) for tensor in (one[0], one[0])]
    assert equalled((alike,), set()) is None
    assert equalled((torch.ones(2), 3), set()) is None
