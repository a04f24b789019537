"""More misconceptions of `log_mel`."""

from autograder.checks.beyond_text.log_mel import tones

NO_FLOOR = {
    "seen": "Where nothing is faint it is right. How far below the loudest may a logarithm be?",
    "why": "No faint number is raised here. All logarithms that are more than 8 below the largest "
    "become the largest minus 8. (After the division by 4, an 8 stands for 32 of them, and nothing is "
    "so faint.)",
}  # fmt: skip
tones.slip(
    "torch.maximum(log, log.max() - 8)", "log", name="no_floor_max_minus_8", **NO_FLOOR
)  # fmt: skip
tones.slip(
    "(torch.maximum(log, log.max() - 8) + 4) / 4", "torch.maximum(log, log.max() - 8) / 4 + 4",
    name="divided_first",
    seen="All numbers differ from what they should be by the same amount. What comes first, the sum or "
    "the division?",
    why="4 is added after the division here. It is added to the logarithms, and then the sum is divided.",
)  # fmt: skip
tones.slip(
    "(torch.maximum(log, log.max() - 8) + 4) / 4",
    "torch.maximum((log + 4) / 4, ((log + 4) / 4).max() - 8)", name="floor_after_the_division",
    alias="no_floor_max_minus_8", **NO_FLOOR,
)  # fmt: skip
tones.slip(
    ".abs() ** 2", ".real ** 2", name="cosines_alone",
    seen="The number of frames is right. What if a wave begins a quarter of a turn later?",
    why="Only the real part is squared here, the sum with the cosine. A wave that begins a quarter of a "
    "turn later is found by the sine. Both sums are squared and added up.",
)  # fmt: skip
tones.slip(
    "hann_window(400", "hamming_window(400", name="hamming_window",
    seen="The number of frames is right. What is the first number of the window?",
    why="This is the Hamming window, which begins with 0.08. The Hann window begins with 0.",
    convention=True,
)  # fmt: skip
