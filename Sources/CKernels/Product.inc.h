// One tile of a product: `rows` rows times `panels` panels of 16 columns, held in registers.
//
// Every element adds its products in the order of k with the same instruction in every tile, so that
// a result does not depend on the tile it was computed in.

enum { PANEL_VECTORS = TK_PANEL / TK_LANES, MOST_ROWS = 12, MOST_VECTORS = 4 * PANEL_VECTORS };

// Where a tile's rows begin: all at one distance, or each somewhere.
typedef struct {
  const float *first;
  ptrdiff_t distance;
  const float *each[MOST_ROWS];
} tile_rows;

// `ahead` points to weights that will be needed soon; `aheadPanels` panels of them are fetched.
typedef void (*tile_function)(const tk_product *, const tile_rows *, size_t row, size_t column,
                              const char *ahead, size_t aheadPanels);

// Bytes of one weight.
TK_INLINE size_t weight_size(const tk_product *t) { return t->scales ? 1 : sizeof(float); }

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

// Rows at one distance share a pointer by threes, which leaves registers free.
TK_INLINE const float *row_of(const float *const *bases, ptrdiff_t distance, int uniform, int r) {
  return uniform ? bases[r / 3] + (r % 3) * distance : bases[r];
}

// `rows`, `panels`, `uniform` and `integers` are constants where this is inlined. `ahead` points to
// weights that will be needed soon: `aheadPanels` panels, at most `panels`, are fetched into the
// cache meanwhile.
TK_INLINE void compute_tile(const int rows, const int panels, const int uniform, const int integers,
                            const tk_product *t, const tile_rows *where, size_t row, size_t column,
                            const char *ahead, size_t aheadPanels) {
  const int vectors = panels * PANEL_VECTORS, bases = uniform ? (rows + 2) / 3 : rows;
  const size_t k = t->tapRows * t->tapColumns * t->runLength, panelSize = k * TK_PANEL;
  const size_t size = integers ? 1 : sizeof(float);
  const char *w = (const char *)t->weights + column * k * size;
  vf sum[MOST_ROWS][MOST_VECTORS];
  TK_UNROLL for (int v = 0; v < vectors; v++) {
    vf b = integers ? (vf){0} : load(t->bias + column + v * TK_LANES);
    TK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = b;
  }
  const size_t length = t->runLength, runs = t->tapRows * t->tapColumns;
  const ptrdiff_t distance = where->distance;
  size_t others[4];
  TK_UNROLL for (int p = 0; p < panels; p++)
    others[p] = (size_t)p < aheadPanels ? (size_t)p * panelSize * size : 0;
  ptrdiff_t tapRow = 0, tap = 0;
  if (aheadPanels == 0) ahead = w;
  for (size_t run = 0, x = 0; run < runs; run++) {
    const float *a[MOST_ROWS];
    TK_UNROLL for (int r = 0; r < bases; r++)
      a[r] = (uniform ? where->first + 3 * r * distance : where->each[r]) + tap;
    tap += t->tapColumnStep;
    if (++x == t->tapColumns) x = 0, tap = tapRow += t->tapRowStep;
    for (size_t i = 0; i < length; i++, w += TK_PANEL * size, ahead += TK_PANEL * size) {
      vf b[MOST_VECTORS];
      TK_UNROLL for (int v = 0; v < vectors; v++) {
        const size_t place = (v / PANEL_VECTORS) * panelSize + (v % PANEL_VECTORS) * TK_LANES;
        b[v] = integers ? load_integers((const signed char *)w + place)
                        : load((const float *)w + place);
      }
      TK_UNROLL for (int p = 0; p < panels; p++) __builtin_prefetch(ahead + others[p], 0, 3);
      TK_UNROLL for (int r = 0; r < rows; r++) {
        vf left = splat(*row_of(a, distance, uniform, r));
        TK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = fma_(left, b[v], sum[r][v]);
      }
      TK_UNROLL for (int r = 0; r < bases; r++) {
        a[r]++;
        // Hides that the pointers are related: the compiler would chain additions from one to all.
        if (uniform) __asm__("" : "+r"(a[r]));
      }
    }
  }
  if (integers)
    TK_UNROLL for (int v = 0; v < vectors; v++) {
      const vf scale = load(t->scales + column + v * TK_LANES);
      const vf bias = load(t->bias + column + v * TK_LANES);
      TK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = fma_(sum[r][v], scale, bias);
    }
  const vf low = splat(t->low), high = splat(t->high);
  const size_t wanted = t->columnCount - column;
  if (!t->addend && wanted >= (size_t)vectors * TK_LANES) {
    // Most tiles: without a question for each vector, which shallow products would feel.
    float *out = t->output + (ptrdiff_t)row * t->outputStride + column;
    TK_UNROLL for (int r = 0; r < rows; r++, out += t->outputStride)
      TK_UNROLL for (int v = 0; v < vectors; v++)
        store(out + v * TK_LANES, at_most(at_least(sum[r][v], low), high));
    return;
  }
  TK_UNROLL for (int r = 0; r < rows; r++) {
    float *out = t->output + (ptrdiff_t)(row + r) * t->outputStride + column;
    const float *add = t->addend ? t->addend + (ptrdiff_t)(row + r) * t->addendStride + column : 0;
    TK_UNROLL for (int v = 0; v < vectors; v++)
      finish(sum[r][v], add, out, v * TK_LANES, wanted, low, high);
  }
}

#define TILE_OF(NAME, ROWS, PANELS, UNIFORM, INTEGERS)                                             \
  static void NAME##_##ROWS##x##PANELS(const tk_product *t, const tile_rows *where, size_t row,     \
                                       size_t column, const char *ahead, size_t aheadPanels) {      \
    compute_tile(ROWS, PANELS, UNIFORM, INTEGERS, t, where, row, column, ahead, aheadPanels);       \
  }
#define TILE(ROWS, PANELS)                                                                         \
  TILE_OF(even, ROWS, PANELS, 1, 0)                                                                \
  TILE_OF(even_int8, ROWS, PANELS, 1, 1)
#define SCATTERED_TILE(ROWS, PANELS)                                                               \
  TILE_OF(scattered, ROWS, PANELS, 0, 0)                                                           \
  TILE_OF(scattered_int8, ROWS, PANELS, 0, 1)

// Tiles by rows - 1 and panels 1, 2, 4; null where the registers do not hold it.
#define UP_TO_FOUR(NAME, ROWS) {NAME##_##ROWS##x1, NAME##_##ROWS##x2, NAME##_##ROWS##x4}
#define UP_TO_TWO(NAME, ROWS) {NAME##_##ROWS##x1, NAME##_##ROWS##x2, 0}
#define ONE(NAME, ROWS) {NAME##_##ROWS##x1, 0, 0}

#if TK_LANES == 16

TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)
SCATTERED_TILE(1, 1) SCATTERED_TILE(2, 1) SCATTERED_TILE(3, 1) SCATTERED_TILE(4, 1)
SCATTERED_TILE(5, 1) SCATTERED_TILE(6, 1) SCATTERED_TILE(7, 1) SCATTERED_TILE(8, 1)
SCATTERED_TILE(1, 2) SCATTERED_TILE(2, 2) SCATTERED_TILE(3, 2) SCATTERED_TILE(4, 2)
SCATTERED_TILE(5, 2) SCATTERED_TILE(6, 2) SCATTERED_TILE(7, 2) SCATTERED_TILE(8, 2)

enum { EVEN_ROWS = 12, SCATTERED_ROWS = 8 };
#define EVEN_TILES(NAME)                                                                           \
  UP_TO_FOUR(NAME, 1), UP_TO_FOUR(NAME, 2), UP_TO_FOUR(NAME, 3), UP_TO_FOUR(NAME, 4),              \
  UP_TO_FOUR(NAME, 5), UP_TO_FOUR(NAME, 6), UP_TO_TWO(NAME, 7), UP_TO_TWO(NAME, 8),                \
  UP_TO_TWO(NAME, 9), UP_TO_TWO(NAME, 10), UP_TO_TWO(NAME, 11), UP_TO_TWO(NAME, 12)
#define SCATTERED_TILES(NAME)                                                                      \
  UP_TO_TWO(NAME, 1), UP_TO_TWO(NAME, 2), UP_TO_TWO(NAME, 3), UP_TO_TWO(NAME, 4),                  \
  UP_TO_TWO(NAME, 5), UP_TO_TWO(NAME, 6), UP_TO_TWO(NAME, 7), UP_TO_TWO(NAME, 8)

#elif TK_REGISTERS == 32 || TK_LANES == 8

TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(1, 4)
SCATTERED_TILE(1, 1) SCATTERED_TILE(2, 1) SCATTERED_TILE(3, 1)
SCATTERED_TILE(4, 1) SCATTERED_TILE(5, 1) SCATTERED_TILE(6, 1)

enum { EVEN_ROWS = 6, SCATTERED_ROWS = 6 };
#define EVEN_TILES(NAME)                                                                           \
  UP_TO_FOUR(NAME, 1), UP_TO_TWO(NAME, 2), UP_TO_TWO(NAME, 3), ONE(NAME, 4), ONE(NAME, 5),         \
  ONE(NAME, 6)
#define SCATTERED_TILES(NAME)                                                                      \
  ONE(NAME, 1), ONE(NAME, 2), ONE(NAME, 3), ONE(NAME, 4), ONE(NAME, 5), ONE(NAME, 6)

#else

TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(1, 2)
SCATTERED_TILE(1, 1) SCATTERED_TILE(2, 1) SCATTERED_TILE(3, 1)

enum { EVEN_ROWS = 3, SCATTERED_ROWS = 3 };
#define EVEN_TILES(NAME) UP_TO_TWO(NAME, 1), ONE(NAME, 2), ONE(NAME, 3)
#define SCATTERED_TILES(NAME) ONE(NAME, 1), ONE(NAME, 2), ONE(NAME, 3)

#endif

// For floats, then for int8.
static const tile_function even_tiles[2][EVEN_ROWS][3] = {{EVEN_TILES(even)},
                                                          {EVEN_TILES(even_int8)}};
static const tile_function scattered_tiles[2][SCATTERED_ROWS][3] = {
    {SCATTERED_TILES(scattered)}, {SCATTERED_TILES(scattered_int8)}};

// Product of rows found in place (a matrix, or the pixels of an image) with packed weights.

// Rows worked through for all columns before the next: about what the second-level cache holds.
enum { BLOCK_FLOATS = 64 * 1024 };

// Floats of a panel by which a tile fetches ahead of itself.
enum { FETCH_DISTANCE = 32 * TK_PANEL };

// The most panels a tile of this height can have.
TK_INLINE int widest_shape(const tile_function *shapes, size_t panelsLeft) {
  int shape = 2;
  while (shape > 0 && (!shapes[shape] || (size_t)1 << shape > panelsLeft)) shape--;
  return shape;
}

// Rows [first, first + count), all of them at one distance from `start` if it is not null. Tiles are
// of nearly equal height: a last tile of one row would waste the loads of the weights. `followingPanels`
// panels after these weights will be wanted after this.
static void multiply_rows(const tk_product *t, const float *start, size_t first, size_t count,
                          size_t followingPanels) {
  const size_t panels = (t->columnCount + TK_PANEL - 1) / TK_PANEL;
  const size_t panelSize = t->tapRows * t->tapColumns * t->runLength * TK_PANEL;
  const size_t wanted = panels + followingPanels;
  const size_t panelBytes = panelSize * weight_size(t);
  const int integers = t->scales != 0;
  const tile_function(*tiles)[3] = start ? even_tiles[integers] : scattered_tiles[integers];
  const size_t tallest = start ? EVEN_ROWS : SCATTERED_ROWS;
  const size_t tileCount = (count + tallest - 1) / tallest;
  const size_t height = (count + tileCount - 1) / tileCount;
  for (size_t panel = 0; panel < panels;) {
    const int shape = widest_shape(tiles[height - 1], panels - panel);
    const size_t next = panel + ((size_t)1 << shape);
    for (size_t tile = 0; tile < tileCount; tile++) {
      const size_t from = count * tile / tileCount, end = count * (tile + 1) / tileCount;
      tile_rows where = {start ? start + (ptrdiff_t)from * t->pixelStride : 0, t->pixelStride, {0}};
      if (!start) {
        size_t line = (first + from) / t->rowWidth, place = (first + from) % t->rowWidth;
        for (size_t r = 0; r < end - from; r++) {
          where.each[r] =
              t->input + (ptrdiff_t)line * t->rowStride + (ptrdiff_t)place * t->pixelStride;
          if (++place == t->rowWidth) place = 0, line++;
        }
      }
      // The tiles share the fetching of as many panels as these, those that come next; a single tile
      // has no time to spare for that and runs a little ahead of itself.
      const size_t width = next - panel, each = (width + tileCount - 1) / tileCount;
      const size_t place = next + tile * each, last = next + width < wanted ? next + width : wanted;
      const size_t left = place < last ? last - place : 0;
      const char *ahead = (const char *)t->weights + place * panelBytes;
      size_t fetched = left < each ? left : each;
      if (tileCount == 1) {
        ahead = (const char *)t->weights + panel * panelBytes + FETCH_DISTANCE * weight_size(t);
        fetched = width;
      }
      tiles[end - from - 1][shape](t, &where, first + from, panel * TK_PANEL, ahead, fetched);
    }
    panel = next;
  }
}

// `followingPanels` panels after the weights are fetched meanwhile.
static void multiply_following(const tk_product *t, size_t followingPanels) {
  // One line of pixels after another is one longer line.
  const ptrdiff_t lineLength = (ptrdiff_t)t->rowWidth * t->pixelStride;
  const int joined = t->rowWidth >= t->pixelCount || lineLength == t->rowStride;
  const size_t perPixel = (size_t)(t->pixelStride > 0 ? t->pixelStride : 1);
  size_t blockRows = BLOCK_FLOATS / perPixel;
  if (blockRows < 8 * EVEN_ROWS) blockRows = 8 * EVEN_ROWS;
  // Lines long enough to fill tiles are taken one by one, shorter ones together.
  const int lineByLine = !joined && t->rowWidth >= EVEN_ROWS;
  for (size_t block = 0; block < t->pixelCount;) {
    size_t count = blockRows;
    const float *start = 0;
    if (joined) {
      start = t->input + (ptrdiff_t)block * t->pixelStride;
    } else if (lineByLine) {
      const size_t line = block / t->rowWidth, place = block % t->rowWidth;
      start = t->input + (ptrdiff_t)line * t->rowStride + (ptrdiff_t)place * t->pixelStride;
      if (count > t->rowWidth - place) count = t->rowWidth - place;
    }
    if (count > t->pixelCount - block) count = t->pixelCount - block;
    multiply_rows(t, start, block, count, followingPanels);
    block += count;
  }
}

static void multiply(const tk_product *t) {
  tk_product product = *t;
  if (t->rowWidth == 1) {
    // Lines of one pixel are one line.
    product.pixelStride = t->rowStride;
    product.rowWidth = t->pixelCount;
  }
  multiply_following(&product, 0);
}

// Products with a few columns: one scalar product for each element.

// Floats added up before the partial sum joins the total: keeps long sums accurate.
enum { PRODUCT_BLOCK = 16 * 1024 };

static float scalar_product(const float *a, const float *b, size_t count) {
  vf totals[4] = {{0}, {0}, {0}, {0}};
  size_t i = 0;
  while (i + 4 * TK_LANES <= count) {
    const size_t end = count - i < PRODUCT_BLOCK ? count : i + PRODUCT_BLOCK;
    vf sums[4] = {{0}, {0}, {0}, {0}};
    for (; i + 4 * TK_LANES <= end; i += 4 * TK_LANES)
      TK_UNROLL for (int s = 0; s < 4; s++)
        sums[s] = fma_(load(a + i + s * TK_LANES), load(b + i + s * TK_LANES), sums[s]);
    TK_UNROLL for (int s = 0; s < 4; s++) totals[s] += sums[s];
  }
  for (; i + TK_LANES <= count; i += TK_LANES)
    totals[0] = fma_(load(a + i), load(b + i), totals[0]);
  if (i < count)
    totals[1] = fma_(load_some(a + i, count - i), load_some(b + i, count - i), totals[1]);
  return sum_of((totals[0] + totals[1]) + (totals[2] + totals[3]));
}

static void multiply_narrow(const tk_product *t) {
  const float *weights = t->weights;
  for (size_t row = 0; row < t->pixelCount; row++) {
    const float *a = t->input + (ptrdiff_t)row * t->pixelStride;
    float *output = t->output + (ptrdiff_t)row * t->outputStride;
    for (size_t column = 0; column < t->columnCount; column++) {
      float x = scalar_product(a, weights + column * t->runLength, t->runLength);
      x += t->bias[column];
      if (t->addend) x += t->addend[(ptrdiff_t)row * t->addendStride + (ptrdiff_t)column];
      x = t->low > x ? t->low : x;
      output[column] = t->high < x ? t->high : x;
    }
  }
}
