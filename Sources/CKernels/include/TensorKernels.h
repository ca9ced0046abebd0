// Tensor kernels in C with generic vectors, one copy per instruction level.
//
// Nothing here allocates or checks sizes: NeuralNetwork checks before it calls. `level` is a
// value that tk_level_is_supported() accepts. Matrices are row-major; images are height × width ×
// channels. Strides count floats.
#pragma once

#include <stddef.h>

enum {
  TK_LEVEL_BASELINE = 0,  // SSE2 on x86-64, NEON on aarch64
  TK_LEVEL_AVX2 = 1,      // AVX2 with FMA
  TK_LEVEL_AVX512 = 2,    // AVX-512 F, VL, DQ, BW
};

// Columns of packed weights lie in panels of this many, at every level.
enum { TK_PANEL = 16 };

int tk_level_is_supported(int level);

// Elementwise functions.

typedef enum {
  TK_IDENTITY,
  TK_RELU,
  TK_CLIP,        // a = low, b = high
  TK_LEAKY_RELU,  // a = slope
  TK_ELU,         // a = alpha
  TK_SELU,        // a = alpha, b = gamma
  TK_SIGMOID,
  TK_HARD_SIGMOID,  // a = alpha, b = beta
  TK_HARD_SWISH,
  TK_SILU,
  TK_TANH,
  TK_ERF,
  TK_GELU,
  TK_GELU_TANH,
  TK_SOFTPLUS,
  TK_SOFTSIGN,
  TK_EXP,
  TK_LOG,
  TK_SQRT,
  TK_RECIPROCAL,
  TK_ABS,
  TK_NEGATE,
  TK_FLOOR,
  TK_CEIL,
  TK_ROUND,  // to even
} tk_function_kind;

typedef struct {
  tk_function_kind kind;
  float a, b;
} tk_function;

// output[i] = function(input[i]); input may be output.
void tk_apply(int level, tk_function function, size_t count, const float *input, float *output);

typedef enum { TK_ADD, TK_SUBTRACT, TK_MULTIPLY, TK_DIVIDE, TK_MINIMUM, TK_MAXIMUM } tk_binary_kind;

// output[r*columns + c] = a[r*aRow + c*aColumn] ∘ b[r*bRow + c*bColumn]; column steps are 0 or 1.
void tk_binary(int level, tk_binary_kind kind, size_t rows, size_t columns, const float *a,
               ptrdiff_t aRow, ptrdiff_t aColumn, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn,
               float *output);

// Softmax (or its logarithm) of each row of [rows, length].
void tk_softmax(int level, int logarithm, size_t rows, size_t length, const float *input,
                float *output);

typedef enum { TK_SUM, TK_MEAN, TK_MAX, TK_MIN, TK_SUM_SQUARES, TK_SUM_ABS } tk_reduction_kind;

// Reduces the middle axis of [outer, length, inner] to [outer, inner].
void tk_reduce(int level, tk_reduction_kind kind, size_t outer, size_t length, size_t inner,
               const float *input, float *output);

// Each row of [rows, length] to mean 0 and deviation 1, times scale plus shift ([length] each).
void tk_layer_normalize(int level, size_t rows, size_t length, float epsilon, const float *input,
                        const float *scale, const float *shift, float *output);

// Matrix products and convolutions.

// Weights [K, N], element (k, n) at k*kStride + n*nStride, into panels [N/16 rounded up][K][16];
// columns past N become zero.
void tk_pack(const float *weights, ptrdiff_t kStride, ptrdiff_t nStride, size_t k, size_t n,
             float *packed);

// output[m, n] = clamp(bias[n] + Σ input(m, k)·weight[k, n] + addend[m, n], low, high).
//
// Row m of the left side starts at input + (m / rowWidth)·rowStride + (m % rowWidth)·pixelStride and
// is the concatenation of tapRows · tapColumns runs of runLength floats; run (y, x) begins
// y·tapRowStep + x·tapColumnStep floats after that start. Each element is summed in the order of k,
// whatever rows are asked for.
typedef struct {
  const float *input;
  ptrdiff_t pixelStride, rowStride;
  size_t rowWidth, pixelCount;
  size_t tapRows, tapColumns, runLength;
  ptrdiff_t tapRowStep, tapColumnStep;
  const float *weights;  // packed by tk_pack
  const float *bias;     // [columnCount rounded up to 16]
  size_t columnCount;
  float *output;
  ptrdiff_t outputStride;
  const float *addend;  // or NULL
  ptrdiff_t addendStride;
  float low, high;
} tk_product;

void tk_multiply(int level, const tk_product *product);

// The same for so few columns that panels would be mostly empty: weights [columnCount, runLength],
// not packed; one tap; bias [columnCount].
void tk_multiply_narrow(int level, const tk_product *product);

// A convolution whose kernel is 3 or 5 wide, stride and dilation 1 in width, by minimal filtering
// along the width (Winograd, F(4, 3) and F(2, 5) at the points 0, ±1, ±2, ∞): four outputs of a row
// from six products instead of twelve, or two instead of ten. Rows are summed as in tk_product, so
// each still depends on its own input only.
typedef struct {
  const float *input;  // [height, width, inputStride]; `channels` of each pixel are taken
  ptrdiff_t height, width, inputStride, channels;
  ptrdiff_t kernelHeight, kernelWidth, strideHeight, dilationHeight;
  ptrdiff_t padTop, padLeft;
  ptrdiff_t outputHeight, outputWidth;
  // For each four panels of columns: six matrices, one a point, packed by tk_pack.
  const float *weights;
  const float *bias;  // [columnCount rounded up to 16]
  size_t columnCount;
  float *output;  // [outputHeight, outputWidth, outputStride]
  ptrdiff_t outputStride;
  const float *addend;  // or NULL; strides of the output
  float low, high;
  float *workspace;
} tk_minimal;

enum { TK_MINIMAL_POINTS = 6, TK_MINIMAL_PANELS = 4 };

// Floats of workspace; input, output, weights and workspace need not be set.
size_t tk_minimal_workspace(const tk_minimal *convolution);
void tk_convolve_minimal(int level, const tk_minimal *convolution);

// One channel to one: output[oh, ow, c] = clamp(bias[c] + Σ input[…, c]·weights[kh, kw, c] +
// addend[oh, ow, c], low, high). Taps outside the input count as zero.
typedef struct {
  const float *input;  // [height, width, channels]
  ptrdiff_t height, width, channels;
  ptrdiff_t kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth;
  ptrdiff_t padTop, padLeft;
  ptrdiff_t outputHeight, outputWidth;
  const float *weights;  // [kernelHeight, kernelWidth, channels]
  const float *bias;     // [channels]
  float *output;         // [outputHeight, outputWidth, channels]
  const float *addend;   // of the output's shape, or NULL
  float low, high;
} tk_depthwise;

void tk_convolve_depthwise(int level, const tk_depthwise *convolution);

typedef struct {
  const float *input;  // [height, width, channels]
  ptrdiff_t height, width, channels;
  ptrdiff_t kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth;
  ptrdiff_t padTop, padLeft, padBottom, padRight;
  ptrdiff_t outputHeight, outputWidth;
  float *output;  // [outputHeight, outputWidth, channels]
  int average, countsPadding;
} tk_pooling;

void tk_pool(int level, const tk_pooling *pooling);

// Copies [height, width·channels floats] into the middle of zeros: rows of
// (padLeft + width + padRight)·channels floats; rows outside [0, height) are zero rows.
void tk_copy_padded(const float *input, ptrdiff_t height, ptrdiff_t rowLength, ptrdiff_t firstRow,
                    ptrdiff_t rowCount, ptrdiff_t leftLength, ptrdiff_t rightLength, float *output);

// [batch, rows, columns] to [batch, columns, rows].
void tk_transpose(size_t batch, size_t rows, size_t columns, const float *input, float *output);

// Gates of recurrent cells; `inputs` and `recurrent` are the two matrix products with their biases.

// GRU with linear_before_reset: gates in the order z, r, h, each [hidden].
void tk_gru_linear(int level, size_t hidden, const float *inputs, const float *recurrent,
                   const float *state, float *newState);
// GRU without: first z and r (into `update` and, times the state, `resetState`), then the rest.
void tk_gru_gates(int level, size_t hidden, const float *inputs, const float *recurrent,
                  const float *state, float *update, float *resetState);
void tk_gru_finish(int level, size_t hidden, const float *inputs, const float *recurrent,
                   const float *update, const float *state, float *newState);
// LSTM: gates in the order i, o, f, c; peepholes [3, hidden] in the order i, o, f, or NULL.
void tk_lstm(int level, size_t hidden, const float *inputs, const float *recurrent,
             const float *peepholes, const float *cell, float *newCell, float *newState);
