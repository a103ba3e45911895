"""Writes the values that power_test.go and sine_test.go compare with: python3 make.py, with mpmath 1.3.0 (no gmpy).

A row is the operands, the float64 nearest to the true value, all in hexadecimal, and by how many units in the last place
of that the true value is greater. True values are computed with 1,400 binary digits.
"""
import math
import random

from mpmath import mp, mpf

mp.prec = 1400
random.seed(20261201)


def any_float(low, high):
    """A number whose binary exponent is evenly spread."""
    return math.ldexp(random.uniform(1, 2), random.randint(low, high))


def row(out, operands, true):
    near = float(true)
    if math.isinf(near):
        out.write("%s inf 0\n" % " ".join(map(float.hex, operands)))
        return
    rest = float((true - mpf(near)) / mpf(math.ulp(near)))
    out.write("%s %s %.6f\n" % (" ".join(map(float.hex, operands)), near.hex(), rest))


def powers():
    for n in range(-323, 309):
        yield 10.0, float(n)
    for n in range(-1074, 1024, 7):
        yield 2.0, float(n)
    for base in range(3, 20):
        for n in (-3, 3, 4, 5, 7, 10, 0.5, 1.5, -0.5, 1 / 3):
            yield float(base), float(n)
            yield float(base * base), float(n)
    for _ in range(600):
        yield any_float(-20, 20), random.uniform(-20, 20)
        x = any_float(-1074, 1023)
        yield x, random.uniform(-745, 709) / math.log(x) if x != 1 else 2.0
    for _ in range(300):  # next to 1, with large exponents
        d = any_float(-52, -3) * random.choice((-1, 1))
        x = 1 + d
        if x != 1:
            yield x, random.uniform(-745, 709) / math.log(x)
        yield any_float(-5, 5), any_float(-60, -10) * random.choice((-1, 1))
    for _ in range(200):  # results below the least normal number
        x = any_float(-100, 100)
        yield x, random.uniform(-745, -708) / math.log(x)
        yield -float(random.randint(1, 30)), float(random.randint(-200, 200))


def angles():
    for n in range(1, 400):  # as near to multiples of a half of pi as a float64 comes
        yield float(n * mp.pi / 2)
    for _ in range(300):
        yield float(random.randint(1, 2**53) * mp.pi / 2)
    # 2^61 times nearer to a multiple than its distance to the next number: Kahan's and Muller's worst cases
    yield from (6381956970095103.0 * 2.0**797, 5319372648326541.0 * 2.0**-51 * 2.0**51, 2.0**120, 1e22, 1.7976931348623157e308)
    for n in range(-40, 41):
        yield n / 4
    for _ in range(1000):
        yield random.uniform(-10, 10)
        yield any_float(-30, 60) * random.choice((-1, 1))
        yield any_float(-1074, 1023)


with open("power.txt", "w") as out:
    for x, y in powers():
        if x != 0 and math.isfinite(x) and math.isfinite(y):
            row(out, (x, y), mpf(x) ** int(y) if y == int(y) else mpf(x) ** mpf(y))
mp.prec = 2400
with open("sine.txt", "w") as out:
    for x in angles():
        row(out, (x,), mp.sin(mpf(x)))
