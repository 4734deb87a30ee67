"""The tokenizer: images <-> multi-scale bits."""

from __future__ import annotations

from torch import Tensor, nn

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.bsq import MultiScaleBSQ
from ttsvar.nn.blocks import Decoder, Encoder
from ttsvar.nn.tokenizer_config import TokenizerConfig


class BSQAutoencoder(nn.Module):
    """A convolutional autoencoder around the multi-scale quantiser (Infinity, "Bitwise Visual Tokenizer").

    Training calls `encoder`, `quantizer.quantize_train` and `decoder`; `decode` is for looking, as it clamps.
    """

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.quantizer = MultiScaleBSQ(config.bits, config.gains)
        self.decoder = Decoder(config)

    def encode_features(self, images: Tensor) -> Tensor:
        """Images [B, 3, H, W] in [-1, 1] to features [B, D, H / patch, W / patch], not yet quantised."""
        patch = self.config.patch_size
        height, width = images.shape[-2:]
        if height % patch or width % patch:
            raise ConfigError(f"The image is {width} x {height} pixels; both sides must be multiples of {patch}.")
        return self.encoder(images)

    def decode(self, summed: Tensor) -> Tensor:
        """Summed codes [B, D, h, w] of any number of scales to images [B, 3, H, W], clamped to [-1, 1]."""
        return self.decoder(summed).clamp(-1, 1)

    @staticmethod
    def to_uint8(decoded: Tensor) -> Tensor:
        """Images [B, 3, H, W] in [-1, 1] to uint8 [B, H, W, 3] RGB; fractions are cut off, as Infinity does."""
        return decoded.float().add(1).div(2).mul(255).byte().permute(0, 2, 3, 1).contiguous()
