"""What a model takes in memory. The memory playground of the book has the same formulas; the numbers
in tests/playgrounds/memory.json hold for both."""


def kv_cache_bytes(L: int, K: int, Dh: int, T: int, B: int, bytes: float) -> float:
    """Bytes of the keys and values that a decoder keeps.

    L layers, K key-value heads of width Dh, T tokens in each of B sequences, `bytes` a number:
    2 for 16 bits, 0.5 for 4. The 2 in front is for keys and values.
    """
    return 2 * L * K * Dh * T * B * bytes


def weight_bytes(parameters: int, bytes: float) -> float:
    """Bytes of a model's weights, `bytes` a number."""
    return parameters * bytes
