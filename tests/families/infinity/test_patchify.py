from __future__ import annotations

import torch

from ttsvar.families.infinity.bsq import bits_to_codes, codes_to_bits
from ttsvar.families.infinity.patchify import patchify, unpatchify_bits


def test_bits_and_codes_are_patched_alike_and_back():
    bits = torch.randint(0, 2, (2, 4, 6, 5), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    patched = codes_to_bits(patchify(bits_to_codes(bits)))
    assert patched.shape == (2, 2, 3, 20)
    assert patched[0, 1, 2, 4 * 3 + 2 * 1 + 0] == bits[0, 2 * 1 + 1, 2 * 2 + 0, 3]
    assert torch.equal(unpatchify_bits(patched), bits)
