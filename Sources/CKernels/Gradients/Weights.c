// What an optimiser does to weights, and sums over them.
#include <math.h>

#include "Kernel.h"

GK_KERNEL void gk_adamw(size_t count, float *weights, const float *gradient, float *mean,
                        float *square, float rate, float beta1, float beta2, float epsilon,
                        float decay, float correction1, float correction2) {
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i];
    mean[i] = beta1 * mean[i] + (1 - beta1) * g;
    square[i] = beta2 * square[i] + (1 - beta2) * g * g;
    const float step = (mean[i] / correction1) / (sqrtf(square[i] / correction2) + epsilon);
    weights[i] -= rate * (step + decay * weights[i]);
  }
}

GK_KERNEL void gk_momentum(size_t count, float *weights, const float *gradient, float *velocity,
                           float rate, float momentum, float decay) {
  for (size_t i = 0; i < count; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i] + decay * weights[i];
    weights[i] -= rate * velocity[i];
  }
}

GK_KERNEL void gk_blend(size_t count, const float *x, float share, float *y) {
  for (size_t i = 0; i < count; i++) y[i] += (x[i] - y[i]) * share;
}

GK_KERNEL void gk_scale(size_t count, float factor, float *x) {
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

GK_INLINE float squares(size_t count, const float *x) {
  GK_LANE_SUMS
  float sum = 0;
  for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
  return sum;
}

GK_KERNEL double gk_sum_squares(size_t count, const float *x) {
  double total = 0;
  for (size_t start = 0; start < count; start += 4096)
    total += (double)squares(count - start < 4096 ? count - start : 4096, x + start);
  return total;
}

GK_KERNEL void gk_sum_parts(size_t parts, size_t step, size_t count, const float *x, int adds,
                            float *y) {
  if (!adds)
    for (size_t i = 0; i < count; i++) y[i] = 0;
  for (size_t p = 0; p < parts; p++, x += step)
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}
