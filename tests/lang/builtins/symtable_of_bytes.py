# symtable() reads bytes in the encoding that they name.
import symtable

top = symtable.symtable(b"# -*- coding: iso8859-15 -*-\nclass \xb4: pass\n", "?", "exec")
print(ascii(top.get_children()[0].get_name()))  # expect: '\u017d'
print(symtable.symtable("class \u017d: pass\n".encode(), "?", "exec").get_children()[0].get_name() == "\u017d")  # expect: True
try:
    symtable.symtable(5, "?", "exec")
except TypeError as e:
    print(e)  # expect: symtable() arg 1 must be a string or bytes object
