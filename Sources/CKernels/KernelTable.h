// The kernels of one instruction level.
#pragma once

#include "TensorKernels.h"

typedef struct {
  void (*apply)(tk_function, size_t, const float *, float *);
  void (*binary)(tk_binary_kind, size_t, size_t, const float *, ptrdiff_t, ptrdiff_t, const float *,
                 ptrdiff_t, ptrdiff_t, float *);
  void (*softmax)(int, size_t, size_t, const float *, float *);
  void (*reduce)(tk_reduction_kind, size_t, size_t, size_t, const float *, float *);
  void (*layer_normalize)(size_t, size_t, float, const float *, const float *, const float *,
                          float *);
  void (*multiply)(const tk_product *);
  void (*multiply_narrow)(const tk_product *);
  void (*convolve_minimal)(const tk_minimal *);
  void (*convolve_depthwise)(const tk_depthwise *);
  void (*pool)(const tk_pooling *);
  void (*gru_linear)(size_t, const float *, const float *, const float *, float *);
  void (*gru_gates)(size_t, const float *, const float *, const float *, float *, float *);
  void (*gru_finish)(size_t, const float *, const float *, const float *, const float *, float *);
  void (*lstm)(size_t, const float *, const float *, const float *, const float *, float *, float *);
} tk_kernel_table;

extern const tk_kernel_table tk_kernels_baseline;
#if defined(__x86_64__)
extern const tk_kernel_table tk_kernels_avx2;
extern const tk_kernel_table tk_kernels_avx512;
#endif
