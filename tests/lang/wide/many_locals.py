# A function may have more locals than a frame has registers: they read, bind, unbind and close over alike.
COUNT = 70000
last, before = COUNT - 1, COUNT - 2
assignments = "\n".join(f"  v{i} = {i}" for i in range(COUNT))
source = f"""
def function(p, *rest, q=5, **more):
{assignments}
  names = locals()
  print(len(names), names["v{last}"], names["p"], names["rest"], names["more"])
  del v{last}
  try:
    v{last}
  except UnboundLocalError as error:
    print(error)
  try:
    del v{last}
  except UnboundLocalError as v{before}:
    print(type(v{before}))
  print("v{before}" in locals(), "v{last}" in locals())
  v{last} = "a"
  v{last} += "b"
  for v{before} in range(4):
    pass
  a, (v{last - 2}, *b), c = 1, (2, 3), 4
  with open("/dev/null") as v{last - 3}:
    pass
  match [1, 2]:
    case [_, v{last - 4}]:
      pass
  print(v{last}, v{before}, v{last - 2}, b, v{last - 3}.name, v{last - 4}, (v5 := 6), v5)
  def closure():
    nonlocal v{last}
    v{last} += p + "!"
    return v{last}, v{before}
  yield closure(), [v{before} + x for x in range(2)]
  yield v{last}
"""
namespace = {}
exec(source, namespace)
function = namespace["function"]
for value in function("p", 1, k=2):
    print(value)
code = function.__code__
print(code.co_nlocals - COUNT, code.co_varnames[:3], code.co_varnames[-1], code.co_argcount)
print(len(code.co_cellvars), sorted(code.co_cellvars))

# expect: 70004 69999 p (1,) {'k': 2}
# expect: cannot access local variable 'v69999' where it is not associated with a value
# expect: <class 'UnboundLocalError'>
# expect: False False
# expect: ab 3 2 [3] /dev/null 2 6 6
# expect: (('abp!', 3), [3, 4])
# expect: abp!
# expect: 8 ('p', 'q', 'rest') closure 1
# expect: 3 ['p', 'v69998', 'v69999']
