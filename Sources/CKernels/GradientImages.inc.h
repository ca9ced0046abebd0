// Between images and the columns of a matrix product, and convolutions of one channel.

// The outputs [first, last) of an axis whose tap lies inside the input.
TK_INLINE void inside(ptrdiff_t size, ptrdiff_t outputSize, ptrdiff_t stride, ptrdiff_t start,
                      ptrdiff_t *first, ptrdiff_t *last) {
  *first = start >= 0 ? 0 : (-start + stride - 1) / stride;
  *last = size - start <= 0 ? 0 : (size - start + stride - 1) / stride;
  if (*last > outputSize) *last = outputSize;
  if (*first > *last) *first = *last;
}

static void gradient_gather_columns(const gk_window *w, const float *image, float *columns) {
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

static void gradient_scatter_columns(const gk_window *w, const float *columns, float *image) {
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

static void gradient_depthwise(const gk_window *w, const float *image, const float *weights,
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

static void gradient_depthwise_image(const gk_window *w, const float *gradient,
                                     const float *weights, float *image) {
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

TK_INLINE float product(const float *a, const float *b, ptrdiff_t step, ptrdiff_t first,
                        ptrdiff_t last) {
  LANE_SUMS
  float sum = 0;
  for (ptrdiff_t i = first; i < last; i++) sum += a[i] * b[i * step];
  return sum;
}

static void gradient_depthwise_weights(const gk_window *w, const float *gradient,
                                       const float *image, float *weights) {
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

static void gradient_add_row_sums(size_t rows, size_t length, const float *values, float *sums) {
  for (size_t row = 0; row < rows; row++, values += length) {
    LANE_SUMS
    float sum = 0;
    for (size_t i = 0; i < length; i++) sum += values[i];
    sums[row] += sum;
  }
}

static void gradient_add_to_rows(size_t rows, size_t length, const float *addends, float *values) {
  for (size_t row = 0; row < rows; row++, values += length)
    for (size_t i = 0; i < length; i++) values[i] += addends[row];
}

// Maximum and average of windows of an image, and their gradients.

typedef struct {
  ptrdiff_t top, bottom, left, right;
} area;

// The taps of one output that lie inside the image, as ranges of kernel places.
TK_INLINE area taps(const gk_window *w, ptrdiff_t oy, ptrdiff_t ox) {
  const ptrdiff_t y = oy * w->strideHeight - w->padTop, x = ox * w->strideWidth - w->padLeft;
  area a = {0, w->kernelHeight, 0, w->kernelWidth};
  while (a.top < a.bottom && y + a.top * w->dilationHeight < 0) a.top++;
  while (a.bottom > a.top && y + (a.bottom - 1) * w->dilationHeight >= w->height) a.bottom--;
  while (a.left < a.right && x + a.left * w->dilationWidth < 0) a.left++;
  while (a.right > a.left && x + (a.right - 1) * w->dilationWidth >= w->width) a.right--;
  return a;
}

TK_INLINE int is_halving(const gk_window *w) {
  return w->kernelHeight == 2 && w->kernelWidth == 2 && w->strideHeight == 2 &&
         w->strideWidth == 2 && w->dilationHeight == 1 && w->dilationWidth == 1 && w->padTop == 0 &&
         w->padLeft == 0 && 2 * w->outputHeight <= w->height && 2 * w->outputWidth <= w->width;
}

// 2×2 windows side by side, the common case.
TK_INLINE void halve(const gk_window *w, const float *image, float *output, int32_t *where) {
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

static void gradient_max_pool(const gk_window *w, const float *image, float *output,
                              int32_t *where) {
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

static void gradient_max_pool_image(const gk_window *w, const float *gradient, const int32_t *where,
                                    float *image) {
  const ptrdiff_t plane = w->height * w->width, outputPlane = w->outputHeight * w->outputWidth;
  for (ptrdiff_t c = 0; c < w->channels; c++, image += plane)
    for (ptrdiff_t i = 0; i < outputPlane; i++, gradient++, where++)
      if (*where >= 0) image[*where] += *gradient;
}

// How many taps an average divides by.
TK_INLINE float share(const gk_window *w, int countsPadding, area a) {
  const ptrdiff_t counted = countsPadding ? w->kernelHeight * w->kernelWidth
                                          : (a.bottom - a.top) * (a.right - a.left);
  return counted > 0 ? 1.0f / (float)counted : 0.0f;
}

static void gradient_average_pool(const gk_window *w, int countsPadding, const float *image,
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

static void gradient_average_pool_image(const gk_window *w, int countsPadding,
                                        const float *gradient, float *image) {
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
