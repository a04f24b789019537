"""References of exercises that only the tests have: what answers can be besides functions."""
