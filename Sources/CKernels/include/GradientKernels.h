// Kernels of training in C: what a batch needs forwards that inference does not, and gradients.
//
// Nothing here allocates, starts threads or checks sizes: Training checks before it
// calls. Tensors are row-major, images [channels, height, width]. Strides count floats. Every result
// is summed in a fixed order, so equal arguments give equal bits.
#pragma once

#include <stddef.h>
#include <stdint.h>

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
