"""A package with modules that import one another."""
from . import round
from .square import Square

__all__ = ["Square", "round"]
