# Conversion between very long text and int is limited.
import sys
print(sys.get_int_max_str_digits())  # expect: 4300
for f in (lambda: str(10 ** 5000), lambda: int("1" * 5000)):
    try:
        f()
    except ValueError as e:
        print(e)  # expect: Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit
        # expect: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit
sys.set_int_max_str_digits(0)
print(len(str(10 ** 5000)), int("1" * 5000) % 97)  # expect: 5001 52
print(len(hex(1 << 40000)))  # expect: 10003
