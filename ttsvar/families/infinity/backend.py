"""Infinity behind the verbs of `ttsvar.protocols.Backend`. Letters: G candidates of a chunk, L tokens, D bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor

from ttsvar.config import Sampling
from ttsvar.errors import ConfigError
from ttsvar.families.base.flops import decoder_flops, transformer_flops
from ttsvar.families.base.memory import decode_bytes, forward_bytes
from ttsvar.families.base.telling import TellingBackend
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.patchify import patchify, unpatchify_bits
from ttsvar.families.infinity.prompting import prompts_of, with_faces
from ttsvar.families.infinity.transformer import Condition, Infinity, InnerGuidance, inner_guidance
from ttsvar.finite import require_finite
from ttsvar.nn.kv_cache import CacheView
from ttsvar.sampling import bit_probabilities, combine_guidance, draw_bits, uniforms
from ttsvar.types import Run, ScaleSchedule


class PromptEncoder(Protocol):
    """What a backend asks of a text encoder; one of limited words has a `WordTokenizer` as its `tokenizer`."""

    def encode(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        """Prompts to padded features [S, T, Ct] and their valid lengths."""
        ...

    def tokens(self, prompt: str) -> int:
        """The valid length of one prompt, without encoding it."""
        ...


class InfinityBackend(TellingBackend):
    """A transformer, its tokenizer and its text encoder on one device."""

    def __init__(
        self,
        transformer: Infinity,
        tokenizer: BSQAutoencoder,
        text_encoder: PromptEncoder,
        schedule: ScaleSchedule,
        name: str,
        chunk: int = 2,
        chunk_by_run: bool = False,
    ) -> None:
        self.chunk_by_run = chunk_by_run
        super().__init__(name, schedule, chunk, Sampling(), prompts_of(text_encoder))
        if schedule.sizes != transformer.config.sizes:
            raise ConfigError(
                f"The schedule {schedule.sizes} is not the transformer's {transformer.config.sizes}; "
                "use `transformer.with_schedule`."
            )
        if transformer.config.bits != tokenizer.config.bits:
            raise ConfigError(
                f"The transformer emits {transformer.config.bits} bits a token and the tokenizer reads "
                f"{tokenizer.config.bits}; load parts that belong together."
            )
        self.transformer = transformer
        self.tokenizer = tokenizer
        self.text_encoder = text_encoder

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.transformer.head.weight.device

    @property
    def _grid(self) -> tuple[int, int]:
        """The tokenizer's finest grid."""
        return self.transformer.config.tokenizer_sizes[-1]

    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        """Floating-point operations of growing one scale, padding and the prompt's own part left out."""
        halves = self._halves(run)
        texts = [self._key(run)[0], *([run.search.negative] if halves == 2 and run.search.negative else [])]
        # Both halves are as long as the longer text.
        text_tokens = max(self.text_encoder.tokens(text) for text in texts)
        return candidates * transformer_flops(self.transformer.config, scale, text_tokens, halves)

    def decode_flops(self, candidates: int) -> float:
        """Floating-point operations of decoding this many images, padding left out."""
        return candidates * decoder_flops(self.tokenizer.decoder, self._grid)

    def _chunk_bytes(self, run: Run) -> int:
        item, decoder_item = self.transformer.head.weight.itemsize, self.tokenizer.decoder.conv_in.weight.itemsize
        forward = forward_bytes(self.transformer.config, self._halves(run) * self.chunk_of(run), item)
        return max(forward, decode_bytes(self.tokenizer.config, self._grid, self.chunk, decoder_item))

    def _guided(self, run: Run) -> bool:
        return any(run.search.cfg_at(k) != 1 for k in range(len(run.schedule)))

    def _key(self, run: Run) -> tuple:
        search, depth = run.search, self.transformer.config.depth
        scales = range(len(run.schedule))
        inner = tuple(inner_guidance(search.cfg_layers, search.cfg_at(k), depth) for k in scales)
        prompt = with_faces(run.prompt) if search.positive else run.prompt
        return prompt, self._guided(run), search.negative, inner if any(inner) else ()

    def _digest(
        self, prompt: str, guided: bool, negative: str = "", inner: tuple[InnerGuidance | None, ...] = ()
    ) -> Condition:
        led_away = self._encode(negative) if guided and negative else None
        return replace(self.transformer.condition(*self._encode(prompt), guided, negative=led_away), inner=inner)

    def _encode(self, text: str) -> tuple[Tensor, tuple[int, ...]]:
        features, lens = self.text_encoder.encode([text])
        require_finite(features, "Text features of the prompt")
        return features.to(self.device, torch.float32), lens

    def _view(self, rows: int, tokens: int) -> CacheView:
        return self.transformer.empty_cache(rows, tokens)

    def _logits(self, cond: Condition, summed: Tensor | None, view: CacheView, scale: int) -> Tensor:
        if summed is None:
            x = self.transformer.start(cond, view.rows // cond.halves)
        else:
            codes = self.tokenizer.quantizer.next_input(summed, self.transformer.config.tokenizer_sizes[scale])
            x = self.transformer.embed(codes).repeat(cond.halves, 1, 1)
        return self.transformer.forward_scale(x, cond, view, scale)

    def _draw(self, run: Run, scale: int, logits: Tensor, names: Sequence[str]) -> Tensor:
        search = run.search
        conditional, *unconditional = logits.float().split(len(names))
        cfg, tau = search.cfg_at(scale), search.tau_at(scale)
        other = unconditional[0] if unconditional and 0 in search.cfg_layers else None
        guided = combine_guidance(conditional, other, cfg, tau)
        chances = bit_probabilities(guided, search.top_k, search.top_p)
        draws = [uniforms(run.seed, name, scale, "bits", tuple(chances.shape[1:])) for name in names]
        return self._on_grid(draw_bits(chances, torch.stack(draws)), scale).cpu()

    def _parts(self, logits: Tensor, bits: Tensor, scale: int) -> tuple[Tensor, Tensor]:
        grid = bits.movedim(-1, 0)[None]
        tokens = patchify(grid.float()) if self.transformer.config.patchify else grid
        return logits, tokens[0].flatten(1).T

    def _add_codes(self, summed: Tensor | None, bits: Tensor, scale: int) -> Tensor:
        return self.tokenizer.quantizer.accumulate(summed, bits, scale, self._grid)

    def _images(self, bits: Sequence[Tensor]) -> Tensor:
        summed = self.tokenizer.quantizer.sum_codes([b.to(self.device) for b in bits], self._grid)
        dtype = self.tokenizer.decoder.conv_in.weight.dtype
        decoded = require_finite(self.tokenizer.decode(summed.to(dtype)), "Pictures of the decoder", len(bits) - 1)
        return self.tokenizer.to_uint8(decoded)

    def _on_grid(self, bits: Tensor, scale: int) -> Tensor:
        """Bits [G, L, D] of the transformer's tokens on the tokenizer's grid."""
        config = self.transformer.config
        grid = bits.unflatten(1, config.sizes[scale])
        return unpatchify_bits(grid) if config.patchify else grid
