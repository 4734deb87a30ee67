"""Shape of a tokenizer: everything that its weights cannot be built without."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.errors import ConfigError


@dataclass(frozen=True)
class TokenizerConfig:
    """The shape of a `BSQAutoencoder`; the defaults are Infinity-2B's tokenizer.

    `bits` is D, the bits of a token. `ch_mult` gives each level's channels as a multiple of `base_channels`,
    finest level first. `patch_size` is the pixels per token along a side, a power of two with at most one halving
    per level. `norm_groups` is an upper bound: a layer with fewer channels normalises each channel by itself.
    `gains` holds one multiplier of the codes per scale; None (Infinity) means ones that no file stores.
    `attention` puts self-attention into the middle and after each block of the coarsest level (VAR).
    """

    bits: int = 32
    base_channels: int = 128
    ch_mult: tuple[int, ...] = (1, 2, 4, 4, 4)
    patch_size: int = 16
    res_blocks: int = 2
    image_channels: int = 3
    norm_groups: int = 32
    gains: tuple[float, ...] | None = None
    attention: bool = False

    def __post_init__(self) -> None:
        for name in ("bits", "base_channels", "patch_size", "res_blocks", "image_channels", "norm_groups"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise ConfigError(f"Tokenizer {name} is {value!r}; it must be a whole number of at least 1.")
        if not self.ch_mult or min(self.ch_mult) < 1:
            raise ConfigError(f"Tokenizer ch_mult is {self.ch_mult!r}; it must hold whole numbers of at least 1.")
        if self.patch_size & (self.patch_size - 1):
            raise ConfigError(f"Tokenizer patch_size is {self.patch_size}; it must be a power of two.")
        if self.halvings > self.levels:
            raise ConfigError(
                f"Tokenizer patch_size {self.patch_size} needs {self.halvings} halvings, but ch_mult has only "
                f"{self.levels} levels; lengthen ch_mult or lower patch_size."
            )
        for channels in self.channels:
            if channels % self.groups_for(channels):
                raise ConfigError(
                    f"Tokenizer level of {channels} channels does not divide into {self.norm_groups} groups; "
                    "change base_channels, ch_mult or norm_groups."
                )

    @property
    def levels(self) -> int:
        """Number of resolutions."""
        return len(self.ch_mult)

    @property
    def halvings(self) -> int:
        """How often the encoder halves the image: log2 of the patch size."""
        return self.patch_size.bit_length() - 1

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels per level, finest first."""
        return tuple(self.base_channels * m for m in self.ch_mult)

    def groups_for(self, channels: int) -> int:
        """Groups of the normalisation of a layer with this many channels."""
        return min(self.norm_groups, channels)
