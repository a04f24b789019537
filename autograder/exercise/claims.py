"""What claims say of values.

Owns: agreement and difference up to rounding, and the seed that claims draw from.
"""

import contextlib

import torch


def agree(got, wanted):
    """Fails unless both are alike up to rounding. For claims; dtypes are for examples to compare.

    Not torch.testing.assert_close, whose first call imports for most of a second.
    """
    assert isinstance(got, torch.Tensor)
    assert got.shape == wanted.shape
    assert got.is_floating_point() == wanted.is_floating_point()
    assert torch.allclose(got.double(), wanted.double(), rtol=1e-4, atol=1e-5)


def differ(got, wanted):
    """Fails where both are alike: a claim must not hold for an answer that ignores its input."""
    assert got.shape == wanted.shape
    assert not torch.allclose(got, wanted, rtol=1e-3, atol=1e-4)


@contextlib.contextmanager
def seeded(seed: int):
    """torch's own random numbers from this seed, and as before afterwards.

    Not torch.manual_seed, which asks after every kind of device first: a millisecond each time.
    """
    state = torch.random.get_rng_state()
    torch.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        torch.random.set_rng_state(state)
