"""Infinity at full size with random weights: seconds and peak memory of raw sampling and of TTS-VAR, by component.

The judge is ImageReward's own class at its real size (BLIP ViT-L, BERT), the extractor DINOv2 ViT-L/14 with registers,
the text encoder Flan-T5-XL's, all with random weights: their arithmetic is the real one, their pictures are noise.

python benchmarks/bench_infinity.py --out benchmarks/results/infinity-125m-2-cores.json
python benchmarks/bench_infinity.py --model 2b --size 1024 --device cuda --dtype bf16 --n 1 2 8 --repeats 5
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import machine
import torch
from torch import Tensor, nn
from transformers import Dinov2WithRegistersConfig, Dinov2WithRegistersModel, T5Config, T5EncoderModel

from ttsvar.config import STRATEGIES, SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.engine.meter import CostMeter
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.flan_t5 import FlanT5
from ttsvar.families.infinity.published import PUBLISHED
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.families.registry import PUBLISHED_CHUNK
from ttsvar.features.dinov2 import Dinov2Extractor
from ttsvar.protocols import FeatureExtractor
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.image_reward import ImageRewardScorer
from ttsvar.rewards.model import ImageReward
from ttsvar.types import Component, ScaleSchedule, StepCost
from ttsvar.weights.room import pick_device, pick_dtype

PROMPT = "a photo of a red star and a green cup"
RESOLUTIONS = {256: "0.06M", 512: "0.25M", 768: "0.60M", 1024: "1M"}
FLAN_T5_XL = {
    "d_model": 2048, "d_kv": 64, "d_ff": 5120, "num_layers": 24, "num_heads": 32, "vocab_size": 32128,
    "feed_forward_proj": "gated-gelu",
}  # fmt: skip
DINOV2_LARGE: dict[str, Any] = {
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "image_size": 518,
}
GPU_SIDE = 8192
_NOISE = 1_000_003


class HashedWords:
    """Words to ids by their checksum: random weights have no vocabulary, only a size."""

    def __init__(self, vocabulary: int) -> None:
        self.vocabulary = vocabulary

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask int64 [1, T] of one prompt."""
        ids = torch.tensor([[2 + zlib.crc32(w.encode()) % (self.vocabulary - 2) for w in prompts[0].split()] + [1]])
        return ids, torch.ones_like(ids)


def build(make: Callable[[], nn.Module], device: torch.device, dtype: torch.dtype) -> Any:
    """A module with random weights in its final place and format, without a second copy in between.

    Values repeat a block of noise: drawing billions of them would take longer than the benchmark.
    """
    with torch.device("meta"):
        module = make()
    module = module.to(dtype).to_empty(device=device).eval()
    noise = torch.randn(_NOISE, generator=torch.Generator().manual_seed(0)).to(device)
    with torch.no_grad():
        for name, weight in [*module.named_parameters(), *module.named_buffers()]:
            if not weight.is_floating_point():
                weight.copy_(torch.arange(weight.numel(), device=device).view(weight.shape))
                continue
            spread = weight.shape[-1] ** -0.5 if weight.dim() > 1 else 0.02
            rows = noise.repeat(-(-weight.numel() // _NOISE))[: weight.numel()].view(weight.shape)
            weight.copy_(rows * spread + float(weight.dim() == 1 and name.endswith("weight")))
    return module


def build_engine(name: str, size: int, device: torch.device, dtype: torch.dtype, offload_text: bool) -> Engine:
    """The published model of this name on the square ladder of this size, with real-size judge and extractor."""
    published = PUBLISHED[name]
    config = published.config(resolution=RESOLUTIONS[size])
    home = torch.device("cpu") if offload_text else device
    text = build(lambda: T5EncoderModel(T5Config(**FLAN_T5_XL)), home, dtype)
    backend = InfinityBackend(
        transformer=build(lambda: Infinity(config), device, dtype),
        tokenizer=build(lambda: BSQAutoencoder(published.tokenizer), device, dtype),
        text_encoder=FlanT5(text, HashedWords(FLAN_T5_XL["vocab_size"]), device),  # type: ignore[arg-type]
        schedule=ScaleSchedule(config.sizes),
        name=name,
        chunk=PUBLISHED_CHUNK,
    )
    eye = build(lambda: Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**DINOV2_LARGE)), device, dtype)
    extractor = Dinov2Extractor(eye, 224, name="dinov2-large")
    reward = build(lambda: ImageReward(ImageRewardConfig()), device, dtype)
    scorer = ImageRewardScorer(reward, HashedWords(ImageRewardConfig().vocab))
    names: dict[str, FeatureExtractor] = dict.fromkeys(("pca", "pca-raw", "pool"), extractor)
    return Engine(backend, names, {"image-reward": scorer}, device=device, remember_bytes=0)


def run(engine: Engine, search: SearchConfig, prompt: str, seed: int) -> dict[str, Any]:
    """One search from the prompt's tokens to the decoded picture: seconds, peak bytes and items of every component."""
    text = CostMeter(engine.device)
    with text.part(Component.SELECTION):
        state = engine.begin(prompt, search=search, seed=seed)
    total = StepCost()
    while not state.done:
        result = engine.step(state)
        total += result.cost
        state = engine.commit(result)
    if len(state) == 1 or not STRATEGIES[search.strategy].ranks:
        total += engine.observe(state, features=False, scores=False)[1]
    parts = {"text": text.cost().parts[Component.SELECTION], **total.parts}
    return {
        name: {"seconds": part.seconds, "flops": part.flops, "peak_bytes": part.peak_bytes, "items": part.items}
        for name, part in parts.items()
    }


def bench(engine: Engine, searches: dict[str, SearchConfig], repeats: int, warm_up: bool) -> dict[str, Any]:
    """Medians over repeats of every search, in turns; every run has a prompt of its own, so that none is remembered."""
    runs: dict[str, list[dict[str, Any]]] = {label: [] for label in searches}
    for repeat in range(-1 if warm_up else 0, repeats):
        for label, search in searches.items():
            got = run(engine, search, f"{PROMPT} {label} {repeat}", max(0, repeat))
            if repeat >= 0:
                runs[label].append(got)
    report = {label: _medians(taken) for label, taken in runs.items()}
    base = next(iter(report.values()))
    for arm in report.values():
        arm["ratio_to_raw"] = {
            key: round(arm[key] / max(base[key], 1e-9), 3) for key in ("seconds", "flops", "peak_bytes")
        }
    return report


def _medians(runs: list[dict[str, Any]]) -> dict[str, Any]:
    components = {
        name: {key: machine.median([taken[name][key] for taken in runs]) for key in runs[0][name]} for name in runs[0]
    }
    return {
        "seconds": round(sum(part["seconds"] for part in components.values()), 4),
        "flops": sum(part["flops"] for part in components.values()),
        "peak_bytes": max(part["peak_bytes"] for part in components.values()),
        "components": components,
    }


def device_peak(device: torch.device, dtype: torch.dtype) -> float:
    """Operations a second of the fastest square matrix product seen on a GPU in this format."""
    a, b = (torch.randn(GPU_SIDE, GPU_SIDE, device=device, dtype=dtype) for _ in range(2))

    def product() -> None:
        torch.mm(a, b)
        torch.cuda.synchronize(device)

    product()
    return 2 * GPU_SIDE**3 / min(machine.seconds(product) for _ in range(10))


def table(report: dict[str, Any], peak: float) -> str:
    """The report as text: a line for each search and, below it, one for each component."""
    lines = [f"{'':<24}{'seconds':>10}{'GFLOP':>11}{'peak MiB':>10}{'of peak':>9}"]
    for label, arm in report.items():
        for name, row in ((label, arm), *((f"  {n} ({p['items']:g})", p) for n, p in arm["components"].items())):
            share = row["flops"] / max(row["seconds"], 1e-9) / peak
            figures = f"{row['seconds']:>10.3f}{row['flops'] / 1e9:>11.1f}{row['peak_bytes'] / 2**20:>10.0f}"
            lines.append(f"{name:<24}{figures}{share:>9.1%}")
    return "\n".join(lines)


def main() -> None:
    """Build, run and print; `--out` also writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="125m", choices=[name.removeprefix("infinity-") for name in PUBLISHED])
    parser.add_argument("--size", type=int, default=256, choices=RESOLUTIONS, help="pixels along a side")
    parser.add_argument("--device")
    parser.add_argument("--dtype", help="float32, bf16 or fp16 (default: bf16 on cuda)")
    parser.add_argument(
        "--n", nargs="*", type=int, default=[1], help="factors N of TTS-VAR; none for raw sampling alone"
    )
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    device = pick_device(arguments.device)
    dtype = pick_dtype(arguments.dtype, device)
    about = machine.describe(arguments.threads)
    if device.type == "cuda":
        about |= {
            "gpu": torch.cuda.get_device_name(device),
            "peak_gflops": round(device_peak(device, dtype) / 1e9, 1),
            "peak_of": f"{dtype} matrix product of side {GPU_SIDE}, best of 10",
        }
    held = CostMeter(device)
    with held.part(Component.SELECTION):
        engine = build_engine(f"infinity-{arguments.model}", arguments.size, device, dtype, device.type != "cpu")
    weights = held.cost().parts[Component.SELECTION]
    searches = {"raw": search_config("raw"), **{f"tts-var n={n}": search_config("tts-var", n=n) for n in arguments.n}}
    report = bench(engine, searches, arguments.repeats, warm_up=device.type == "cuda")
    where = about.get("gpu", f"{about['processor']}, {about['threads']} threads")
    print(f"infinity-{arguments.model} at {arguments.size} px, {dtype}, random weights, on {where}")
    print(f"weights {weights.peak_bytes / 2**30:.1f} GiB, built in {weights.seconds:.0f} s; memory below is on top\n")
    print(table(report, about["peak_gflops"] * 1e9))
    document = {
        "machine": about,
        "model": f"infinity-{arguments.model}",
        "size": arguments.size,
        "device": str(device),
        "dtype": str(dtype),
        "weights": "random",
        "weight_bytes": weights.peak_bytes,
        "repeats": arguments.repeats,
        "searches": report,
    }
    machine.write(document, arguments.out)


if __name__ == "__main__":
    main()
