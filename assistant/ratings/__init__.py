"""Experts' ratings."""
