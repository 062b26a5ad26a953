"""What a configuration of an SVM may say; listing methods imports this and not the SVM itself."""

from __future__ import annotations

from typing import Literal

Kernel = Literal["linear", "polynomial", "rbf", "chi2", "intersection"]
Scaling = Literal["none", "standard", "centre"]
Penalty = float | Literal["inner"]
"""C, or the word that has inner folds choose it."""
