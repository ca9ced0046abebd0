// All kernels of one level. The including file defines TK_LANES, TK_FUSED (1 where a fused
// multiply-add exists), TK_TABLE and TK_REGISTERS.
#include "KernelTable.h"
#include "MinimalSizes.h"

#include "Vector.inc.h"
//
#include "Functions.inc.h"
//
#include "Elementwise.inc.h"
//
#include "Reduction.inc.h"
//
#include "Tile.inc.h"
//
#include "Product.inc.h"
//
#include "Narrow.inc.h"
//
#include "Minimal.inc.h"
//
#include "Depthwise.inc.h"
//
#include "Pooling.inc.h"
//
#include "Recurrent.inc.h"

const tk_kernel_table TK_TABLE = {
    .apply = apply,
    .binary = binary,
    .softmax = softmax,
    .reduce = reduce,
    .layer_normalize = layer_normalize,
    .multiply = multiply,
    .multiply_narrow = multiply_narrow,
    .convolve_minimal = convolve_minimal,
    .convolve_depthwise = convolve_depthwise,
    .pool = pool,
    .gru_linear = gru_linear,
    .gru_gates = gru_gates,
    .gru_finish = gru_finish,
    .lstm = lstm,
};
