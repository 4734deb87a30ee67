from __future__ import annotations

import torch

from ttsvar.families.infinity.bsq import bits_to_codes, codes_to_bits
from ttsvar.families.infinity.patchify import patchify, patchify_bits, unpatchify, unpatchify_bits


def test_bits_and_codes_are_patched_alike_and_back():
    bits = torch.randint(0, 2, (2, 4, 6, 5), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    patched = patchify_bits(bits)
    assert patched.shape == (2, 2, 3, 20)
    assert torch.equal(codes_to_bits(patchify(bits_to_codes(bits))), patched)
    assert torch.equal(unpatchify_bits(patched), bits)
    assert torch.equal(codes_to_bits(unpatchify(patchify(bits_to_codes(bits)))), bits)
