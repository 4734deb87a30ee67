"""Shape of an ImageReward: everything that its weights cannot be built without."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ttsvar.errors import ConfigError

REWARD_MEAN, REWARD_STD = 0.16717362830052426, 1.0333394966054072
"""The normalisation of the official package: its raw scores have this mean and deviation."""
MLP_WIDTHS = (1024, 128, 64, 16, 1)


@dataclass(frozen=True)
class ImageRewardConfig:
    """The shape of an `ImageReward`; the defaults are the official model's (ViT-L/16 at 224 px, BERT base).

    The MLP's four inner widths are always 1024, 128, 64, 16. `mlp_ratio` is the ViT's; BERT's is `text_intermediate`.
    """

    image_size: int = 224
    patch: int = 16
    vision_width: int = 1024
    vision_layers: int = 24
    vision_heads: int = 16
    mlp_ratio: int = 4
    vocab: int = 30524
    positions: int = 512
    text_width: int = 768
    text_layers: int = 12
    text_heads: int = 12
    text_intermediate: int = 3072
    text_eps: float = 1e-12
    projection: int = 256
    """Width of BLIP's contrastive projections: the file holds them, the reward does not use them."""
    mean: float = REWARD_MEAN
    std: float = REWARD_STD

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name not in ("mean", "std", "text_eps") and (not isinstance(value, int) or value < 1):
                raise ConfigError(f"ImageReward {name} is {value!r}; it must be a whole number of at least 1.")
        if self.image_size % self.patch:
            raise ConfigError(f"ImageReward image_size {self.image_size} is no multiple of its patch {self.patch}.")
        for width, heads, name in (
            (self.vision_width, self.vision_heads, "vision"),
            (self.text_width, self.text_heads, "text"),
        ):
            if width % heads:
                raise ConfigError(f"ImageReward {name}_width {width} does not divide into {heads} heads.")
        if not self.std > 0 or not self.text_eps > 0:
            raise ConfigError(f"ImageReward std {self.std!r} and text_eps {self.text_eps!r} must be above 0.")

    @property
    def grid(self) -> int:
        """Patches along a side."""
        return self.image_size // self.patch

    @property
    def image_tokens(self) -> int:
        """Patches and the class token."""
        return self.grid**2 + 1
