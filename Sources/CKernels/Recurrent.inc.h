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
