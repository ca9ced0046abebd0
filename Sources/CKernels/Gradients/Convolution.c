// Between images and the columns of a matrix product, and convolutions of one channel.
#include <string.h>

#include "Kernel.h"

// The outputs [first, last) of an axis whose tap lies inside the input.
GK_INLINE void inside(ptrdiff_t size, ptrdiff_t outputSize, ptrdiff_t stride, ptrdiff_t start,
                      ptrdiff_t *first, ptrdiff_t *last) {
  *first = start >= 0 ? 0 : (-start + stride - 1) / stride;
  *last = size - start <= 0 ? 0 : (size - start + stride - 1) / stride;
  if (*last > outputSize) *last = outputSize;
  if (*first > *last) *first = *last;
}

GK_KERNEL void gk_gather_columns(const gk_window *w, const float *image, float *columns) {
  const ptrdiff_t plane = w->height * w->width;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane)
    for (ptrdiff_t ky = 0; ky < w->kernelHeight; ky++)
      for (ptrdiff_t kx = 0; kx < w->kernelWidth; kx++) {
        const ptrdiff_t startX = kx * w->dilationWidth - w->padLeft;
        ptrdiff_t first, last;
        inside(w->width, w->outputWidth, w->strideWidth, startX, &first, &last);
        for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++, columns += w->outputWidth) {
          const ptrdiff_t iy = oy * w->strideHeight + ky * w->dilationHeight - w->padTop;
          if (iy < 0 || iy >= w->height) {
            memset(columns, 0, (size_t)w->outputWidth * sizeof(float));
            continue;
          }
          const float *row = image + iy * w->width + startX;
          for (ptrdiff_t ox = 0; ox < first; ox++) columns[ox] = 0;
          if (w->strideWidth == 1)
            for (ptrdiff_t ox = first; ox < last; ox++) columns[ox] = row[ox];
          else
            for (ptrdiff_t ox = first; ox < last; ox++) columns[ox] = row[ox * w->strideWidth];
          for (ptrdiff_t ox = last; ox < w->outputWidth; ox++) columns[ox] = 0;
        }
      }
}

GK_KERNEL void gk_scatter_columns(const gk_window *w, const float *columns, float *image) {
  const ptrdiff_t plane = w->height * w->width;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane)
    for (ptrdiff_t ky = 0; ky < w->kernelHeight; ky++)
      for (ptrdiff_t kx = 0; kx < w->kernelWidth; kx++) {
        const ptrdiff_t startX = kx * w->dilationWidth - w->padLeft;
        ptrdiff_t first, last;
        inside(w->width, w->outputWidth, w->strideWidth, startX, &first, &last);
        for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++, columns += w->outputWidth) {
          const ptrdiff_t iy = oy * w->strideHeight + ky * w->dilationHeight - w->padTop;
          if (iy < 0 || iy >= w->height) continue;
          float *row = image + iy * w->width + startX;
          if (w->strideWidth == 1)
            for (ptrdiff_t ox = first; ox < last; ox++) row[ox] += columns[ox];
          else
            for (ptrdiff_t ox = first; ox < last; ox++) row[ox * w->strideWidth] += columns[ox];
        }
      }
}

GK_KERNEL void gk_depthwise(const gk_window *w, const float *image, const float *weights,
                            float *output) {
  const ptrdiff_t plane = w->height * w->width, outputPlane = w->outputHeight * w->outputWidth;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane, output += outputPlane) {
    memset(output, 0, (size_t)outputPlane * sizeof(float));
    for (ptrdiff_t ky = 0; ky < w->kernelHeight; ky++)
      for (ptrdiff_t kx = 0; kx < w->kernelWidth; kx++) {
        const float weight = *weights++;
        const ptrdiff_t startX = kx * w->dilationWidth - w->padLeft;
        ptrdiff_t first, last;
        inside(w->width, w->outputWidth, w->strideWidth, startX, &first, &last);
        for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++) {
          const ptrdiff_t iy = oy * w->strideHeight + ky * w->dilationHeight - w->padTop;
          if (iy < 0 || iy >= w->height) continue;
          const float *row = image + iy * w->width + startX;
          float *to = output + oy * w->outputWidth;
          for (ptrdiff_t ox = first; ox < last; ox++) to[ox] += weight * row[ox * w->strideWidth];
        }
      }
  }
}

GK_KERNEL void gk_depthwise_image(const gk_window *w, const float *gradient, const float *weights,
                                  float *image) {
  const ptrdiff_t plane = w->height * w->width, outputPlane = w->outputHeight * w->outputWidth;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane, gradient += outputPlane)
    for (ptrdiff_t ky = 0; ky < w->kernelHeight; ky++)
      for (ptrdiff_t kx = 0; kx < w->kernelWidth; kx++) {
        const float weight = *weights++;
        const ptrdiff_t startX = kx * w->dilationWidth - w->padLeft;
        ptrdiff_t first, last;
        inside(w->width, w->outputWidth, w->strideWidth, startX, &first, &last);
        for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++) {
          const ptrdiff_t iy = oy * w->strideHeight + ky * w->dilationHeight - w->padTop;
          if (iy < 0 || iy >= w->height) continue;
          float *row = image + iy * w->width + startX;
          const float *from = gradient + oy * w->outputWidth;
          for (ptrdiff_t ox = first; ox < last; ox++) row[ox * w->strideWidth] += weight * from[ox];
        }
      }
}

GK_INLINE float product(const float *a, const float *b, ptrdiff_t step, ptrdiff_t first,
                        ptrdiff_t last) {
  GK_LANE_SUMS
  float sum = 0;
  for (ptrdiff_t i = first; i < last; i++) sum += a[i] * b[i * step];
  return sum;
}

GK_KERNEL void gk_depthwise_weights(const gk_window *w, const float *gradient, const float *image,
                                    float *weights) {
  const ptrdiff_t plane = w->height * w->width, outputPlane = w->outputHeight * w->outputWidth;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane, gradient += outputPlane)
    for (ptrdiff_t ky = 0; ky < w->kernelHeight; ky++)
      for (ptrdiff_t kx = 0; kx < w->kernelWidth; kx++) {
        const ptrdiff_t startX = kx * w->dilationWidth - w->padLeft;
        ptrdiff_t first, last;
        inside(w->width, w->outputWidth, w->strideWidth, startX, &first, &last);
        float sum = 0;
        for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++) {
          const ptrdiff_t iy = oy * w->strideHeight + ky * w->dilationHeight - w->padTop;
          if (iy < 0 || iy >= w->height) continue;
          const float *row = image + iy * w->width + startX;
          sum += product(gradient + oy * w->outputWidth, row, w->strideWidth, first, last);
        }
        *weights++ += sum;
      }
}

GK_KERNEL void gk_add_row_sums(size_t rows, size_t length, const float *values, float *sums) {
  for (size_t row = 0; row < rows; row++, values += length) {
    GK_LANE_SUMS
    float sum = 0;
    for (size_t i = 0; i < length; i++) sum += values[i];
    sums[row] += sum;
  }
}

GK_KERNEL void gk_add_to_rows(size_t rows, size_t length, const float *addends, float *values) {
  for (size_t row = 0; row < rows; row++, values += length)
    for (size_t i = 0; i < length; i++) values[i] += addends[row];
}
