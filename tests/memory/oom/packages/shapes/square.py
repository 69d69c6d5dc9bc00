"""A square, whose module is asked for a name that it does not have."""


def squared(n):
    return n * n


class Square:
    def __init__(self, side):
        self.area = squared(side)


def __getattr__(name):
    if name == "late":
        return [name]
    raise AttributeError(name)
