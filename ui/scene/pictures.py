"""Arrays to small data URIs."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from ttsvar.storage.png import png_bytes


def picture_uri(pixels: np.ndarray, side: int = 384, quality: int = 88) -> str:
    """A WebP data URI of uint8 [H, W, 3], never enlarged."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if max(image.size) > side:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _webp(image, quality)


def map_uri(cells: np.ndarray, side: int = 72) -> str:
    """A WebP data URI of a patch grid uint8 [h, w, 3], smoothly enlarged."""
    return _webp(Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC), 85)


def grey_uri(cells: np.ndarray) -> str:
    """A PNG data URI of single numbers uint8 [h, w], one pixel each."""
    buffer = io.BytesIO()
    Image.fromarray(cells, "L").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _webp(image: Image.Image, quality: int) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def png_uri(image: Image.Image) -> str:
    """A PNG data URI that carries the text entries of `image.info`."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(image)).decode()
