"""The ground: grass, paving or bare soil in perspective, and the shade that trees cast on it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from arborisk.simulate.drawing.canvas import PART_CODES, Canvas, Floats, Masks, Pixels, multiplied
from arborisk.simulate.drawing.noise import Purpose, generator, looked_up, tile_noise
from arborisk.simulate.drawing.view import EYE_HEIGHT_M, Light, Plane, View
from arborisk.simulate.trees import Site

CAMERA_TO_TREE_M = 20.0
"""Distance of the main tree that the ground's perspective assumes."""

SLAB_M = 0.8
SHADE_STEP = 4
"""Cast shade is made at a quarter of the size; it is soft anyway."""

COLOURS = {
    "grass": np.array([104.0, 124.0, 58.0]),
    "winter grass": np.array([118.0, 118.0, 72.0]),
    "pavement": np.array([158.0, 154.0, 147.0]),
    "soil": np.array([134.0, 110.0, 84.0]),
    "road": np.array([112.0, 112.0, 114.0]),
    "kerb": np.array([176.0, 174.0, 168.0]),
}


def paint_ground(
    image: Pixels, parts: Pixels, view: View, site: Site, light: Light, seed: int
) -> None:
    """Paints everything below the horizon, in place.

    Args:
        image: (height, width, 3).
        parts: Part codes (height, width).
        view: The camera.
        site: What the ground is made of; its seed says where a road runs.
        light: Light of the scene.
        seed: The photo's seed.
    """
    first = int(max(0.0, view.horizon_px - 0.5 * view.width_px * 0.06 - 2))
    rows, columns = np.mgrid[first : view.height_px, 0 : view.width_px]
    flat = view.untilted(np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5)
    below = flat[:, 1] > view.horizon_px + 0.5
    rows, columns, flat = rows.ravel()[below], columns.ravel()[below], flat[below]
    distance = EYE_HEIGHT_M * view.px_per_m / (flat[:, 1] - view.horizon_px)
    across = (flat[:, 0] - view.width_px / 2) * distance / view.px_per_m
    away = distance * CAMERA_TO_TREE_M
    colours = _ground_colours(across, away, site, generator(Purpose.GROUND, site.seed, seed))
    glow = float(light.shade(np.array([[0.0, 1.0, 0.0]]))[0]) * 0.92
    fade = np.clip(0.1 * (distance - 1.0), 0.0, 0.7)[:, None]
    colours = colours * glow * np.asarray(light.sun_colour) * (1 - fade)
    colours += fade * np.asarray(light.haze_colour)
    image[rows, columns] = np.clip(colours, 0, 255).astype(np.uint8)
    parts[rows, columns] = PART_CODES["ground"]


def _ground_colours(
    across_m: Floats, away_m: Floats, site: Site, rng: np.random.Generator
) -> Floats:
    """Colours (n, 3) in full light of places on the ground."""
    near: Floats = np.clip(1.6 * CAMERA_TO_TREE_M / away_m, 0.15, 1.0)
    fine = tile_noise(rng, 512, cell=8, octaves=3)
    broad = tile_noise(rng, 256, cell=64, octaves=4)
    # Tiles of 9 and 26 metres across; away from the camera detail sinks below a pixel.
    detail = near * looked_up(fine, 600.0 + across_m * 60.0, away_m * 22.0)
    patches = looked_up(broad, 600.0 + across_m * 10.0, away_m * 10.0).astype(np.float64)
    kind = site.ground if site.ground != "grass" or site.leaf_on else "winter grass"
    colours = _surface(kind, across_m, away_m, detail, patches)
    road = generator(Purpose.GROUND, site.seed)
    if road.random() < 0.6:
        edge = CAMERA_TO_TREE_M * road.uniform(1.35, 1.9)
        kerb = (away_m > edge - 0.6) & (away_m <= edge)
        lane = (away_m > edge) & (away_m <= edge + 7.0)
        colours[kerb] = COLOURS["kerb"] * (1.0 + 0.06 * detail[kerb, None])
        colours[lane] = COLOURS["road"] * (1.0 + 0.07 * detail + 0.04 * patches)[lane, None]
        beyond = away_m > edge + 7.0
        lawn = "grass" if site.leaf_on else "winter grass"
        colours[beyond] = _surface(lawn, across_m, away_m, detail, patches)[beyond]
    return colours


def _surface(
    kind: str, across_m: Floats, away_m: Floats, detail: Floats, patches: Floats
) -> Floats:
    """Colours (n, 3) of one kind of ground."""
    strength = {"pavement": 0.05, "soil": 0.13}.get(kind, 0.15)
    colours: Floats = COLOURS[kind] * (1.0 + strength * detail + 0.6 * strength * patches)[:, None]
    if kind == "pavement":
        line_m = 0.02 * np.clip(away_m / CAMERA_TO_TREE_M, 0.7, 3.0)
        joint = (np.abs(np.mod(across_m, SLAB_M) - SLAB_M / 2) > SLAB_M / 2 - line_m) | (
            np.abs(np.mod(away_m, 2 * SLAB_M) - SLAB_M) > SLAB_M - 6 * line_m
        )
        colours[joint] *= 0.78
        slab = np.floor(across_m / SLAB_M) * 7.0 + np.floor(away_m / (2 * SLAB_M)) * 13.0
        colours *= (1.0 + 0.03 * np.sin(slab * 12.9898))[:, None]
    elif "grass" in kind:
        colours += np.clip(patches, -2.0, 2.0)[:, None] * (5.0, 0.0, 0.0)
    return colours


def cast_shade(
    image: Pixels,
    parts: Pixels,
    tree: Masks,
    foot_px: Floats,
    view: View,
    light: Light,
    softness: float = 1.0,
) -> None:
    """Darkens the ground where a tree keeps the sun off, in place.

    The sun stands behind the camera, so the shade falls away from it and to the side. Under clouds
    only a faint dark patch around the foot is left.

    Args:
        image: (height, width, 3).
        parts: Part codes; only ground is shaded.
        tree: Where the tree is in the picture, (height, width).
        foot_px: Its foot, (across, down).
        view: The camera.
        light: Light of the scene.
        softness: Factor on the blur.
    """
    right, up, near = light.direction
    sideways = -right / up
    # Ground at eye height over distance: the farther the shade falls, the less it rises.
    rise = 0.7 * EYE_HEIGHT_M * view.px_per_m / (0.75 * view.height_px) * near / up
    rise = float(np.clip(rise, 0.02, 0.09))
    small = Image.fromarray(tree[::SHADE_STEP, ::SHADE_STEP]).convert("L")
    foot_y = float(foot_px[1]) / SHADE_STEP
    # Each place on the ground asks which height of the tree shades it.
    matrix = (
        1.0,
        sideways / rise,
        -foot_y * sideways / rise,
        0.0,
        1.0 / rise,
        foot_y * (1 - 1 / rise),
    )
    cast = small.transform(small.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    blur = softness * (1.0 + 6.0 * (1.0 - light.sun)) * view.height_px / 1344
    cast = cast.filter(ImageFilter.GaussianBlur(blur))
    # Only rows that may hold ground are enlarged.
    first = int(max(0.0, view.horizon_px - 0.03 * view.width_px)) // SHADE_STEP
    columns, rows = small.size[0] * SHADE_STEP, (small.size[1] - first) * SHADE_STEP
    band = cast.crop((0, first, *small.size)).resize((columns, rows))
    ground = parts[first * SHADE_STEP :] == PART_CODES["ground"]
    height, width = ground.shape
    strength = 0.12 + 0.42 * light.sun
    factor = 1.0 - strength * np.asarray(band, dtype=np.float32)[:height, :width] / 255.0
    where = ground & (factor < 0.995)
    multiplied(image[first * SHADE_STEP :], where, factor[where])


N_BLADES = 1600
N_PEBBLES = 350
N_TUFTS = 70
FLATNESS = 0.12
"""Height over width of a disc on the ground at the tree, as seen."""


def paint_litter(canvas: Canvas, view: View, site: Site, seed: int) -> None:
    """Strews blades or pebbles over the ground near the camera.

    Args:
        canvas: The picture.
        view: The camera.
        site: What the ground is.
        seed: The photo's seed.
    """
    if site.ground == "pavement":
        return
    rng = generator(Purpose.LITTER, site.seed, seed)
    number = N_BLADES if site.ground == "grass" else N_PEBBLES
    nearest = view.height_px * 1.03
    down = view.horizon_px + (nearest - view.horizon_px) * rng.uniform(0.35, 1.0, number) ** 0.7
    spots = np.column_stack([rng.uniform(-0.02, 1.02, number) * view.width_px, down])
    scale = (down - view.horizon_px) / EYE_HEIGHT_M
    if site.ground == "grass":
        _paint_blades(canvas, view, spots, scale * 0.1, rng)
    else:
        _paint_pebbles(canvas, view, spots, scale, rng)


def paint_footing(image: Pixels, parts: Pixels, plane: Plane, reach_m: float, site: Site) -> None:
    """Darkens the ground around a tree's foot; in paving it also opens a pit of soil. In place.

    Args:
        image: (height, width, 3).
        parts: Part codes (height, width).
        plane: The tree's plane.
        reach_m: Radius of the stem's foot.
        site: What the ground is.
    """
    view = plane.view
    foot = plane.to_px(np.zeros((1, 2)))[0]
    reach_px = (2.2 * reach_m + 0.25) * plane.px_per_m
    across, deep = 1.6 * reach_px, 1.6 * FLATNESS * reach_px
    size = np.array([view.width_px, view.height_px])
    reach = np.array([across, deep + 1.0])
    left, top = np.clip(foot - reach, 0, size).astype(np.int64)
    right, bottom = np.clip(foot + reach, 0, size).astype(np.int64)
    rows, columns = np.mgrid[top:bottom, left:right]
    far = np.hypot((columns - foot[0]) / reach_px, (rows - foot[1]) / (FLATNESS * reach_px))
    window = (slice(top, bottom), slice(left, right))
    ground = parts[window] == PART_CODES["ground"]
    if site.ground == "pavement":
        # Upright sides of the pit run towards the vanishing point, so its near edge is wider.
        spread = 1.0 + 0.25 * (rows - foot[1]) / deep
        beside = np.abs(columns - foot[0]) / (across * spread)
        along = np.abs(rows - foot[1]) / deep
        pit = ground & (beside < 0.9) & (along < 0.92)
        rim = ground & ~pit & (beside < 0.96) & (along < 1.0)
        image[window][rim] = np.clip(image[window][rim] * 1.18, 0, 255).astype(np.uint8)
        lumps = np.sin(columns * 0.9) * np.sin(rows * 1.7 + columns * 0.35)
        tone = image[window][ground].mean() / 150.0
        soil = np.array([118.0, 96.0, 74.0]) * tone * (1.0 + 0.1 * lumps[pit])[:, None]
        image[window][pit] = np.clip(soil, 0, 255).astype(np.uint8)
    multiplied(image[window], ground, 1.0 - 0.45 * np.exp(-1.5 * far[ground] ** 2))


def paint_tufts(canvas: Canvas, plane: Plane, reach_m: float, site: Site, seed: int) -> None:
    """Grass in front of the stem's foot, so that the tree stands in the ground, not on it."""
    if site.ground != "grass":
        return
    rng = generator(Purpose.LITTER, site.seed, seed, 1)
    across = rng.normal(0.0, 1.1 * reach_m, N_TUFTS)
    spots = plane.view.untilted(plane.to_px(np.column_stack([across, np.full(N_TUFTS, -0.14)])))
    beside = np.column_stack([spots[:, 0] + 2.5 * reach_m * plane.px_per_m, spots[:, 1] + 2.0])
    _paint_blades(
        canvas, plane.view, spots, np.full(N_TUFTS, 0.16 * plane.px_per_m), rng, tone_at=beside
    )


def _paint_blades(
    canvas: Canvas,
    view: View,
    spots: Floats,
    length_px: Floats,
    rng: np.random.Generator,
    tone_at: Floats | None = None,
) -> None:
    """Draws blades in tones of the ground they stand on."""
    picture = np.asarray(canvas.image)
    roots = view.tilted(spots)
    lean = rng.normal(0.0, 0.35, len(spots))
    length = length_px * rng.uniform(0.5, 1.2, len(spots))
    tips = roots + np.column_stack([lean * length, -length])
    tones = view.tilted(tone_at) if tone_at is not None else roots
    size = np.array([view.width_px - 1, view.height_px - 1])
    columns, rows = np.clip(tones, 0, size).astype(np.int64).T
    colours = picture[rows, columns] * rng.uniform(0.75, 1.28, (len(spots), 1))
    for root, tip, colour, tall in zip(roots, tips, colours.tolist(), length, strict=True):
        canvas.line(np.stack([root, tip]), tuple(colour), "ground", 0.1 * tall)


def _paint_pebbles(
    canvas: Canvas, view: View, spots: Floats, scale: Floats, rng: np.random.Generator
) -> None:
    """Draws small stones with a shaded lower edge."""
    turn = np.linspace(0.0, 2.0 * np.pi, 9, endpoint=False)
    circle = np.column_stack([np.cos(turn), 0.5 * np.sin(turn)])
    for spot, size in zip(view.tilted(spots), scale, strict=True):
        stone = circle * size * rng.uniform(0.008, 0.03)
        tone = rng.uniform(105.0, 175.0)
        canvas.polygon(spot + stone + (0.0, 0.012 * size), (66.0, 54.0, 42.0), "ground")
        canvas.polygon(spot + stone, (tone, 0.93 * tone, 0.84 * tone), "ground")
