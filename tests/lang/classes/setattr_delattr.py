# __setattr__ and __delattr__ see every assignment and deletion.
class C:
    def __setattr__(self, name, value):
        print("set", name, value)
        object.__setattr__(self, name, value)
    def __delattr__(self, name):
        print("del", name)
        object.__delattr__(self, name)

o = C()
o.a = 1  # expect: set a 1
o.a += 1  # expect: set a 2
del o.a  # expect: del a
try:
    del o.a  # expect: del a
except AttributeError as e:
    print(e)  # expect: 'C' object has no attribute 'a'
setattr(o, "b", 2)  # expect: set b 2
print(vars(o))  # expect: {'b': 2}
