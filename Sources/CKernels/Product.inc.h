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
// panels behind these weights will be wanted after this.
static void multiply_rows(const tk_product *t, const float *start, size_t first, size_t count,
                          size_t followingPanels) {
  const size_t panels = (t->columnCount + TK_PANEL - 1) / TK_PANEL;
  const size_t panelSize = t->tapRows * t->tapColumns * t->runLength * TK_PANEL;
  const size_t wanted = panels + followingPanels;
  const tile_function(*tiles)[3] = start ? even_tiles : scattered_tiles;
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
      const float *ahead = t->weights + place * panelSize;
      size_t fetched = left < each ? left : each;
      if (tileCount == 1) {
        ahead = t->weights + panel * panelSize + FETCH_DISTANCE;
        fetched = width;
      }
      tiles[end - from - 1][shape](t, &where, first + from, panel * TK_PANEL, ahead, fetched);
    }
    panel = next;
  }
}

// `followingPanels` panels behind the weights are fetched meanwhile.
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
