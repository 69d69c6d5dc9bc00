"""A circle."""
from ..shapes import square
PI = 3


def area(r):
    return PI * square.squared(r)
