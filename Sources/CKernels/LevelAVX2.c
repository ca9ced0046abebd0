// x86-64 with AVX2 and FMA.
#if defined(__x86_64__)
#define TK_LANES 8
#define TK_FUSED 1
#define TK_TABLE kernels_avx2

#define TK_REGISTERS 16
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "Level.inc.h"
#pragma clang attribute pop
#endif
