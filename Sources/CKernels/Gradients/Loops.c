// Arithmetic, copies and maxima over any axes and strides.
#include <math.h>

#include "Kernel.h"

typedef struct {
  ptrdiff_t place[GK_MAX_RANK];
  ptrdiff_t a, b;
} position;

// Goes to the next row (all axes but the last); 0 when there is none.
GK_INLINE int advance(const gk_loop *loop, position *at) {
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

GK_INLINE int is_empty(const gk_loop *loop) {
  for (size_t axis = 0; axis < loop->rank; axis++)
    if (loop->shape[axis] <= 0) return 1;
  return 0;
}

// A row: `p` and `q` are the elements' places in a and b.
#define ROW(P, Q, BODY)                                               \
  for (ptrdiff_t i = 0; i < length; i++) {                            \
    GK_LANE_SUMS                                                      \
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

GK_KERNEL void gk_binary(gk_binary_kind kind, const gk_loop *loop, const float *restrict a,
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

GK_KERNEL void gk_binary_left(gk_binary_kind kind, const gk_loop *loop, const float *restrict a,
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

GK_KERNEL void gk_binary_right(gk_binary_kind kind, const gk_loop *loop, const float *restrict a,
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

GK_KERNEL void gk_copy(const gk_loop *loop, float scale, int adds, const float *restrict a,
                       float *restrict b) {
  if (adds) {
    ROWS(b[q] += scale * a[p]);
  } else {
    ROWS(b[q] = scale * a[p]);
  }
}

GK_KERNEL void gk_maximum(const gk_loop *loop, const float *restrict a, float *restrict b,
                          int32_t *restrict where) {
  int32_t step = 0;
  ROWS(if (a[p] > b[q] || where[q] < 0) {
    b[q] = a[p];
    where[q] = step;
  } step++);
}

GK_KERNEL void gk_maximum_gradient(const gk_loop *loop, const float *restrict gradient,
                                   const int32_t *restrict where, float *restrict a) {
  int32_t step = 0;
  ROWS(if (where[q] == step) a[p] += gradient[q]; step++);
}

GK_KERNEL void gk_softmax(int logarithm, size_t outer, size_t length, size_t inner, const float *x,
                          float *y) {
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

GK_KERNEL void gk_softmax_gradient(int logarithm, size_t outer, size_t length, size_t inner,
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
