from . import exported as from_parent
from .one import NAME
