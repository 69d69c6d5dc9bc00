# __getattribute__ sees every attribute; __getattr__ what it raised AttributeError for.
class C:
    x = 1
    def __getattribute__(self, name):
        if name == "gone":
            raise AttributeError(name)
        return ("seen", name)
    def __getattr__(self, name):
        return ("second", name)
    def __len__(self):
        return 7

o = C()
print(o.x, o.anything, o.gone)  # expect: ('seen', 'x') ('seen', 'anything') ('second', 'gone')
print(len(o), object.__getattribute__(o, "x"))  # expect: 7 1
