/// Kernels in C with generic vectors: one source for x86-64 and aarch64.
#pragma once

#include "GradientKernels.h"
#include "TensorKernels.h"
