"""Logs that print a block per subject and name no clip.

STSTNet's and HTNet's code prints

    Subject: 006
    Predicted   : [0, 0, 2]
    Ground Truth: [0, 2, 2]

HTNet's code also prints `Best Predicted`, the epoch that is best on the test subject. All other
lines (losses, running scores) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bench.core.errors import BenchError
from bench.store.predictions.content import Matrices, shortened

SUBJECT = re.compile(r"\s*Subject\s*:\s*(\S.*?)\s*$", re.IGNORECASE)
LABELS = re.compile(r"\s*(Best Predicted|Predicted|Ground Truth)\s*:\s*\[([^\]]*)\]", re.IGNORECASE)
Block = dict[str, list[int]]


def is_block_log(text: str) -> bool:
    """Whether the text has a subject and a list of its true labels."""
    lines = text.splitlines()
    found = [match[1].lower() for line in lines if (match := LABELS.match(line))]
    return "ground truth" in found and any(SUBJECT.match(line) for line in lines)


def parse_blocks(
    text: str, classes: Sequence[str], origin: str = "log", best: bool = False
) -> Matrices:
    """Count the labels of each subject's block.

    Args:
        text: the log.
        classes: names in the order of the label numbers.
        origin: named in errors.
        best: read `Best Predicted` where the log has it.

    Raises:
        BenchError: a block lacks a list, has one twice, or has lists of different lengths.
    """
    blocks = _blocks(text, len(classes), origin)
    has_best = all("best predicted" in block for block in blocks.values())
    wanted = "best predicted" if best and has_best else "predicted"
    counts = np.zeros((len(blocks), len(classes), len(classes)), np.int64)
    for matrix, (subject, block) in zip(counts, blocks.items(), strict=True):
        lacking = [name for name in ("predicted", "ground truth") if name not in block]
        if lacking:
            raise BenchError(f"{origin}: subject {subject} has no list `{lacking[0].title()}`")
        truth, predicted = block["ground truth"], block[wanted]
        if len(truth) != len(predicted):
            raise BenchError(
                f"{origin}: subject {subject} has {len(predicted)} predictions of "
                f"{len(truth)} clips"
            )
        np.add.at(matrix, (truth, predicted), 1)
    if not counts.any():
        raise BenchError(f"{origin} contains no predictions")
    return Matrices(tuple(blocks), counts)


def _blocks(text: str, classes: int, origin: str) -> dict[str, Block]:
    blocks: dict[str, Block] = {}
    block: Block | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        where = f"{origin}, line {number}"
        if head := SUBJECT.match(line):
            subject = shortened(head[1])
            if subject in blocks:
                raise BenchError(f"{where}: subject {subject} a second time; expected one run")
            block = blocks[subject] = {}
        elif labels := LABELS.match(line):
            name = labels[1].lower()
            if block is None or name in block:
                came = "before any `Subject:`" if block is None else "a second time"
                raise BenchError(f"{where}: `{labels[1]}` {came}; expected one for each subject")
            block[name] = [_number(word, classes, where) for word in labels[2].split(",") if word]
    return blocks


def _number(word: str, classes: int, where: str) -> int:
    text = word.strip()
    if not re.fullmatch("[0-9]{1,2}", text) or int(text) >= classes:
        raise BenchError(
            f"{where}: label {shortened(text)!r}, expected a number from 0 to {classes - 1}"
        )
    return int(text)
