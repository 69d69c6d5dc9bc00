# Annotations, keywords and comparisons may be very many: the compiler looks at each once.
# only: ounce
COUNT = 40000
names = [f"p{i}" for i in range(COUNT)]
namespace = {}
exec(f"def function({', '.join(name + ': int = 0' for name in names)}, *a: 'a', **k: 'k') -> str: return k", namespace)
function = namespace["function"]
print(len(function.__annotations__), list(function.__annotations__)[-3:], function(**{name: 1 for name in names[:10]}))
# expect: 40003 ['a', 'k', 'return'] {}

keywords = [f"{name}=1" for name in names]
print(len(eval(f"dict({', '.join(keywords)})")))
# expect: 40000
for again in (0, 1, 5, 100):
    try:
        compile(f"f({', '.join(keywords[:again + 80])}, x=1, p{again}=2, p{again + 3}=3, p{again}=4)", "", "eval")
    except SyntaxError as error:
        print(error.msg)
# expect: keyword argument repeated: p0
# expect: keyword argument repeated: p1
# expect: keyword argument repeated: p5
# expect: keyword argument repeated: p100
print(eval(" < ".join(map(str, range(COUNT)))))
# expect: True
