# A trace function makes its frame go on at another line by assigning f_lineno.
import sys


def jump(function, start, target):
    first = function.__code__.co_firstlineno
    done = False

    def tracer(frame, event, argument):
        nonlocal done
        if not done and event == "line" and frame.f_lineno == first + start:
            done = True
            try:
                frame.f_lineno = first + target
            except ValueError as e:
                print("refused:", e)
        return tracer

    sys.settrace(tracer)
    try:
        function()
    except Exception as e:
        print("raised", repr(e))
    finally:
        sys.settrace(None)


def plain():
    x = 1
    print("skipped")
    print("x is", x)


def loop():
    for i in range(3):
        print("round", i)
        if i == 1:
            print("left")
    print("after the loop")


def blocks():
    try:
        print("try")
        1 / 0
    except ZeroDivisionError:
        print("except", sys.exc_info()[0])
        print("not told")
    print("handled", sys.exc_info()[0])
    with open("/dev/null") as f:
        print("with")
    print("end")


jump(plain, 2, 3)
jump(loop, 4, 5)
jump(loop, 5, 2)
jump(blocks, 6, 7)
jump(blocks, 7, 5)
jump(blocks, 9, 10)
jump(blocks, 10, 9)
jump(plain, 1, 100)
jump(plain, 1, -1)
# expect: x is 1
# expect: round 0
# expect: round 1
# expect: after the loop
# expect: round 0
# expect: round 1
# expect: left
# expect: round 2
# expect: refused: can't jump into the body of a for loop
# expect: after the loop
# expect: try
# expect: except <class 'ZeroDivisionError'>
# expect: handled None
# expect: with
# expect: end
# expect: try
# expect: except <class 'ZeroDivisionError'>
# expect: not told
# expect: refused: can't jump into an 'except' block as there's no exception
# expect: handled None
# expect: with
# expect: end
# expect: try
# expect: except <class 'ZeroDivisionError'>
# expect: not told
# expect: handled None
# expect: end
# expect: try
# expect: except <class 'ZeroDivisionError'>
# expect: not told
# expect: handled None
# expect: with
# expect: refused: incompatible stacks
# expect: end
# expect: refused: line 128 comes after the current code block
# expect: skipped
# expect: x is 1
# expect: refused: line 27 comes before the current code block
# expect: skipped
# expect: x is 1
