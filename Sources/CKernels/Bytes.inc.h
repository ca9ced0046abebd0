// Products of rows of bytes.

// A plain loop of a fixed length inside, which the compiler makes wide; sums of integers are the same
// in any order.
static void byte_products(size_t rows, size_t length, const int8_t *x, const int8_t *y,
                          int32_t *products) {
  for (size_t row = 0; row < rows; row++, x += length) {
    int32_t sum = 0;
    size_t i = 0;
    for (; i + 64 <= length; i += 64)
      for (size_t k = 0; k < 64; k++) sum += (int16_t)x[i + k] * (int16_t)y[i + k];
    for (; i < length; i++) sum += (int16_t)x[i] * (int16_t)y[i];
    products[row] = sum;
  }
}
