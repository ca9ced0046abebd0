// Compares the baseline kernels with plain loops in double precision: the Swift tests' twins once
// more, small enough to be built for another architecture and run under emulation.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { LEVEL = TK_LEVEL_BASELINE };

static unsigned long long state = 1;
static int failures = 0;

static int random_below(int bound) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (int)((state >> 33) % (unsigned)bound);
}

static float *random_floats(size_t count) {
  float *values = malloc((count + 1) * sizeof *values);
  for (size_t i = 0; i < count; i++) values[i] = (float)random_below(20001) / 10000 - 1;
  return values;
}

static void expect(const char *what, double value, double wanted, double tolerance) {
  if (fabs(value - wanted) <= tolerance * fmax(1, fabs(wanted))) return;
  if (failures++ < 20) printf("%s: %.9g, not %.9g\n", what, value, wanted);
}

static void check_products(void) {
  for (int round = 0; round < 200; round++) {
    const size_t m = 1 + random_below(40), k = random_below(90), n = 1 + random_below(100);
    float *a = random_floats(m * k), *b = random_floats(k * n), *bias = random_floats(n + 16);
    float *packed = malloc((k * ((n + 15) / 16 * 16) + 1) * sizeof *packed);
    float *c = malloc(m * n * sizeof *c), *row = malloc(n * sizeof *row);
    tk_pack(b, (ptrdiff_t)n, 1, k, n, packed);
    tk_product product = {
        .input = a, .pixelStride = (ptrdiff_t)k, .rowWidth = m, .pixelCount = m, .tapRows = 1,
        .tapColumns = 1, .runLength = k, .weights = packed, .bias = bias, .columnCount = n,
        .output = c, .outputStride = (ptrdiff_t)n, .low = -INFINITY, .high = INFINITY};
    tk_multiply(LEVEL, &product);
    for (size_t i = 0; i < m; i++) {
      for (size_t j = 0; j < n; j++) {
        double sum = bias[j];
        for (size_t q = 0; q < k; q++) sum += (double)a[i * k + q] * b[q * n + j];
        expect("product", c[i * n + j], sum, 1e-5);
      }
      product.input = a + i * k;
      product.pixelCount = product.rowWidth = 1;
      product.output = row;
      tk_multiply(LEVEL, &product);
      if (memcmp(row, c + i * n, n * sizeof *row) != 0 && failures++ < 20)
        printf("row %zu of a product differs when it is alone\n", i);
    }
    free(a), free(b), free(bias), free(packed), free(c), free(row);
  }
}

static void check_depthwise(void) {
  for (int round = 0; round < 300; round++) {
    const int channels = 1 + random_below(40), height = 6 + random_below(8);
    const int width = 6 + random_below(20), kh = 1 + random_below(5), kw = 1 + random_below(5);
    const int sh = 1 + random_below(2), sw = 1 + random_below(2), pad = random_below(3);
    const int oh = (height + 2 * pad - kh) / sh + 1, ow = (width + 2 * pad - kw) / sw + 1;
    float *x = random_floats((size_t)(channels * height * width));
    float *w = random_floats((size_t)(channels * kh * kw)), *bias = random_floats((size_t)channels);
    float *y = malloc((size_t)(oh * ow * channels) * sizeof *y);
    tk_depthwise convolution = {
        .input = x, .height = height, .width = width, .channels = channels, .kernelHeight = kh,
        .kernelWidth = kw, .strideHeight = sh, .strideWidth = sw, .dilationHeight = 1,
        .dilationWidth = 1, .padTop = pad, .padLeft = pad, .outputHeight = oh, .outputWidth = ow,
        .weights = w, .bias = bias, .output = y, .low = -INFINITY, .high = INFINITY};
    tk_convolve_depthwise(LEVEL, &convolution);
    for (int i = 0; i < oh * ow * channels; i++) {
      const int c = i % channels, column = i / channels % ow, row = i / channels / ow;
      double sum = bias[c];
      for (int ky = 0; ky < kh; ky++)
        for (int kx = 0; kx < kw; kx++) {
          const int yy = row * sh + ky - pad, xx = column * sw + kx - pad;
          if (yy >= 0 && yy < height && xx >= 0 && xx < width)
            sum += (double)x[(yy * width + xx) * channels + c] * w[(ky * kw + kx) * channels + c];
        }
      expect("depthwise", y[i], sum, 1e-5);
    }
    free(x), free(w), free(bias), free(y);
  }
}

// The weights of one point of minimal filtering for kernels 3 wide, [row, channel, output].
static void transform(const float *w, int rows, int channels, int outputs, int point, float *to) {
  static const double factors[6][3] = {
      {1. / 4, 0, 0},           {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6},
      {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6}, {0, 0, 1}};
  const int size = channels * outputs;
  for (int row = 0; row < rows; row++)
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int x = 0; x < 3; x++) sum += factors[point][x] * w[(row * 3 + x) * size + i];
      to[row * size + i] = (float)sum;
    }
}

static void check_minimal(void) {
  for (int round = 0; round < 60; round++) {
    const int channels = 16 + random_below(20), outputs = 1 + random_below(90), kh = 1 + random_below(3);
    const int height = 4 + random_below(8), width = 3 + random_below(20), pad = random_below(2);
    const int oh = height + 2 * pad - kh + 1, ow = width + 2 * pad - 2, depth = kh * channels;
    const int padded = (outputs + 15) / 16 * 16, block = TK_MINIMAL_PANELS * TK_PANEL;
    float *x = random_floats((size_t)(channels * height * width));
    float *w = random_floats((size_t)(depth * 3 * outputs)), *bias = random_floats((size_t)padded);
    float *points = malloc((size_t)(6 * depth * padded) * sizeof *points);
    float *one = malloc((size_t)(depth * outputs) * sizeof *one);
    float *y = malloc((size_t)(oh * ow * outputs) * sizeof *y);
    for (int point = 0; point < 6; point++) {
      transform(w, kh, channels, outputs, point, one);
      for (int first = 0; first < outputs; first += block) {
        const int columns = outputs - first < block ? outputs - first : block;
        const int size = depth * ((columns + 15) / 16 * 16);
        tk_pack(one + first, outputs, 1, (size_t)depth, (size_t)columns,
                points + 6 * depth * first + point * size);
      }
    }
    tk_minimal convolution = {
        .input = x, .height = height, .width = width, .inputStride = channels,
        .channels = channels, .kernelHeight = kh, .kernelWidth = 3, .strideHeight = 1,
        .dilationHeight = 1, .padTop = pad, .padLeft = pad, .outputHeight = oh, .outputWidth = ow,
        .weights = points, .bias = bias, .columnCount = (size_t)outputs, .output = y,
        .outputStride = outputs, .low = -INFINITY, .high = INFINITY};
    convolution.workspace = malloc(tk_minimal_workspace(&convolution) * sizeof(float));
    tk_convolve_minimal(LEVEL, &convolution);
    for (int i = 0; i < oh * ow * outputs; i++) {
      const int n = i % outputs, column = i / outputs % ow, row = i / outputs / ow;
      double sum = bias[n];
      for (int ky = 0; ky < kh; ky++)
        for (int kx = 0; kx < 3; kx++) {
          const int yy = row + ky - pad, xx = column + kx - pad;
          if (yy < 0 || yy >= height || xx < 0 || xx >= width) continue;
          for (int c = 0; c < channels; c++)
            sum += (double)x[(yy * width + xx) * channels + c] *
                   w[((ky * 3 + kx) * channels + c) * outputs + n];
        }
      expect("minimal filtering", y[i], sum, 5e-5);
    }
    free(x), free(w), free(bias), free(points), free(one), free(y), free(convolution.workspace);
  }
}

static void check_functions(void) {
  static const struct {
    tk_function_kind kind;
    double (*twin)(double);
  } functions[] = {{TK_EXP, exp},     {TK_LOG, log},   {TK_TANH, tanh}, {TK_ERF, erf},
                   {TK_FLOOR, floor}, {TK_CEIL, ceil}, {TK_ROUND, rint}, {TK_SQRT, sqrt}};
  for (size_t f = 0; f < sizeof functions / sizeof functions[0]; f++)
    for (int i = 0; i < 20000; i++) {
      float x = (float)(i - 10000) / 700, y;
      if (functions[f].kind == TK_LOG || functions[f].kind == TK_SQRT) x = fabsf(x) + 1e-3f;
      const tk_function function = {functions[f].kind, 0, 0};
      tk_apply(LEVEL, function, 1, &x, &y);
      const double exact = functions[f].twin(x);
      if (fabs(y - exact) > 3e-7 * fabs(exact) && failures++ < 20)
        printf("function %zu of %g: %.9g, not %.9g\n", f, x, y, exact);
    }
}

int main(void) {
  check_products();
  check_depthwise();
  check_minimal();
  check_functions();
  printf("%d failures\n", failures);
  return failures != 0;
}
