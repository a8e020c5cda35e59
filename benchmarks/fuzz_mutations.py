"""Ways to spoil a file: bytes, cells, values, and what only one format can have wrong."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

CELLS = (
    *("NaN", "inf", "-inf", "1e308", "1e400", "9" * 400, "-5", "\u22125", "\u0663", "5\u00bd ft"),
    *("=1+1", "@SUM(A1)", "'", '"', "\x00", "\r", "\n", "A" * 40_000, "1,5", "1.234,5", "12 5"),
    *("5'6\"", "10-15 m", ">20", "18\u00b11 m", "65 ft", "0", "", " ", "?", "n/a", "None", "true"),
    *("possible-probable", "P", "2", "Imminent", "3/4/2024", "1712102400000", "\ud7ff", "\u202e"),
    *("POINT (1 2)", "[[1,2]]", "999999999999999999999", "-9999", "91", "181", "../../etc", "a,b"),
)
HEADERS = (
    *("", " ", "\x00", "=cmd", "A" * 5_000, "height", "Height (ft)", "Tree ID", "lat", "x", "y"),
    *("p_", "p_Im", "status", "class", "\U0001f333", "geometry", "crs", "column 1", "height_m_sd"),
)
SYSTEMS = (
    "EPSG:2263",
    "EPSG:3857",
    "EPSG:0",
    "EPSG:99999999",
    "",
    "urn:x",
    "4326",
    "\x00",
    "A" * 999,
)
DEEP = 200_000


def mutated(path: Path, random: Random) -> bytes:
    """The content of a file, spoilt once or a few times.

    Args:
        path: A sound file.
        random: Where chance comes from.
    """
    ending = path.suffix.lower()
    own: list[Callable[[bytes, Random], bytes]] = {
        ".xlsx": [workbook] * 4,
        ".zip": [archive] * 2,
        ".gpkg": [geopackage] * 4,
        ".geojson": [tree_of_json] * 4,
        ".json": [tree_of_json] * 4,
        ".jsonl": [lines_of_json] * 2,
        ".toml": [toml_text] * 5,
    }.get(ending, [] if ending == ".parquet" else [cells] * 5)
    content = path.read_bytes()
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        change = random.choice([*own, raw, encoding] if ending != ".parquet" else [raw])
        content = change(content, random)
    return content


def raw(content: bytes, random: Random) -> bytes:
    """Bytes turned, cut, doubled, thrown in, or all of them something else."""
    data = bytearray(content)
    place = random.randrange(len(data) + 1)
    kind = random.randrange(8)
    if kind == 0:
        for _ in range(random.choice((1, 5, 50))):
            if data:
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    elif kind == 1:
        del data[place:]
    elif kind == 2:
        del data[place : place + random.randrange(1, 400)]
    elif kind == 3:
        data[place:place] = random.randbytes(random.randrange(1, 200))
    elif kind == 4:
        data[place:place] = data[place : place + random.randrange(1, 2000)] * 3
    elif kind == 5:
        data[place:place] = random.choice((b"\0", b"\0" * 5000, b'"', b"\xff\xfe", b"\x1a", b"\r"))
    elif kind == 6:
        return random.choice((b"", b"\0" * 4096, b"\n" * 100, b"[" * DEEP, b"a=" + b"[" * DEEP))
    else:
        data = bytearray(random.choice((b"SQLite format 3\0", b"PK\3\4", b"PAR1"))) + data[place:]
    return bytes(data)


def encoding(content: bytes, random: Random) -> bytes:
    """The text in another encoding."""
    text = content.decode("utf-8", errors="replace")
    name = random.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "cp500", "mac_roman", "utf-7"))
    mark = random.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"))
    return mark + text.encode(name, errors="replace")


def cells(content: bytes, random: Random) -> bytes:
    """Cells of a CSV put elsewhere, added, lost or filled with something odd."""
    text = content.decode("utf-8", errors="replace")
    mark = random.choice([mark for mark in ",;\t" if mark in text] or [","])
    rows = [line.split(mark) for line in text.splitlines()] or [[""]]
    row = random.choice(rows)
    kind = random.randrange(12)
    if kind <= 3 and row:
        row[random.randrange(len(row))] = random.choice(CELLS)
    elif kind == 4:
        row.insert(random.randrange(len(row) + 1), random.choice(CELLS))
    elif kind == 5 and row:
        row.pop(random.randrange(len(row)))
    elif kind == 6 and rows[0]:
        rows[0][random.randrange(len(rows[0]))] = random.choice(HEADERS)
    elif kind == 7:
        column, odd = random.randrange(len(rows[0]) or 1), random.choice(CELLS)
        for one in rows[1:]:
            if column < len(one):
                one[column] = odd
    elif kind == 8:
        rows.insert(random.randrange(len(rows)), random.choice(rows))
    elif kind == 9:
        wide = random.choice((3_000, 1_000_000))
        rows[random.randrange(len(rows))] = ["x"] * wide
    elif kind == 10:
        rows = rows[:1] + rows[1:] * random.choice((1, 50, 100))
    else:
        rows = [["Trees of the town"], [""], *rows]
    return "\n".join(mark.join(one) for one in rows).encode(errors="replace")


def _odd_value(random: Random) -> object:
    deep: object = 1.0
    for _ in range(random.choice((1, 50, 400))):
        deep = [deep]
    choice = random.randrange(5)
    if choice == 0:
        return random.choice((None, True, {}, [], "", 0, -1, 1e308, float("nan"), float("inf")))
    if choice == 1:
        return deep
    if choice == 2:
        return random.choice((10**30, -(10**400), 1.5e-320, "1e5", {"a": {"b": [None]}}))
    return random.choice(CELLS)


def _spoilt(value: object, random: Random, depth: int = 0) -> object:
    """A JSON value with one part of it replaced, dropped or doubled."""
    if isinstance(value, dict) and value and (depth < 1 or random.random() < 0.85):
        name = random.choice(list(value))
        kept = dict(value)
        kind = random.random()
        if kind < 0.15:
            del kept[name]
        elif kind < 0.25:
            kept[random.choice(("crs", "type", "id", name.upper(), "", "tree"))] = _odd_value(
                random
            )
        else:
            kept[name] = _spoilt(value[name], random, depth + 1)
        return kept
    if isinstance(value, list) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        changed = list(value)
        if random.random() < 0.15:
            return changed[:place] + changed[place + 1 :]
        if random.random() < 0.05:
            return changed * 300
        changed[place] = _spoilt(value[place], random, depth + 1)
        return changed
    return _odd_value(random)


def tree_of_json(content: bytes, random: Random) -> bytes:
    """A JSON document with a part of it spoilt, or its coordinate system."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return raw(content, random)
    if isinstance(document, dict) and random.random() < 0.15:
        name = random.choice(SYSTEMS)
        document["crs"] = random.choice(({"type": "name", "properties": {"name": name}}, name, 7))
    for _ in range(random.choice((1, 1, 2, 4))):
        document = _spoilt(document, random)
    text = _as_json(document)
    if random.random() < 0.05:
        text = text.replace(
            "42.11", random.choice(("[" * 5_000 + "]" * 5_000, "9" * 6_000, "1e999"))
        )
    return text.encode(errors="surrogatepass")


def _as_json(document: object) -> str:
    try:
        return json.dumps(document)
    except ValueError:  # an integer longer than Python prints
        return "[" + "9" * 6_000 + "]"


def lines_of_json(content: bytes, random: Random) -> bytes:
    """One line of JSON spoilt."""
    lines = content.splitlines() or [b"{}"]
    place = random.randrange(len(lines))
    lines[place] = tree_of_json(lines[place], random).replace(b"\n", b" ")
    return b"\n".join(lines)


def toml_text(content: bytes, random: Random) -> bytes:
    """A TOML text with a value, a key or a line replaced."""
    lines = content.decode("utf-8", errors="replace").splitlines() or [""]
    place = random.randrange(len(lines))
    key, equals, value = lines[place].partition("=")
    kind = random.randrange(7)
    if kind <= 2 and equals:
        odd = (
            *("nan", "-inf", "9" * 400, "1979-05-27", '""', "[]", "{}", "true", "-1", "1e400", "0"),
            *('"' + "A" * 50_000 + '"', "[" * 3_000 + "]" * 3_000, '"\\ud800"', '"\\u202e"', "'x'"),
            *('["Probable", 3]', "{ Probable = 2 }", "{ Probable = nan }", '"Possible-Probable"'),
        )
        lines[place] = f"{key}= {random.choice(odd)}"
    elif kind == 3:
        lines[place] = random.choice(
            ("[x]", "[[targets]]", "unknown = 1", "=", '"', "\x00", "a.b.c=1")
        )
    elif kind == 4:
        del lines[place]
    elif kind == 5 and equals:
        lines[place] = f"{random.choice((key.strip().upper(), key.strip() + 's', 'tree'))} ={value}"
    else:
        lines.insert(place, random.choice(lines))
    return "\n".join(lines).encode(errors="replace")


def archive(
    content: bytes, random: Random, change: Callable[[bytes, str], bytes] | None = None
) -> bytes:
    """A ZIP file with one member spoilt, lost, doubled, or blown up."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, RuntimeError):
        return raw(content, random)
    except Exception:  # zlib's error has no common base
        return raw(content, random)
    if not members:
        return raw(content, random)
    name = random.choice(list(members))
    kind = random.randrange(6)
    if change is not None and kind < 4:
        members = {one: change(data, one) for one, data in members.items()}
    elif kind == 4:
        del members[name]
    elif kind == 5 and random.random() < 0.3:
        members[name] = members[name] + b" " * (300 << 20)
    else:
        members[name] = raw(members[name], random)
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as packed:
        for one, data in members.items():
            packed.writestr(one, data)
    return new.getvalue()


def workbook(content: bytes, random: Random) -> bytes:
    """An XLSX file whose sheets say what no sheet should."""
    kind = random.randrange(10)

    def change(data: bytes, name: str) -> bytes:
        if "sheet" not in name or not name.endswith(".xml"):
            return data
        text = data.decode("utf-8", errors="replace")
        if kind == 0:
            text = re.sub(r'r="(\d+)"', 'r="1048576000"', text, count=random.randrange(1, 5))
        elif kind == 1:
            text = re.sub(r'r="([A-Z]+)(\d+)"', r'r="ZZZZZ\2"', text, count=1)
        elif kind == 2:
            text = re.sub(r"<v>[^<]*</v>", "<f>1/0</f>", text, count=random.randrange(1, 9))
        elif kind == 3:
            merged = random.choice(
                ("A1:XFD1048576", "B2:B9", "A1:A99", "Z9:A1", "nonsense", "A2:C4")
            )
            cell = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>'
            text = text.replace("</sheetData>", f"</sheetData>{cell}")
        elif kind == 4:
            text = re.sub(r't="(\w+)"', lambda _: f't="{random.choice("sben")}"', text)
        elif kind == 5:
            text = re.sub(r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>', text)
        elif kind == 6:
            text = re.sub(
                r"<v>[^<]*</v>", f"<v>{random.choice(('9e999', '-1', '#REF!', ''))}</v>", text
            )
        elif kind == 7:
            text = re.sub(r"</row>", "", text, count=1)
        elif kind == 8:
            text = text.replace("<sheetData>", "<!DOCTYPE a [<!ENTITY b 'c'>]><sheetData>&b;")
        else:
            text = text.replace("</sheetData>", "<row/>" * 200_000 + "</sheetData>")
        return text.encode(errors="replace")

    return archive(content, random, change)


def geopackage(content: bytes, random: Random) -> bytes:
    """A GeoPackage with SQL run on it, or with bytes spoilt."""
    endless = (
        "WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n) "
        "SELECT fid, zeroblob(30) AS geom, 'T' AS tree FROM n"
    )
    statements = (
        f"ALTER TABLE trees RENAME TO old; CREATE VIEW trees AS {endless}",
        "UPDATE gpkg_geometry_columns SET srs_id = 99999",
        "UPDATE gpkg_contents SET srs_id = 3857; UPDATE gpkg_geometry_columns SET srs_id = 3857",
        "UPDATE gpkg_spatial_ref_sys SET definition = 'nonsense'",
        "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = -1",
        "DROP TABLE gpkg_contents",
        "DROP TABLE gpkg_geometry_columns",
        "UPDATE trees SET geom = NULL",
        "UPDATE trees SET geom = randomblob(40)",
        "UPDATE trees SET geom = x'47500001E6100000010100000000000000000000F87F0000000000000000'",
        "UPDATE trees SET height_m = 'tall'",
        "UPDATE trees SET \"Tree ID\" = x'00FF'",
        "UPDATE trees SET height_m = 9e999",
        "DELETE FROM trees",
        "ALTER TABLE trees ADD COLUMN \"Tree ID (2)\" TEXT DEFAULT 'a'",
        "UPDATE gpkg_contents SET table_name = 'a\"b'",
        "UPDATE trees SET note = hex(zeroblob(30000000))",
        "UPDATE gpkg_geometry_columns SET geometry_type_name = 'NONSENSE'",
    )
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(content)
        layer = random.choice(
            [row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")]
        )
        chosen = random.choice(statements).replace("trees", str(layer))
        for name in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name[0]}"')
        database.executescript(chosen)
        return bytes(database.serialize())
    except (sqlite3.Error, IndexError, ValueError, OverflowError):
        return raw(content, random)
    finally:
        database.close()
