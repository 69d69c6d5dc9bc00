# A text that += extends in place is only ever its variable's own: every other name keeps what it had.
text = "a" * 200
other = text
text += "b"
print(len(text), len(other))  # expect: 201 200
for _ in range(3):
    text += "cd"
keys = {text: 1}
text += "e"
print([len(key) for key in keys], len(text))  # expect: [207] 208
del keys


def grow_global():
    global text
    text += "f"
    kept = text
    text += "g"
    return len(kept), len(text)


print(grow_global())  # expect: (209, 210)


class Holder:
    pass


holder = Holder()
holder.text = "x" * 200
for _ in range(3):
    holder.text += "y"
seen = holder.text
holder.text += "z"
print(len(seen), len(holder.text))  # expect: 203 204


def grow_nonlocal():
    text = "n" * 200

    def grow():
        nonlocal text
        text += "o"
        return text

    first = grow()
    return len(first), len(grow()), len(first), len(text)


print(grow_nonlocal())  # expect: (201, 202, 201, 202)
text = text + (text := "short")
print(len(text), text[-5:])  # expect: 215 short
text += text
print(len(text))  # expect: 430
wide = "a" * 200
for character in ("b", "\u1234", "\U00012345"):
    wide += character
print(ascii(wide[199:]))  # expect: 'ab\u1234\U00012345'
hash(wide)
wide += "!"
print(hash(wide) == hash("a" * 200 + "b\u1234\U00012345!"))  # expect: True
