// The kernels of an instruction level: one list, from which their table, its entries and the public
// functions are made.
#pragma once

#include "CKernels.h"

// Of inference: name, parameters after the level, arguments.
#define TENSOR_KERNELS(K)                                                                          \
  K(apply, (tk_function function, size_t count, const float *input, float *output), (function,     \
    count, input, output))                                                                         \
  K(binary, (tk_binary_kind kind, size_t rows, size_t columns, const float *a, ptrdiff_t aRow,     \
    ptrdiff_t aColumn, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn, float *output), (kind,   \
    rows, columns, a, aRow, aColumn, b, bRow, bColumn, output))                                    \
  K(softmax, (int logarithm, size_t rows, size_t length, const float *input, float *output),       \
    (logarithm, rows, length, input, output))                                                      \
  K(reduce, (tk_reduction_kind kind, size_t outer, size_t length, size_t inner, const float        \
    *input, float *output), (kind, outer, length, inner, input, output))                           \
  K(layer_normalize, (size_t rows, size_t length, float epsilon, const float *input, const float   \
    *scale, const float *shift, float *output), (rows, length, epsilon, input, scale, shift,       \
    output))                                                                                       \
  K(multiply, (const tk_product *product), (product))                                              \
  K(multiply_narrow, (const tk_product *product), (product))                                       \
  K(convolve_minimal, (const tk_minimal *convolution), (convolution))                              \
  K(convolve_depthwise, (const tk_depthwise *convolution), (convolution))                          \
  K(pool, (const tk_pooling *pooling), (pooling))                                                  \
  K(byte_products, (size_t rows, size_t length, const int8_t *x, const int8_t *y, int32_t          \
    *products), (rows, length, x, y, products))                                                    \
  K(gru_linear, (size_t hidden, const float *inputs, const float *recurrent, const float *state,   \
    float *newState), (hidden, inputs, recurrent, state, newState))                                \
  K(gru_gates, (size_t hidden, const float *inputs, const float *recurrent, const float *state,    \
    float *update, float *resetState), (hidden, inputs, recurrent, state, update, resetState))     \
  K(gru_finish, (size_t hidden, const float *inputs, const float *recurrent, const float           \
    *update, const float *state, float *newState), (hidden, inputs, recurrent, update, state,      \
    newState))                                                                                     \
  K(lstm, (size_t hidden, const float *inputs, const float *recurrent, const float *peepholes,     \
    const float *cell, float *newCell, float *newState), (hidden, inputs, recurrent, peepholes,    \
    cell, newCell, newState))

// Of training: result, name, parameters, arguments.
#define GRADIENT_KERNELS(K)                                                                        \
  K(void, gather_columns, (const gk_window *window, const float *image, float *columns),           \
    (window, image, columns))                                                                      \
  K(void, scatter_columns, (const gk_window *window, const float *columns, float *image),          \
    (window, columns, image))                                                                      \
  K(void, depthwise, (const gk_window *window, const float *image, const float *weights, float     \
    *output), (window, image, weights, output))                                                    \
  K(void, depthwise_image, (const gk_window *window, const float *gradient, const float            \
    *weights, float *image), (window, gradient, weights, image))                                   \
  K(void, depthwise_weights, (const gk_window *window, const float *gradient, const float          \
    *image, float *weights), (window, gradient, image, weights))                                   \
  K(void, max_pool, (const gk_window *window, const float *image, float *output, int32_t           \
    *where), (window, image, output, where))                                                       \
  K(void, max_pool_image, (const gk_window *window, const float *gradient, const int32_t *where,   \
    float *image), (window, gradient, where, image))                                               \
  K(void, average_pool, (const gk_window *window, int countsPadding, const float *image, float     \
    *output), (window, countsPadding, image, output))                                              \
  K(void, average_pool_image, (const gk_window *window, int countsPadding, const float             \
    *gradient, float *image), (window, countsPadding, gradient, image))                            \
  K(void, add_row_sums, (size_t rows, size_t length, const float *values, float *sums), (rows,     \
    length, values, sums))                                                                         \
  K(void, add_to_rows, (size_t rows, size_t length, const float *addends, float *values), (rows,   \
    length, addends, values))                                                                      \
  K(double, plane_sum, (size_t images, size_t step, size_t plane, const float *x), (images,        \
    step, plane, x))                                                                               \
  K(double, plane_squares, (size_t images, size_t step, size_t plane, const float *x, float        \
    mean), (images, step, plane, x, mean))                                                         \
  K(void, scale_planes, (size_t images, size_t step, size_t plane, const float *x, float scale,    \
    float shift, int rectifies, float *y), (images, step, plane, x, scale, shift, rectifies, y))   \
  K(void, normalization_sums, (size_t images, size_t step, size_t plane, const float *gradient,    \
    const float *x, const float *y, float mean, double sums[2]), (images, step, plane, gradient,   \
    x, y, mean, sums))                                                                             \
  K(void, normalization_input, (size_t images, size_t step, size_t plane, const float *gradient,   \
    const float *x, const float *y, float a, float b, float c, int adds, float *dx), (images,      \
    step, plane, gradient, x, y, a, b, c, adds, dx))                                               \
  K(void, apply, (gk_function_kind kind, float a, float b, size_t count, const float *x, float     \
    *y), (kind, a, b, count, x, y))                                                                \
  K(void, apply_gradient, (gk_function_kind kind, float a, float b, size_t count, const float      \
    *x, const float *y, const float *dy, int adds, float *dx), (kind, a, b, count, x, y, dy,       \
    adds, dx))                                                                                     \
  K(void, drop, (uint64_t seed, uint64_t firstIndex, float ratio, size_t count, const float *x,    \
    int adds, float *y), (seed, firstIndex, ratio, count, x, adds, y))                             \
  K(void, binary, (gk_binary_kind kind, const gk_loop *loop, const float *a, const float *b,       \
    float *output), (kind, loop, a, b, output))                                                    \
  K(void, binary_left, (gk_binary_kind kind, const gk_loop *loop, const float *a, const float      \
    *b, const float *gradient, float *da), (kind, loop, a, b, gradient, da))                       \
  K(void, binary_right, (gk_binary_kind kind, const gk_loop *loop, const float *a, const float     \
    *b, const float *gradient, float *db), (kind, loop, a, b, gradient, db))                       \
  K(void, copy, (const gk_loop *loop, float scale, int adds, const float *a, float *b), (loop,     \
    scale, adds, a, b))                                                                            \
  K(void, maximum, (const gk_loop *loop, const float *a, float *b, int32_t *where), (loop, a, b,   \
    where))                                                                                        \
  K(void, maximum_gradient, (const gk_loop *loop, const float *gradient, const int32_t *where,     \
    float *a), (loop, gradient, where, a))                                                         \
  K(void, softmax, (int logarithm, size_t outer, size_t length, size_t inner, const float *x,      \
    float *y), (logarithm, outer, length, inner, x, y))                                            \
  K(void, softmax_gradient, (int logarithm, size_t outer, size_t length, size_t inner, const       \
    float *y, const float *dy, int adds, float *dx), (logarithm, outer, length, inner, y, dy,      \
    adds, dx))                                                                                     \
  K(void, adamw, (size_t count, float *weights, const float *gradient, float *mean, float          \
    *square, float rate, float beta1, float beta2, float epsilon, float decay, float               \
    correction1, float correction2), (count, weights, gradient, mean, square, rate, beta1,         \
    beta2, epsilon, decay, correction1, correction2))                                              \
  K(void, momentum, (size_t count, float *weights, const float *gradient, float *velocity, float   \
    rate, float momentum, float decay), (count, weights, gradient, velocity, rate, momentum,       \
    decay))                                                                                        \
  K(void, blend, (size_t count, const float *x, float share, float *y), (count, x, share, y))      \
  K(void, scale, (size_t count, float factor, float *x), (count, factor, x))                       \
  K(double, sum_squares, (size_t count, const float *x), (count, x))                               \
  K(void, sum_parts, (size_t parts, size_t step, size_t count, const float *x, int adds, float     \
    *y), (parts, step, count, x, adds, y))                                                         \
  K(void, gru, (int linear, size_t rows, size_t hidden, const float *inputs, const float           \
    *recurrent, const float *state, float *gates, float *newState), (linear, rows, hidden,         \
    inputs, recurrent, state, gates, newState))                                                    \
  K(void, gru_reset, (size_t rows, size_t hidden, const float *inputs, const float *recurrent,     \
    const float *state, float *resetState), (rows, hidden, inputs, recurrent, state,               \
    resetState))                                                                                   \
  K(void, gru_gradient, (int linear, size_t rows, size_t hidden, const float *gates, const float   \
    *recurrent, const float *state, const float *dNewState, float *dInputs, float *dRecurrent,     \
    float *dState), (linear, rows, hidden, gates, recurrent, state, dNewState, dInputs,            \
    dRecurrent, dState))                                                                           \
  K(void, gru_reset_gradient, (size_t rows, size_t hidden, const float *gates, const float         \
    *state, const float *dReset, float *dInputs, float *dRecurrent, float *dState), (rows,         \
    hidden, gates, state, dReset, dInputs, dRecurrent, dState))

#define TENSOR_MEMBER(NAME, PARAMETERS, ARGUMENTS) void(*NAME) PARAMETERS;
#define GRADIENT_MEMBER(RESULT, NAME, PARAMETERS, ARGUMENTS) RESULT(*gradient_##NAME) PARAMETERS;

typedef struct {
  TENSOR_KERNELS(TENSOR_MEMBER)
  GRADIENT_KERNELS(GRADIENT_MEMBER)
} kernel_table;

extern const kernel_table kernels_baseline;
#if defined(__x86_64__)
extern const kernel_table kernels_avx2;
extern const kernel_table kernels_avx512;
#endif

// How a convolution by minimal filtering is cut into blocks that fit the caches.

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
