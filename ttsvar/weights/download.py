"""Weight files from outside: where each comes from, whether it is here, whether it is whole, and the way to get it."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from httpx2 import HTTPError
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import WeakFileLock, build_hf_headers

from ttsvar.errors import CheckpointError
from ttsvar.weights.kind import header_bytes, not_weights
from ttsvar.weights.say import Say, to_stderr

FOLDER_VARIABLE = "TTSVAR_WEIGHTS"
LOCAL_FOLDER = Path("weights")
ANSWER_SECONDS = 10.0
"""How long a hub may take to say what a file is, before it counts as out of reach."""
_BLOCK = 16 * 1024**2
_SHA256 = r"[0-9a-f]{64}"


@dataclass(frozen=True)
class WeightFile:
    """A published file. None for `size` (bytes) or `sha256` means that the hub is asked for it."""

    repo: str
    """A hub repository (`owner/name`), or the `https://` folder that the file lies in."""
    path: str
    """Within the repository."""
    size: int | None
    sha256: str | None
    licence: str

    @property
    def url(self) -> str:
        """Where it is downloaded from."""
        return f"{self.repo}/{self.path}" if self.outside_hub else hf_hub_url(self.repo, self.path)

    @property
    def outside_hub(self) -> bool:
        """Whether another site has it."""
        return self.repo.startswith("https://")

    def places(self, folder: Path) -> tuple[Path, ...]:
        """Where a local folder may hold it: `owner/name/path`, `name/path`, and `path` where that tells it from others.

        Names such as `model.safetensors` are those of many models, so they only count below their repository's.
        """
        repo = Path(self.repo.removeprefix("https://"))
        named = (folder / repo / self.path, *(() if self.outside_hub else (folder / repo.name / self.path,)))
        tells = self.path.endswith((".pt", ".pth")) or "/" in self.path
        return (*named, folder / self.path) if tells else named


def locate_all(
    files: Sequence[WeightFile], weights: Path | None = None, *, download: bool = True, say: Say | None = None
) -> list[Path]:
    """Whole, checked files on this machine, in order; what is lacking is downloaded, its total size announced first.

    Looks into `weights`, the folder that TTSVAR_WEIGHTS names, `./weights` and the caches, and asks no network for what
    it finds there. Downloads go to `weights` where given, else to this project's cache, and go on where they stopped.
    Raises CheckpointError which says what file is missing or broken, where it is from and where to put it.
    """
    say = say or to_stderr
    found = {file: find(file, weights) for file in files}
    for file, path in found.items():
        if path and (complaint := defect(file, path, say)):
            if not (download and _is_cached(path)):
                raise CheckpointError(
                    f"{path} is broken: {complaint}. Delete it, then start again to download {file.url}."
                )
            say(f"{path} is broken ({complaint}).")
            found[file] = None
    lacking = [file for file, path in found.items() if path is None]
    if lacking and not download:
        raise CheckpointError(_advice(lacking, weights, "not on this machine"))
    known = [_ask(file, weights) for file in lacking]
    if known:
        total = readable(sum(file.size or 0 for file in known))
        listed = [f"{f.path} from {f.repo} ({readable(f.size or 0)}, {f.licence})" for f in known]
        say(f"Downloading {total}: {'; '.join(listed)}.")
    fetched = {file: _fetch(details, weights, say) for file, details in zip(lacking, known, strict=True)}
    return [found[file] or fetched[file] for file in files]


def find(file: WeightFile, weights: Path | None = None) -> Path | None:
    """Where the file is on this machine, or None; neither checks it nor asks a network."""
    for folder in (*folders(weights), _own_cache()):
        for place in file.places(folder):
            if place.is_file():
                return place
    cached = None if file.outside_hub else try_to_load_from_cache(file.repo, file.path)
    return Path(cached) if isinstance(cached, str) else None


def folders(weights: Path | None = None) -> tuple[Path, ...]:
    """Local folders that may hold weights, in the order of the search."""
    named = os.environ.get(FOLDER_VARIABLE)
    return tuple(f for f in (weights, Path(named) if named else None, LOCAL_FOLDER) if f is not None)


def defect(file: WeightFile, path: Path, say: Say | None = None) -> str | None:
    """What is wrong with a file: its size, its structure or its SHA-256; None where it is whole.

    A hash is computed once per file and remembered beside the hub's cache, as it takes seconds per gigabyte.
    """
    size = path.stat().st_size
    if disguise := not_weights(path):
        return disguise
    if file.size is not None and size != file.size:
        return f"it has {size:,} bytes, not {file.size:,}"
    if complaint := _unreadable(path, size):
        return complaint
    wanted = file.sha256 or _blob_hash(path)
    stamp = _stamp(path)
    if wanted is None or (stamp.is_file() and stamp.read_text() == wanted):
        return None
    if say and size > 1e9:
        say(f"Checking {path} ({readable(size)}) against its hash, once.")
    got = sha256_of(path)
    if got != wanted:
        return f"its SHA-256 is {got}, not {wanted}"
    _remember(stamp, wanted)
    return None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _unreadable(path: Path, size: int) -> str | None:
    """A cut file tells by its structure: zip keeps its table at the end, safetensors says its length in front."""
    if path.suffix == ".safetensors":
        with path.open("rb") as stream:
            header = header_bytes(stream.read(8))
            ends = re.findall(rb'"data_offsets":\[\d+,(\d+)\]', stream.read(header).replace(b" ", b""))
        whole = 8 + header + max(map(int, ends), default=0)
        return None if whole == size else f"it has {size:,} bytes where its header says {whole:,}"
    with path.open("rb") as stream:
        zipped = stream.read(4) == b"PK\x03\x04"
    return "it is cut off: its table at the end is missing" if zipped and not zipfile.is_zipfile(path) else None


def _ask(file: WeightFile, weights: Path | None) -> WeightFile:
    """The file with what its site says of size and hash; raises CheckpointError within seconds where none answers."""
    try:
        # A token is for the hub alone.
        answer = get_hf_file_metadata(file.url, token=False if file.outside_hub else None, timeout=ANSWER_SECONDS)
    except (HTTPError, OSError) as error:
        raise CheckpointError(_advice([file], weights, _reason(error))) from error
    # The hub's tag of a large file is its SHA-256.
    told = answer.etag if answer.etag and re.fullmatch(_SHA256, answer.etag) and not file.outside_hub else None
    return replace(file, size=file.size or answer.size, sha256=file.sha256 or told)


def _fetch(file: WeightFile, weights: Path | None, say: Say) -> Path:
    """Download with a progress bar, going on where an earlier try stopped; what it got must be whole."""
    target = file.places(weights or _own_cache())[0]
    part = target.with_name(target.name + ".part")
    headers = build_hf_headers(token=False if file.outside_hub else None)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with WeakFileLock(part.with_name(part.name + ".lock")), part.open("ab") as stream:
            begun = part.stat().st_size
            http_get(
                file.url,
                stream,
                resume_size=begun,
                headers=headers,
                expected_size=file.size,
                displayed_filename=file.path,
            )
        part.replace(target)
    except (HTTPError, OSError) as error:
        raise CheckpointError(_advice([file], weights, _reason(error))) from error
    if complaint := defect(file, target, say):
        target.unlink()
        raise CheckpointError(f"The download of {file.url} is broken: {complaint}. It was removed; start again.")
    return target


def _advice(files: Sequence[WeightFile], weights: Path | None, reason: str) -> str:
    """One message: what files, why they are not here, where they are from, and where to put them."""
    folder = weights or folders()[0]
    lines = [f"  {file.url}\n    as {file.places(folder)[-1]}" for file in files]
    names = ", ".join(file.path for file in files)
    return (
        f"{names}: {reason}. Download it on a machine with a network and put it here, or go on without this model:\n"
        + "\n".join(lines)
    )


def _reason(error: Exception) -> str:
    match error:
        case OfflineModeIsEnabled():
            return "not on this machine, and HF_HUB_OFFLINE forbids downloads"
        case GatedRepoError():
            return (
                "the hub wants you to accept its licence first: log in with `hf auth login` and accept it on its page"
            )
        case RepositoryNotFoundError() | RemoteEntryNotFoundError():
            return "the hub has no such file"
    first = str(error).splitlines()
    return (
        f"not on this machine, and the download failed ({type(error).__name__}: {first[0] if first else 'no answer'})"
    )


def _is_cached(path: Path) -> bool:
    """Ours or the hub's to replace, not a file that the user put somewhere."""
    return path.is_relative_to(constants.HF_HUB_CACHE) or path.is_relative_to(_own_cache())


def _blob_hash(path: Path) -> str | None:
    """The hub's cache names a large file's bytes by their SHA-256; None elsewhere."""
    name = path.resolve().name
    return name if path.is_symlink() and re.fullmatch(_SHA256, name) else None


def _own_cache() -> Path:
    return Path(constants.HF_HOME) / "ttsvar"


def _stamp(path: Path) -> Path:
    """Where it is remembered that these bytes were checked: a name that changes when the file does."""
    stat = path.stat()
    key = f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    return _own_cache() / "checked" / hashlib.sha256(key.encode()).hexdigest()


def _remember(stamp: Path, checked: str) -> None:
    try:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(checked)
    except OSError as error:
        to_stderr(f"{stamp} cannot be written ({error}): this file will be checked again next time.")


def readable(size: int) -> str:
    """Bytes as a person reads them."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
