# Raising and handling.
for i in range(3):
    try:
        if i: raise KeyError(i)
        1 / 0
    except ZeroDivisionError as e:
        print(e)
    except KeyError as e:
        print('key', e)
    finally:
        print('finally')
# expect: division by zero
# expect: finally
# expect: key 1
# expect: finally
# expect: key 2
# expect: finally
