// Chooses the kernels of the level asked for.
#include "KernelTable.h"

int tk_level_is_supported(int level) {
  if (level == TK_LEVEL_BASELINE) return 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (level == TK_LEVEL_AVX2) return avx2;
  if (level == TK_LEVEL_AVX512)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#endif
  return 0;
}

static const tk_kernel_table *kernels(int level) {
  (void)level;
#if defined(__x86_64__)
  if (level == TK_LEVEL_AVX512) return &tk_kernels_avx512;
  if (level == TK_LEVEL_AVX2) return &tk_kernels_avx2;
#endif
  return &tk_kernels_baseline;
}

void tk_apply(int level, tk_function function, size_t count, const float *input, float *output) {
  kernels(level)->apply(function, count, input, output);
}

void tk_binary(int level, tk_binary_kind kind, size_t rows, size_t columns, const float *a,
               ptrdiff_t aRow, ptrdiff_t aColumn, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn,
               float *output) {
  kernels(level)->binary(kind, rows, columns, a, aRow, aColumn, b, bRow, bColumn, output);
}

void tk_softmax(int level, int logarithm, size_t rows, size_t length, const float *input,
                float *output) {
  kernels(level)->softmax(logarithm, rows, length, input, output);
}

void tk_reduce(int level, tk_reduction_kind kind, size_t outer, size_t length, size_t inner,
               const float *input, float *output) {
  kernels(level)->reduce(kind, outer, length, inner, input, output);
}

void tk_layer_normalize(int level, size_t rows, size_t length, float epsilon, const float *input,
                        const float *scale, const float *shift, float *output) {
  kernels(level)->layer_normalize(rows, length, epsilon, input, scale, shift, output);
}

void tk_multiply(int level, const tk_product *product) { kernels(level)->multiply(product); }

void tk_multiply_narrow(int level, const tk_product *product) {
  kernels(level)->multiply_narrow(product);
}

void tk_convolve_minimal(int level, const tk_minimal *convolution) {
  kernels(level)->convolve_minimal(convolution);
}

void tk_convolve_depthwise(int level, const tk_depthwise *convolution) {
  kernels(level)->convolve_depthwise(convolution);
}

void tk_pool(int level, const tk_pooling *pooling) { kernels(level)->pool(pooling); }

void tk_gru_linear(int level, size_t hidden, const float *inputs, const float *recurrent,
                   const float *state, float *newState) {
  kernels(level)->gru_linear(hidden, inputs, recurrent, state, newState);
}

void tk_gru_gates(int level, size_t hidden, const float *inputs, const float *recurrent,
                  const float *state, float *update, float *resetState) {
  kernels(level)->gru_gates(hidden, inputs, recurrent, state, update, resetState);
}

void tk_gru_finish(int level, size_t hidden, const float *inputs, const float *recurrent,
                   const float *update, const float *state, float *newState) {
  kernels(level)->gru_finish(hidden, inputs, recurrent, update, state, newState);
}

void tk_lstm(int level, size_t hidden, const float *inputs, const float *recurrent,
             const float *peepholes, const float *cell, float *newCell, float *newState) {
  kernels(level)->lstm(hidden, inputs, recurrent, peepholes, cell, newCell, newState);
}
