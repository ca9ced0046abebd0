// Largest value and mean over a window, channels last.

// The taps of one output along one axis: those inside the input, and all those that count in a mean
// with padding.
typedef struct {
  ptrdiff_t first, count, padded;
} tap_range;

TK_INLINE tap_range taps_of(ptrdiff_t start, ptrdiff_t dilation, ptrdiff_t count, ptrdiff_t size,
                            ptrdiff_t padAfter) {
  ptrdiff_t first = 0, end = count, padded = count;
  while (first < count && start + first * dilation < 0) first++;
  while (end > first && start + (end - 1) * dilation >= size) end--;
  while (padded > 0 && start + (padded - 1) * dilation >= size + padAfter) padded--;
  tap_range range = {start + first * dilation, end - first, padded};
  return range;
}

// Constants where this is inlined: `average`; `rows` and `columns` too for the usual sizes.
TK_INLINE void pool_pixel(const int average, ptrdiff_t rows, ptrdiff_t columns, const float *start,
                          ptrdiff_t rowStep, ptrdiff_t columnStep, ptrdiff_t channels, float scale,
                          float *output) {
  for (ptrdiff_t c = 0; c < channels; c += TK_LANES) {
    const size_t width = channels - c < TK_LANES ? (size_t)(channels - c) : TK_LANES;
    vf sum = splat(average ? 0.0f : -__builtin_inff());
    for (ptrdiff_t y = 0; y < rows; y++)
      for (ptrdiff_t x = 0; x < columns; x++) {
        const float *p = start + y * rowStep + x * columnStep + c;
        vf value = width == TK_LANES ? load(p) : load_some(p, width);
        sum = average ? sum + value : MAXIMUM(sum, value);
      }
    if (average) sum *= scale;
    if (width == TK_LANES)
      store(output + c, sum);
    else
      store_some(output + c, sum, width);
  }
}

static void pool(const tk_pooling *t) {
  const ptrdiff_t channels = t->channels, columnStep = t->dilationWidth * channels;
  const ptrdiff_t rowStep = t->dilationHeight * t->width * channels;
  float *output = t->output;
  for (ptrdiff_t oh = 0; oh < t->outputHeight; oh++) {
    const tap_range y = taps_of(oh * t->strideHeight - t->padTop, t->dilationHeight,
                                t->kernelHeight, t->height, t->padBottom);
    for (ptrdiff_t ow = 0; ow < t->outputWidth; ow++, output += channels) {
      const tap_range x = taps_of(ow * t->strideWidth - t->padLeft, t->dilationWidth,
                                  t->kernelWidth, t->width, t->padRight);
      const float *start = t->input + (y.first * t->width + x.first) * channels;
      if (!t->average) {
        if (y.count == 2 && x.count == 2)
          pool_pixel(0, 2, 2, start, rowStep, columnStep, channels, 1.0f, output);
        else
          pool_pixel(0, y.count, x.count, start, rowStep, columnStep, channels, 1.0f, output);
        continue;
      }
      const ptrdiff_t taps = t->countsPadding ? y.padded * x.padded : y.count * x.count;
      pool_pixel(1, y.count, x.count, start, rowStep, columnStep, channels,
                 taps > 0 ? 1.0f / (float)taps : 0.0f, output);
    }
  }
}
