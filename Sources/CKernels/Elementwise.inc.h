// One element in, one out; and two in, one out. The tail goes through the same vector code, so an
// element's result does not depend on where it lies.

#define EACH(EXPRESSION)                                       \
  do {                                                         \
    size_t i = 0;                                              \
    for (; i + TK_LANES <= count; i += TK_LANES) {             \
      vf x = load(input + i);                                  \
      store(output + i, EXPRESSION);                           \
    }                                                          \
    if (i < count) {                                           \
      vf x = load_some(input + i, count - i);                  \
      store_some(output + i, EXPRESSION, count - i);           \
    }                                                          \
  } while (0)

static void apply(tk_function function, size_t count, const float *input, float *output) {
  const vf zero = splat(0.0f), a = splat(function.a), b = splat(function.b);
  switch (function.kind) {
  case TK_IDENTITY:
    if (input != output) __builtin_memmove(output, input, count * sizeof(float));
    break;
  case TK_RELU: EACH(at_least(x, zero)); break;
  case TK_CLIP: EACH(at_most(at_least(x, a), b)); break;
  case TK_LEAKY_RELU: EACH(choose(x < zero, x * a, x)); break;
  case TK_ELU: EACH(elu_(x, a)); break;
  case TK_SELU: EACH(b * elu_(x, a)); break;
  case TK_SIGMOID: EACH(sigmoid_(x)); break;
  case TK_HARD_SIGMOID: EACH(at_most(at_least(fma_(x, a, b), zero), splat(1.0f))); break;
  case TK_HARD_SWISH:
    EACH(x * at_most(at_least(fma_(x, splat(1.0f / 6), splat(0.5f)), zero), splat(1.0f)));
    break;
  case TK_SILU: EACH(x * sigmoid_(x)); break;
  case TK_TANH: EACH(tanh_(x)); break;
  case TK_ERF: EACH(erf_(x)); break;
  case TK_GELU: EACH(gelu_(x)); break;
  case TK_GELU_TANH: EACH(gelu_tanh_(x)); break;
  case TK_SOFTPLUS: EACH(softplus_(x)); break;
  case TK_SOFTSIGN: EACH(x / (magnitude(x) + 1.0f)); break;
  case TK_EXP: EACH(exp_(x)); break;
  case TK_LOG: EACH(log_(x)); break;
  case TK_SQRT: EACH(__builtin_elementwise_sqrt(x)); break;
  case TK_RECIPROCAL: EACH(1.0f / x); break;
  case TK_ABS: EACH(magnitude(x)); break;
  case TK_NEGATE: EACH(-x); break;
  case TK_FLOOR: EACH(__builtin_elementwise_floor(x)); break;
  case TK_CEIL: EACH(__builtin_elementwise_ceil(x)); break;
  case TK_ROUND: EACH(__builtin_elementwise_roundeven(x)); break;
  }
}

#define EACH_PAIR(EXPRESSION)                                                          \
  for (size_t row = 0; row < rows; row++, a += aRow, b += bRow, output += columns) {   \
    const vf a0 = splat(*a), b0 = splat(*b);                                           \
    size_t i = 0;                                                                      \
    for (; i + TK_LANES <= columns; i += TK_LANES) {                                   \
      vf x = aColumn ? load(a + i) : a0, y = bColumn ? load(b + i) : b0;               \
      store(output + i, EXPRESSION);                                                   \
    }                                                                                  \
    if (i < columns) {                                                                 \
      vf x = aColumn ? load_some(a + i, columns - i) : a0;                             \
      vf y = bColumn ? load_some(b + i, columns - i) : b0;                             \
      store_some(output + i, EXPRESSION, columns - i);                                 \
    }                                                                                  \
  }

static void binary(tk_binary_kind kind, size_t rows, size_t columns, const float *a, ptrdiff_t aRow,
                   ptrdiff_t aColumn, const float *b, ptrdiff_t bRow, ptrdiff_t bColumn,
                   float *output) {
  if (columns == 0) return;
  switch (kind) {
  case TK_ADD: EACH_PAIR(x + y); break;
  case TK_SUBTRACT: EACH_PAIR(x - y); break;
  case TK_MULTIPLY: EACH_PAIR(x * y); break;
  case TK_DIVIDE: EACH_PAIR(x / y); break;
  case TK_MINIMUM: EACH_PAIR(choose(y != y, y, at_most(x, y))); break;
  case TK_MAXIMUM: EACH_PAIR(choose(y != y, y, at_least(x, y))); break;
  }
}

// Gates of recurrent cells, element by element.

#define EACH_UNIT(BODY)                                                    \
  for (size_t i = 0; i < hidden; i += TK_LANES) {                          \
    size_t width = hidden - i < TK_LANES ? hidden - i : TK_LANES;          \
    BODY                                                                   \
  }
#define GATE(p, index) load_some((p) + (index) * hidden + i, width)

static void gru_linear(size_t hidden, const float *inputs, const float *recurrent,
                       const float *state, float *newState) {
  EACH_UNIT({
    vf z = sigmoid_(GATE(inputs, 0) + GATE(recurrent, 0));
    vf r = sigmoid_(GATE(inputs, 1) + GATE(recurrent, 1));
    vf n = tanh_(fma_(r, GATE(recurrent, 2), GATE(inputs, 2)));
    store_some(newState + i, fma_(z, GATE(state, 0) - n, n), width);
  })
}

static void gru_gates(size_t hidden, const float *inputs, const float *recurrent, const float *state,
                      float *update, float *resetState) {
  EACH_UNIT({
    vf z = sigmoid_(GATE(inputs, 0) + GATE(recurrent, 0));
    vf r = sigmoid_(GATE(inputs, 1) + GATE(recurrent, 1));
    store_some(update + i, z, width);
    store_some(resetState + i, r * GATE(state, 0), width);
  })
}

static void gru_finish(size_t hidden, const float *inputs, const float *recurrent,
                       const float *update, const float *state, float *newState) {
  EACH_UNIT({
    vf n = tanh_(GATE(inputs, 2) + GATE(recurrent, 0));
    store_some(newState + i, fma_(GATE(update, 0), GATE(state, 0) - n, n), width);
  })
}

static void lstm(size_t hidden, const float *inputs, const float *recurrent, const float *peepholes,
                 const float *cell, float *newCell, float *newState) {
  EACH_UNIT({
    vf c = GATE(cell, 0);
    vf in = GATE(inputs, 0) + GATE(recurrent, 0);
    vf out = GATE(inputs, 1) + GATE(recurrent, 1);
    vf forget = GATE(inputs, 2) + GATE(recurrent, 2);
    if (peepholes) {
      in = fma_(GATE(peepholes, 0), c, in);
      forget = fma_(GATE(peepholes, 2), c, forget);
    }
    vf candidate = tanh_(GATE(inputs, 3) + GATE(recurrent, 3));
    vf next = fma_(sigmoid_(forget), c, sigmoid_(in) * candidate);
    if (peepholes) out = fma_(GATE(peepholes, 1), next, out);
    store_some(newCell + i, next, width);
    store_some(newState + i, sigmoid_(out) * tanh_(next), width);
  })
}
