"""Fits the polynomials in Sources/CKernels/Functions.inc.h and prints their coefficients.

Needs: Python 3.11, numpy 2.4.6, mpmath 1.4.1 (PyPI). Weighted least squares at Chebyshev nodes in
double precision; the weight makes the error of the whole function relative. Lowest power first.
"""

import mpmath
import numpy

mpmath.mp.dps = 40


def nodes(low, high, count=400):
    k = numpy.arange(count)
    return 0.5 * (low + high) + 0.5 * (high - low) * numpy.cos(numpy.pi * (k + 0.5) / count)


def fit(name, target, weight, variable, degree, low, high):
    """target(x) ~ P(variable(x)), the residual multiplied by weight(x)."""
    x = nodes(low, high)
    t = numpy.array([float(target(mpmath.mpf(v))) for v in x])
    w = numpy.array([float(weight(mpmath.mpf(v))) for v in x])
    u = numpy.array([float(variable(mpmath.mpf(v))) for v in x])
    powers = numpy.vander(u, degree + 1, increasing=True)
    weights = numpy.ones_like(x)
    for _ in range(40):  # Lawson's reweighting moves least squares towards the minimax fit
        coefficients, *_ = numpy.linalg.lstsq(
            powers * (w * numpy.sqrt(weights))[:, None], t * w * numpy.sqrt(weights), rcond=None)
        error = numpy.abs((powers @ coefficients - t) * w)
        weights = weights * (error + 1e-12)
        weights /= weights.sum()
    print(f"// {name}: largest relative error {error.max():.2e}")
    print(", ".join(f"{numpy.float32(c)!s}f" for c in coefficients))


m = mpmath
fit("exp(r) = 1 + r + r*r*P(r)", lambda r: (m.exp(r) - 1 - r) / r**2, lambda r: r**2 / m.exp(r),
    lambda r: r, 4, -0.3467, 0.3467)
fit("log(1 + t) = t - t*t/2 + t*t*t*P(t)", lambda t: (m.log1p(t) - t + t**2 / 2) / t**3,
    lambda t: t**3 / m.log1p(t), lambda t: t, 8, 2**-0.5 - 1, 2**0.5 - 1)
fit("tanh(x) = x + x*x*x*P(x*x)", lambda x: (m.tanh(x) - x) / x**3, lambda x: x**3 / m.tanh(x),
    lambda x: x**2, 4, 1e-3, 0.625)
fit("erf(x) = x + x*P(x*x)", lambda x: (m.erf(x) - x) / x, lambda x: x / m.erf(x),
    lambda x: x**2, 6, 1e-3, 1.0)
fit("erfc(a) = exp(-a*a)*P(1/(1+a/2))", lambda a: m.erfc(a) * m.exp(a * a),
    lambda a: 1 / (m.erfc(a) * m.exp(a * a)), lambda a: 1 / (1 + a / 2), 8, 1.0, 10.5)
