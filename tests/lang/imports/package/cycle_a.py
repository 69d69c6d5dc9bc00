from . import cycle_b
NAME = "a"
def get(): return cycle_b.NAME
