// Functions of one number, with their derivatives, and dropout.

TK_INLINE float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
TK_INLINE float mish_slope(float x) {
  const float t = tanhf(fmaxf(x, 0) + log1pf(expf(-fabsf(x))));
  return t + x * (1 - t * t) * sigmoid(x);
}
TK_INLINE float normal_below(float x) { return 0.5f * (1.0f + erff(x * 0.70710678f)); }

#define EACH_VALUE(EXPRESSION)                                       \
  for (size_t i = 0; i < count; i++) {                               \
    const float v = x[i];                                            \
    y[i] = (EXPRESSION);                                             \
  }                                                                  \
  break

static void gradient_apply(gk_function_kind kind, float a, float b, size_t count, const float *x,
                           float *y) {
  switch (kind) {
  case GK_RELU: EACH_VALUE(v > 0 ? v : 0);
  case GK_LEAKY_RELU: EACH_VALUE(v > 0 ? v : v * a);
  case GK_ELU: EACH_VALUE(v > 0 ? v : a * expm1f(v));
  case GK_CLIP: EACH_VALUE(v < a ? a : v > b ? b : v);
  case GK_SIGMOID: EACH_VALUE(sigmoid(v));
  case GK_HARD_SIGMOID: EACH_VALUE(fminf(fmaxf(a * v + b, 0), 1));
  case GK_HARD_SWISH: EACH_VALUE(v * fminf(fmaxf(v / 6 + 0.5f, 0), 1));
  case GK_TANH: EACH_VALUE(tanhf(v));
  case GK_SOFTPLUS: EACH_VALUE(fmaxf(v, 0) + log1pf(expf(-fabsf(v))));
  case GK_GELU: EACH_VALUE(v * normal_below(v));
  case GK_EXP: EACH_VALUE(expf(v));
  case GK_LOG: EACH_VALUE(logf(v));
  case GK_SQRT: EACH_VALUE(sqrtf(v));
  case GK_ABS: EACH_VALUE(fabsf(v));
  case GK_NEGATE: EACH_VALUE(-v);
  case GK_RECIPROCAL: EACH_VALUE(1 / v);
  case GK_SELU: EACH_VALUE(b * (v > 0 ? v : a * expm1f(v)));
  case GK_CELU: EACH_VALUE(v > 0 ? v : a * expm1f(v / a));
  case GK_SOFTSIGN: EACH_VALUE(v / (1 + fabsf(v)));
  case GK_THRESHOLDED_RELU: EACH_VALUE(v > a ? v : 0);
  case GK_MISH: EACH_VALUE(v * tanhf(fmaxf(v, 0) + log1pf(expf(-fabsf(v)))));
  }
}

#define EACH_SLOPE(EXPRESSION)                                       \
  for (size_t i = 0; i < count; i++) {                               \
    const float v = x[i], f = y[i];                                  \
    (void)v, (void)f;                                                \
    dx[i] = (adds ? dx[i] : 0) + dy[i] * (EXPRESSION);               \
  }                                                                  \
  break

static void gradient_apply_gradient(gk_function_kind kind, float a, float b, size_t count,
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
TK_INLINE uint64_t mixed(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void gradient_drop(uint64_t seed, uint64_t firstIndex, float ratio, size_t count,
                          const float *x, int adds, float *y) {
  const float kept = 1 / (1 - ratio);
  for (size_t i = 0; i < count; i++) {
    const float u = (float)(mixed(seed + firstIndex + i) >> 40) * 0x1p-24f;
    y[i] = (adds ? y[i] : 0) + (u < ratio ? 0 : x[i] * kept);
  }
}

// Arithmetic, copies and maxima over any axes and strides.

typedef struct {
  ptrdiff_t place[GK_MAX_RANK];
  ptrdiff_t a, b;
} position;

// Goes to the next row (all axes but the last); 0 when there is none.
TK_INLINE int advance(const gk_loop *loop, position *at) {
  for (ptrdiff_t axis = (ptrdiff_t)loop->rank - 2; axis >= 0; axis--) {
    at->a += loop->a[axis];
    at->b += loop->b[axis];
    if (++at->place[axis] < loop->shape[axis]) return 1;
    at->a -= loop->a[axis] * loop->shape[axis];
    at->b -= loop->b[axis] * loop->shape[axis];
    at->place[axis] = 0;
  }
  return 0;
}

TK_INLINE int is_empty(const gk_loop *loop) {
  for (size_t axis = 0; axis < loop->rank; axis++)
    if (loop->shape[axis] <= 0) return 1;
  return 0;
}

// A row: `p` and `q` are the elements' places in a and b.
#define ROW(P, Q, BODY)                                               \
  for (ptrdiff_t i = 0; i < length; i++) {                            \
    LANE_SUMS                                                      \
    const ptrdiff_t p = at.a + (P), q = at.b + (Q);                   \
    (void)p, (void)q;                                                 \
    BODY;                                                             \
  }

// All rows; those without gaps, or of which one operand stays, have loops of their own, which the
// compiler makes wide.
#define ROWS(BODY)                                                    \
  if (is_empty(loop)) return;                                         \
  const ptrdiff_t length = loop->shape[loop->rank - 1];               \
  const ptrdiff_t aStep = loop->a[loop->rank - 1];                    \
  const ptrdiff_t bStep = loop->b[loop->rank - 1];                    \
  position at = {{0}, 0, 0};                                          \
  do {                                                                \
    if (aStep == 1 && bStep == 1) {                                   \
      ROW(i, i, BODY)                                                 \
    } else if (aStep == 1 && bStep == 0) {                            \
      ROW(i, 0, BODY)                                                 \
    } else if (aStep == 0 && bStep == 1) {                            \
      ROW(0, i, BODY)                                                 \
    } else {                                                          \
      ROW(i * aStep, i * bStep, BODY)                                 \
    }                                                                 \
  } while (advance(loop, &at))

static void gradient_binary(gk_binary_kind kind, const gk_loop *loop, const float *restrict a,
                            const float *restrict b, float *restrict output) {
  switch (kind) {
  case GK_ADD: { ROWS(*output++ = a[p] + b[q]); break; }
  case GK_SUBTRACT: { ROWS(*output++ = a[p] - b[q]); break; }
  case GK_MULTIPLY: { ROWS(*output++ = a[p] * b[q]); break; }
  case GK_DIVIDE: { ROWS(*output++ = a[p] / b[q]); break; }
  case GK_MAXIMUM: { ROWS(*output++ = a[p] < b[q] ? b[q] : a[p]); break; }
  case GK_MINIMUM: { ROWS(*output++ = a[p] > b[q] ? b[q] : a[p]); break; }
  case GK_POWER: { ROWS(*output++ = powf(a[p], b[q])); break; }
  case GK_SLOPED: { ROWS(*output++ = a[p] < 0 ? a[p] * b[q] : a[p]); break; }
  }
}

static void gradient_binary_left(gk_binary_kind kind, const gk_loop *loop, const float *restrict a,
                                 const float *restrict b, const float *restrict gradient,
                                 float *restrict da) {
  switch (kind) {
  case GK_ADD:
  case GK_SUBTRACT: { ROWS(da[p] += *gradient++); break; }
  case GK_MULTIPLY: { ROWS(da[p] += *gradient++ * b[q]); break; }
  case GK_DIVIDE: { ROWS(da[p] += *gradient++ / b[q]); break; }
  case GK_MAXIMUM: { ROWS(da[p] += a[p] < b[q] ? 0 : *gradient; gradient++); break; }
  case GK_MINIMUM: { ROWS(da[p] += a[p] > b[q] ? 0 : *gradient; gradient++); break; }
  case GK_POWER: { ROWS(da[p] += *gradient++ * b[q] * powf(a[p], b[q] - 1)); break; }
  case GK_SLOPED: { ROWS(da[p] += *gradient++ * (a[p] < 0 ? b[q] : 1)); break; }
  }
}

static void gradient_binary_right(gk_binary_kind kind, const gk_loop *loop, const float *restrict a,
                                  const float *restrict b, const float *restrict gradient,
                                  float *restrict db) {
  switch (kind) {
  case GK_ADD: { ROWS(db[q] += *gradient++); break; }
  case GK_SUBTRACT: { ROWS(db[q] -= *gradient++); break; }
  case GK_MULTIPLY: { ROWS(db[q] += *gradient++ * a[p]); break; }
  case GK_DIVIDE: { ROWS(db[q] -= *gradient++ * a[p] / (b[q] * b[q])); break; }
  case GK_MAXIMUM: { ROWS(db[q] += a[p] < b[q] ? *gradient : 0; gradient++); break; }
  case GK_MINIMUM: { ROWS(db[q] += a[p] > b[q] ? *gradient : 0; gradient++); break; }
  case GK_POWER: { ROWS(db[q] += *gradient++ * powf(a[p], b[q]) * logf(a[p])); break; }
  case GK_SLOPED: { ROWS(db[q] += *gradient++ * (a[p] < 0 ? a[p] : 0)); break; }
  }
}

static void gradient_copy(const gk_loop *loop, float scale, int adds, const float *restrict a,
                          float *restrict b) {
  if (adds) {
    ROWS(b[q] += scale * a[p]);
  } else {
    ROWS(b[q] = scale * a[p]);
  }
}

static void gradient_maximum(const gk_loop *loop, const float *restrict a, float *restrict b,
                             int32_t *restrict where) {
  int32_t step = 0;
  ROWS(if (a[p] > b[q] || where[q] < 0) {
    b[q] = a[p];
    where[q] = step;
  } step++);
}

static void gradient_maximum_gradient(const gk_loop *loop, const float *restrict gradient,
                                      const int32_t *restrict where, float *restrict a) {
  int32_t step = 0;
  ROWS(if (where[q] == step) a[p] += gradient[q]; step++);
}

static void gradient_softmax(int logarithm, size_t outer, size_t length, size_t inner,
                             const float *x, float *y) {
  for (size_t o = 0; o < outer; o++, x += length * inner, y += length * inner)
    for (size_t i = 0; i < inner; i++) {
      float largest = -INFINITY, sum = 0;
      for (size_t k = 0; k < length; k++) largest = fmaxf(largest, x[k * inner + i]);
      for (size_t k = 0; k < length; k++) sum += expf(x[k * inner + i] - largest);
      const float all = logf(sum);
      for (size_t k = 0; k < length; k++) {
        const float value = x[k * inner + i] - largest - all;
        y[k * inner + i] = logarithm ? value : expf(value);
      }
    }
}

static void gradient_softmax_gradient(int logarithm, size_t outer, size_t length, size_t inner,
                                      const float *y, const float *dy, int adds, float *dx) {
  for (size_t o = 0; o < outer; o++, y += length * inner, dy += length * inner, dx += length * inner)
    for (size_t i = 0; i < inner; i++) {
      float sum = 0;
      for (size_t k = 0; k < length; k++)
        sum += dy[k * inner + i] * (logarithm ? 1 : y[k * inner + i]);
      for (size_t k = 0; k < length; k++) {
        const size_t at = k * inner + i;
        const float slope = logarithm ? dy[at] - expf(y[at]) * sum : y[at] * (dy[at] - sum);
        dx[at] = (adds ? dx[at] : 0) + slope;
      }
    }
}
