# What an f-string cannot be.
def attempt(text):
    try:
        compile(text, "<text>", "eval")
        print("ok")
    except SyntaxError as e:
        print(e.msg)
attempt('f"{}"')  # expect: f-string: empty expression not allowed
attempt('f"{"')  # expect: f-string: expecting '}'
attempt('f"}"')  # expect: f-string: single '}' is not allowed
attempt('f"{a!x}"')  # expect: f-string: invalid conversion character: expected 's', 'r', or 'a'
attempt('f"{a!}"')  # expect: f-string: invalid conversion character: expected 's', 'r', or 'a'
attempt('f"{a b}"')  # expect: f-string: invalid syntax. Perhaps you forgot a comma?
attempt('f"{a:{b:{c}}}"')  # expect: f-string: expressions nested too deeply
attempt('f"{\\\'a\\\'}"')  # expect: f-string expression part cannot include a backslash
attempt('f"{a#}"')  # expect: f-string expression part cannot include '#'
attempt('f"{a"')  # expect: f-string: expecting '}'
attempt('f"{(a}"')  # expect: f-string: closing parenthesis '}' does not match opening parenthesis '('
attempt('f"{a]}"')  # expect: f-string: unmatched ']'
attempt('f"{lambda x: 1}"')  # expect: f-string: invalid syntax
attempt('f"{!r}"')  # expect: f-string: expression required before '!'
attempt('f"{*a}"')  # expect: f-string: cannot use starred expression here
attempt('fb"{a}"')  # expect: invalid syntax
try:
    f"{3:x}{'s':d}"
except ValueError as e:
    print(e)  # expect: Unknown format code 'd' for object of type 'str'
