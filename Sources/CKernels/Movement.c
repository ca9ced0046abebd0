// Packing, padding and transposing: memory is the limit, so one version serves every level.
#include "Kernels.h"

typedef float v4 __attribute__((vector_size(16), aligned(4)));

// output[j * outputStride + i] = input[i * inputStride + j] for i, j in 0..<4.
static inline void transpose_4x4(const float *input, ptrdiff_t inputStride, float *output,
                                 ptrdiff_t outputStride) {
  v4 a = *(const v4 *)input, b = *(const v4 *)(input + inputStride);
  v4 c = *(const v4 *)(input + 2 * inputStride), d = *(const v4 *)(input + 3 * inputStride);
  v4 abLow = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  v4 abHigh = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  v4 cdLow = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  v4 cdHigh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(v4 *)output = __builtin_shufflevector(abLow, cdLow, 0, 1, 4, 5);
  *(v4 *)(output + outputStride) = __builtin_shufflevector(abLow, cdLow, 2, 3, 6, 7);
  *(v4 *)(output + 2 * outputStride) = __builtin_shufflevector(abHigh, cdHigh, 0, 1, 4, 5);
  *(v4 *)(output + 3 * outputStride) = __builtin_shufflevector(abHigh, cdHigh, 2, 3, 6, 7);
}

enum { TRANSPOSE_BLOCK = 16 };

// Swaps the axes of `rows` × `columns` floats, by blocks, so that what is read and written stays in
// the cache.
static void transpose_strided(size_t rows, size_t columns, const float *input,
                              ptrdiff_t inputStride, float *output, ptrdiff_t outputStride) {
  for (size_t row = 0; row < rows; row += TRANSPOSE_BLOCK) {
    const size_t rowEnd = row + TRANSPOSE_BLOCK < rows ? row + TRANSPOSE_BLOCK : rows;
    size_t column = 0;
    for (; column + 4 <= columns; column += 4) {
      size_t r = row;
      for (; r + 4 <= rowEnd; r += 4)
        transpose_4x4(input + (ptrdiff_t)r * inputStride + column, inputStride,
                      output + (ptrdiff_t)column * outputStride + r, outputStride);
      for (; r < rowEnd; r++)
        for (size_t c = column; c < column + 4; c++)
          output[(ptrdiff_t)c * outputStride + (ptrdiff_t)r] =
              input[(ptrdiff_t)r * inputStride + (ptrdiff_t)c];
    }
    for (; column < columns; column++)
      for (size_t r = row; r < rowEnd; r++)
        output[(ptrdiff_t)column * outputStride + (ptrdiff_t)r] =
            input[(ptrdiff_t)r * inputStride + (ptrdiff_t)column];
  }
}

// Panels whose columns are neighbours in memory.
static void pack_rows(const float *weights, ptrdiff_t kStride, size_t k, size_t n, float *packed) {
  for (size_t first = 0; first < n; first += TK_PANEL) {
    const size_t columns = n - first < TK_PANEL ? n - first : TK_PANEL;
    for (size_t row = 0; row < k; row++, packed += TK_PANEL) {
      const float *source = weights + (ptrdiff_t)row * kStride + first;
      if (columns == TK_PANEL) {
        __builtin_memcpy(packed, source, TK_PANEL * sizeof(float));
      } else {
        __builtin_memset(packed, 0, TK_PANEL * sizeof(float));
        __builtin_memcpy(packed, source, columns * sizeof(float));
      }
    }
  }
}

void tk_pack(const float *weights, ptrdiff_t kStride, ptrdiff_t nStride, size_t k, size_t n,
             float *packed) {
  if (nStride == 1) {
    pack_rows(weights, kStride, k, n, packed);
    return;
  }
  for (size_t first = 0; first < n; first += TK_PANEL) {
    const size_t columns = n - first < TK_PANEL ? n - first : TK_PANEL;
    if (columns < TK_PANEL) __builtin_memset(packed, 0, k * TK_PANEL * sizeof(float));
    const float *source = weights + (ptrdiff_t)first * nStride;
    if (kStride == 1) {
      transpose_strided(columns, k, source, nStride, packed, TK_PANEL);
    } else {
      for (size_t row = 0; row < k; row++)
        for (size_t column = 0; column < columns; column++)
          packed[row * TK_PANEL + column] =
              source[(ptrdiff_t)row * kStride + (ptrdiff_t)column * nStride];
    }
    packed += k * TK_PANEL;
  }
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

void tk_transpose(size_t batch, size_t rows, size_t columns, const float *input, float *output) {
  size_t size = rows * columns;
  for (size_t image = 0; image < batch; image++)
    if (rows == 1 || columns == 1)
      __builtin_memcpy(output + image * size, input + image * size, size * sizeof(float));
    else
      transpose_strided(rows, columns, input + image * size, (ptrdiff_t)columns,
                        output + image * size, (ptrdiff_t)rows);
}

size_t tk_minimal_workspace(const tk_minimal *convolution) {
  if (convolution->outputHeight <= 0 || convolution->outputWidth <= 0) return 0;
  const minimal_sizes sizes = sizes_of_minimal(convolution);
  return TK_MINIMAL_POINTS * (sizes.transformedSize + sizes.productSize);
}
