// Sums, means and extremes along an axis; softmax; layer normalisation.

// Rows added up before the partial sum joins the total: keeps long sums accurate.
enum { REDUCTION_BLOCK = 256 };

#define MAXIMUM(x, y) choose((y) != (y), (y), at_least((x), (y)))
#define MINIMUM(x, y) choose((y) != (y), (y), at_most((x), (y)))

// Reduces `length` vectors that lie `step` floats apart; COMBINE takes `sum` and `x`.
#define ALONG(START, COMBINE, JOIN)                                     \
  do {                                                                  \
    total = START;                                                      \
    for (size_t block = 0; block < length; block += REDUCTION_BLOCK) {  \
      size_t end = block + REDUCTION_BLOCK < length ? block + REDUCTION_BLOCK : length; \
      vf sum = START;                                                   \
      for (size_t i = block; i < end; i++) {                            \
        vf x = width == TK_LANES ? load(p + i * step) : load_some(p + i * step, width); \
        sum = COMBINE;                                                  \
      }                                                                 \
      total = JOIN;                                                     \
    }                                                                   \
  } while (0)

TK_INLINE vf reduce_vectors(tk_reduction_kind kind, const float *p, size_t length, size_t step,
                            size_t width) {
  vf total = {0};
  const float infinity = __builtin_inff();
  switch (kind) {
  case TK_SUM:
  case TK_MEAN: ALONG(splat(0.0f), sum + x, total + sum); break;
  case TK_MAX: ALONG(splat(-infinity), MAXIMUM(sum, x), MAXIMUM(total, sum)); break;
  case TK_MIN: ALONG(splat(infinity), MINIMUM(sum, x), MINIMUM(total, sum)); break;
  case TK_SUM_SQUARES: ALONG(splat(0.0f), fma_(x, x, sum), total + sum); break;
  case TK_SUM_ABS: ALONG(splat(0.0f), sum + magnitude(x), total + sum); break;
  }
  return total;
}

// One contiguous run of floats.
static float reduce_run(tk_reduction_kind kind, const float *p, size_t length) {
  size_t whole = length / TK_LANES, rest = length % TK_LANES;
  vf total = reduce_vectors(kind, p, whole, TK_LANES, TK_LANES);
  float parts[TK_LANES];
  store(parts, total);
  float result = parts[0];
  int extreme = kind == TK_MAX || kind == TK_MIN;
  if (!extreme) {
    result = sum_of(total);
  } else {
    for (size_t i = 1; i < TK_LANES; i++)
      if (parts[i] != parts[i] || (kind == TK_MAX ? parts[i] > result : parts[i] < result))
        result = parts[i];
  }
  for (size_t i = length - rest; i < length; i++) {
    float x = p[i];
    switch (kind) {
    case TK_SUM:
    case TK_MEAN: result += x; break;
    case TK_MAX: result = x > result || x != x ? x : result; break;
    case TK_MIN: result = x < result || x != x ? x : result; break;
    case TK_SUM_SQUARES: result += x * x; break;
    case TK_SUM_ABS: result += __builtin_fabsf(x); break;
    }
  }
  return result;
}

static void reduce(tk_reduction_kind kind, size_t outer, size_t length, size_t inner,
                   const float *input, float *output) {
  float divisor = kind == TK_MEAN ? (float)length : 1.0f;
  for (size_t o = 0; o < outer; o++, input += length * inner, output += inner) {
    if (inner == 1) {
      output[0] = reduce_run(kind, input, length) / divisor;
      continue;
    }
    for (size_t i = 0; i < inner; i += TK_LANES) {
      size_t width = inner - i < TK_LANES ? inner - i : TK_LANES;
      vf total = reduce_vectors(kind, input + i, length, inner, width) / divisor;
      store_some(output + i, total, width);
    }
  }
}

static void softmax(int logarithm, size_t rows, size_t length, const float *input, float *output) {
  if (length == 0) return;
  for (size_t row = 0; row < rows; row++, input += length, output += length) {
    vf most = splat(reduce_run(TK_MAX, input, length));
    vf sum = {0};
    size_t i = 0;
    for (; i + TK_LANES <= length; i += TK_LANES) {
      vf e = exp_(load(input + i) - most);
      if (!logarithm) store(output + i, e);
      sum += e;
    }
    float total = sum_of(sum);
    if (i < length) {
      float last[TK_LANES];
      store(last, exp_(load_some(input + i, length - i) - most));
      for (size_t j = 0; i + j < length; j++) {
        if (!logarithm) output[i + j] = last[j];
        total += last[j];
      }
    }
    if (logarithm) {
      vf shift = most + log_(splat(total));
      for (i = 0; i + TK_LANES <= length; i += TK_LANES) store(output + i, load(input + i) - shift);
      for (; i < length; i++) output[i] = input[i] - shift[0];
    } else {
      float scale = 1.0f / total;
      for (i = 0; i + TK_LANES <= length; i += TK_LANES) store(output + i, load(output + i) * scale);
      for (; i < length; i++) output[i] *= scale;
    }
  }
}

static void layer_normalize(size_t rows, size_t length, float epsilon, const float *input,
                            const float *scale, const float *shift, float *output) {
  for (size_t row = 0; row < rows; row++, input += length, output += length) {
    float mean = reduce_run(TK_MEAN, input, length) / (float)length;
    for (size_t i = 0; i < length; i++) output[i] = input[i] - mean;
    float variance = reduce_run(TK_SUM_SQUARES, output, length) / (float)length;
    vf factor = 1.0f / __builtin_elementwise_sqrt(splat(variance + epsilon));
    for (size_t i = 0; i < length; i++) output[i] = output[i] * factor[0] * scale[i] + shift[i];
  }
}

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
