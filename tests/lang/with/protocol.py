# with calls __enter__, the body, then __exit__ with what was raised.
class M:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()
    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value, traceback is not None)
        return self.swallow
with M("a") as x:
    print(x)
# expect: enter a
# expect: A
# expect: exit a None None False
with M("b", swallow=True):
    raise ValueError("v")
# expect: enter b
# expect: exit b ValueError v True
try:
    with M("c"), M("d") as d:
        1 / 0
except ZeroDivisionError as e:
    print("out", e)
# expect: enter c
# expect: enter d
# expect: exit d ZeroDivisionError division by zero True
# expect: exit c ZeroDivisionError division by zero True
# expect: out division by zero
def f():
    with M("e"):
        return "returned"
print(f())  # expect: enter e
# expect: exit e None None False
# expect: returned
for i in range(2):
    with M(f"loop{i}"):
        if i == 0: continue
        break
# expect: enter loop0
# expect: exit loop0 None None False
# expect: enter loop1
# expect: exit loop1 None None False
