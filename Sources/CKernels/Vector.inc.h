// Vectors of TK_LANES floats and what the kernels do with them.

#if TK_LANES > 4
#include <immintrin.h>
#endif

typedef float vf __attribute__((vector_size(4 * TK_LANES), aligned(4)));
typedef int vi __attribute__((vector_size(4 * TK_LANES), aligned(4)));

#define TK_INLINE static inline __attribute__((always_inline))
#define TK_UNROLL _Pragma("clang loop unroll(full)")

TK_INLINE vf load(const float *p) { return *(const vf *)p; }
TK_INLINE void store(float *p, vf x) { *(vf *)p = x; }
TK_INLINE vf splat(float x) { return x - (vf){0}; }

// The first `count` lanes, 0 to TK_LANES; the rest is zero, or not written.
#if TK_LANES == 16
TK_INLINE vf load_some(const float *p, size_t count) {
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

TK_INLINE void store_some(float *p, vf x, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
}
#elif TK_LANES == 8
TK_INLINE vi lanes_below(size_t count) {
  const vi places = {0, 1, 2, 3, 4, 5, 6, 7};
  return places < (int)count;
}

TK_INLINE vf load_some(const float *p, size_t count) {
  return (vf)_mm256_maskload_ps(p, (__m256i)lanes_below(count));
}

TK_INLINE void store_some(float *p, vf x, size_t count) {
  _mm256_maskstore_ps(p, (__m256i)lanes_below(count), (__m256)x);
}
#else
TK_INLINE vf load_some(const float *p, size_t count) {
  vf x = {0};
  for (size_t i = 0; i < TK_LANES; i++)
    if (i < count) x[i] = p[i];
  return x;
}

TK_INLINE void store_some(float *p, vf x, size_t count) {
  for (size_t i = 0; i < TK_LANES; i++)
    if (i < count) p[i] = x[i];
}
#endif

// a·b + c, rounded once where the level can.
TK_INLINE vf fma_(vf a, vf b, vf c) {
#if TK_FUSED
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

TK_INLINE vf choose(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }

// A NaN in `x` stays.
TK_INLINE vf at_least(vf x, vf low) { return choose(low > x, low, x); }
TK_INLINE vf at_most(vf x, vf high) { return choose(high < x, high, x); }

TK_INLINE vf magnitude(vf x) { return (vf)((vi)x & 0x7fffffff); }
TK_INLINE vf with_sign_of(vf x, vf sign) {
  return (vf)(((vi)x & 0x7fffffff) | ((vi)sign & (int)0x80000000));
}

TK_INLINE float sum_of(vf x) {
  float parts[TK_LANES];
  store(parts, x);
  for (int step = TK_LANES / 2; step > 0; step /= 2)
    for (int i = 0; i < step; i++) parts[i] += parts[i + step];
  return parts[0];
}
