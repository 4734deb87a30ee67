"""What a file is that stands where weights should: empty, a pointer, a web page, or cut short in its header."""

from __future__ import annotations

import re
from pathlib import Path

MOST_HEADER = 100_000_000
"""Bytes of the longest header that safetensors itself reads."""
_HEAD = 512
_POINTER = b"version https://git-lfs"
_PAGE = re.compile(rb"\s*<[!?a-zA-Z]")


def not_weights(path: Path) -> str | None:
    """Why a file cannot hold weights and what to do, as "it is ..."; None where it may. Reads its first bytes only."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        return "it is empty; download it again"
    if head.startswith(_POINTER):
        return (
            f"it is a git-lfs pointer{_pointed(head)}, not the weights; run `git lfs pull`, or download the file itself"
        )
    # The length in front of a safetensors header may look like the first letters of a page, but zeros follow it.
    if b"\0" not in head and _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return (
            "it is a web page, not weights: sites answer with one where one must log in or accept a licence; "
            "download the file itself"
        )
    return _header(head, size) if path.suffix == ".safetensors" else _renamed(head, size)


def header_bytes(head: bytes) -> int:
    """How long a safetensors file says that its header is."""
    return int.from_bytes(head[:8], "little")


def _header(head: bytes, size: int) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return "it is a PyTorch file under another name; let its name end in .pth"
    claimed = header_bytes(head)
    if size < 8 or claimed > min(size - 8, MOST_HEADER):
        return (
            f"it is cut off or no safetensors file: its header would have {claimed:,} bytes, the file has {size:,}; "
            "download it again"
        )
    return None


def _renamed(head: bytes, size: int) -> str | None:
    if head[8:9] == b"{" and 0 < header_bytes(head) <= size - 8:
        return "it is a safetensors file under another name; let its name end in .safetensors"
    return None


def _pointed(head: bytes) -> str:
    found = re.search(rb"^size (\d+)$", head, re.MULTILINE)
    return f" to {int(found[1]):,} bytes" if found else ""
