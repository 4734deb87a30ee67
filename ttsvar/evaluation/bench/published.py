"""Other models' figures as the paper prints them beside its own (arXiv 2507.18537, Tables 1 and 2), digit by digit.

They were measured elsewhere, each with its authors' settings; `bench.paper` has the rows that an arm here repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedTable:
    """Published figures: the table's place, its columns, and its rows by model; None where it has no number."""

    source: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[float | None, ...]]


GENEVAL_MODELS = PublishedTable(
    "Table 1",
    ("two_object", "counting", "color_attr", "overall"),
    {
        "SDXL, 2.6B": (0.74, 0.39, 0.23, 0.55),
        "SDXL with FK steering, N = 8": (None, None, None, 0.65),
        "PixArt-Alpha, 0.6B": (0.50, 0.44, 0.07, 0.48),
        "DALL-E 3": (0.87, 0.47, 0.45, 0.67),
        "FLUX, 12B": (0.81, 0.74, 0.45, 0.66),
        "SD3, 8B": (0.94, 0.72, 0.60, 0.74),
        "LlamaGen, 0.8B": (0.34, 0.21, 0.04, 0.32),
        "Chameleon, 7B": (None, None, None, 0.39),
        "Show-o, 1.3B": (0.52, 0.49, 0.28, 0.53),
        "Show-o with PARM, N = 20": (0.77, 0.68, 0.45, 0.67),
        "Emu3, 8.5B": (0.71, 0.34, 0.21, 0.54),
        "Infinity, 2B": (0.8351, 0.5923, 0.6150, 0.6946),
        "Infinity with importance sampling, N = 8": (0.8969, 0.6220, 0.6550, 0.7181),
        "Infinity with best of N, N = 8": (0.9201, 0.6756, 0.6700, 0.7364),
        "Infinity with TTS-VAR, N = 2": (0.9278, 0.7113, 0.6775, 0.7403),
        "Infinity with TTS-VAR, N = 8": (0.9501, 0.7411, 0.6800, 0.7530),
    },
)
COMPBENCH_MODELS = PublishedTable(
    "Table 2",
    (
        "average", "color", "shape", "texture", "spatial", "3d_spatial", "numeracy", "non_spatial", "complex",
    ),
    {
        "Stable Diffusion 2": (0.4839, 0.5065, 0.4221, 0.4922, 0.1342, 0.3230, 0.4582, 0.7567, 0.7783),
        "SDXL": (0.5255, 0.5879, 0.4687, 0.5299, 0.2133, 0.3566, 0.4988, 0.7673, 0.7817),
        "PixArt-Alpha": (0.5583, 0.6690, 0.4927, 0.6477, 0.2064, 0.3901, 0.5032, 0.7747, 0.7823),
        "DALL-E 3": (0.6168, 0.7785, 0.6205, 0.7036, 0.2865, 0.3744, 0.5926, 0.7853, 0.7927),
        "FLUX.1": (0.6087, 0.7407, 0.5718, 0.6922, 0.2863, 0.3866, 0.6185, 0.7809, 0.7927),
        "Infinity": (0.5688, 0.7421, 0.4557, 0.6034, 0.2279, 0.4023, 0.5479, 0.7820, 0.7890),
        "Infinity with importance sampling, N = 8": (
            0.5965, 0.7746, 0.5078, 0.6501, 0.2462, 0.4194, 0.6002, 0.7803, 0.7937,
        ),
        "Infinity with best of N, N = 8": (0.6115, 0.7950, 0.5439, 0.6886, 0.2545, 0.4205, 0.6090, 0.7870, 0.7937),
        "Infinity with TTS-VAR, N = 2": (0.6151, 0.7887, 0.5578, 0.6858, 0.2697, 0.4286, 0.6112, 0.7853, 0.7936),
        "Infinity with TTS-VAR, N = 8": (0.6230, 0.8073, 0.5914, 0.7121, 0.2644, 0.4302, 0.6340, 0.7880, 0.7963),
    },
)  # fmt: skip
"""Color, shape and texture are B-VQA; places and numbers are UniDet's; a language model judged the last two.

The average of the last row is printed so; its columns come to 0.6280.
"""
