// Packing, padding and transposing: memory is the limit, so one version serves every level.
#include "CTensorKernels.h"
#include "MinimalSizes.h"

void tk_pack(const float *weights, ptrdiff_t kStride, ptrdiff_t nStride, size_t k, size_t n,
             float *packed) {
  for (size_t first = 0; first < n; first += TK_PANEL)
    for (size_t row = 0; row < k; row++)
      for (size_t column = first; column < first + TK_PANEL; column++)
        *packed++ = column < n ? weights[(ptrdiff_t)row * kStride + (ptrdiff_t)column * nStride] : 0;
}

void tk_copy_padded(const float *input, ptrdiff_t height, ptrdiff_t rowLength, ptrdiff_t firstRow,
                    ptrdiff_t rowCount, ptrdiff_t leftLength, ptrdiff_t rightLength,
                    float *output) {
  size_t whole = (size_t)(leftLength + rowLength + rightLength) * sizeof(float);
  for (ptrdiff_t row = firstRow; row < firstRow + rowCount; row++) {
    if (row < 0 || row >= height) {
      __builtin_memset(output, 0, whole);
    } else {
      __builtin_memset(output, 0, (size_t)leftLength * sizeof(float));
      __builtin_memcpy(output + leftLength, input + row * rowLength,
                       (size_t)rowLength * sizeof(float));
      __builtin_memset(output + leftLength + rowLength, 0, (size_t)rightLength * sizeof(float));
    }
    output += leftLength + rowLength + rightLength;
  }
}

enum { TRANSPOSE_BLOCK = 16 };

static void transpose_one(size_t rows, size_t columns, const float *restrict input,
                          float *restrict output) {
  for (size_t row = 0; row < rows; row += TRANSPOSE_BLOCK) {
    size_t rowEnd = row + TRANSPOSE_BLOCK < rows ? row + TRANSPOSE_BLOCK : rows;
    for (size_t column = 0; column < columns; column += TRANSPOSE_BLOCK) {
      size_t columnEnd = column + TRANSPOSE_BLOCK < columns ? column + TRANSPOSE_BLOCK : columns;
      for (size_t c = column; c < columnEnd; c++)
        for (size_t r = row; r < rowEnd; r++) output[c * rows + r] = input[r * columns + c];
    }
  }
}

void tk_transpose(size_t batch, size_t rows, size_t columns, const float *input, float *output) {
  size_t size = rows * columns;
  for (size_t image = 0; image < batch; image++)
    if (rows == 1 || columns == 1)
      __builtin_memcpy(output + image * size, input + image * size, size * sizeof(float));
    else
      transpose_one(rows, columns, input + image * size, output + image * size);
}

size_t tk_minimal_workspace(const tk_minimal *convolution) {
  if (convolution->outputHeight <= 0 || convolution->outputWidth <= 0) return 0;
  const minimal_sizes sizes = sizes_of_minimal(convolution);
  return TK_MINIMAL_POINTS * (sizes.transformedSize + sizes.productSize);
}
