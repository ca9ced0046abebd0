// Kernels in C with generic vectors: one source for x86-64 and aarch64, compiled for several
// instruction levels.
//
// Nothing here allocates, starts threads or checks sizes: NeuralNetwork and Training check before
// they call. Strides count floats. Every result is summed in a fixed order, so equal arguments give
// equal bits at one level.
#pragma once

#include <stddef.h>
#include <stdint.h>

// MARK: Inference
//
// Matrices are row-major; images are height × width × channels. `level` is a value that
// tk_level_is_supported() accepts.

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

// products[r] = Σ x[r, i]·y[i] over rows of bytes [rows, length].
void tk_byte_products(int level, size_t rows, size_t length, const int8_t *x, const int8_t *y,
                      int32_t *products);

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
//
// Weights may be int8 in the same panels, with a scale per column: weight[k, n] is then integer[k, n]
// times scales[n], and the sum is multiplied once before the bias is added.
typedef struct {
  const float *input;
  ptrdiff_t pixelStride, rowStride;
  size_t rowWidth, pixelCount;
  size_t tapRows, tapColumns, runLength;
  ptrdiff_t tapRowStep, tapColumnStep;
  const void *weights;  // floats packed by tk_pack, or int8 if there are scales
  const float *scales;  // [columnCount rounded up to 16], or NULL
  const float *bias;    // [columnCount rounded up to 16]
  size_t columnCount;
  float *output;
  ptrdiff_t outputStride;
  const float *addend;  // or NULL
  ptrdiff_t addendStride;
  float low, high;
} tk_product;

void tk_multiply(int level, const tk_product *product);

// The same for so few columns that panels would be mostly empty: float weights [columnCount,
// runLength], not packed; one tap; bias [columnCount].
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

// MARK: Training
//
// What a batch needs forwards that inference does not, and gradients, at the best level. Tensors are
// row-major, images [channels, height, width].

// Convolutions and pooling, one image at a time.

typedef struct {
  ptrdiff_t channels, height, width;
  ptrdiff_t kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth;
  ptrdiff_t padTop, padLeft;
  ptrdiff_t outputHeight, outputWidth;
} gk_window;

// columns[(c·kh + ky)·kw + kx][oy·ow + ox] = image[c, iy, ix], 0 outside the image.
void gk_gather_columns(const gk_window *window, const float *image, float *columns);
// The reverse: adds each column's value to the pixel it came from.
void gk_scatter_columns(const gk_window *window, const float *columns, float *image);

// One kernel [kh, kw] a channel.
void gk_depthwise(const gk_window *window, const float *image, const float *weights, float *output);
// Adds to `image` the gradient with respect to it.
void gk_depthwise_image(const gk_window *window, const float *gradient, const float *weights,
                        float *image);
// Adds to `weights` the gradient with respect to them.
void gk_depthwise_weights(const gk_window *window, const float *gradient, const float *image,
                          float *weights);

// `where` receives the place of each maximum in its channel's plane; the first one of equals.
void gk_max_pool(const gk_window *window, const float *image, float *output, int32_t *where);
void gk_max_pool_image(const gk_window *window, const float *gradient, const int32_t *where,
                       float *image);
void gk_average_pool(const gk_window *window, int countsPadding, const float *image, float *output);
void gk_average_pool_image(const gk_window *window, int countsPadding, const float *gradient,
                           float *image);

// Sums of each row of [rows, length], added to `sums`.
void gk_add_row_sums(size_t rows, size_t length, const float *values, float *sums);
// values[r, i] += addends[r].
void gk_add_to_rows(size_t rows, size_t length, const float *addends, float *values);

// Batch normalisation of one channel: `images` planes of `plane` floats, `step` apart.

double gk_plane_sum(size_t images, size_t step, size_t plane, const float *x);
double gk_plane_squares(size_t images, size_t step, size_t plane, const float *x, float mean);
// y = x·scale + shift, no less than 0 if `rectifies`.
void gk_scale_planes(size_t images, size_t step, size_t plane, const float *x, float scale,
                     float shift, int rectifies, float *y);
// sums[0] = Σ g, sums[1] = Σ g·(x − mean); g is 0 where `y` (if given) is not above 0.
void gk_normalization_sums(size_t images, size_t step, size_t plane, const float *gradient,
                           const float *x, const float *y, float mean, double sums[2]);
// dx = g·a + x·b + c, added if `adds`.
void gk_normalization_input(size_t images, size_t step, size_t plane, const float *gradient,
                            const float *x, const float *y, float a, float b, float c, int adds,
                            float *dx);

// One number in, one out.

typedef enum {
  GK_RELU,
  GK_LEAKY_RELU,    // a = slope
  GK_ELU,           // a = alpha
  GK_CLIP,          // a = low, b = high
  GK_SIGMOID,
  GK_HARD_SIGMOID,  // a = alpha, b = beta
  GK_HARD_SWISH,
  GK_TANH,
  GK_SOFTPLUS,
  GK_GELU,
  GK_EXP,
  GK_LOG,
  GK_SQRT,
  GK_ABS,
  GK_NEGATE,
  GK_RECIPROCAL,
  GK_SELU,              // a = alpha, b = gamma
  GK_CELU,              // a = alpha
  GK_SOFTSIGN,
  GK_THRESHOLDED_RELU,  // a = alpha
  GK_MISH,
} gk_function_kind;

void gk_apply(gk_function_kind kind, float a, float b, size_t count, const float *x, float *y);
// dx = dy·f′(x), added if `adds`; y is f(x).
void gk_apply_gradient(gk_function_kind kind, float a, float b, size_t count, const float *x,
                       const float *y, const float *dy, int adds, float *dx);

// Keeps element i, times 1 / (1 − ratio), or makes it 0, as `seed` and firstIndex + i say.
void gk_drop(uint64_t seed, uint64_t firstIndex, float ratio, size_t count, const float *x, int adds,
             float *y);

// Over any axes: loops over `shape`; a stride of 0 repeats (reading) or sums (writing).

enum { GK_MAX_RANK = 8 };

typedef struct {
  size_t rank;  // 1 to GK_MAX_RANK
  ptrdiff_t shape[GK_MAX_RANK];
  ptrdiff_t a[GK_MAX_RANK], b[GK_MAX_RANK];  // strides of two operands
} gk_loop;

typedef enum {
  GK_ADD,
  GK_SUBTRACT,
  GK_MULTIPLY,
  GK_DIVIDE,
  GK_MAXIMUM,
  GK_MINIMUM,
  GK_POWER,   // of numbers above 0
  GK_SLOPED,  // a, or a·b where a is below 0
} gk_binary_kind;

// output (without gaps) = a ∘ b.
void gk_binary(gk_binary_kind kind, const gk_loop *loop, const float *a, const float *b,
               float *output);
// Adds to `da`, which has the strides of a, what `gradient` (without gaps) gives it.
void gk_binary_left(gk_binary_kind kind, const gk_loop *loop, const float *a, const float *b,
                    const float *gradient, float *da);
// The same for b.
void gk_binary_right(gk_binary_kind kind, const gk_loop *loop, const float *a, const float *b,
                     const float *gradient, float *db);
// b = a, or b += a if `adds`, or b += scale·a where scale is not 1.
void gk_copy(const gk_loop *loop, float scale, int adds, const float *a, float *b);
// b = max(b, a); where[place of b] = index of the step at which a was larger; starts at −1.
void gk_maximum(const gk_loop *loop, const float *a, float *b, int32_t *where);
// Adds b's gradient to a at the steps that `where` names.
void gk_maximum_gradient(const gk_loop *loop, const float *gradient, const int32_t *where, float *a);

// Softmax, or its logarithm, over the middle axis of [outer, length, inner].
void gk_softmax(int logarithm, size_t outer, size_t length, size_t inner, const float *x, float *y);
void gk_softmax_gradient(int logarithm, size_t outer, size_t length, size_t inner, const float *y,
                         const float *dy, int adds, float *dx);

// Optimisers and sums over weights.

void gk_adamw(size_t count, float *weights, const float *gradient, float *mean, float *square,
              float rate, float beta1, float beta2, float epsilon, float decay, float correction1,
              float correction2);
void gk_momentum(size_t count, float *weights, const float *gradient, float *velocity, float rate,
                 float momentum, float decay);
// y += (x − y)·share.
void gk_blend(size_t count, const float *x, float share, float *y);
void gk_scale(size_t count, float factor, float *x);
double gk_sum_squares(size_t count, const float *x);
// y = or += Σ parts[p·step + i].
void gk_sum_parts(size_t parts, size_t step, size_t count, const float *x, int adds, float *y);

// A step of a GRU for `rows` sequences; gates in the order z, r, h, each [hidden].
//
// `inputs` and `recurrent` are x·Wᵀ + b and h·Rᵀ + b, [rows, 3·hidden]; without `linear`
// (linear_before_reset = 0) recurrent's third part is (r·h)·Rᵀ + b. `gates` receives z, r and h̃.
void gk_gru(int linear, size_t rows, size_t hidden, const float *inputs, const float *recurrent,
            const float *state, float *gates, float *newState);
// The reset state r·h for the third product.
void gk_gru_reset(size_t rows, size_t hidden, const float *inputs, const float *recurrent,
                  const float *state, float *resetState);
// Gradients of a step: dInputs and dRecurrent [rows, 3·hidden], dState = its direct part. Without
// `linear` dRecurrent's third part still has to pass the product before it reaches r and h.
void gk_gru_gradient(int linear, size_t rows, size_t hidden, const float *gates,
                     const float *recurrent, const float *state, const float *dNewState,
                     float *dInputs, float *dRecurrent, float *dState);
// Passes dReset (gradient of r·h) on to r's part of dInputs and dRecurrent, and to dState.
void gk_gru_reset_gradient(size_t rows, size_t hidden, const float *gates, const float *state,
                           const float *dReset, float *dInputs, float *dRecurrent, float *dState);
