// Product of rows found in place (a matrix, or the pixels of an image) with packed weights.
//
// A tile is `rows` rows times `panels` panels of 16 columns, held in registers. Every element adds
// its products in the order of k with the same instruction in every tile, so that a result does not
// depend on the tile it was computed in.

enum { PANEL_VECTORS = TK_PANEL / TK_LANES };

typedef void (*tile_function)(const tk_product *, const float *const *, size_t row, size_t column);

#define DEFINE_TILE(ROWS, PANELS)                                                                  \
  static void tile_##ROWS##x##PANELS(const tk_product *t, const float *const *starts, size_t row,  \
                                     size_t column) {                                              \
    enum { VECTORS = (PANELS) * PANEL_VECTORS };                                                   \
    const size_t k = t->tapRows * t->tapColumns * t->runLength, panelSize = k * TK_PANEL;                 \
    const float *w = t->weights + column * k;                                                      \
    vf sum[ROWS][VECTORS];                                                                         \
    TK_UNROLL for (int v = 0; v < VECTORS; v++) {                                                  \
      vf b = load(t->bias + column + v * TK_LANES);                                                \
      TK_UNROLL for (int r = 0; r < ROWS; r++) sum[r][v] = b;                                      \
    }                                                                                              \
    const size_t length = t->runLength, runs = t->tapRows * t->tapColumns;                         \
    ptrdiff_t tapRow = 0, tap = 0;                                                                 \
    for (size_t run = 0, x = 0; run < runs; run++) {                                               \
      const float *a[ROWS];                                                                        \
      TK_UNROLL for (int r = 0; r < ROWS; r++) a[r] = starts[r] + tap;                             \
      tap += t->tapColumnStep;                                                                     \
      if (++x == t->tapColumns) x = 0, tap = tapRow += t->tapRowStep;                              \
      for (size_t i = 0; i < length; i++, w += TK_PANEL) {                                         \
        vf b[VECTORS];                                                                             \
        TK_UNROLL for (int v = 0; v < VECTORS; v++)                                                \
          b[v] = load(w + (v / PANEL_VECTORS) * panelSize + (v % PANEL_VECTORS) * TK_LANES);       \
        TK_UNROLL for (int r = 0; r < ROWS; r++) {                                                 \
          vf left = splat(a[r][i]);                                                                  \
          TK_UNROLL for (int v = 0; v < VECTORS; v++) sum[r][v] = fma_(left, b[v], sum[r][v]);     \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    const vf low = splat(t->low), high = splat(t->high);                                           \
    const size_t wanted = t->columnCount - column;                                                 \
    TK_UNROLL for (int r = 0; r < ROWS; r++) {                                                     \
      float *out = t->output + (ptrdiff_t)(row + r) * t->outputStride + column;                    \
      const float *add =                                                                           \
          t->addend ? t->addend + (ptrdiff_t)(row + r) * t->addendStride + column : 0;             \
      TK_UNROLL for (int v = 0; v < VECTORS; v++)                                                  \
        finish(sum[r][v], add, out, v * TK_LANES, wanted, low, high);                              \
    }                                                                                              \
  }

TK_INLINE void finish(vf sum, const float *addend, float *output, size_t offset, size_t wanted,
                      vf low, vf high) {
  if (offset + TK_LANES <= wanted) {
    if (addend) sum += load(addend + offset);
    store(output + offset, at_most(at_least(sum, low), high));
  } else if (offset < wanted) {
    size_t count = wanted - offset;
    if (addend) sum += load_some(addend + offset, count);
    store_some(output + offset, at_most(at_least(sum, low), high), count);
  }
}

DEFINE_TILE(1, 1) DEFINE_TILE(2, 1) DEFINE_TILE(3, 1)
DEFINE_TILE(1, 2) DEFINE_TILE(1, 4)
#if TK_REGISTERS == 32 || TK_LANES == 8
DEFINE_TILE(4, 1) DEFINE_TILE(5, 1) DEFINE_TILE(6, 1)
DEFINE_TILE(2, 2) DEFINE_TILE(3, 2)
#endif
#if TK_LANES == 16
DEFINE_TILE(7, 1) DEFINE_TILE(8, 1)
DEFINE_TILE(4, 2) DEFINE_TILE(5, 2) DEFINE_TILE(6, 2) DEFINE_TILE(7, 2) DEFINE_TILE(8, 2)
DEFINE_TILE(2, 4) DEFINE_TILE(3, 4) DEFINE_TILE(4, 4) DEFINE_TILE(5, 4) DEFINE_TILE(6, 4)
#endif

// Tiles by rows - 1 and panels 1, 2, 4; null where the registers do not hold it.
static const tile_function tiles[TK_TILE_ROWS][3] = {
#if TK_LANES == 16
    {tile_1x1, tile_1x2, tile_1x4}, {tile_2x1, tile_2x2, tile_2x4},
    {tile_3x1, tile_3x2, tile_3x4}, {tile_4x1, tile_4x2, tile_4x4},
    {tile_5x1, tile_5x2, tile_5x4}, {tile_6x1, tile_6x2, tile_6x4},
    {tile_7x1, tile_7x2, 0},        {tile_8x1, tile_8x2, 0},
#elif TK_REGISTERS == 32 || TK_LANES == 8
    {tile_1x1, tile_1x2, tile_1x4}, {tile_2x1, tile_2x2, 0}, {tile_3x1, tile_3x2, 0},
    {tile_4x1, 0, 0},               {tile_5x1, 0, 0},        {tile_6x1, 0, 0},
#else
    {tile_1x1, tile_1x2, tile_1x4}, {tile_2x1, 0, 0}, {tile_3x1, 0, 0},
#endif
};

// Rows worked through for all columns before the next: about what the second-level cache holds.
enum { BLOCK_FLOATS = 64 * 1024 };

static void multiply(const tk_product *t) {
  const size_t panels = (t->columnCount + TK_PANEL - 1) / TK_PANEL;
  size_t perPixel = (size_t)(t->pixelStride > 0 ? t->pixelStride : 1);
  size_t blockRows = BLOCK_FLOATS / perPixel;
  if (blockRows < 4 * TK_TILE_ROWS) blockRows = 4 * TK_TILE_ROWS;
  for (size_t block = 0; block < t->pixelCount; block += blockRows) {
    const size_t count = t->pixelCount - block < blockRows ? t->pixelCount - block : blockRows;
    // Tiles of nearly equal height: a last tile of one row would waste the loads of the weights.
    const size_t tileCount = (count + TK_TILE_ROWS - 1) / TK_TILE_ROWS;
    const size_t height = (count + tileCount - 1) / tileCount;
    for (size_t panel = 0; panel < panels;) {
      int shape = 2;
      while (shape > 0 && (!tiles[height - 1][shape] || panel + (1u << shape) > panels)) shape--;
      for (size_t tile = 0; tile < tileCount; tile++) {
        const size_t first = count * tile / tileCount, end = count * (tile + 1) / tileCount;
        const float *starts[TK_TILE_ROWS];
        size_t line = (block + first) / t->rowWidth, place = (block + first) % t->rowWidth;
        for (size_t r = 0; r < end - first; r++) {
          starts[r] =
              t->input + (ptrdiff_t)line * t->rowStride + (ptrdiff_t)place * t->pixelStride;
          if (++place == t->rowWidth) place = 0, line++;
        }
        tiles[end - first - 1][shape](t, starts, block + first, panel * TK_PANEL);
      }
      panel += (size_t)1 << shape;
    }
  }
}
