"""The paper's own numbers (arXiv 2507.18537; Infinity-2B on GenEval's prompts), by the arm that repeats each row.

Copied digit by digit from its tables. Figures 2, 3, 5, 6 and 8 have no numbers in the text; Figure 3 draws the table of
appendix B.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

METRICS = ("GenEval", "ImageReward", "HPS", "CLIP", "Aesthetic")
CATEGORIES = ("overall", "single_object", "two_object", "counting", "colors", "position", "color_attr")
CLUSTERED = "batch=8x2,6x3,1x8"
"""The schedule of the clustering ablation here: clustering down to N, which best-of-N then judges."""


@dataclass(frozen=True)
class PaperTable:
    """A table of the paper: where it stands, its columns, and its rows by the label of an arm."""

    source: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[float, ...]]


MAIN = PaperTable(
    "appendix B, Table 6",
    METRICS,
    {
        "raw": (0.6946, 1.1320, 0.3042, 0.3366, 0.5811),
        "tts-var n=1": (0.7253, 1.3226, 0.3084, 0.3395, 0.5822),
        "importance-sampling n=2": (0.7022, 1.1941, 0.3051, 0.3374, 0.5807),
        "best-of-n n=2": (0.7087, 1.2545, 0.3069, 0.3384, 0.5813),
        "tts-var n=2": (0.7403, 1.4136, 0.3106, 0.3411, 0.5821),
        "importance-sampling n=4": (0.7116, 1.2883, 0.3067, 0.3387, 0.5815),
        "best-of-n n=4": (0.7244, 1.3471, 0.3083, 0.3397, 0.5820),
        "tts-var n=4": (0.7437, 1.4605, 0.3112, 0.3414, 0.5821),
        "importance-sampling n=8": (0.7181, 1.3657, 0.3085, 0.3395, 0.5810),
        "best-of-n n=8": (0.7364, 1.4144, 0.3103, 0.3406, 0.5820),
        "tts-var n=8": (0.7530, 1.4995, 0.3122, 0.3420, 0.5810),
    },
)
GENEVAL = PaperTable(
    "Table 7",
    CATEGORIES,
    {
        "raw": (0.6946, 0.9938, 0.8351, 0.5923, 0.9293, 0.2020, 0.6150),
        "tts-var n=1": (0.7253, 0.9938, 0.9072, 0.6518, 0.9192, 0.2096, 0.6700),
        "importance-sampling n=2": (0.7022, 0.9969, 0.8497, 0.6071, 0.9268, 0.1869, 0.6475),
        "best-of-n n=2": (0.7087, 0.9906, 0.8789, 0.6339, 0.9242, 0.1944, 0.6300),
        "tts-var n=2": (0.7403, 0.9936, 0.9278, 0.7113, 0.9318, 0.1995, 0.6775),
        "importance-sampling n=4": (0.7116, 0.9906, 0.8840, 0.6339, 0.9318, 0.1970, 0.6325),
        "best-of-n n=4": (0.7244, 1.0000, 0.8969, 0.6756, 0.9242, 0.1944, 0.6550),
        "tts-var n=4": (0.7437, 0.9906, 0.9510, 0.6994, 0.9293, 0.2045, 0.6875),
        "importance-sampling n=8": (0.7181, 0.9906, 0.8969, 0.6220, 0.9318, 0.2121, 0.6550),
        "best-of-n n=8": (0.7364, 0.9938, 0.9201, 0.6756, 0.9444, 0.2146, 0.6700),
        "tts-var n=8": (0.7530, 0.9969, 0.9501, 0.7411, 0.9318, 0.2172, 0.6800),
    },
)
FREQUENCY = PaperTable(
    "Table 3",
    METRICS,
    {
        "raw": (0.6946, 1.132, 0.3042, 0.3366, 0.5811),
        "importance-sampling n=2": (0.7133, 1.2572, 0.3066, 0.3379, 0.5801),
        "importance-sampling n=2 resample=6,8,10": (0.7130, 1.2591, 0.3066, 0.3381, 0.5809),
        "importance-sampling n=2 resample=6,7,8,9,10,11": (0.7114, 1.2497, 0.3067, 0.3378, 0.5810),
        "importance-sampling n=4": (0.7276, 1.3534, 0.3082, 0.3398, 0.5817),
        "importance-sampling n=4 resample=6,8,10": (0.7247, 1.3592, 0.3085, 0.3397, 0.5822),
        "importance-sampling n=4 resample=6,7,8,9,10,11": (0.7210, 1.3558, 0.3083, 0.3398, 0.5830),
    },
)
POTENTIALS = PaperTable(
    "Table 4",
    METRICS,
    {
        "importance-sampling n=2": (0.7133, 1.2572, 0.3066, 0.3379, 0.5801),
        "importance-sampling n=2 potential=max": (0.7150, 1.2510, 0.3065, 0.3379, 0.5803),
        "importance-sampling n=2 potential=sum": (0.7130, 1.2364, 0.3064, 0.3379, 0.5801),
        "importance-sampling n=2 potential=diff": (0.7006, 1.1725, 0.3042, 0.3365, 0.5798),
        "importance-sampling n=4": (0.7276, 1.3534, 0.3082, 0.3398, 0.5817),
        "importance-sampling n=4 potential=max": (0.7285, 1.3495, 0.3082, 0.3398, 0.5815),
        "importance-sampling n=4 potential=sum": (0.7244, 1.3326, 0.3082, 0.3394, 0.5830),
        "importance-sampling n=4 potential=diff": (0.7030, 1.2412, 0.3051, 0.3378, 0.5808),
    },
)
CLUSTERING = PaperTable(
    "Table 5",
    METRICS[:2],
    {
        "best-of-n n=2": (0.7087, 1.2545),
        "cluster-only n=2 batch=8x2,1x11 cluster=2": (0.7089, 1.2513),
        "cluster-only n=2 batch=8x5,1x8 cluster=5": (0.7099, 1.2558),
        f"cluster-only n=2 {CLUSTERED}": (0.7184, 1.2682),
        "best-of-n n=4": (0.7244, 1.3471),
        "cluster-only n=4 batch=8x2,1x11 cluster=2": (0.7300, 1.3502),
        "cluster-only n=4 batch=8x5,1x8 cluster=5": (0.7293, 1.3558),
        f"cluster-only n=4 {CLUSTERED}": (0.7337, 1.3610),
    },
)
EXTRACTORS = PaperTable(
    "Table 6",
    METRICS[:2],
    {
        f"cluster-only n=2 {CLUSTERED} extractor=pca-raw": (0.7184, 1.2682),
        f"cluster-only n=2 {CLUSTERED} extractor=pool": (0.7127, 1.2720),
        f"cluster-only n=2 {CLUSTERED} extractor=inception": (0.7073, 1.2727),
        f"cluster-only n=4 {CLUSTERED} extractor=pca-raw": (0.7337, 1.3610),
        f"cluster-only n=4 {CLUSTERED} extractor=pool": (0.7296, 1.3629),
        f"cluster-only n=4 {CLUSTERED} extractor=inception": (0.7207, 1.3664),
    },
)
PIPELINE = PaperTable(
    "Table 8",
    METRICS,
    {
        "raw": (0.6946, 1.1320, 0.3042, 0.3366, 0.5811),
        "best-of-n n=2": (0.7087, 1.2545, 0.3069, 0.3384, 0.5813),
        f"cluster-only n=2 {CLUSTERED}": (0.7220, 1.2591, 0.3072, 0.3385, 0.5816),
        "tts-var n=2": (0.7403, 1.4136, 0.3106, 0.3411, 0.5821),
        "best-of-n n=4": (0.7244, 1.3471, 0.3083, 0.3397, 0.5820),
        f"cluster-only n=4 {CLUSTERED}": (0.7294, 1.3608, 0.3095, 0.3403, 0.5824),
        "tts-var n=4": (0.7437, 1.4605, 0.3112, 0.3414, 0.5821),
    },
)
REWARDS = PaperTable(
    "Table 9",
    METRICS,
    {
        "best-of-n n=2": (0.7087, 1.2545, 0.3069, 0.3384, 0.5813),
        "tts-var n=2 reward=aesthetic": (0.6966, 1.123, 0.3054, 0.3366, 0.6004),
        "tts-var n=2": (0.7403, 1.4136, 0.3106, 0.3411, 0.5821),
        "tts-var n=2 reward=hps": (0.7135, 1.2246, 0.3102, 0.3391, 0.583),
        "tts-var n=2 reward=hps+image-reward": (0.7238, 1.3522, 0.3088, 0.3402, 0.5824),
        "best-of-n n=4": (0.7244, 1.3471, 0.3083, 0.3397, 0.5820),
        "tts-var n=4 reward=aesthetic": (0.6842, 1.1172, 0.3056, 0.3363, 0.6114),
        "tts-var n=4": (0.7437, 1.4605, 0.3112, 0.3414, 0.5821),
        "tts-var n=4 reward=hps": (0.7255, 1.2812, 0.3154, 0.3402, 0.5843),
        "tts-var n=4 reward=hps+image-reward": (0.7413, 1.4128, 0.3101, 0.3406, 0.5818),
    },
)
LAMBDA = PaperTable(
    "Table 10",
    METRICS,
    {
        "best-of-n n=2": (0.7087, 1.2545, 0.3069, 0.3384, 0.5813),
        "tts-var n=2 lam=0.1": (0.7065, 1.2458, 0.3065, 0.3387, 0.5811),
        "tts-var n=2 lam=0.5": (0.7210, 1.3167, 0.3080, 0.3400, 0.5819),
        "tts-var n=2 lam=1": (0.7222, 1.3459, 0.3087, 0.3403, 0.5821),
        "tts-var n=2 lam=5": (0.7361, 1.4010, 0.3101, 0.3410, 0.5821),
        "tts-var n=2": (0.7403, 1.4136, 0.3106, 0.3411, 0.5821),
        "best-of-n n=4": (0.7244, 1.3471, 0.3083, 0.3397, 0.5820),
        "tts-var n=4 lam=0.1": (0.7308, 1.3576, 0.3089, 0.3400, 0.5816),
        "tts-var n=4 lam=0.5": (0.7347, 1.3918, 0.3094, 0.3406, 0.5819),
        "tts-var n=4 lam=1": (0.7418, 1.4097, 0.3099, 0.3407, 0.5820),
        "tts-var n=4 lam=5": (0.7465, 1.4500, 0.3108, 0.3412, 0.5820),
        "tts-var n=4": (0.7437, 1.4605, 0.3112, 0.3414, 0.5821),
    },
)
