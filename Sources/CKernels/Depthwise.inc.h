// Convolution of each channel on its own, channels last.

// Ends one vector of outputs. The last vector of a pixel overlaps the one before it, so only its last
// `fresh` lanes are new: the others' addends may be overwritten already, if they lie in the output.
TK_INLINE void store_depthwise(const tk_depthwise *t, vf sum, float *output, ptrdiff_t fresh) {
  const vf low = splat(t->low), high = splat(t->high);
  if (!t->addend) {
    store(output, at_most(at_least(sum, low), high));
    return;
  }
  float lanes[TK_LANES];
  store(lanes, at_most(at_least(sum + load(t->addend + (output - t->output)), low), high));
  const ptrdiff_t old = TK_LANES - fresh;
  store_some(output + old, load_some(lanes + old, (size_t)fresh), (size_t)fresh);
}

// One row of `pixels` outputs for TK_LANES·vectors channels. All taps given are inside the input.
#define DEFINE_DEPTHWISE_STRIP(PIXELS, VECTORS)                                                    \
  TK_INLINE void depthwise_strip_##PIXELS##x##VECTORS(                                             \
      const tk_depthwise *t, const float *input, const float *weights, const float *bias,          \
      ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t pixelStep, ptrdiff_t rowStep,                   \
      ptrdiff_t columnStep, float *output, ptrdiff_t fresh) {                                      \
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
        store_depthwise(t, sum[p][v], output + p * t->channels + v * TK_LANES, fresh);             \
  }

DEFINE_DEPTHWISE_STRIP(4, 1)
DEFINE_DEPTHWISE_STRIP(1, 1)

// One row of `pixels` outputs of a kernel `columns` wide, not dilated, for TK_LANES channels; taps
// outside the row are zero. Each input pixel is loaded once for all outputs it reaches. The numbers
// of pixels, columns and the stride are constants where this is inlined.
TK_INLINE void depthwise_row(const int pixels, const int columns, const int stride,
                             const tk_depthwise *t, ptrdiff_t left, const float *input,
                             const float *weights, const float *bias, ptrdiff_t rows,
                             ptrdiff_t rowStep, float *output, ptrdiff_t fresh) {
  enum { MOST_PIXELS = 8, MOST_COLUMNS = 5 };
  const ptrdiff_t channels = t->channels;
  const int span = (pixels - 1) * stride + columns;
  const int inside = left >= 0 && left + span <= t->width;
  vf sum[MOST_PIXELS];
  const vf b = load(bias);
  TK_UNROLL for (int p = 0; p < pixels; p++) sum[p] = b;
  for (ptrdiff_t y = 0; y < rows; y++, input += rowStep, weights += columns * channels) {
    vf w[MOST_COLUMNS];
    TK_UNROLL for (int x = 0; x < columns; x++) w[x] = load(weights + x * channels);
    if (inside) {
      TK_UNROLL for (int i = 0; i < span; i++) {
        const vf d = load(input + i * channels);
        TK_UNROLL for (int p = 0; p < pixels; p++)
          if (i >= p * stride && i < p * stride + columns)
            sum[p] = fma_(d, w[i - p * stride], sum[p]);
      }
    } else {
      TK_UNROLL for (int i = 0; i < span; i++) {
        if (left + i < 0 || left + i >= t->width) continue;
        const vf d = load(input + i * channels);
        TK_UNROLL for (int p = 0; p < pixels; p++)
          if (i >= p * stride && i < p * stride + columns)
            sum[p] = fma_(d, w[i - p * stride], sum[p]);
      }
    }
  }
  TK_UNROLL for (int p = 0; p < pixels; p++)
    store_depthwise(t, sum[p], output + p * channels, fresh);
}

// A whole output row by `depthwise_row`; `input` and `weights` begin at the first tap row inside.
#define DEFINE_DEPTHWISE_LINE(COLUMNS, STRIDE)                                                     \
  static void depthwise_line_##COLUMNS##_##STRIDE(                                                 \
      const tk_depthwise *t, const float *input, const float *weights, ptrdiff_t rows,             \
      ptrdiff_t rowStep, float *output) {                                                          \
    for (ptrdiff_t ow = 0; ow < t->outputWidth;) {                                                 \
      const ptrdiff_t left = ow * STRIDE - t->padLeft, room = t->outputWidth - ow;                 \
      const ptrdiff_t pixels = room >= 8 ? 8 : room >= 4 ? 4 : room >= 2 ? 2 : 1;                  \
      for (ptrdiff_t channel = 0; channel < t->channels; channel += TK_LANES) {                    \
        /* The last vector overlaps the one before it rather than being a short one. */            \
        const ptrdiff_t c = channel + TK_LANES <= t->channels ? channel : t->channels - TK_LANES;  \
        const ptrdiff_t fresh = t->channels - channel < TK_LANES ? t->channels - channel : TK_LANES; \
        const float *in = input + left * t->channels + c, *w = weights + c, *b = t->bias + c;      \
        float *out = output + ow * t->channels + c;                                                \
        switch (pixels) {                                                                          \
        case 8: depthwise_row(8, COLUMNS, STRIDE, t, left, in, w, b, rows, rowStep, out, fresh); break; \
        case 4: depthwise_row(4, COLUMNS, STRIDE, t, left, in, w, b, rows, rowStep, out, fresh); break; \
        case 2: depthwise_row(2, COLUMNS, STRIDE, t, left, in, w, b, rows, rowStep, out, fresh); break; \
        default: depthwise_row(1, COLUMNS, STRIDE, t, left, in, w, b, rows, rowStep, out, fresh); \
        }                                                                                          \
      }                                                                                            \
      ow += pixels;                                                                                \
    }                                                                                              \
  }

DEFINE_DEPTHWISE_LINE(3, 1) DEFINE_DEPTHWISE_LINE(3, 2)
DEFINE_DEPTHWISE_LINE(5, 1) DEFINE_DEPTHWISE_LINE(5, 2)

typedef void (*depthwise_line)(const tk_depthwise *, const float *, const float *, ptrdiff_t,
                               ptrdiff_t, float *);

// The kernel for such a convolution's rows, or null where only the general way serves.
TK_INLINE depthwise_line line_for(const tk_depthwise *t) {
  if (t->dilationWidth != 1 || t->channels < TK_LANES) return 0;
  if (t->kernelWidth == 3 && t->strideWidth == 1) return depthwise_line_3_1;
  if (t->kernelWidth == 3 && t->strideWidth == 2) return depthwise_line_3_2;
  if (t->kernelWidth == 5 && t->strideWidth == 1) return depthwise_line_5_1;
  if (t->kernelWidth == 5 && t->strideWidth == 2) return depthwise_line_5_2;
  return 0;
}

// Fewer channels than a vector has lanes.
static void depthwise_few(const tk_depthwise *t, const float *input, const float *weights,
                          const float *bias, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t rowStep,
                          ptrdiff_t columnStep, float *output) {
  size_t channels = (size_t)t->channels;
  vf sum = load_some(bias, channels);
  for (ptrdiff_t y = 0; y < rows; y++)
    for (ptrdiff_t x = 0; x < columns; x++)
      sum = fma_(load_some(input + y * rowStep + x * columnStep, channels),
                 load_some(weights + (y * t->kernelWidth + x) * t->channels, channels), sum);
  if (t->addend) sum += load_some(t->addend + (output - t->output), channels);
  sum = at_most(at_least(sum, splat(t->low)), splat(t->high));
  store_some(output, sum, channels);
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
  ptrdiff_t channels = t->channels, columnStep = t->dilationWidth * channels;
  ptrdiff_t rowStep = t->dilationHeight * t->width * channels;
  ptrdiff_t pixelStep = t->strideWidth * channels;
  const depthwise_line line = line_for(t);
  for (ptrdiff_t oh = 0; oh < t->outputHeight; oh++) {
    ptrdiff_t top = oh * t->strideHeight - t->padTop, firstRow, endRow;
    taps_inside(top, t->dilationHeight, t->kernelHeight, t->height, &firstRow, &endRow);
    if (line) {
      line(t, t->input + (top + firstRow * t->dilationHeight) * t->width * channels,
           t->weights + firstRow * t->kernelWidth * channels, endRow - firstRow, rowStep,
           t->output + oh * t->outputWidth * channels);
      continue;
    }
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
        depthwise_few(t, input, weights, t->bias, rows, columns, rowStep, columnStep, output);
        ow++;
        continue;
      }
      for (ptrdiff_t channel = 0; channel < channels; channel += TK_LANES) {
        // The last vector overlaps the one before it rather than being a short one.
        ptrdiff_t c = channel + TK_LANES <= channels ? channel : channels - TK_LANES;
        ptrdiff_t fresh = channels - channel < TK_LANES ? channels - channel : TK_LANES;
        if (four)
          depthwise_strip_4x1(t, input + c, weights + c, t->bias + c, rows, columns, pixelStep,
                              rowStep, columnStep, output + c, fresh);
        else
          depthwise_strip_1x1(t, input + c, weights + c, t->bias + c, rows, columns, pixelStep,
                              rowStep, columnStep, output + c, fresh);
      }
      ow += four ? 4 : 1;
    }
  }
}
