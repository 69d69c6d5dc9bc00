# Comparison of nested containers.
a = [[i, str(i)] for i in range(10)]
print(a == [[i, str(i)] for i in range(10)], a < [[0, '1']], hash((1, ('a', 2.5))) == hash((1, ('a', 2.5))))  # expect: True True True
