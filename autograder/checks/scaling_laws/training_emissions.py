"""Checks and misconceptions for `training_emissions`."""

import torch

from autograder.exercise import Exercise


def runs(g):
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=g).item()

    return {
        "one GPU runs for an hour": (1.0, 500.0, 1.2, 0.5),
        "nothing is spent on cooling": (draw(100, 200), draw(200, 350), 1.0, draw(0.2, 0.7)),
        "the electricity is free of carbon": (draw(100, 200), draw(200, 350), 1.3, 0.0),
        "a thousand GPUs run for days": (draw(4e4, 9e4), 400.0, draw(1.1, 1.6), draw(0.05, 0.9)),
        "the numbers are those of any small run": (
            draw(5, 50), draw(50, 300), draw(1.1, 1.9), draw(0.05, 0.9)
        ),
        "nothing runs": (0.0, 400.0, 1.1, 0.385),
    }  # fmt: skip


emissions = Exercise(
    "scaling_laws.training_emissions",
    title="What a training run leaves behind",
    points=1, difficulty=1, minutes=10, optional=True, examples=runs,
    kind="predict",
    question="Training LLaMA-65B took about a million hours on GPUs of 400 watts. How many tonnes "
    "of CO2e did it leave behind?",
    unit="t CO2e",
    counted=lambda reference: reference(1_022_362.0, 400.0, 1.1, 0.385)[1] / 1000,
)  # fmt: skip


def near(got, wanted):
    assert len(got) == len(wanted)
    for one, other in zip(got, wanted, strict=True):
        assert abs(one - other) <= 0.006 * other


@emissions.claim("the published rows come out: LLaMA-7B and 65B, as Touvron et al. print them")
def _(answer):
    near(answer(1_022_362.0, 400.0, 1.1, 0.385), (449_839.0, 173_188.0))
    near(answer(82_432.0, 400.0, 1.1, 0.385), (36_270.0, 13_964.0))


@emissions.claim("a kilowatt for an hour is a kilowatt-hour")
def _(answer):
    kwh, _ = answer(1.0, 1000.0, 1.0, 0.25)
    assert abs(kwh - 1.0) < 1e-6


@emissions.claim("cleaner electricity changes the emissions and not the energy")
def _(answer):
    (kwh, kg), (same, less) = answer(100.0, 400.0, 1.5, 0.4), answer(100.0, 400.0, 1.5, 0.1)
    assert abs(kwh - same) < 1e-6 < kwh
    assert abs(kg / less - 4) < 1e-6


emissions.slip(
    " * pue", "", name="no_pue",
    seen="The machines are counted. Who pays for their cooling?",
    why="These are the numbers without the PUE: what the GPUs draw, not what the data centre takes "
    "from the grid. Multiply the energy by `pue`.",
)  # fmt: skip
emissions.slip(
    "gpu_hours * gpu_watts", "gpu_watts", name="no_hours",
    seen="However long they run, the energy is the same. What are kilowatts times hours?",
    why="These are the numbers of the power, in kilowatts. Energy is power times time: multiply by "
    "`gpu_hours`.",
)  # fmt: skip
emissions.slip(
    " / 1000", "", name="watts_as_kw",
    seen="Everything is a thousand times too large. How many watts make a kilowatt?",
    why="These are watt-hours. A kilowatt-hour is 1000 of them.",
)  # fmt: skip
emissions.slip(
    "kwh * kg_per_kwh", "kwh * kg_per_kwh / 1000", name="gram_kg",
    seen="The energy is right, the emissions are a thousandth of what they should be. In which unit "
    "are they asked for, and in which does the intensity come?",
    why="These are kilograms divided by 1000: tonnes, or what kilograms would be if the intensity "
    "came in grams. It comes in kilograms, and kilograms are asked for.",
)  # fmt: skip
emissions.slip(
    "kwh * kg_per_kwh", "kwh * pue * kg_per_kwh", name="pue_twice",
    seen="The energy is right, the emissions are too high by the PUE. Which energy does the grid "
    "deliver?",
    why="These are the numbers of a PUE multiplied in twice. The energy has it already.",
)  # fmt: skip
emissions.slip(
    "1000 * pue", "1000 / pue", name="pue_divided",
    seen="The worse the cooling, the less energy is used. Is that likely?",
    why="These are the numbers of an energy *divided* by the PUE. What the machines draw is the "
    "smaller number; the data centre takes PUE times as much.",
)  # fmt: skip
emissions.slip(
    "1000 * pue", "1000 * (1 + pue)", name="pue_as_overhead",
    seen="With a PUE of 1 the energy doubles. What does a PUE of 1 stand for?",
    why="These are the numbers of a PUE taken for what comes on top. It is the whole, cooling "
    "included: 1.0 means nothing on top.",
)  # fmt: skip
emissions.slip(
    "kwh * kg_per_kwh", "kwh / kg_per_kwh", name="intensity_divided",
    seen="Clean electricity gives high emissions. What is the unit of kWh times kg per kWh?",
    why="These are the numbers of a division by the intensity. Kilograms for each kWh, times kWh, "
    "are kilograms.",
)  # fmt: skip


@emissions.misconception(
    seen="The numbers are right and change places. Which comes first?",
    why="These are (kg, kWh). The energy comes first.",
)
def swapped(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000 * pue
    return kwh * kg_per_kwh, kwh


@emissions.misconception(
    seen="The energy is that of the GPUs, the emissions are those of the whole data centre. Which "
    "energy is asked for?",
    why="These are the numbers of a PUE that is put on the emissions alone. The energy, too, is what "
    "the data centre takes from the grid.",
)
def pue_on_emissions_only(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000
    return kwh, kwh * pue * kg_per_kwh


@emissions.misconception(
    seen="The energy has the cooling in it. From which energy were the emissions made?",
    why="These are emissions of the machines alone. The grid delivers the cooling's share as well: "
    "multiply the energy with the PUE in it.",
)
def emissions_without_pue(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000
    return kwh * pue, kwh * kg_per_kwh


@emissions.misconception(
    seen="The energy is right, the emissions are a thousand times too large. For each of what does "
    "the intensity count kilograms?",
    why="These are emissions made from watt-hours. The intensity is for each kWh: multiply the "
    "energy that is returned.",
)
def emissions_from_watt_hours(gpu_hours, gpu_watts, pue, kg_per_kwh):
    watt_hours = gpu_hours * gpu_watts * pue
    return watt_hours / 1000, watt_hours * kg_per_kwh


@emissions.misconception(
    seen="The emissions are right, the energy is a thousandth. How many kWh are in a MWh?",
    why="This energy is in megawatt-hours, as tables of large models print it. Here it is asked for "
    "in kWh.",
    convention=True,
)
def in_megawatt_hours(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kwh = gpu_hours * gpu_watts / 1000 * pue
    return kwh / 1000, kwh * kg_per_kwh


@emissions.misconception(
    seen="Megawatt-hours and tonnes: each is a thousandth of what is asked for. Which units does the "
    "first line of the docstring name?",
    why="These are the units in which papers print their tables, MWh and tonnes. Here kWh and "
    "kilograms are asked for.",
    convention=True,
)
def in_the_units_of_tables(gpu_hours, gpu_watts, pue, kg_per_kwh):
    mwh = gpu_hours * gpu_watts / 1e6 * pue
    return mwh, mwh * kg_per_kwh


@emissions.alternative
def joules_first(gpu_hours, gpu_watts, pue, kg_per_kwh):
    joules = gpu_hours * 3600 * gpu_watts * pue
    kwh = joules / 3.6e6
    return kwh, kg_per_kwh * kwh


@emissions.alternative
def kilowatts_first(gpu_hours, gpu_watts, pue, kg_per_kwh):
    kilowatts = gpu_watts / 1e3 * pue
    energy = kilowatts * gpu_hours
    return (energy, energy * kg_per_kwh)
