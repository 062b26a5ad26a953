"""Faults of what is read: tables, images, names, folders of results from elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from .case import Case
from .storage import damage

NAMES = (
    "s 1", "s-1", "s_1", "S 1", "..x", ".hidden", "a" * 200, "ü" * 100, "con", "nul.", "-rf",
    "$(x)",
    "a\nb", "a\tb", "<script>", "[bold]", "=1+1", "\\immediate", "x;y", "x,y", '"', "'", "%00", "~",
    "\x1b[2J", "𝕏", "\u202egnp", "p0 ", " p0", "p0.", "p0|p1", "*", "?", "{0}", "null", "0", "-1",
)  # fmt: skip


def hostile_table(case: Case, rng: np.random.Generator) -> None:
    """The annotation table of the films is broken or strange."""
    table = case.world / "films" / "table.xlsx"
    way = str(rng.choice(["damage", "cells", "merged", "far", "zip", "csv", "names", "xml"]))
    case.log.append(f"table: {way}")
    original = table.read_bytes()
    if way == "damage":
        damage(case, rng, [table])
    elif way in ("cells", "merged", "far"):
        _workbook(table, rng, way)
    elif way == "zip":
        with zipfile.ZipFile(table, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("xl/workbook.xml", b"0" * 10_000_000)
    elif way in ("csv", "names"):
        table.unlink()
        table = table.with_suffix(".csv")
        table.write_bytes(_csv(rng, way))
    else:
        _rewrite(table, rng)
    _use(case, rng, "films")
    shutil.rmtree(table) if table.is_dir() and not table.is_symlink() else table.unlink()
    (case.world / "films" / "table.xlsx").write_bytes(original)


def hostile_image(case: Case, rng: np.random.Generator) -> None:
    """A frame is broken or strange."""
    frames = sorted((case.world / "films").rglob("*.png"))
    path = frames[int(rng.integers(len(frames)))]
    original = path.read_bytes()
    ways = ["damage", "bomb", "text", "deep", "tiff", "jpeg", "grey-alpha", "tiny", "fifo"]
    way = str(rng.choice(ways))
    case.log.append(f"image: {way} {path.name}")
    shutil.rmtree(case.world / "cache", ignore_errors=True)
    if way == "damage":
        damage(case, rng, [path])
    elif way == "fifo":
        path.unlink()
        os.mkfifo(path)
    else:
        path.write_bytes(_picture(rng, way))
    _use(case, rng, "films")
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    path.write_bytes(original)


def _use(case: Case, rng: np.random.Generator, dataset: str) -> None:
    """Look at the data, or run on it into a folder of its own: other data is another task."""
    words = ("--results", "elsewhere")
    if rng.random() < 0.4:
        case.bench("data", "check", "-d", dataset)
    case.run(*words)
    case.bench("board", *words)


def hostile_names(case: Case, rng: np.random.Generator) -> None:
    """Subjects and labels with names that files, markup and shells dislike."""
    words = ("--results", "elsewhere")
    chosen = [NAMES[int(i)] for i in rng.permutation(len(NAMES))[:4]]
    case.log.append(f"names: {chosen!r}")
    home = case.world / "vectors"
    aside = case.world / "aside"
    home.rename(aside)
    home.mkdir()
    for person, name in zip(sorted(aside.iterdir()), chosen, strict=True):
        shutil.copytree(person, home / name)
    done = case.run(*words)
    case.bench("board", *words)
    records = list((case.world / "elsewhere" / "records").rglob("*.json"))
    if done.code == 0 and len(records) != 4:
        case.missed += 4 - len(records)
    case.bench("results", "list", *words)
    shutil.rmtree(home)
    aside.rename(home)


def hostile_import(case: Case, rng: np.random.Generator) -> None:
    """Someone else's folder of results, in which anything may be."""
    folder = case.world / "theirs"
    shutil.copytree(case.results, folder)
    files = sorted(folder.rglob("*.json"))
    ways = ["damage", "escape", "link", "fifo", "deep", "many", "label", "table", "big"]
    way = str(rng.choice(ways))
    case.log.append(f"import: {way}")
    words: tuple[str, ...] = ("results", "import", "theirs")
    if way == "damage":
        for _ in range(3):
            damage(case, rng, [path for path in files if path.is_file() and not path.is_symlink()])
        case.damaged.clear()
    elif way in ("escape", "label"):
        _relabel(rng, files, way)
    elif way == "link":
        (folder / "records" / "out.json").symlink_to(case.outside / "precious.py")
        (folder / "tasks" / "up").symlink_to(case.outside)
    elif way == "fifo":
        os.mkfifo(folder / "records" / "pipe.json")
    elif way == "deep":
        deep = folder / "records"
        for _ in range(60):
            deep = deep / "deeper"
        deep.mkdir(parents=True)
        shutil.copy(files[0], deep / "one.json")
    elif way == "many":
        for i in range(300):
            (folder / "records" / f"{i}.json").write_text("{" * i)
    elif way == "big":
        (folder / "tasks" / "big.json").write_bytes(b"[" * 3_000_000)
    else:
        (case.world / "theirs.csv").write_bytes(_csv(rng, "csv"))
        label = NAMES[int(rng.integers(len(NAMES)))]
        words = ("results", "import", "theirs.csv", "--task", "vectors/3", "--label", label)
    # Into results of the same plan, or into a folder of its own.
    place = () if rng.random() < 0.4 else ("--results", "elsewhere")
    case.bench(*words, *place)
    case.bench("board", *place)
    case.bench("results", "list", *place)
    shutil.rmtree(folder)


def _relabel(rng: np.random.Generator, files: list[Path], way: str) -> None:
    """Records whose words point out of the folder, in a seal that fits them."""
    from bench.core.sealed import seal
    from bench.store.record_file import RECORD

    hostile = ["../../../outside/precious", "/etc/passwd", "..", "\x1b[2J", "a" * 300, "x\n# y", ""]
    for path in (one for one in files if "records" in one.parts):
        raw = json.loads(path.read_bytes())
        word = hostile[int(rng.integers(len(hostile)))]
        for field in ("label", "fold", "task", "method", "preset")[: 1 if way == "label" else 5]:
            if field in raw:
                raw[field] = word
        inputs = raw.get("inputs")
        if way == "escape" and isinstance(inputs, dict):
            for name in list(inputs):
                if isinstance(inputs[name], str) and rng.random() < 0.5:
                    inputs[name] = word
        content = {name: value for name, value in raw.items() if name not in ("format", "seal")}
        path.write_bytes(seal(RECORD, content))


def _workbook(table: Path, rng: np.random.Generator, way: str) -> None:
    from openpyxl import load_workbook

    book = load_workbook(table)
    sheet = book.active
    values: list[Any] = [None, -1, 10**400, 1e308, "x" * 30000, "=1/0", True, "", "#N/A"]
    if way == "cells":
        for _ in range(4):
            row, column = int(rng.integers(1, 14)), int(rng.integers(1, 6))
            value = values[int(rng.integers(len(values)))]
            sheet.cell(row, column).value = str(value) if value == 10**400 else value
    elif way == "merged":
        sheet.merge_cells("A2:A9")
    else:
        sheet["XFD1048576"] = "far"
    book.save(table)


def _csv(rng: np.random.Generator, way: str) -> bytes:
    head = "Subject,Filename,OnsetFrame,OffsetFrame,Estimated Emotion\n"
    if way == "names":
        rows = "".join(f'"{NAMES[int(rng.integers(len(NAMES)))]}",c{i},1,2,low\n' for i in range(9))
        return (head + rows).encode()
    return [
        b"",
        b"\xff\xfe\x00",
        head.encode(),
        (head + "p0," + "x" * 200_000 + ",1,2,low\n").encode(),
        (head + "p0,c0,1,2,low\n" * 3 + "p0,c0,1,2,high\n").encode(),
        (head + 'p0,"c0,1,2,low\n').encode(),
        b"clip,truth,predicted\nvectors/p0/c0-low,9,9\n",
        b"\0" * 5000,
    ][int(rng.integers(8))]


def _rewrite(table: Path, rng: np.random.Generator) -> None:
    """Cut or noise inside the xml of a workbook."""
    with zipfile.ZipFile(table) as book:
        files = {name: book.read(name) for name in book.namelist()}
    name = sorted(files)[int(rng.integers(len(files)))]
    data = files[name]
    files[name] = data[: int(rng.integers(len(data)))] + (
        rng.bytes(40) if rng.random() < 0.5 else b""
    )
    with zipfile.ZipFile(table, "w", zipfile.ZIP_DEFLATED) as book:
        for one, content in files.items():
            book.writestr(one, content)


def _picture(rng: np.random.Generator, way: str) -> bytes:
    import cv2

    noise = rng.integers(0, 255, (12, 16)).astype(np.uint8)
    if way == "bomb":
        return _png_header(60_000, 60_000)
    if way == "text":
        return b"this is no image\n" * 20
    if way == "deep":
        return _encoded(".png", noise.astype(np.uint16) * 16)
    if way == "tiff":
        return _encoded(".tiff", noise.astype(np.float32) * (np.nan if rng.random() < 0.5 else 1))
    if way == "jpeg":
        data = _encoded(".jpg", noise)
        return data[: int(rng.integers(10, len(data)))] + b"\xff\xd9"
    if way == "tiny":
        return _encoded(".png", noise[:1, :1])
    return _encoded(".png", cv2.cvtColor(noise, cv2.COLOR_GRAY2BGRA))


def _encoded(kind: str, image: np.ndarray) -> bytes:
    import cv2

    return cv2.imencode(kind, image)[1].tobytes()


def _png_header(width: int, height: int) -> bytes:
    """A png that claims a size, with hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )
