// SSE2 on x86-64, NEON on aarch64: what every machine of the architecture has.
#define TK_LANES 4
#define TK_TABLE kernels_baseline
#if defined(__aarch64__)
#define TK_FUSED 1
#define TK_REGISTERS 32
#else
#define TK_FUSED 0
#define TK_REGISTERS 16
#endif
#include "Level.inc.h"
