"""VAR behind the verbs of `ttsvar.protocols.Backend`. Letters: G candidates of a chunk, L tokens, V vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from ttsvar.config import Sampling
from ttsvar.errors import ConfigError
from ttsvar.families.base.flops import decoder_flops, var_flops
from ttsvar.families.base.memory import decode_bytes, forward_bytes
from ttsvar.families.base.telling import TellingBackend
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.var.checkpoint import load_var
from ttsvar.families.var.imagenet import ClassNames, imagenet_names
from ttsvar.families.var.published import PUBLISHED_VAR
from ttsvar.families.var.transformer import VAR, ClassCondition, guide, ramp
from ttsvar.families.var.vq import VQAutoencoder, tokens_to_bits
from ttsvar.families.var.vq_checkpoint import load_vq
from ttsvar.finite import require_finite
from ttsvar.nn.kv_cache import CacheView
from ttsvar.sampling import draw_tokens, token_probabilities, uniforms
from ttsvar.types import Run, ScaleSchedule
from ttsvar.weights.say import Say

SAMPLING = Sampling(cfg=4.0, tau=1.0, top_p=0.95, top_k=900)
"""As in the authors' sampling demo; for FID they use cfg 1.5, top-p 0.96."""
LIVE_LOGITS = 4
"""Tensors of the size of a chunk's logits that a draw holds at once."""


class VARBackend(TellingBackend):
    """A class-conditional transformer, its tokenizer and its class names on one device.

    `cfg` is VAR's: 0 is unguided, and it grows from none at the first scale to its whole at the last.
    """

    def __init__(
        self, transformer: VAR, tokenizer: VQAutoencoder, classes: ClassNames, name: str, chunk: int = 2
    ) -> None:
        config = transformer.config
        super().__init__(name, ScaleSchedule(config.sizes), chunk, SAMPLING, classes)
        if (config.vocab, config.code_channels) != (tokenizer.config.vocab, tokenizer.config.shape.bits):
            raise ConfigError(
                f"The transformer has {config.vocab} tokens of {config.code_channels} channels, the tokenizer "
                f"{tokenizer.config.vocab} of {tokenizer.config.shape.bits}; load parts that belong together."
            )
        if config.classes != len(classes):
            raise ConfigError(f"The transformer has {config.classes} classes; {len(classes)} names were given.")
        self.transformer = transformer
        self.tokenizer = tokenizer
        self.classes = classes

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.transformer.head.weight.device

    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        """Floating-point operations of growing one scale, padding and the class's own part left out."""
        return candidates * var_flops(self.transformer.config, scale, self._halves(run))

    def decode_flops(self, candidates: int) -> float:
        """Floating-point operations of decoding this many images, the phis and padding left out."""
        grid = self.transformer.config.sizes[-1]
        return candidates * decoder_flops(self.tokenizer.decoder, grid, self.tokenizer.post_quant_conv)

    def _chunk_bytes(self, run: Run) -> int:
        config, decoder = self.transformer.config, self.tokenizer.decoder.conv_in.weight
        rows, tokens = self._halves(run) * self.chunk_of(run), config.sides[-1] ** 2
        # Beside the blocks, the draw holds the finest scale's logits, sorted and in order, in float32.
        draw = LIVE_LOGITS * 4 * rows * tokens * config.vocab
        forward = forward_bytes(config, rows, self.transformer.head.weight.itemsize) + draw
        return max(forward, decode_bytes(self.tokenizer.config.shape, config.sizes[-1], self.chunk, decoder.itemsize))

    def _guided(self, run: Run) -> bool:
        return any(self._strength(run, scale) for scale in range(len(self.schedule)))

    def _strength(self, run: Run, scale: int) -> float:
        return ramp(run.search.cfg_at(scale), scale, len(self.schedule))

    def _digest(self, prompt: str, guided: bool) -> ClassCondition:
        label = torch.tensor([self.classes.index(prompt)], device=self.device)
        return self.transformer.condition(label, guided)

    def _view(self, rows: int, tokens: int) -> CacheView:
        return self.transformer.empty_cache(rows, tokens)

    def _logits(self, cond: ClassCondition, summed: Tensor | None, view: CacheView, scale: int) -> Tensor:
        if summed is None:
            x = self.transformer.start(cond, view.rows // cond.halves)
        else:
            codes = self.tokenizer.quantizer.next_input(summed, self.schedule.sizes[scale])
            x = self.transformer.embed(codes).repeat(cond.halves, 1, 1)
        return self.transformer.forward_scale(x, cond, view, scale)

    def _draw(self, run: Run, scale: int, logits: Tensor, names: Sequence[str]) -> Tensor:
        search = run.search
        guided = guide(logits, self._strength(run, scale), self._guided(run)) / search.tau_at(scale)
        chances = token_probabilities(guided, search.top_k, search.top_p)
        draws = [uniforms(run.seed, name, scale, "tokens", (chances.shape[1],)) for name in names]
        tokens = draw_tokens(chances, torch.stack(draws))
        return tokens_to_bits(tokens, self.tokenizer.config.digits).unflatten(1, self.schedule.sizes[scale])

    def _parts(self, logits: Tensor, bits: Tensor, scale: int) -> tuple[Tensor, Tensor]:
        return logits[:, None], self.tokenizer.quantizer.tokens(bits).flatten()[:, None]

    def _add_codes(self, summed: Tensor | None, bits: Tensor, scale: int) -> Tensor:
        quantizer = self.tokenizer.quantizer
        return quantizer.accumulate(summed, quantizer.tokens(bits), scale, self.schedule.sizes)

    def _images(self, bits: Sequence[Tensor]) -> Tensor:
        summed = None
        for scale, part in enumerate(bits):
            summed = self._add_codes(summed, part, scale)
        assert summed is not None
        decoded = require_finite(self.tokenizer.decode(summed), "Pictures of the decoder", len(bits) - 1)
        return BSQAutoencoder.to_uint8(decoded)


def load_var_backend(
    transformer: Path,
    tokenizer: Path,
    name: str,
    *,
    chunk: int = 2,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    say: Say | None = None,
) -> VARBackend:
    """A backend from published files (`var_dN.pth`, `vae_ch160v4096z32.pth`) and ImageNet's names.

    `dtype` is the transformer's; the tokenizer stays in float32. A published `name` must be what the file holds; under
    any other the file says its shape. Raises CheckpointError where a file does not fit.
    """
    config = PUBLISHED_VAR[name].config if name in PUBLISHED_VAR else None
    model = load_var(transformer, config, dtype=dtype, device=device, say=say)
    return VARBackend(model, load_vq(tokenizer, device=device, say=say), imagenet_names(), name, chunk)
