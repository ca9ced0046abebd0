// Chooses the kernels of the level asked for, or of the best one.
#include "Kernels.h"

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

static const kernel_table *kernels_at(int level) {
  (void)level;
#if defined(__x86_64__)
  if (level == TK_LEVEL_AVX512) return &kernels_avx512;
  if (level == TK_LEVEL_AVX2) return &kernels_avx2;
#endif
  return &kernels_baseline;
}

static const kernel_table *best = &kernels_baseline;

__attribute__((constructor)) static void choose_best(void) {
  for (int level = TK_LEVEL_BASELINE; level <= TK_LEVEL_AVX512; level++)
    if (tk_level_is_supported(level)) best = kernels_at(level);
}

#define UNPACK(...) __VA_ARGS__

#define TENSOR_FUNCTION(NAME, PARAMETERS, ARGUMENTS) \
  void tk_##NAME(int level, UNPACK PARAMETERS) { kernels_at(level)->NAME ARGUMENTS; }

#define GRADIENT_FUNCTION(RESULT, NAME, PARAMETERS, ARGUMENTS) \
  RESULT gk_##NAME PARAMETERS { return best->gradient_##NAME ARGUMENTS; }

TENSOR_KERNELS(TENSOR_FUNCTION)
GRADIENT_KERNELS(GRADIENT_FUNCTION)
