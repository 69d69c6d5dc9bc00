# split and subgroup keep the shape of nested groups.
g = ExceptionGroup("top", [ValueError(1), ExceptionGroup("in", [KeyError(2), ValueError(3)])])
match, rest = g.split(ValueError)
print(repr(match))  # expect: ExceptionGroup('top', [ValueError(1), ExceptionGroup('in', [ValueError(3)])])
print(repr(rest))  # expect: ExceptionGroup('top', [ExceptionGroup('in', [KeyError(2)])])
print(repr(g.subgroup(lambda e: isinstance(e, KeyError))))  # expect: ExceptionGroup('top', [ExceptionGroup('in', [KeyError(2)])])
print(g.subgroup(OSError), g.subgroup(ExceptionGroup) is g)  # expect: None True
class Mine(ExceptionGroup):
    def derive(self, excs): return Mine("derived", excs)
print(repr(Mine("m", [ValueError(), OSError()]).subgroup(OSError)))  # expect: Mine('derived', [OSError()])
