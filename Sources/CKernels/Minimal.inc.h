// Convolution with 3-wide or 5-wide kernels by minimal filtering along the width.

// Six neighbouring pixels of one channel to the six points.
TK_INLINE void to_points(const vf d[6], vf v[6]) {
  const vf four = splat(4.0f), five = splat(-5.0f), minusFour = splat(-4.0f), two = splat(2.0f);
  vf even = fma_(d[2], minusFour, d[4]), odd = fma_(d[1], minusFour, d[3]);
  vf evenToo = d[4] - d[2], oddToo = d[3] - d[1];
  v[0] = fma_(d[2], five, fma_(d[0], four, d[4]));
  v[1] = even + odd;
  v[2] = even - odd;
  v[3] = fma_(oddToo, two, evenToo);
  v[4] = fma_(oddToo, -two, evenToo);
  v[5] = fma_(d[3], five, fma_(d[1], four, d[5]));
}

// Products at the six points to the neighbouring outputs, four or two.
TK_INLINE void from_points(const vf m[6], vf y[4], int four) {
  vf sum = m[1] + m[2], difference = m[1] - m[2];
  vf sumToo = m[3] + m[4], differenceToo = m[3] - m[4];
  y[0] = m[0] + sum + sumToo;
  y[1] = fma_(differenceToo, splat(2.0f), difference);
  y[2] = fma_(sumToo, splat(4.0f), sum);
  y[3] = fma_(differenceToo, splat(8.0f), difference) + m[5];
  if (!four) y[1] += m[5];
}

// The tile beginning at pixel `left` of one input row; pixels outside it are zero.
TK_INLINE void transform_tile(const tk_minimal *t, const float *row, ptrdiff_t left, float *output,
                              size_t pointSize) {
  for (ptrdiff_t channel = 0; channel < t->channels; channel += TK_LANES) {
    // The last vector overlaps the one before it; there are at least as many channels as lanes.
    ptrdiff_t c = channel + TK_LANES <= t->channels ? channel : t->channels - TK_LANES;
    vf d[6], v[6];
    if (left >= 0 && left + 6 <= t->width) {
      TK_UNROLL for (int i = 0; i < 6; i++) d[i] = load(row + (left + i) * t->inputStride + c);
    } else {
      TK_UNROLL for (int i = 0; i < 6; i++) {
        ptrdiff_t x = left + i;
        d[i] = x >= 0 && x < t->width ? load(row + x * t->inputStride + c) : splat(0.0f);
      }
    }
    to_points(d, v);
    TK_UNROLL for (int i = 0; i < 6; i++) store(output + (size_t)i * pointSize + c, v[i]);
  }
}

// Input rows under output rows from `firstRow` on to [point][row][tile][channel].
static void transform_rows(const tk_minimal *t, const minimal_sizes *s, ptrdiff_t firstRow,
                           ptrdiff_t rows) {
  const ptrdiff_t rowSize = s->tiles * t->channels;
  const ptrdiff_t span = (t->kernelHeight - 1) * t->dilationHeight + 1;
  const ptrdiff_t count = (rows - 1) * t->strideHeight + span;
  for (ptrdiff_t i = 0; i < count; i++) {
    const ptrdiff_t y = firstRow * t->strideHeight - t->padTop + i;
    float *output = t->workspace + i * rowSize;
    if (y < 0 || y >= t->height) {
      for (size_t point = 0; point < TK_MINIMAL_POINTS; point++)
        __builtin_memset(output + point * s->transformedSize, 0, (size_t)rowSize * sizeof(float));
      continue;
    }
    const float *row = t->input + y * t->width * t->inputStride;
    for (ptrdiff_t tile = 0; tile < s->tiles; tile++)
      transform_tile(t, row, tile * s->outputs - t->padLeft, output + tile * t->channels,
                     s->transformedSize);
  }
}

// Products of `rows` output rows to the output, columns [column, column + columns).
static void finish_rows(const tk_minimal *t, const minimal_sizes *s, const float *products,
                        ptrdiff_t firstRow, ptrdiff_t rows, size_t column, size_t columns) {
  const vf low = splat(t->low), high = splat(t->high);
  const size_t stride = (columns + TK_PANEL - 1) / TK_PANEL * TK_PANEL;
  const ptrdiff_t outputStride = t->outputStride;
  for (ptrdiff_t row = 0; row < rows; row++)
    for (ptrdiff_t tile = 0; tile < s->tiles; tile++, products += stride) {
      const ptrdiff_t x = tile * s->outputs;
      const ptrdiff_t start = ((firstRow + row) * t->outputWidth + x) * outputStride + (ptrdiff_t)column;
      const ptrdiff_t outputs = t->outputWidth - x < s->outputs ? t->outputWidth - x : s->outputs;
      for (size_t c = 0; c < columns; c += TK_LANES) {
        vf m[6], y[4];
        TK_UNROLL for (int i = 0; i < 6; i++) m[i] = load(products + (size_t)i * s->productSize + c);
        from_points(m, y, s->outputs == 4);
        const vf bias = load(t->bias + column + c);
        TK_UNROLL for (int i = 0; i < 4; i++) {
          if (i >= outputs) break;
          const ptrdiff_t place = start + i * outputStride;
          finish(y[i] + bias, t->addend ? t->addend + place : 0, t->output + place, c, columns, low,
                 high);
        }
      }
    }
}

static void convolve_minimal(const tk_minimal *t) {
  static const float zeros[TK_MINIMAL_PANELS * TK_PANEL];
  if (t->outputHeight <= 0 || t->outputWidth <= 0) return;
  const minimal_sizes s = sizes_of_minimal(t);
  const size_t k = (size_t)(t->kernelHeight * t->channels);
  const size_t panels = (t->columnCount + TK_PANEL - 1) / TK_PANEL;
  const ptrdiff_t rowSize = s.tiles * t->channels;
  float *const products = t->workspace + TK_MINIMAL_POINTS * s.transformedSize;
  tk_product product = {
      .pixelStride = t->channels,
      .rowStride = t->strideHeight * rowSize,
      .rowWidth = (size_t)s.tiles,
      .tapRows = (size_t)t->kernelHeight,
      .tapColumns = 1,
      .runLength = (size_t)t->channels,
      .tapRowStep = t->dilationHeight * rowSize,
      .bias = zeros,
      .low = -__builtin_inff(),
      .high = __builtin_inff(),
  };
  for (ptrdiff_t block = 0; block < t->outputHeight; block += s.blockRows) {
    const ptrdiff_t blockEnd =
        block + s.blockRows < t->outputHeight ? block + s.blockRows : t->outputHeight;
    transform_rows(t, &s, block, blockEnd - block);
    for (ptrdiff_t first = block; first < blockEnd; first += s.productRows) {
      const ptrdiff_t rows = blockEnd - first < s.productRows ? blockEnd - first : s.productRows;
      product.pixelCount = (size_t)(rows * s.tiles);
      for (size_t panel = 0; panel < panels; panel += TK_MINIMAL_PANELS) {
        const size_t count = panels - panel < TK_MINIMAL_PANELS ? panels - panel : TK_MINIMAL_PANELS;
        const size_t column = panel * TK_PANEL, left = t->columnCount - column;
        const float *weights = t->weights + TK_MINIMAL_POINTS * panel * k * TK_PANEL;
        product.columnCount = count * TK_PANEL;
        product.outputStride = (ptrdiff_t)product.columnCount;
        for (size_t point = 0; point < TK_MINIMAL_POINTS; point++) {
          const int last = point + 1 == TK_MINIMAL_POINTS && panel + count == panels;
          product.input = t->workspace + point * s.transformedSize +
                          (first - block) * t->strideHeight * rowSize;
          product.weights = weights + point * count * k * TK_PANEL;
          product.output = products + point * s.productSize;
          multiply_following(&product, last ? 0 : TK_MINIMAL_PANELS);
        }
        finish_rows(t, &s, products, first, rows, column,
                    left < count * TK_PANEL ? left : count * TK_PANEL);
      }
    }
  }
}
