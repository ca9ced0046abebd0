// Largest value and mean over a window, channels last.

static void pool(const tk_pooling *t) {
  const vf lowest = splat(-__builtin_inff()), zero = splat(0.0f);
  ptrdiff_t channels = t->channels;
  for (ptrdiff_t oh = 0; oh < t->outputHeight; oh++)
    for (ptrdiff_t ow = 0; ow < t->outputWidth; ow++) {
      ptrdiff_t top = oh * t->strideHeight - t->padTop, left = ow * t->strideWidth - t->padLeft;
      // Taps that lie in the padded image (they count in the mean), and those in the image.
      ptrdiff_t paddedRows = 0, paddedColumns = 0, rows = 0, columns = 0;
      ptrdiff_t firstRow = -1, firstColumn = -1;
      for (ptrdiff_t k = 0; k < t->kernelHeight; k++) {
        ptrdiff_t y = top + k * t->dilationHeight;
        paddedRows += y < t->height + t->padBottom;
        if (y >= 0 && y < t->height) {
          if (rows++ == 0) firstRow = y;
        }
      }
      for (ptrdiff_t k = 0; k < t->kernelWidth; k++) {
        ptrdiff_t x = left + k * t->dilationWidth;
        paddedColumns += x < t->width + t->padRight;
        if (x >= 0 && x < t->width) {
          if (columns++ == 0) firstColumn = x;
        }
      }
      ptrdiff_t taps = t->countsPadding ? paddedRows * paddedColumns : rows * columns;
      vf scale = splat(taps > 0 ? 1.0f / (float)taps : 0.0f);
      const float *start = t->input + (firstRow * t->width + firstColumn) * channels;
      float *output = t->output + (oh * t->outputWidth + ow) * channels;
      for (ptrdiff_t c = 0; c < channels; c += TK_LANES) {
        size_t width = channels - c < TK_LANES ? (size_t)(channels - c) : TK_LANES;
        vf sum = t->average ? zero : lowest;
        for (ptrdiff_t y = 0; y < rows; y++)
          for (ptrdiff_t x = 0; x < columns; x++) {
            const float *p =
                start + (y * t->dilationHeight * t->width + x * t->dilationWidth) * channels + c;
            vf value = width == TK_LANES ? load(p) : load_some(p, width);
            sum = t->average ? sum + value : MAXIMUM(sum, value);
          }
        if (t->average) sum *= scale;
        if (width == TK_LANES)
          store(output + c, sum);
        else
          store_some(output + c, sum, width);
      }
    }
}
