# A closure may share more variables than fit in 16 bits, and a class body may read them.
COUNT = 66000
last = COUNT - 1
lines = lambda line: "\n".join(line.format(i=i) for i in range(COUNT))
namespace = {}
exec(f"""
def outer():
{lines("  v{i} = {i}")}
  z9 = 'z'
  def inner():
    nonlocal z9
{lines("    v{i}")}
    z9 += '!'
    class Body:
{lines("      v{i}")}
      w = z9 + '?'
    del z9
    try:
      z9
    except NameError as error:
      print(error)
    z9 = Body.w
    return v0, v{last}
  return inner, lambda: z9
""", namespace)
inner, get = namespace["outer"]()
print(inner(), get(), len(inner.__closure__), inner.__code__.co_freevars[-1])
# expect: cannot access free variable 'z9' where it is not associated with a value in enclosing scope
# expect: (0, 65999) z!? 66001 z9
print(inner(), get())
# expect: cannot access free variable 'z9' where it is not associated with a value in enclosing scope
# expect: (0, 65999) z!?!?
