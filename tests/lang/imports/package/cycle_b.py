from . import cycle_a
NAME = "b"
try:
    from .cycle_a import NAME as other
except ImportError as e:
    error = str(e).split(" (/")[0]
