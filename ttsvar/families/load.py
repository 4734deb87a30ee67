"""From a name or a folder to an Engine."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError
from ttsvar.extractor import EXTRACTORS, Sees
from ttsvar.families.base.settings import LoadSettings
from ttsvar.families.infinity.models import folder_preset
from ttsvar.families.registry import FILES, MODELS, PREVIEW_REWARD, SUPERVISED, TOYBOX_FOLDER, ModelPreset
from ttsvar.features.dinov2 import load_extractor
from ttsvar.features.labelled import load_supervised
from ttsvar.features.registry import DEFAULT_NETWORK, NETWORKS, SUPERVISED_NETWORK, extractors, network_loader
from ttsvar.protocols import FeatureExtractor, Reward
from ttsvar.rewards.image_reward import load_scorer
from ttsvar.rewards.registry import rewards
from ttsvar.storage.png import sign
from ttsvar.weights.digest import weights_digest
from ttsvar.weights.loadable import LazyMapping, Location
from ttsvar.weights.room import require_room
from ttsvar.weights.say import Say

__all__ = ["FILES", "MODELS", "TOYBOX_FOLDER", "LoadSettings", "load"]
ROOM_ADVICE = "Close other programs, choose a smaller model (see `python -m ttsvar models`), or another --device."


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
    chosen = replace(chosen, device=device or chosen.device, eye=eye or chosen.eye)
    place, number_format = chosen.place, chosen.number_format
    preset = _preset(name)
    _check_shape(name, preset, chosen)
    clusters_on = EXTRACTORS.get(chosen.extractor) if chosen.extractor else None
    if preset.folder is None and clusters_on and clusters_on.sees is Sees.WHOLE:
        NETWORKS[SUPERVISED_NETWORK].require()
    seen, judged = _eyes_and_judges(preset.folder, chosen.eye, chosen.location)
    if chosen.reward is not None and chosen.reward not in judged:
        raise ConfigError(f"There is no judge named {chosen.reward!r}; choose one of {', '.join(judged)}.")
    for needed, parts in preset.weight_bytes(place, number_format).items():
        require_room(name, parts, needed, ROOM_ADVICE)
    backend, files = preset.build(name, chosen, say)
    if chosen.reward is not None:
        judged[chosen.reward]
    if chosen.whole:
        seen.load_present(SearchConfig().extractor)
        judged.load_present(SearchConfig().reward)
    return Engine(
        backend, seen, judged, device=place, remember_bytes=remember_bytes, weights=weights_digest(files), sign=sign
    )


def _preset(name: str) -> ModelPreset:
    """The row of a named model, or one for a folder of our own layout; ConfigError where there is neither."""
    if name in MODELS:
        return MODELS[name]
    folder = Path(name)
    if not folder.is_dir():
        raise ConfigError(f"There is no model named {name!r} and no folder there; choose one of {', '.join(MODELS)}.")
    return folder_preset(folder)


def _check_shape(name: str, preset: ModelPreset, settings: LoadSettings) -> None:
    """Raise ConfigError where another shape of pictures is asked for than the model draws."""
    if settings.shaped and not preset.resolutions:
        raise ConfigError(
            f"{name!r} draws pictures of one shape; leave --aspect, --resolution and --level-embedding to models that "
            f"have several: {', '.join(other for other, row in MODELS.items() if row.resolutions)}."
        )
    if settings.resolution not in (None, *preset.resolutions):
        raise ConfigError(f"resolution is {settings.resolution!r}; it must be one of {', '.join(preset.resolutions)}.")


def _eyes_and_judges(
    own: Path | None, eye: str | None, places: Location
) -> tuple[LazyMapping[FeatureExtractor], LazyMapping[Reward]]:
    """What a search may name, none of it loaded yet; `own` is the folder of a model that brings its own."""
    if eye == SUPERVISED_NETWORK:
        raise ConfigError(
            f"eye is {eye!r}, which sees a picture as a whole and has no patches to map. Leave --eye out, and let "
            "the search cluster on it: --extractor inception."
        )
    if own is None:
        supervised = network_loader(SUPERVISED_NETWORK, places)
        here = partial(NETWORKS[SUPERVISED_NETWORK].here, places.weights)
        return extractors(network_loader(eye or DEFAULT_NETWORK, places), supervised, here), rewards(places)
    sibling = partial(load_extractor, own / "features.safetensors", device=places.device)
    labelled = own / SUPERVISED
    supervised = partial(load_supervised, labelled, device=places.device)
    seen = extractors(network_loader(eye, places) if eye else sibling, supervised, labelled.is_file)
    judges = {"image-reward": partial(load_scorer, own / "reward.safetensors", device=places.device)}
    if (previews := own / PREVIEW_REWARD).is_file():
        judges["preview-reward"] = partial(load_scorer, previews, name="preview-reward", device=places.device)
    return seen, rewards(places, judges)
