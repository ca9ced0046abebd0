// x86-64 with AVX-512 (F, VL, DQ, BW).
#if defined(__x86_64__)
#define TK_LANES 16
#define TK_FUSED 1
#define TK_TABLE kernels_avx512

#define TK_REGISTERS 32
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"))), apply_to = function)
#include "Level.inc.h"
#pragma clang attribute pop
#endif
