// All kernels of one level. The including file defines TK_LANES, TK_FUSED (1 where a fused
// multiply-add exists), TK_TABLE and TK_REGISTERS.
#include <math.h>
#include <string.h>

#include "Kernels.h"

#include "Vector.inc.h"
//
#include "Elementwise.inc.h"
//
#include "Reduction.inc.h"
//
#include "Product.inc.h"
//
#include "Minimal.inc.h"
//
#include "Depthwise.inc.h"
//
#include "Bytes.inc.h"

// Training's kernels are plain loops, which the compiler makes wide.

// Sums may be split over lanes; the split is the compiler's and does not change from run to run.
#define LANE_SUMS _Pragma("clang fp reassociate(on)") _Pragma("clang fp contract(fast)")

#include "GradientImages.inc.h"
//
#include "GradientFunctions.inc.h"
//
#include "GradientRows.inc.h"

#define TENSOR_ENTRY(NAME, PARAMETERS, ARGUMENTS) .NAME = NAME,
#define GRADIENT_ENTRY(RESULT, NAME, PARAMETERS, ARGUMENTS) .gradient_##NAME = gradient_##NAME,

const kernel_table TK_TABLE = {TENSOR_KERNELS(TENSOR_ENTRY) GRADIENT_KERNELS(GRADIENT_ENTRY)};
