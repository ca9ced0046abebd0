// Convolution of each channel on its own, channels last.

// One row of `pixels` outputs for TK_LANES·vectors channels. All taps given are inside the input.
#define DEFINE_DEPTHWISE_STRIP(PIXELS, VECTORS)                                                    \
  TK_INLINE void depthwise_strip_##PIXELS##x##VECTORS(                                             \
      const tk_depthwise *t, const float *input, const float *weights, const float *bias,          \
      ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t pixelStep, ptrdiff_t rowStep,                   \
      ptrdiff_t columnStep, float *output, vf low, vf high) {                                      \
    vf sum[PIXELS][VECTORS];                                                                       \
    TK_UNROLL for (int v = 0; v < VECTORS; v++)                                                    \
      TK_UNROLL for (int p = 0; p < PIXELS; p++) sum[p][v] = load(bias + v * TK_LANES);            \
    for (ptrdiff_t y = 0; y < rows; y++)                                                           \
      for (ptrdiff_t x = 0; x < columns; x++) {                                                    \
        const float *w = weights + (y * t->kernelWidth + x) * t->channels;                         \
        const float *in = input + y * rowStep + x * columnStep;                                    \
        TK_UNROLL for (int v = 0; v < VECTORS; v++) {                                              \
          vf weight = load(w + v * TK_LANES);                                                      \
          TK_UNROLL for (int p = 0; p < PIXELS; p++)                                               \
            sum[p][v] = fma_(load(in + p * pixelStep + v * TK_LANES), weight, sum[p][v]);          \
        }                                                                                          \
      }                                                                                            \
    TK_UNROLL for (int p = 0; p < PIXELS; p++)                                                     \
      TK_UNROLL for (int v = 0; v < VECTORS; v++)                                                  \
        store(output + p * t->channels + v * TK_LANES,                                             \
              at_most(at_least(sum[p][v], low), high));                                            \
  }

DEFINE_DEPTHWISE_STRIP(4, 1)
DEFINE_DEPTHWISE_STRIP(1, 1)

// Fewer channels than a vector has lanes.
static void depthwise_few(const tk_depthwise *t, const float *input, const float *weights,
                          const float *bias, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t rowStep,
                          ptrdiff_t columnStep, float *output, vf low, vf high) {
  size_t channels = (size_t)t->channels;
  vf sum = load_some(bias, channels);
  for (ptrdiff_t y = 0; y < rows; y++)
    for (ptrdiff_t x = 0; x < columns; x++)
      sum = fma_(load_some(input + y * rowStep + x * columnStep, channels),
                 load_some(weights + (y * t->kernelWidth + x) * t->channels, channels), sum);
  store_some(output, at_most(at_least(sum, low), high), channels);
}

// First and one past the last tap that falls inside [0, size).
TK_INLINE void taps_inside(ptrdiff_t start, ptrdiff_t dilation, ptrdiff_t count, ptrdiff_t size,
                           ptrdiff_t *first, ptrdiff_t *end) {
  ptrdiff_t f = 0, e = count;
  while (f < count && start + f * dilation < 0) f++;
  while (e > f && start + (e - 1) * dilation >= size) e--;
  *first = f;
  *end = e;
}

static void convolve_depthwise(const tk_depthwise *t) {
  const vf low = splat(t->low), high = splat(t->high);
  ptrdiff_t channels = t->channels, columnStep = t->dilationWidth * channels;
  ptrdiff_t rowStep = t->dilationHeight * t->width * channels;
  ptrdiff_t pixelStep = t->strideWidth * channels;
  for (ptrdiff_t oh = 0; oh < t->outputHeight; oh++) {
    ptrdiff_t top = oh * t->strideHeight - t->padTop, firstRow, endRow;
    taps_inside(top, t->dilationHeight, t->kernelHeight, t->height, &firstRow, &endRow);
    for (ptrdiff_t ow = 0; ow < t->outputWidth;) {
      ptrdiff_t left = ow * t->strideWidth - t->padLeft, first, end;
      taps_inside(left, t->dilationWidth, t->kernelWidth, t->width, &first, &end);
      // Four pixels together where no tap of any of them falls outside.
      ptrdiff_t last = left + 3 * t->strideWidth + (t->kernelWidth - 1) * t->dilationWidth;
      int four = left >= 0 && ow + 4 <= t->outputWidth && last < t->width;
      const float *input = t->input + ((top + firstRow * t->dilationHeight) * t->width + left +
                                       first * t->dilationWidth) * channels;
      const float *weights = t->weights + (firstRow * t->kernelWidth + first) * channels;
      float *output = t->output + (oh * t->outputWidth + ow) * channels;
      ptrdiff_t rows = endRow - firstRow, columns = end - first;
      if (channels < TK_LANES) {
        depthwise_few(t, input, weights, t->bias, rows, columns, rowStep, columnStep, output, low,
                      high);
        ow++;
        continue;
      }
      for (ptrdiff_t channel = 0; channel < channels; channel += TK_LANES) {
        // The last vector overlaps the one before it rather than being a short one.
        ptrdiff_t c = channel + TK_LANES <= channels ? channel : channels - TK_LANES;
        if (four)
          depthwise_strip_4x1(t, input + c, weights + c, t->bias + c, rows, columns, pixelStep,
                              rowStep, columnStep, output + c, low, high);
        else
          depthwise_strip_1x1(t, input + c, weights + c, t->bias + c, rows, columns, pixelStep,
                              rowStep, columnStep, output + c, low, high);
      }
      ow += four ? 4 : 1;
    }
  }
}
