"""From a name or a folder to an Engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError
from ttsvar.families.registry import FILES, MODELS, SUPERVISED, TOYBOX_FOLDER, Settings, build_folder
from ttsvar.features.dinov2 import load_extractor
from ttsvar.features.labelled import load_supervised
from ttsvar.features.registry import DEFAULT_NETWORK, NETWORKS, extractors, network_loader
from ttsvar.rewards.image_reward import load_scorer
from ttsvar.rewards.registry import rewards
from ttsvar.storage.png import sign
from ttsvar.types import FeatureExtractor, Reward
from ttsvar.weights.digest import weights_digest
from ttsvar.weights.loadable import LazyMapping, Location
from ttsvar.weights.room import pick_device, pick_dtype
from ttsvar.weights.say import Say

__all__ = ["FILES", "MODELS", "TOYBOX_FOLDER", "LoadSettings", "load", "pick_device"]


@dataclass(frozen=True)
class LoadSettings:
    """What a person may choose about loading; None takes the model's or the machine's own."""

    device: str | None = None
    """cpu, cuda or mps."""
    dtype: str | None = None
    """float32, bf16 or fp16, of a published model."""
    weights: Path | None = None
    """A folder that is searched for files first, and that downloads go to."""
    offload: bool = False
    """Keep judges and extractors on the CPU between uses. The text encoder of a published model always is."""
    h_div_w: float = 1.0
    """Height over width of the images of a published Infinity: the nearest ladder is taken."""
    resolution: str | None = None
    """0.06M, 0.25M, 0.60M or 1M pixels, of a published Infinity."""
    level_every_chunk: bool | None = None
    """Add the scale embedding before every chunk of blocks (docs/infinity.md)."""
    eye: str | None = None
    """Name of the extractor of patch features (`features.registry.NETWORKS`)."""
    reward: str | None = None
    """Name of a judge (`rewards.registry`) that is loaded at once, and not when a run first needs it."""
    extractor: str | None = None
    """What the search will cluster on (`SearchConfig.extractor`), so that a library it lacks is missed at once."""
    whole: bool = False
    """Load every judge and extractor whose files are here, and the usual ones, at once and not when a run first needs
    them: on ZeroGPU, what a call loads is gone when the call ends."""


def load(
    name: str = "toybox",
    *,
    device: str | None = None,
    eye: str | None = None,
    settings: LoadSettings | None = None,
    remember_bytes: int = 256 * 1024**2,
    say: Say | None = None,
) -> Engine:
    """A ready engine for a named model, or for a folder that holds files of our own layout.

    `device` and `eye` are short for those of `settings`. Extractors and judges are loaded when a run first needs them,
    but for `settings.reward`, which the engine then has ready.
    Raises ConfigError for what does not exist, CheckpointError where a file is missing or broken, RoomError where the
    model does not fit this machine.
    """
    chosen = settings or LoadSettings()
    place = pick_device(device or chosen.device)
    preset, folder = MODELS.get(name), Path(name)
    if preset is None and not folder.is_dir():
        raise ConfigError(f"There is no model named {name!r} and no folder there; choose one of {', '.join(MODELS)}.")
    shaped = chosen.h_div_w != 1.0 or chosen.resolution is not None or chosen.level_every_chunk is not None
    if shaped and (preset is None or not preset.resolutions):
        raise ConfigError(
            f"{name!r} draws pictures of one shape; leave --aspect, --resolution and --level-embedding to published "
            "Infinity."
        )
    places = Location(place, chosen.weights, chosen.offload)
    own = preset.folder if preset else folder
    if own is None and chosen.extractor == "inception":
        NETWORKS["inception"].require()
    seen, judged = _eyes_and_judges(own, eye or chosen.eye, places)
    if chosen.reward is not None and chosen.reward not in judged:
        raise ConfigError(f"There is no judge named {chosen.reward!r}; choose one of {', '.join(judged)}.")
    build = preset.build if preset else partial(build_folder, folder)
    backend, files = build(
        name,
        Settings(
            device=place,
            dtype=pick_dtype(chosen.dtype, place),
            weights=chosen.weights,
            h_div_w=chosen.h_div_w,
            resolution=chosen.resolution,
            level_every_chunk=chosen.level_every_chunk,
            say=say,
        ),
    )
    if chosen.reward is not None:
        judged[chosen.reward]
    if chosen.whole:
        seen.load_present(SearchConfig().extractor)
        judged.load_present(SearchConfig().reward)
    return Engine(
        backend, seen, judged, device=place, remember_bytes=remember_bytes, weights=weights_digest(files), sign=sign
    )


def _eyes_and_judges(
    own: Path | None, eye: str | None, places: Location
) -> tuple[LazyMapping[FeatureExtractor], LazyMapping[Reward]]:
    """What a search may name, none of it loaded yet; `own` is the folder of a model that brings its own."""
    if eye == "inception":
        raise ConfigError(
            "eye is 'inception', which sees a picture as a whole and has no patches to map. Leave --eye out, and let "
            "the search cluster on it: --extractor inception."
        )
    if own is None:
        supervised, here = network_loader("inception", places), partial(NETWORKS["inception"].here, places.weights)
        return extractors(network_loader(eye or DEFAULT_NETWORK, places), supervised, here), rewards(places)
    sibling = partial(load_extractor, own / "features.safetensors", device=places.device)
    labelled = own / SUPERVISED
    supervised = partial(load_supervised, labelled, device=places.device)
    seen = extractors(network_loader(eye, places) if eye else sibling, supervised, labelled.is_file)
    scorer = partial(load_scorer, own / "reward.safetensors", device=places.device)
    return seen, rewards(places, {"image-reward": scorer})
