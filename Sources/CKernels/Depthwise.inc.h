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

// One row of `pixels` outputs of a kernel `columns` wide, not dilated, for `vectors` times TK_LANES
// channels. Each input pixel is loaded once for all outputs it reaches. The first and the last
// `columns` / 2 of them may lie outside the row and are zero then. The numbers of pixels, columns and
// vectors and the stride are constants where this is inlined.
TK_INLINE void depthwise_row(const int pixels, const int columns, const int stride,
                             const int vectors, const tk_depthwise *t, ptrdiff_t left,
                             const float *input, const float *weights, const float *bias,
                             ptrdiff_t rows, ptrdiff_t rowStep, float *output, ptrdiff_t fresh) {
  enum { MOST_PIXELS = 8, MOST_COLUMNS = 5, MOST_EDGE = 2, MOST_PAIR = 2 };
  static const float zeros[MOST_PAIR * TK_LANES];
  const ptrdiff_t channels = t->channels;
  const int span = (pixels - 1) * stride + columns, edge = columns / 2;
  const float *before[MOST_EDGE], *after[MOST_EDGE];
  ptrdiff_t stepBefore[MOST_EDGE], stepAfter[MOST_EDGE];
  TK_UNROLL for (int i = 0; i < edge; i++) {
    const int isOutside = left + i < 0, isBeyond = left + span - edge + i >= t->width;
    before[i] = isOutside ? zeros : input + i * channels;
    after[i] = isBeyond ? zeros : input + (span - edge + i) * channels;
    stepBefore[i] = isOutside ? 0 : rowStep;
    stepAfter[i] = isBeyond ? 0 : rowStep;
  }
  vf sum[MOST_PIXELS][MOST_PAIR];
  TK_UNROLL for (int v = 0; v < vectors; v++)
    TK_UNROLL for (int p = 0; p < pixels; p++) sum[p][v] = load(bias + v * TK_LANES);
  for (ptrdiff_t y = 0; y < rows; y++, input += rowStep, weights += columns * channels) {
    vf w[MOST_COLUMNS][MOST_PAIR];
    TK_UNROLL for (int x = 0; x < columns; x++)
      TK_UNROLL for (int v = 0; v < vectors; v++) w[x][v] = load(weights + x * channels + v * TK_LANES);
    TK_UNROLL for (int i = 0; i < span; i++) {
      const float *pixel = i < edge           ? before[i]
                           : i >= span - edge ? after[i - (span - edge)]
                                              : input + i * channels;
      TK_UNROLL for (int v = 0; v < vectors; v++) {
        const vf d = load(pixel + v * TK_LANES);
        TK_UNROLL for (int p = 0; p < pixels; p++)
          if (i >= p * stride && i < p * stride + columns)
            sum[p][v] = fma_(d, w[i - p * stride][v], sum[p][v]);
      }
    }
    TK_UNROLL for (int i = 0; i < edge; i++) before[i] += stepBefore[i], after[i] += stepAfter[i];
  }
  TK_UNROLL for (int p = 0; p < pixels; p++)
    TK_UNROLL for (int v = 0; v < vectors; v++)
      store_depthwise(t, sum[p][v], output + p * channels + v * TK_LANES, fresh);
}

// All channels of `pixels` neighbouring outputs. Two vectors together are a cache line on most
// machines: one at a time, images of many channels would fetch every line twice.
TK_INLINE void depthwise_pixels(const int pixels, const int columns, const int stride,
                                const int pairs, const tk_depthwise *t, ptrdiff_t left,
                                const float *input, const float *weights, ptrdiff_t rows,
                                ptrdiff_t rowStep, float *output) {
  const ptrdiff_t channels = t->channels;
  ptrdiff_t channel = 0;
  if (pairs)
    for (; channel + 2 * TK_LANES <= channels; channel += 2 * TK_LANES)
      depthwise_row(pixels, columns, stride, 2, t, left, input + channel, weights + channel,
                    t->bias + channel, rows, rowStep, output + channel, TK_LANES);
  for (; channel < channels; channel += TK_LANES) {
    // The last vector overlaps the one before it rather than being a short one.
    const ptrdiff_t left_ = channels - channel, c = left_ < TK_LANES ? channels - TK_LANES : channel;
    depthwise_row(pixels, columns, stride, 1, t, left, input + c, weights + c, t->bias + c, rows,
                  rowStep, output + c, left_ < TK_LANES ? left_ : TK_LANES);
  }
}

// A whole output row by `depthwise_row`; `input` and `weights` begin at the first tap row inside.
// The weights of kernels 3 wide leave registers for pairs of vectors, wider ones for more pixels.
#define DEFINE_DEPTHWISE_LINE(COLUMNS, STRIDE, PAIRS)                                              \
  static void depthwise_line_##COLUMNS##_##STRIDE(                                                 \
      const tk_depthwise *t, const float *input, const float *weights, ptrdiff_t rows,             \
      ptrdiff_t rowStep, float *output) {                                                          \
    for (ptrdiff_t ow = 0; ow < t->outputWidth;) {                                                 \
      const ptrdiff_t left = ow * STRIDE - t->padLeft, room = t->outputWidth - ow;                 \
      const ptrdiff_t pixels = !PAIRS && room >= 8 ? 8 : room >= 4 ? 4 : room >= 2 ? 2 : 1;        \
      const float *in = input + left * t->channels;                                                \
      float *out = output + ow * t->channels;                                                      \
      switch (pixels) {                                                                            \
      case 8: if (!PAIRS) depthwise_pixels(8, COLUMNS, STRIDE, 0, t, left, in, weights, rows, rowStep, out); break; \
      case 4: depthwise_pixels(4, COLUMNS, STRIDE, PAIRS, t, left, in, weights, rows, rowStep, out); break; \
      case 2: depthwise_pixels(2, COLUMNS, STRIDE, PAIRS, t, left, in, weights, rows, rowStep, out); break; \
      default: depthwise_pixels(1, COLUMNS, STRIDE, PAIRS, t, left, in, weights, rows, rowStep, out); \
      }                                                                                            \
      ow += pixels;                                                                                \
    }                                                                                              \
  }

DEFINE_DEPTHWISE_LINE(3, 1, 1) DEFINE_DEPTHWISE_LINE(3, 2, 1)
DEFINE_DEPTHWISE_LINE(5, 1, 0) DEFINE_DEPTHWISE_LINE(5, 2, 0)

typedef void (*depthwise_line)(const tk_depthwise *, const float *, const float *, ptrdiff_t,
                               ptrdiff_t, float *);

// The kernel for such a convolution's rows, or null where only the general way serves.
TK_INLINE depthwise_line line_for(const tk_depthwise *t) {
  if (t->dilationWidth != 1 || t->channels < TK_LANES) return 0;
  // The first window and the last one reach at most half a kernel beyond the row.
  const ptrdiff_t edge = t->kernelWidth / 2, end = (t->outputWidth - 1) * t->strideWidth;
  if (t->padLeft > edge || end - t->padLeft + t->kernelWidth > t->width + edge) return 0;
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
