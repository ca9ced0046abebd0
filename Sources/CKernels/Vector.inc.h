// Vectors of TK_LANES floats and what the kernels do with them.

#if TK_LANES > 4
#include <immintrin.h>
#endif

typedef float vf __attribute__((vector_size(4 * TK_LANES), aligned(4)));
typedef int vi __attribute__((vector_size(4 * TK_LANES), aligned(4)));
typedef signed char vb __attribute__((vector_size(TK_LANES), aligned(1)));

#define TK_INLINE static inline __attribute__((always_inline))
#define TK_UNROLL _Pragma("clang loop unroll(full)")

TK_INLINE vf load(const float *p) { return *(const vf *)p; }
TK_INLINE void store(float *p, vf x) { *(vf *)p = x; }
TK_INLINE vf load_integers(const signed char *p) {
  return __builtin_convertvector(*(const vb *)p, vf);
}
TK_INLINE vf splat(float x) { return x - (vf){0}; }

// The first `count` lanes, 0 to TK_LANES; the rest is zero, or not written.
#if TK_LANES == 16
TK_INLINE vf load_some(const float *p, size_t count) {
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

TK_INLINE void store_some(float *p, vf x, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
}
#elif TK_LANES == 8
TK_INLINE vi lanes_below(size_t count) {
  const vi places = {0, 1, 2, 3, 4, 5, 6, 7};
  return places < (int)count;
}

TK_INLINE vf load_some(const float *p, size_t count) {
  return (vf)_mm256_maskload_ps(p, (__m256i)lanes_below(count));
}

TK_INLINE void store_some(float *p, vf x, size_t count) {
  _mm256_maskstore_ps(p, (__m256i)lanes_below(count), (__m256)x);
}
#else
TK_INLINE vf load_some(const float *p, size_t count) {
  vf x = {0};
  for (size_t i = 0; i < TK_LANES; i++)
    if (i < count) x[i] = p[i];
  return x;
}

TK_INLINE void store_some(float *p, vf x, size_t count) {
  for (size_t i = 0; i < TK_LANES; i++)
    if (i < count) p[i] = x[i];
}
#endif

// a·b + c, rounded once where the level can.
TK_INLINE vf fma_(vf a, vf b, vf c) {
#if TK_FUSED
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

TK_INLINE vf choose(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }

// A NaN in `x` stays.
TK_INLINE vf at_least(vf x, vf low) { return choose(low > x, low, x); }
TK_INLINE vf at_most(vf x, vf high) { return choose(high < x, high, x); }

TK_INLINE vf magnitude(vf x) { return (vf)((vi)x & 0x7fffffff); }
TK_INLINE vf with_sign_of(vf x, vf sign) {
  return (vf)(((vi)x & 0x7fffffff) | ((vi)sign & (int)0x80000000));
}

TK_INLINE float sum_of(vf x) {
  float parts[TK_LANES];
  store(parts, x);
  for (int step = TK_LANES / 2; step > 0; step /= 2)
    for (int i = 0; i < step; i++) parts[i] += parts[i + step];
  return parts[0];
}

// Elementary functions on vectors. Coefficients: Tests/NeuralNetworkTests/Fixtures/fit_polynomials.py.

#define POLYNOMIAL(NAME, ...)                                               \
  TK_INLINE vf NAME(vf x) {                                                 \
    static const float c[] = {__VA_ARGS__};                                 \
    enum { COUNT = sizeof c / sizeof c[0] };                                \
    vf sum = splat(c[COUNT - 1]);                                           \
    TK_UNROLL for (int i = COUNT - 2; i >= 0; i--) sum = fma_(sum, x, splat(c[i])); \
    return sum;                                                             \
  }

POLYNOMIAL(exp_tail, 0.49999994f, 0.16666521f, 0.04166839f, 0.008368736f, 0.0013814555f)
POLYNOMIAL(log_tail, 0.33333313f, -0.2500001f, 0.20002119f, -0.16667995f, 0.1421955f,
           -0.124055944f, 0.1188819f, -0.11675628f, 0.067465514f)
POLYNOMIAL(tanh_tail, -0.3333328f, 0.13331442f, -0.05373972f, 0.020639095f, -0.005704995f)
POLYNOMIAL(erf_tail, 0.12837917f, -0.37612626f, 0.112835854f, -0.026853818f, 0.0051883375f,
           -0.00080102717f, 7.8540994e-05f)
POLYNOMIAL(erfc_tail, -3.350234e-06f, 0.2821816f, 0.2811689f, 0.25198233f, 0.16133903f,
           0.09848828f, 0.033713676f, -0.19111833f, 0.08271272f)

// 2^n for n in [-126, 127].
TK_INLINE vf power_of_two(vi n) { return (vf)((n + 127) << 23); }

TK_INLINE vf exp_(vf x) {
  vf bounded = at_most(at_least(x, splat(-104.0f)), splat(89.0f));
  // Adding and taking away 1.5·2^23 rounds to the nearest integer.
  vf rounded = fma_(bounded, splat(1.44269504f), splat(12582912.0f));
  vi n = (vi)rounded - (vi)splat(12582912.0f);
  vf whole = rounded - splat(12582912.0f);
  vf r = fma_(whole, splat(-0.693359375f), bounded);
  r = fma_(whole, splat(2.12194440e-4f), r);
  vf y = fma_(r * r, exp_tail(r), r) + 1.0f;
  // Two factors, so that the largest and the subnormal results come out right.
  vi half = n >> 1;
  vf result = y * power_of_two(half) * power_of_two(n - half);
  return choose(x == x, result, x);
}

TK_INLINE vf log_(vf x) {
  vi tiny = x < splat(1.17549435e-38f);
  vf scaled = choose(tiny, x * 8388608.0f, x);
  // Exponent such that the rest lies in [√½, √2).
  vi bits = (vi)scaled - 0x3f3504f3;
  vi n = bits >> 23;
  vf t = (vf)((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
  vf e = __builtin_convertvector(n, vf) - choose(tiny, splat(23.0f), splat(0.0f));
  vf square = t * t;
  vf y = square * t * log_tail(t);
  y = fma_(e, splat(-2.12194440e-4f), y);
  y = fma_(square, splat(-0.5f), y);
  vf result = fma_(e, splat(0.693359375f), t + y);
  result = choose(x == splat(__builtin_inff()), x, result);
  result = choose(x == splat(0.0f), splat(-__builtin_inff()), result);
  return choose((x < splat(0.0f)) | (x != x), splat(__builtin_nanf("")), result);
}

// log(1 + y) for y in [0, 1].
TK_INLINE vf log_one_plus(vf y) {
  vf u = y + 1.0f;
  return log_(u) + (y - (u - 1.0f)) / u;
}

TK_INLINE vf sigmoid_(vf x) {
  vf e = exp_(-magnitude(x));
  return choose(x < splat(0.0f), e, splat(1.0f)) / (e + 1.0f);
}

TK_INLINE vf tanh_(vf x) {
  vf a = magnitude(x);
  vf square = x * x;
  vf small = fma_(x * square, tanh_tail(square), x);
  vf large = 1.0f - 2.0f / (exp_(a + a) + 1.0f);
  return choose(a < splat(0.625f), small, with_sign_of(large, x));
}

// 1 - erf(a) for a >= 1.
TK_INLINE vf erfc_above_one(vf a) {
  vf square = a * a;
  vf rest = fma_(a, a, -square);
  vf bell = exp_(-square);
  return (bell - bell * rest) * erfc_tail(1.0f / fma_(a, splat(0.5f), splat(1.0f)));
}

TK_INLINE vf erf_(vf x) {
  vf a = magnitude(x);
  vf small = fma_(x, erf_tail(x * x), x);
  vf large = 1.0f - erfc_above_one(at_most(at_least(a, splat(1.0f)), splat(10.0f)));
  return choose(a < splat(1.0f), small, choose(x == x, with_sign_of(large, x), x));
}

// x·Φ(x); the tail on the left keeps its relative accuracy.
TK_INLINE vf gelu_(vf x) {
  vf a = magnitude(x) * 0.707106781f;
  vf s = x * 0.707106781f;
  vf small = 1.0f + fma_(s, erf_tail(s * s), s);
  vf tail = erfc_above_one(at_most(at_least(a, splat(1.0f)), splat(10.0f)));
  vf large = choose(x < splat(0.0f), tail, 2.0f - tail);
  return x * 0.5f * choose(a < splat(1.0f), small, large);
}

TK_INLINE vf gelu_tanh_(vf x) {
  vf inner = x * fma_(x * x, splat(0.0356774081f), splat(0.797884561f));
  return x * sigmoid_(inner + inner);
}

TK_INLINE vf softplus_(vf x) { return at_least(x, splat(0.0f)) + log_one_plus(exp_(-magnitude(x))); }

// exp(x) - 1 for x <= 0, without losing small x.
TK_INLINE vf exp_minus_one(vf x) {
  vf r = at_least(x, splat(-0.34f));
  return choose(x < splat(-0.34f), exp_(x) - 1.0f, fma_(r * r, exp_tail(r), r));
}

TK_INLINE vf elu_(vf x, vf alpha) {
  return choose(x > splat(0.0f), x, alpha * exp_minus_one(at_most(x, splat(0.0f))));
}
