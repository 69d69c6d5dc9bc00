# What the program's own module is called.
import sys
print(__name__, __package__, __spec__, __doc__, __file__.rsplit("/", 1)[1])
print(sys.modules["__main__"].__dict__ is globals(), sys.argv[0])
# expect: __main__ None None None main_attributes.py
# expect: True main_attributes.py
