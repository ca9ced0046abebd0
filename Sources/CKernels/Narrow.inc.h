// Products with a few columns: one scalar product for each element.

// Floats added up before the partial sum joins the total: keeps long sums accurate.
enum { PRODUCT_BLOCK = 16 * 1024 };

static float scalar_product(const float *a, const float *b, size_t count) {
  vf totals[4] = {{0}, {0}, {0}, {0}};
  size_t i = 0;
  while (i + 4 * TK_LANES <= count) {
    const size_t end = count - i < PRODUCT_BLOCK ? count : i + PRODUCT_BLOCK;
    vf sums[4] = {{0}, {0}, {0}, {0}};
    for (; i + 4 * TK_LANES <= end; i += 4 * TK_LANES)
      TK_UNROLL for (int s = 0; s < 4; s++)
        sums[s] = fma_(load(a + i + s * TK_LANES), load(b + i + s * TK_LANES), sums[s]);
    TK_UNROLL for (int s = 0; s < 4; s++) totals[s] += sums[s];
  }
  for (; i + TK_LANES <= count; i += TK_LANES)
    totals[0] = fma_(load(a + i), load(b + i), totals[0]);
  if (i < count)
    totals[1] = fma_(load_some(a + i, count - i), load_some(b + i, count - i), totals[1]);
  return sum_of((totals[0] + totals[1]) + (totals[2] + totals[3]));
}

static void multiply_narrow(const tk_product *t) {
  for (size_t row = 0; row < t->pixelCount; row++) {
    const float *a = t->input + (ptrdiff_t)row * t->pixelStride;
    float *output = t->output + (ptrdiff_t)row * t->outputStride;
    for (size_t column = 0; column < t->columnCount; column++) {
      float x = scalar_product(a, t->weights + column * t->runLength, t->runLength);
      x += t->bias[column];
      if (t->addend) x += t->addend[(ptrdiff_t)row * t->addendStride + (ptrdiff_t)column];
      x = t->low > x ? t->low : x;
      output[column] = t->high < x ? t->high : x;
    }
  }
}
