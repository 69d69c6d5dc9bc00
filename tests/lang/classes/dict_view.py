# __dict__ is a live view of an object's attributes.
class C: pass
o = C()
d = o.__dict__
o.a = 1
d["b"] = 2
print(d, o.b, o.__dict__ is d, vars(o) is d)  # expect: {'a': 1, 'b': 2} 2 True True
del d["a"]
print(hasattr(o, "a"))  # expect: False
o.__dict__ = {"new": 3}
print(o.new, hasattr(o, "b"), d)  # expect: 3 False {'b': 2}
try:
    o.__dict__ = 5
except TypeError as e:
    print(e)  # expect: __dict__ must be set to a dictionary, not a 'int'
d = o.__dict__
del o
print(d)  # expect: {'new': 3}
print(type(C.__dict__).__name__)  # expect: mappingproxy
