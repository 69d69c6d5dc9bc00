from ..one import NAME as up
from . import other
from .other import VALUE as sibling
