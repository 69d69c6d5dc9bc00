# f-strings: nested fields, conversions, formats of a class, debugging.
class Money:
    def __init__(self, amount): self.amount = amount
    def __format__(self, spec): return f"{self.amount:{spec or '.1f'}} €"
    def __repr__(self): return f"Money({self.amount!r})"
m, width, items = Money(12.5), 10, {"k": [1, 2]}
print(f"{m} {m!r:>{width + 3}} {m:{width}.2f} {items['k']!s:^{width}}|")  # expect: 12.5 €   Money(12.5)      12.50 €   [1, 2]  |
print(f"{width=} {m = !r} {f'{width:{3}}{width!r:0>{4}}'} {'ü'!a} {10 ** 20:_}")  # expect: width=10 m = Money(12.5)  100010 '\xfc' 100_000_000_000_000_000_000
print(f"{'':*^7}{3.14159:+08.2f}{255:#x}{0.25:%}{1e9:g}{True:d}" f"{{}}")  # expect: *******+0003.140xff25.000000%1e+091{}
