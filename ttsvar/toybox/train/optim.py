"""Optimisers for toybox training: Muon for weight matrices and convolutions, AdamW for everything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Quintic coefficients of Keller Jordan's Muon (2024): they push singular values towards 1 in few steps."""


def orthogonalize(matrix: Tensor, steps: int = 5) -> Tensor:
    """Approximate U V^T of `matrix` [m, n] by Newton-Schulz iterations in bfloat16."""
    a, b, c = NEWTON_SCHULZ
    x = matrix.bfloat16()
    x = x.mT if matrix.shape[0] > matrix.shape[1] else x
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if matrix.shape[0] > matrix.shape[1] else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum, then orthogonalised updates. `torch.optim.Muon` takes no convolutions; ours, as [out, in*kh*kw]."""

    def __init__(self, params: Iterable[Tensor], lr: float = 0.02, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                velocity = state.setdefault("velocity", torch.zeros_like(p))
                velocity.lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(velocity, group["momentum"]).flatten(1)
                update = orthogonalize(update) * math.sqrt(max(1.0, update.shape[0] / update.shape[1]))
                p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update.view_as(p), alpha=-group["lr"])


def optimizers(
    model: nn.Module, matrix_lr: float, other_lr: float, plain: tuple[str, ...] = ()
) -> list[torch.optim.Optimizer]:
    """Muon for hidden matrices, AdamW for the rest and for names that contain a word of `plain` (embeddings, heads)."""
    hidden, others = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            is_hidden = p.ndim >= 2 and min(p.shape[0], p[0].numel()) > 8 and not any(w in name for w in plain)
            (hidden if is_hidden else others).append(p)
    result: list[torch.optim.Optimizer] = [torch.optim.AdamW(others, lr=other_lr, betas=(0.9, 0.98), weight_decay=0.0)]
    return [Muon(hidden, lr=matrix_lr), *result] if hidden else result
