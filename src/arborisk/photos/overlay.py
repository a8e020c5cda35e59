"""A signed heat map over a photo that was made grey, and a caption strip under it. No torch.

Amber speaks for the class asked about, violet against it. The two differ in lightness as well as
in hue, so that they stay apart for any colour vision and in print; neither is green, which would
promise what no photo can. The photo stays visible below as grey.
"""

from __future__ import annotations

from functools import cache, lru_cache
from threading import get_ident
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from arborisk.photos.decode import Box

FOR: Final = (255, 176, 0)
"""Amber: places that raise the score. Source: IBM Design Language, colour-blind safe palette."""
AGAINST: Final = (120, 66, 240)
"""Violet: places that lower it; a somewhat darker tone than that palette has."""
STRONGEST: Final = 0.72
"""Share of the colour over the grey photo at `limit` and beyond; the rest keeps branches seen."""
FAINT: Final = 0.08
"""Below this share of the limit nothing is painted."""
_GREY_LOW, _GREY_HIGH = 48, 214  # the photo keeps this range of grey, so that colours stand out
_UNSEEN = 0.35  # brightness left where the network saw nothing
_LEAST_WIDTH_PX = 320  # of a caption; a narrower picture stands in the middle of it
_PAPER, _INK, _MUTED = (255, 255, 255), (27, 35, 39), (86, 97, 106)


def heat_overlay(
    photo: Image.Image,
    values: NDArray[np.floating],
    *,
    limit: float | None = None,
    box: Box | None = None,
) -> Image.Image:
    """A photo dimmed to grey under a signed map.

    Args:
        photo: Upright picture, any 8-bit mode.
        values: Map, any resolution, shape (h, w); above 0 is painted amber, below violet.
        limit: Size of a value, above 0, that takes the full colour; None is the largest in the map.
        box: Rectangle of the photo that the map covers, left, top, right, bottom in pixels, see
            `arborisk.preprocess.prepare.seen_box`; None is all of it. What lies outside is darker.

    Returns:
        RGB, of the size of the photo.
    """
    grey = photo.convert("L").point(_dimming())
    if limit is None:
        limit = float(np.abs(values).max(initial=0.0))
    covered = box or (0.0, 0.0, float(photo.width), float(photo.height))
    steps = _steps(values, limit, covered, photo.size)
    colours = steps.copy()
    colours.putpalette(_palette())
    picture = Image.merge("RGB", (grey, grey, grey))
    picture.paste(colours.convert("RGB"), mask=steps.point(_strengths()))
    return picture if box is None else _darker_outside(picture, box)


def with_caption(
    picture: Image.Image, lines: list[str], *, legend: tuple[str, str] | None = None
) -> Image.Image:
    """A picture with a strip of text under it; long lines are broken.

    Args:
        picture: RGB; a very narrow one gets white at its sides.
        lines: Text, the first one stronger.
        legend: What violet and what amber stand for, in that order; None leaves the scale out.
    """
    width = max(picture.width, _LEAST_WIDTH_PX)
    size = max(12, round(width / 45))
    margin, step = size * 2 // 3, size * 4 // 3
    font = _font(size, get_ident())
    room = width - 2 * margin
    wrapped = [
        (part, _INK if number == 0 else _MUTED)
        for number, line in enumerate(lines)
        for part in broken(line, size, room)
    ]
    scale = [] if legend is None else [_scale(legend, size, room)]
    height = 2 * margin + step * len(wrapped) + sum(one.height + margin for one in scale)
    page = Image.new("RGB", (width, picture.height + height), _PAPER)
    page.paste(picture, ((width - picture.width) // 2, 0))
    pen, top = ImageDraw.Draw(page), picture.height + margin
    for one in scale:
        page.paste(one, (margin, top))
        top += one.height + margin
    for text, ink in wrapped:
        pen.text((margin, top), text, fill=ink, font=font)
        top += step
    return page


@lru_cache(maxsize=256)  # the same sentences stand under all photos of a run
def broken(text: str, size: int, width_px: int) -> tuple[str, ...]:
    """A text in lines that fit a width; a word that is wider stands alone.

    Args:
        text: One paragraph.
        size: Of its letters, in pixels.
        width_px: Room for a line.
    """
    font = _font(size, get_ident())
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


@lru_cache(maxsize=64)
def _font(size: int, thread: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font; one for each thread, since a font must not be used by two at once."""
    return ImageFont.load_default(size)


def _steps(
    values: NDArray[np.floating], limit: float, box: Box, size: tuple[int, int]
) -> Image.Image:
    """Values over the photo as bytes, smoothly enlarged: 128 is zero, 255 and 1 the limit."""
    scaled = np.clip(values / limit, -1.0, 1.0) if limit > 0 else np.zeros(values.shape)
    left, top, right, bottom = (round(edge) for edge in box)
    small = Image.fromarray(np.asarray(128.5 + 127.0 * scaled, dtype=np.uint8))
    wide = small.resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.BICUBIC)
    canvas = Image.new("L", size, 128)
    canvas.paste(wide, (left, top))
    return canvas


def _darker_outside(picture: Image.Image, box: Box) -> Image.Image:
    """Darkens what the network did not see."""
    inside = Image.new("L", picture.size, 0)
    left, top, right, bottom = (round(edge) for edge in box)
    inside.paste(255, (max(0, left), max(0, top), right, bottom))
    return Image.composite(picture, picture.point(lambda value: value * _UNSEEN), inside)


@lru_cache(maxsize=32)
def _scale(legend: tuple[str, str], size: int, width_px: int) -> Image.Image:
    """A bar from violet to amber over its two meanings, each under its own half; not to change."""
    against, speaking = (broken(text, size, width_px // 2 - 8) for text in legend)
    bar, step = size * 2 // 3, size * 5 // 4
    height = bar + 4 + step * max(len(against), len(speaking))
    strip = Image.new("RGB", (width_px, height), _PAPER)
    even = np.linspace(-1.0, 1.0, width_px)[None]
    middle = Image.new("L", (width_px, bar), 128)
    strip.paste(heat_overlay(middle, even, limit=1.0))
    pen, font = ImageDraw.Draw(strip), _font(size, get_ident())
    for lines, left, anchor in ((against, 0, "la"), (speaking, width_px, "ra")):
        for number, text in enumerate(lines):
            place = (left, bar + 4 + number * step)
            pen.text(place, text, fill=_INK, font=font, anchor=anchor)
    return strip


@cache
def _dimming() -> list[int]:
    """Grey of the dimmed photo for each grey of the photo."""
    return [round(_GREY_LOW + (_GREY_HIGH - _GREY_LOW) * value / 255) for value in range(256)]


@cache
def _palette() -> list[int]:
    """Colour of each step: violet below 128, amber from there on."""
    return [part for step in range(256) for part in (AGAINST if step < 128 else FOR)]


@cache
def _strengths() -> list[int]:
    """Share of the colour for each step, of 255; it grows with the value from `FAINT` on."""
    shares = np.abs(np.arange(256) - 128) / 127
    painted = np.clip((shares - FAINT) / (1 - FAINT), 0.0, 1.0)
    return [round(255 * STRONGEST * share) for share in painted.tolist()]
