"""The truncated normal distribution, as torch.nn.init.trunc_normal_ draws it in PyTorch 2.13."""

from __future__ import annotations

import math

import numpy as np

from engine.catalog.draws import Draws
from engine.formula.calls import Array
from engine.formula.layout import Shape
from engine.spec.options import Options

LEAST_SHARE = 0.01
"""Distributions of which fewer of the candidates would be taken are refused."""
OFTEN = 0.3
"""Of a normal number that lies between the bounds with a greater probability, others are drawn
until all do; of another one, candidates between the bounds are drawn and taken by their density.
"""
FAR = 25.0
NARROW = 1e-3
"""In deviations, how far from the mean and between how near bounds the density is exponential."""


def between(o: Options) -> str:
    """What is wrong with bounds, "" for nothing."""
    low, high = o["low"], o["high"]
    if not low < high:
        return f"has low = {low:g}, which must be below high = {high:g}."
    if not math.isfinite(high - low):
        return "has low and high too far apart."
    if "std" in o and _taken(o["mean"], o["std"], low, high) < LEAST_SHARE:
        return (
            f"would have to draw more than {1 / LEAST_SHARE:.0f} numbers for each one from low ="
            f" {low:g} to high = {high:g}: bring them nearer to mean = {o['mean']:g}, or nearer"
            " together."
        )
    return ""


def _below(x: float) -> float:
    """The probability that a standard normal number is below x."""
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _probability(mean: float, std: float, low: float, high: float) -> float:
    """That a normal number lies between the bounds, as PyTorch works it out."""
    return _below((high - mean) / std) - _below((low - mean) / std)


def _taken(mean: float, std: float, low: float, high: float) -> float:
    """The share of the numbers drawn that is taken."""
    share = _probability(mean, std, low, high)
    if share > OFTEN:
        return share
    a, b = (low - mean) / std, (high - mean) / std
    near, width = max(a, -b, 0.0), b - a
    if near >= FAR or width < NARROW:  # nearly exponential from the bound next to the mean
        falls = near * width
        return -math.expm1(-falls) / falls if falls else 1.0
    area = (math.erfc(near / math.sqrt(2)) - math.erfc((near + width) / math.sqrt(2))) / 2
    area = area if near else share
    return area * math.sqrt(2 * math.pi) * math.exp(near**2 / 2) / width


def truncated(
    draws: Draws, shape: Shape, mean: float, std: float, low: float, high: float
) -> Array:
    """Normal numbers of that mean and deviation between the bounds."""
    if _probability(mean, std, low, high) > OFTEN:
        return _again(draws, shape, mean, std, low, high)
    return _by_density(draws, shape, mean, std, low, high)


def _again(draws: Draws, shape: Shape, mean: float, std: float, low: float, high: float) -> Array:
    found = draws.normal(mean, std, shape)
    least, most = found.dtype.type(low), found.dtype.type(high)
    while (outside := (found < least) | (found > most)).any():
        found = np.where(outside, draws.normal(mean, std, shape), found)
    return found


def _by_density(
    draws: Draws, shape: Shape, mean: float, std: float, low: float, high: float
) -> Array:
    peak = -0.5 * ((max(low, min(mean, high)) - mean) / std) ** 2
    found = draws.uniform(low, high, shape)
    kind = found.dtype.type
    candidates, pending = found, np.ones(shape, bool)
    while True:
        scaled = (candidates - kind(mean)) / kind(std)
        density = scaled * scaled * kind(-0.5) - kind(peak)
        with np.errstate(divide="ignore"):
            refused = np.log(draws.uniform(0.0, 1.0, shape)) > density
        pending &= refused
        if not pending.any():
            return found
        candidates = draws.uniform(low, high, shape)
        found = np.where(pending, candidates, found)
