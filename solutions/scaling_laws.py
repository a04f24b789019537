"""What training costs, and how the loss falls with it: from operations to carbon, and back.

Owns: the arithmetic of compute, the power law through measured runs, and the best split of a budget.
Ignores how a run is trained.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def training_flops(N: float, D: float, peak: float, mfu: float) -> tuple[float, float, float]:
    """What a training takes, as a tuple: (operations, petaFLOP/s-days, days on a single GPU).

    `N` parameters take part in each token, and `D` tokens are trained on. Each parameter takes two
    operations for a token on the way forward and four on the way back. A petaFLOP/s-day is what a
    machine that makes 10^15 operations in each second does in a day. `peak` is the most operations
    per second that the GPU could make, and `mfu` (model FLOPs utilisation) is the share of them
    that really goes into the model, above 0 and at most 1.

    Source: Kaplan et al. 2020, section 2.1.
    """
    flops = 6 * N * D
    day = 24 * 60 * 60
    return flops, flops / (1e15 * day), flops / (peak * mfu * day)


def fit_power_law(
    x: Float[Tensor, "N"], y: Float[Tensor, "N"], irreducible: float
) -> tuple[float, float]:
    """The power law through measured losses: (a, b) of y = irreducible + a * x^(-b), two floats.

    In logarithms the law is a straight line, log(y - irreducible) = log(a) - b * log(x). (a, b) are
    those of the line with the smallest sum of squared errors, measured in these logarithms. Each
    run counts once, also where two have the same x. b is negative where the losses rise with x, and
    `irreducible` can be any number. Work in float64: some x are as large as 1e22.

    Raises ValueError where a y is not above `irreducible`, or where there are fewer than two
    different x.

    Source: Kaplan et al. 2020, section 1.2; with the irreducible part, Henighan et al. 2020,
    section 1.
    """
    x, above = x.double(), y.double() - irreducible
    if (above <= 0).any():
        raise ValueError("A loss at the floor or below it has no logarithm above the floor.")
    if len(x.unique()) < 2:
        raise ValueError("One size alone says nothing of a slope.")
    across, up = x.log(), above.log()
    from_mean = across - across.mean()
    slope = (from_mean * up).sum() / from_mean.square().sum()
    start = up.mean() - slope * across.mean()
    return start.exp().item(), -slope.item()


def isoflop_min(N: Float[Tensor, "N"], loss: Float[Tensor, "N"]) -> float:
    """The size at which one budget gives the lowest loss, as a float.

    All runs cost the same; the one with `N[i]` parameters ended with the loss `loss[i]`. A parabola
    in log(N) is fitted to the losses by least squares, and the size at its lowest point is
    returned, which is seldom one of those measured. Each run counts once, also where two have the
    same size. Work in float64.

    Raises ValueError where there are fewer than three different sizes, where the parabola does not
    open upwards, or where its lowest point lies below the smallest size or above the largest one:
    then the valley was not seen. The losses are never all the same.

    Source: Hoffmann et al. 2022, section 3.2.
    """
    if len(N.unique()) < 3:
        raise ValueError("A parabola needs three different sizes.")
    logs = N.double().log()
    across = logs - logs.mean()
    powers = torch.stack([across**2, across, torch.ones_like(across)], dim=1)
    curved, sloped, _ = torch.linalg.lstsq(powers, loss.double()[:, None]).solution[:, 0]
    lowest = -sloped / (2 * curved)
    if curved <= 0 or not across.min() <= lowest <= across.max():
        raise ValueError("The lowest point is not between the sizes that were tried.")
    return (lowest + logs.mean()).exp().item()


def chinchilla_optimum(
    C: float, A: float, B: float, alpha: float, beta: float
) -> tuple[float, float]:
    """The size and the tokens that make the best of a budget of C operations: (N, D), two floats.

    The loss of a model of N parameters after D tokens is E + A / N^alpha + B / D^beta, where E is
    the floor and all five numbers are positive. A training takes 6 * N * D operations. Of all pairs
    that cost exactly C, (N, D) has the lowest loss. Neither has to be a whole number or above 1.
    Both must be right to at least six digits.

    Source: Hoffmann et al. 2022, section 3.3 and equation 4.
    """
    ratio = (alpha * A / (beta * B)) ** (1 / (alpha + beta))
    N = ratio * (C / 6) ** (beta / (alpha + beta))
    return N, C / (6 * N)


def training_emissions(
    gpu_hours: float, gpu_watts: float, pue: float, kg_per_kwh: float
) -> tuple[float, float]:
    """What a training run takes and leaves: (energy in kWh, emissions in kg of CO2e), a tuple.

    The energy is what the whole data centre takes from the grid, cooling included.
    `gpu_hours` adds up the hours of all GPUs, each of which draws `gpu_watts`. `pue` (power usage
    effectiveness) is what the whole data centre draws, cooling included, divided by what its
    machines draw: 1.1 means 10 % on top. `kg_per_kwh` is the carbon intensity of the electricity,
    in kilograms of CO2e for each kWh that the data centre takes from the grid.

    Source: Touvron et al. 2023 (LLaMA), section 6.
    """
    kwh = gpu_hours * gpu_watts / 1000 * pue
    return kwh, kwh * kg_per_kwh
