"""Emotion words as tables spell them, and as their dataset does."""

from __future__ import annotations

from collections.abc import Collection

SPELLINGS = (
    ("anger", "angry", "愤怒", "生气"),
    ("contempt", "contemptuous", "轻蔑", "蔑视"),
    ("disgust", "disgusted", "厌恶"),
    ("fear", "fearful", "afraid", "恐惧", "害怕"),
    ("happiness", "happy", "高兴", "开心", "快乐"),
    ("others", "other", "其他", "其它"),
    ("repression", "repress", "repressed", "压抑"),
    ("sadness", "sad", "悲伤", "难过"),
    ("surprise", "surprised", "惊讶", "惊奇"),
    ("tense", "tension", "紧张"),
)
"""Words for one emotion, as seen in tables and their copies."""
MARKS = " .,;:!?'\"。，；、"
"""Signs around a word that are no part of it."""


def spelt(text: str, words: Collection[str]) -> str:
    """The dataset's own word for an emotion, the lower-case text where it has none.

    Args:
        text: as the table spells it: "Happy", "disgust.".
        words: of the dataset, which says "happy" or "happiness".
    """
    plain = text.strip(MARKS).lower()
    if plain in words:
        return plain
    alike = next((group for group in SPELLINGS if plain in group), ())
    own = [word for word in alike if word in words]
    # A dataset with two words for one emotion would tell them apart.
    return own[0] if len(own) == 1 else text.lower()
