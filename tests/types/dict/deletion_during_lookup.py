# A key or item that goes away during a comparison does not start the lookup anew: each candidate is asked once.
class Asking:
    asked = 0
    def __init__(self, forget): self.forget = forget
    def __hash__(self): return 7
    def __eq__(self, other):
        Asking.asked += 1
        self.forget()
        return False

def look(table, add, forget):
    numbers = list(range(20, 30))
    for _ in range(3):
        add(Asking(lambda: forget(numbers.pop())))
    for number in numbers:
        add(number)
    Asking.asked = 0
    print(Asking(None) in table, Asking.asked, len(table))

table = {}
look(table, lambda key: table.setdefault(key), lambda key: table.pop(key, None))   # expect: False 3 7
items = set()
look(items, items.add, items.discard)   # expect: False 3 7
