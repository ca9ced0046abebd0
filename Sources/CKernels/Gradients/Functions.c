// Functions of one number, with their derivatives, and dropout.
#include <math.h>

#include "Kernel.h"

GK_INLINE float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
GK_INLINE float mish_slope(float x) {
  const float t = tanhf(fmaxf(x, 0) + log1pf(expf(-fabsf(x))));
  return t + x * (1 - t * t) * sigmoid(x);
}
GK_INLINE float normal_below(float x) { return 0.5f * (1.0f + erff(x * 0.70710678f)); }

#define EACH(EXPRESSION)                                             \
  for (size_t i = 0; i < count; i++) {                               \
    const float v = x[i];                                            \
    y[i] = (EXPRESSION);                                             \
  }                                                                  \
  break

GK_KERNEL void gk_apply(gk_function_kind kind, float a, float b, size_t count, const float *x,
                        float *y) {
  switch (kind) {
  case GK_RELU: EACH(v > 0 ? v : 0);
  case GK_LEAKY_RELU: EACH(v > 0 ? v : v * a);
  case GK_ELU: EACH(v > 0 ? v : a * expm1f(v));
  case GK_CLIP: EACH(v < a ? a : v > b ? b : v);
  case GK_SIGMOID: EACH(sigmoid(v));
  case GK_HARD_SIGMOID: EACH(fminf(fmaxf(a * v + b, 0), 1));
  case GK_HARD_SWISH: EACH(v * fminf(fmaxf(v / 6 + 0.5f, 0), 1));
  case GK_TANH: EACH(tanhf(v));
  case GK_SOFTPLUS: EACH(fmaxf(v, 0) + log1pf(expf(-fabsf(v))));
  case GK_GELU: EACH(v * normal_below(v));
  case GK_EXP: EACH(expf(v));
  case GK_LOG: EACH(logf(v));
  case GK_SQRT: EACH(sqrtf(v));
  case GK_ABS: EACH(fabsf(v));
  case GK_NEGATE: EACH(-v);
  case GK_RECIPROCAL: EACH(1 / v);
  case GK_SELU: EACH(b * (v > 0 ? v : a * expm1f(v)));
  case GK_CELU: EACH(v > 0 ? v : a * expm1f(v / a));
  case GK_SOFTSIGN: EACH(v / (1 + fabsf(v)));
  case GK_THRESHOLDED_RELU: EACH(v > a ? v : 0);
  case GK_MISH: EACH(v * tanhf(fmaxf(v, 0) + log1pf(expf(-fabsf(v)))));
  }
}

#define EACH_SLOPE(EXPRESSION)                                       \
  for (size_t i = 0; i < count; i++) {                               \
    const float v = x[i], f = y[i];                                  \
    (void)v, (void)f;                                                \
    dx[i] = (adds ? dx[i] : 0) + dy[i] * (EXPRESSION);               \
  }                                                                  \
  break

GK_KERNEL void gk_apply_gradient(gk_function_kind kind, float a, float b, size_t count,
                                 const float *x, const float *y, const float *dy, int adds,
                                 float *dx) {
  switch (kind) {
  case GK_RELU: EACH_SLOPE(v > 0 ? 1.0f : 0.0f);
  case GK_LEAKY_RELU: EACH_SLOPE(v > 0 ? 1.0f : a);
  case GK_ELU: EACH_SLOPE(v > 0 ? 1.0f : f + a);
  case GK_CLIP: EACH_SLOPE(v > a && v < b ? 1.0f : 0.0f);
  case GK_SIGMOID: EACH_SLOPE(f * (1 - f));
  case GK_HARD_SIGMOID: EACH_SLOPE(f > 0 && f < 1 ? a : 0.0f);
  case GK_HARD_SWISH: EACH_SLOPE(v <= -3 ? 0.0f : v >= 3 ? 1.0f : v / 3 + 0.5f);
  case GK_TANH: EACH_SLOPE(1 - f * f);
  case GK_SOFTPLUS: EACH_SLOPE(sigmoid(v));
  case GK_GELU: EACH_SLOPE(normal_below(v) + v * 0.39894228f * expf(-0.5f * v * v));
  case GK_EXP: EACH_SLOPE(f);
  case GK_LOG: EACH_SLOPE(1 / v);
  case GK_SQRT: EACH_SLOPE(0.5f / f);
  case GK_ABS: EACH_SLOPE(v > 0 ? 1.0f : v < 0 ? -1.0f : 0.0f);
  case GK_NEGATE: EACH_SLOPE(-1.0f);
  case GK_RECIPROCAL: EACH_SLOPE(-f * f);
  case GK_SELU: EACH_SLOPE(v > 0 ? b : f + a * b);
  case GK_CELU: EACH_SLOPE(v > 0 ? 1.0f : expf(v / a));
  case GK_SOFTSIGN: EACH_SLOPE(1 / ((1 + fabsf(v)) * (1 + fabsf(v))));
  case GK_THRESHOLDED_RELU: EACH_SLOPE(v > a ? 1.0f : 0.0f);
  case GK_MISH: EACH_SLOPE(mish_slope(v));
  }
}

// Steele, Lea and Flood's SplitMix64, which mixes any counter well enough for this.
GK_INLINE uint64_t mixed(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

GK_KERNEL void gk_drop(uint64_t seed, uint64_t firstIndex, float ratio, size_t count, const float *x,
                       int adds, float *y) {
  const float kept = 1 / (1 - ratio);
  for (size_t i = 0; i < count; i++) {
    const float u = (float)(mixed(seed + firstIndex + i) >> 40) * 0x1p-24f;
    y[i] = (adds ? y[i] : 0) + (u < ratio ? 0 : x[i] * kept);
  }
}
