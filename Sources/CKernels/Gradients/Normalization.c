// Batch normalisation, one channel at a time: its planes stay in the cache from pass to pass.
#include "Kernel.h"

GK_KERNEL double gk_plane_sum(size_t images, size_t step, size_t plane, const float *x) {
  double total = 0;
  for (size_t n = 0; n < images; n++, x += step) {
    GK_LANE_SUMS
    float sum = 0;
    for (size_t i = 0; i < plane; i++) sum += x[i];
    total += (double)sum;
  }
  return total;
}

GK_KERNEL double gk_plane_squares(size_t images, size_t step, size_t plane, const float *x,
                                  float mean) {
  double total = 0;
  for (size_t n = 0; n < images; n++, x += step) {
    GK_LANE_SUMS
    float sum = 0;
    for (size_t i = 0; i < plane; i++) sum += (x[i] - mean) * (x[i] - mean);
    total += (double)sum;
  }
  return total;
}

GK_KERNEL void gk_scale_planes(size_t images, size_t step, size_t plane, const float *x, float scale,
                               float shift, int rectifies, float *y) {
  for (size_t n = 0; n < images; n++, x += step, y += step) {
    if (rectifies)
      for (size_t i = 0; i < plane; i++) {
        const float value = x[i] * scale + shift;
        y[i] = value > 0 ? value : 0;
      }
    else
      for (size_t i = 0; i < plane; i++) y[i] = x[i] * scale + shift;
  }
}

GK_KERNEL void gk_normalization_sums(size_t images, size_t step, size_t plane, const float *gradient,
                                     const float *x, const float *y, float mean, double sums[2]) {
  sums[0] = sums[1] = 0;
  for (size_t n = 0; n < images; n++, gradient += step, x += step) {
    GK_LANE_SUMS
    float sum = 0, product = 0;
    if (y)
      for (size_t i = 0; i < plane; i++) {
        const float g = y[n * step + i] > 0 ? gradient[i] : 0;
        sum += g;
        product += g * (x[i] - mean);
      }
    else
      for (size_t i = 0; i < plane; i++) {
        sum += gradient[i];
        product += gradient[i] * (x[i] - mean);
      }
    sums[0] += (double)sum;
    sums[1] += (double)product;
  }
}

GK_KERNEL void gk_normalization_input(size_t images, size_t step, size_t plane,
                                      const float *gradient, const float *x, const float *y, float a,
                                      float b, float c, int adds, float *dx) {
  for (size_t n = 0; n < images; n++, gradient += step, x += step, dx += step) {
    if (y && !adds)
      for (size_t i = 0; i < plane; i++)
        dx[i] = (y[n * step + i] > 0 ? gradient[i] : 0) * a + x[i] * b + c;
    else
      for (size_t i = 0; i < plane; i++) {
        const float g = y && !(y[n * step + i] > 0) ? 0 : gradient[i];
        dx[i] = (adds ? dx[i] : 0) + g * a + x[i] * b + c;
      }
  }
}
