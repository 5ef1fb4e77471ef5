"""Harm: requests that openly ask for wrongdoing in medicine and law."""

from __future__ import annotations


def find_harm(text: str) -> str:
    """Why a request is refused, or nothing."""
    return ""
