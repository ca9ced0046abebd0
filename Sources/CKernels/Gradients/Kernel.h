// Every kernel is compiled for several instruction sets; the loader takes the best one.
#pragma once

#include "GradientKernels.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define GK_ONE_INSTRUCTION_SET 1
#endif
#endif

// The loader chooses before a sanitizer's run time is ready, which its checks can't survive.
#if defined(__x86_64__) && defined(__linux__) && !defined(GK_ONE_INSTRUCTION_SET)
#define GK_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GK_KERNEL
#endif

// Sums may be split over lanes; the split is the compiler's and does not change from run to run.
#define GK_LANE_SUMS _Pragma("clang fp reassociate(on)") _Pragma("clang fp contract(fast)")

#define GK_INLINE static inline __attribute__((always_inline))
