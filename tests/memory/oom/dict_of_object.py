# The __dict__ of an object.
class O: pass
o = O()
o.a = 1
d = o.__dict__
d['b'] = 2
print(o.b, d)  # expect: 2 {'a': 1, 'b': 2}
d.clear()
print(vars(o))  # expect: {}
