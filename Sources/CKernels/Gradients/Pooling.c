// Maximum and average of windows of an image, and their gradients.
#include <math.h>

#include "Kernel.h"

typedef struct {
  ptrdiff_t top, bottom, left, right;
} area;

// The taps of one output that lie inside the image, as ranges of kernel places.
GK_INLINE area taps(const gk_window *w, ptrdiff_t oy, ptrdiff_t ox) {
  const ptrdiff_t y = oy * w->strideHeight - w->padTop, x = ox * w->strideWidth - w->padLeft;
  area a = {0, w->kernelHeight, 0, w->kernelWidth};
  while (a.top < a.bottom && y + a.top * w->dilationHeight < 0) a.top++;
  while (a.bottom > a.top && y + (a.bottom - 1) * w->dilationHeight >= w->height) a.bottom--;
  while (a.left < a.right && x + a.left * w->dilationWidth < 0) a.left++;
  while (a.right > a.left && x + (a.right - 1) * w->dilationWidth >= w->width) a.right--;
  return a;
}

GK_INLINE int is_halving(const gk_window *w) {
  return w->kernelHeight == 2 && w->kernelWidth == 2 && w->strideHeight == 2 &&
         w->strideWidth == 2 && w->dilationHeight == 1 && w->dilationWidth == 1 && w->padTop == 0 &&
         w->padLeft == 0 && 2 * w->outputHeight <= w->height && 2 * w->outputWidth <= w->width;
}

// 2×2 windows side by side, the common case.
GK_INLINE void halve(const gk_window *w, const float *image, float *output, int32_t *where) {
  for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++) {
    const float *upper = image + 2 * oy * w->width, *lower = upper + w->width;
    const int32_t place = (int32_t)(2 * oy * w->width), width = (int32_t)w->width;
    for (ptrdiff_t ox = 0; ox < w->outputWidth; ox++) {
      float best = upper[2 * ox];
      int32_t at = place + 2 * (int32_t)ox;
      const int32_t corner = at;
      int32_t larger = upper[2 * ox + 1] > best;
      best = larger ? upper[2 * ox + 1] : best;
      at = larger ? corner + 1 : at;
      larger = lower[2 * ox] > best;
      best = larger ? lower[2 * ox] : best;
      at = larger ? corner + width : at;
      larger = lower[2 * ox + 1] > best;
      output[ox] = larger ? lower[2 * ox + 1] : best;
      where[ox] = larger ? corner + width + 1 : at;
    }
    output += w->outputWidth;
    where += w->outputWidth;
  }
}

GK_KERNEL void gk_max_pool(const gk_window *w, const float *image, float *output, int32_t *where) {
  const ptrdiff_t plane = w->height * w->width, outputPlane = w->outputHeight * w->outputWidth;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane) {
    if (is_halving(w)) {
      halve(w, image, output, where);
      output += outputPlane;
      where += outputPlane;
      continue;
    }
    for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++)
      for (ptrdiff_t ox = 0; ox < w->outputWidth; ox++) {
        const area a = taps(w, oy, ox);
        float best = -INFINITY;
        ptrdiff_t place = -1;
        for (ptrdiff_t ky = a.top; ky < a.bottom; ky++)
          for (ptrdiff_t kx = a.left; kx < a.right; kx++) {
            const ptrdiff_t at =
                (oy * w->strideHeight - w->padTop + ky * w->dilationHeight) * w->width +
                ox * w->strideWidth - w->padLeft + kx * w->dilationWidth;
            if (place < 0 || image[at] > best) {
              best = image[at];
              place = at;
            }
          }
        *output++ = best;
        *where++ = (int32_t)place;
      }
  }
}

GK_KERNEL void gk_max_pool_image(const gk_window *w, const float *gradient, const int32_t *where,
                                 float *image) {
  const ptrdiff_t plane = w->height * w->width, outputPlane = w->outputHeight * w->outputWidth;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane)
    for (ptrdiff_t i = 0; i < outputPlane; i++, gradient++, where++)
      if (*where >= 0) image[*where] += *gradient;
}

// How many taps an average divides by.
GK_INLINE float share(const gk_window *w, int countsPadding, area a) {
  const ptrdiff_t counted = countsPadding ? w->kernelHeight * w->kernelWidth
                                          : (a.bottom - a.top) * (a.right - a.left);
  return counted > 0 ? 1.0f / (float)counted : 0.0f;
}

GK_KERNEL void gk_average_pool(const gk_window *w, int countsPadding, const float *image,
                               float *output) {
  const ptrdiff_t plane = w->height * w->width;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane)
    for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++)
      for (ptrdiff_t ox = 0; ox < w->outputWidth; ox++) {
        const area a = taps(w, oy, ox);
        float sum = 0;
        for (ptrdiff_t ky = a.top; ky < a.bottom; ky++)
          for (ptrdiff_t kx = a.left; kx < a.right; kx++)
            sum += image[(oy * w->strideHeight - w->padTop + ky * w->dilationHeight) * w->width +
                         ox * w->strideWidth - w->padLeft + kx * w->dilationWidth];
        *output++ = sum * share(w, countsPadding, a);
      }
}

GK_KERNEL void gk_average_pool_image(const gk_window *w, int countsPadding, const float *gradient,
                                     float *image) {
  const ptrdiff_t plane = w->height * w->width;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane)
    for (ptrdiff_t oy = 0; oy < w->outputHeight; oy++)
      for (ptrdiff_t ox = 0; ox < w->outputWidth; ox++) {
        const area a = taps(w, oy, ox);
        const float part = *gradient++ * share(w, countsPadding, a);
        for (ptrdiff_t ky = a.top; ky < a.bottom; ky++)
          for (ptrdiff_t kx = a.left; kx < a.right; kx++)
            image[(oy * w->strideHeight - w->padTop + ky * w->dilationHeight) * w->width +
                  ox * w->strideWidth - w->padLeft + kx * w->dilationWidth] += part;
      }
}
