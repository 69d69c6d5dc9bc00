# An item that goes away during a comparison does not start the lookup anew: each candidate is asked once.
class Asking:
    asked = 0
    def __init__(self, forget): self.forget = forget
    def __hash__(self): return 7
    def __eq__(self, other):
        Asking.asked += 1
        self.forget()
        return False

numbers = list(range(20, 30))
table = set()
for _ in range(3):
    table.add(Asking(lambda: table.discard(numbers.pop())))
table.update(numbers)
Asking.asked = 0
print(Asking(None) in table, Asking.asked, len(table))   # expect: False 3 7
