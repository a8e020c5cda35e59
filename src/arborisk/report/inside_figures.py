"""The small pictures of the pages on the inside of a network, as data URIs."""

from __future__ import annotations

import base64
import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from arborisk.explanation.inside.records import Patch
from arborisk.report.style import BLUE, INK, VERMILLION

PATCH_PX = 120
"""Side at which small parts of photos are enlarged: a phone shows two or three in a row."""
FEW_PX = 48
"""Pictures with fewer pixels a side are shown pixel by pixel."""
JPEG_QUALITY = 80
N_TONES = 255  # odd, so that zero has a tone of its own


def picture_uri(pixels: NDArray[np.uint8]) -> str:
    """A prepared photo or a made picture; few pixels stay as they are.

    Args:
        pixels: Shape (side, side, channels).
    """
    return _uri(_image(pixels), "PNG" if len(pixels) < FEW_PX else "JPEG")


def patch_uri(patch: Patch) -> str:
    """Part of a photo, enlarged, with a frame around what the unit looks at."""
    side = len(patch.pixels)
    scale = max(1, round(PATCH_PX / side))
    image = _image(patch.pixels)
    if scale > 1:
        image = image.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    if patch.framed is not None:
        pen = ImageDraw.Draw(image)
        left, top, right, bottom = (round(edge * scale) for edge in patch.framed)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        pen.rectangle((left - 2, top - 2, right + 1, bottom + 1), outline=INK)
        pen.rectangle((left - 1, top - 1, right, bottom), outline="white")
    return _uri(image, "JPEG")


def map_uri(values: NDArray[np.float32]) -> str:
    """A feature map on its own scale: from 0, or about 0 where it has values below it.

    Args:
        values: Shape (side, side).
    """
    if float(values.min()) < 0:
        return diverging_uri(values, float(np.abs(values).max()))
    largest = float(values.max())
    share = values / largest if largest > 0 else np.zeros_like(values)
    return _uri(_toned(np.round(share * N_TONES), _sequential()), "PNG")


def diverging_uri(values: NDArray[np.float32], largest: float) -> str:
    """Values about zero: blue below, white at zero, vermillion above.

    Args:
        values: Shape (height, width).
        largest: Size of the value that has the full tone, above 0.
    """
    share = np.clip(values / max(largest, 1e-30), -1.0, 1.0)
    return _uri(_toned(np.round((share + 1) / 2 * (N_TONES - 1)), _diverging()), "PNG")


def kernel_uris(kernels: NDArray[np.float32]) -> list[str]:
    """Kernels of a first convolution, all on one scale that is symmetric about zero.

    A kernel for colour is shown in its colours: mid grey is zero in all three.

    Args:
        kernels: Shape (filters, channels, height, width), with 1 or 3 channels.
    """
    largest = float(np.abs(kernels).max())
    if kernels.shape[1] == 1:
        return [diverging_uri(kernel[0], largest) for kernel in kernels]
    tones = np.round(127.5 + 127.5 * kernels / max(largest, 1e-30)).astype(np.uint8)
    return [_uri(Image.fromarray(tone.transpose(1, 2, 0)), "PNG") for tone in tones]


def _image(pixels: NDArray[np.uint8]) -> Image.Image:
    """Grey or colour, always in three channels, so that frames can be drawn."""
    return Image.fromarray(np.repeat(pixels, 3 // pixels.shape[2], axis=2))


def _toned(places: NDArray[np.floating], palette: bytes) -> Image.Image:
    image = Image.fromarray(places.astype(np.uint8)).convert("P")
    image.putpalette(palette)
    return image


def _uri(image: Image.Image, kind: str) -> str:
    stream = io.BytesIO()
    image.save(stream, kind, quality=JPEG_QUALITY, optimize=True)
    name = kind.lower()
    return f"data:image/{name};base64," + base64.b64encode(stream.getvalue()).decode("ascii")


@cache
def _sequential() -> bytes:
    """Cividis, from dark blue to yellow; made for any colour vision.

    Source: Nunez, Anderton and Renslow (2018), PLOS ONE 13(7), e0199239.
    """
    import matplotlib

    tones = matplotlib.colormaps["cividis"](np.arange(N_TONES + 1))
    return (np.round(tones[:, :3] * 255).astype(np.uint8)).tobytes()


@cache
def _diverging() -> bytes:
    from matplotlib.colors import LinearSegmentedColormap

    tones = LinearSegmentedColormap.from_list("about zero", [BLUE, "white", VERMILLION], N_TONES)
    colours = np.round(tones(np.arange(N_TONES))[:, :3] * 255).astype(np.uint8)
    return bytes(colours.tobytes()) + bytes(3)
