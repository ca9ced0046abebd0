// How a convolution by minimal filtering is cut into blocks that fit the caches.
#pragma once

#include "TensorKernels.h"

enum {
  MINIMAL_INPUT_FLOATS = 64 * 1024,  // transformed input rows kept at once
  MINIMAL_PRODUCT_ROWS = 72,         // rows of one product, a multiple of the tallest tile
};

typedef struct {
  ptrdiff_t outputs;       // neighbouring outputs of one tile
  ptrdiff_t tiles;         // in a row
  ptrdiff_t blockRows;     // output rows whose input is transformed at once
  ptrdiff_t inputRows;     // input rows under them
  ptrdiff_t productRows;   // output rows multiplied at once
  size_t transformedSize;  // floats of one point's input
  size_t productSize;      // floats of one point's products
} minimal_sizes;

static inline minimal_sizes sizes_of_minimal(const tk_minimal *t) {
  minimal_sizes s;
  s.outputs = TK_MINIMAL_POINTS - t->kernelWidth + 1;
  s.tiles = (t->outputWidth + s.outputs - 1) / s.outputs;
  const ptrdiff_t rowFloats = TK_MINIMAL_POINTS * s.tiles * t->channels;
  const ptrdiff_t span = (t->kernelHeight - 1) * t->dilationHeight + 1;
  s.productRows = MINIMAL_PRODUCT_ROWS / s.tiles;
  if (s.productRows < 1) s.productRows = 1;
  if (s.productRows > t->outputHeight) s.productRows = t->outputHeight;
  s.blockRows = (MINIMAL_INPUT_FLOATS / rowFloats - span) / t->strideHeight + 1;
  s.blockRows = s.blockRows / s.productRows * s.productRows;
  if (s.blockRows < s.productRows) s.blockRows = s.productRows;
  if (s.blockRows > t->outputHeight) s.blockRows = t->outputHeight;
  s.inputRows = (s.blockRows - 1) * t->strideHeight + span;
  s.transformedSize = (size_t)(s.inputRows * s.tiles * t->channels);
  s.productSize = (size_t)(s.productRows * s.tiles) * TK_MINIMAL_PANELS * TK_PANEL;
  return s;
}
