# Case methods on every script.
for s in ("hello World", "ß", "ŉ", "ǆ", "İ", "Σας", "ﬁ", "123a b-c", ""):
    print(s.upper(), s.lower(), s.title(), s.capitalize(), s.swapcase(), s.casefold())  # expect: HELLO WORLD hello world Hello World Hello world HELLO wORLD hello world
    # expect: SS ß Ss Ss SS ss
    # expect: ʼN ŉ ʼN ʼN ʼN ʼn
    # expect: Ǆ ǆ ǅ ǅ Ǆ ǆ
    # expect: İ i̇ İ İ i̇ i̇
    # expect: ΣΑΣ σας Σας Σας σΑΣ σασ
    # expect: FI ﬁ Fi Fi FI fi
    # expect: 123A B-C 123a b-c 123A B-C 123a b-c 123A B-C 123a b-c
    # expect:
print("ΑΣ".lower(), "ΑΣΑ".lower(), "Σ".lower())  # expect: ας ασα σ
