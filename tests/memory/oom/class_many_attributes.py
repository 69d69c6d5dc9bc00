# Objects that get many attributes.
class O: pass
o = O()
for i in range(80): setattr(o, 'a%d' % i, i)
print(len(vars(o)))  # expect: 80
