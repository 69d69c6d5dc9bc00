# Notes follow the exception's line.
e = ValueError("message")
e.add_note("a note\nof two lines")
raise e
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "notes_in_traceback.py", line 4, in <module>
# expect stderr:     raise e
# expect stderr: ValueError: message
# expect stderr: a note
# expect stderr: of two lines
# expect exit: 1
