# Carets are placed by characters of a line that is not ASCII.
größe = {"ä": 0}
print("é", 1 / größe["ä"])
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "unicode_line.py", line 3, in <module>
# expect stderr:     print("é", 1 / größe["ä"])
# expect stderr:                ~~^~~~~~~~~~~~
# expect stderr: ZeroDivisionError: division by zero
# expect exit: 1
