// Batch normalisation, one channel at a time: its planes stay in the cache from pass to pass.

static double gradient_plane_sum(size_t images, size_t step, size_t plane, const float *x) {
  double total = 0;
  for (size_t n = 0; n < images; n++, x += step) {
    LANE_SUMS
    float sum = 0;
    for (size_t i = 0; i < plane; i++) sum += x[i];
    total += (double)sum;
  }
  return total;
}

static double gradient_plane_squares(size_t images, size_t step, size_t plane, const float *x,
                                     float mean) {
  double total = 0;
  for (size_t n = 0; n < images; n++, x += step) {
    LANE_SUMS
    float sum = 0;
    for (size_t i = 0; i < plane; i++) sum += (x[i] - mean) * (x[i] - mean);
    total += (double)sum;
  }
  return total;
}

static void gradient_scale_planes(size_t images, size_t step, size_t plane, const float *x,
                                  float scale, float shift, int rectifies, float *y) {
  for (size_t n = 0; n < images; n++, x += step, y += step) {
    if (rectifies)
      for (size_t i = 0; i < plane; i++) {
        const float value = x[i] * scale + shift;
        y[i] = value > 0 ? value : 0;
      }
    else
      for (size_t i = 0; i < plane; i++) y[i] = x[i] * scale + shift;
  }
}

static void gradient_normalization_sums(size_t images, size_t step, size_t plane,
                                        const float *gradient, const float *x, const float *y,
                                        float mean, double sums[2]) {
  sums[0] = sums[1] = 0;
  for (size_t n = 0; n < images; n++, gradient += step, x += step) {
    LANE_SUMS
    float sum = 0, product = 0;
    if (y)
      for (size_t i = 0; i < plane; i++) {
        const float g = y[n * step + i] > 0 ? gradient[i] : 0;
        sum += g;
        product += g * (x[i] - mean);
      }
    else
      for (size_t i = 0; i < plane; i++) {
        sum += gradient[i];
        product += gradient[i] * (x[i] - mean);
      }
    sums[0] += (double)sum;
    sums[1] += (double)product;
  }
}

static void gradient_normalization_input(size_t images, size_t step, size_t plane,
                                         const float *gradient, const float *x, const float *y,
                                         float a, float b, float c, int adds, float *dx) {
  for (size_t n = 0; n < images; n++, gradient += step, x += step, dx += step) {
    if (y && !adds)
      for (size_t i = 0; i < plane; i++)
        dx[i] = (y[n * step + i] > 0 ? gradient[i] : 0) * a + x[i] * b + c;
    else
      for (size_t i = 0; i < plane; i++) {
        const float g = y && !(y[n * step + i] > 0) ? 0 : gradient[i];
        dx[i] = (adds ? dx[i] : 0) + g * a + x[i] * b + c;
      }
  }
}

// The gates of a GRU, forwards and backwards.

static void gradient_gru(int linear, size_t rows, size_t hidden, const float *inputs,
                         const float *recurrent, const float *state, float *gates,
                         float *newState) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < hidden; i++) {
      const float z = sigmoid(inputs[i] + recurrent[i]);
      const float r = sigmoid(inputs[hidden + i] + recurrent[hidden + i]);
      const float again = recurrent[2 * hidden + i];
      const float h = tanhf(inputs[2 * hidden + i] + (linear ? r * again : again));
      gates[i] = z;
      gates[hidden + i] = r;
      gates[2 * hidden + i] = h;
      newState[i] = (1 - z) * h + z * state[i];
    }
    inputs += 3 * hidden, recurrent += 3 * hidden, gates += 3 * hidden;
    state += hidden, newState += hidden;
  }
}

static void gradient_gru_reset(size_t rows, size_t hidden, const float *inputs,
                               const float *recurrent, const float *state, float *resetState) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < hidden; i++)
      resetState[i] = sigmoid(inputs[hidden + i] + recurrent[hidden + i]) * state[i];
    inputs += 3 * hidden, recurrent += 3 * hidden, state += hidden, resetState += hidden;
  }
}

static void gradient_gru_gradient(int linear, size_t rows, size_t hidden, const float *gates,
                                  const float *recurrent, const float *state,
                                  const float *dNewState, float *dInputs, float *dRecurrent,
                                  float *dState) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < hidden; i++) {
      const float z = gates[i], r = gates[hidden + i], h = gates[2 * hidden + i];
      const float d = dNewState[i];
      const float dz = d * (state[i] - h) * z * (1 - z);
      const float dh = d * (1 - z) * (1 - h * h);
      const float dr = linear ? dh * recurrent[2 * hidden + i] * r * (1 - r) : 0;
      dInputs[i] = dRecurrent[i] = dz;
      dInputs[hidden + i] = dRecurrent[hidden + i] = dr;
      dInputs[2 * hidden + i] = dh;
      dRecurrent[2 * hidden + i] = linear ? dh * r : dh;
      dState[i] = d * z;
    }
    gates += 3 * hidden, recurrent += 3 * hidden, dInputs += 3 * hidden, dRecurrent += 3 * hidden;
    state += hidden, dNewState += hidden, dState += hidden;
  }
}

static void gradient_gru_reset_gradient(size_t rows, size_t hidden, const float *gates,
                                        const float *state, const float *dReset, float *dInputs,
                                        float *dRecurrent, float *dState) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < hidden; i++) {
      const float r = gates[hidden + i];
      const float dr = dReset[i] * state[i] * r * (1 - r);
      dInputs[hidden + i] = dRecurrent[hidden + i] = dr;
      dState[i] += dReset[i] * r;
    }
    gates += 3 * hidden, dInputs += 3 * hidden, dRecurrent += 3 * hidden;
    state += hidden, dReset += hidden, dState += hidden;
  }
}

// What an optimiser does to weights, and sums over them.

static void gradient_adamw(size_t count, float *weights, const float *gradient, float *mean,
                           float *square, float rate, float beta1, float beta2, float epsilon,
                           float decay, float correction1, float correction2) {
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i];
    mean[i] = beta1 * mean[i] + (1 - beta1) * g;
    square[i] = beta2 * square[i] + (1 - beta2) * g * g;
    const float step = (mean[i] / correction1) / (sqrtf(square[i] / correction2) + epsilon);
    weights[i] -= rate * (step + decay * weights[i]);
  }
}

static void gradient_momentum(size_t count, float *weights, const float *gradient, float *velocity,
                              float rate, float momentum, float decay) {
  for (size_t i = 0; i < count; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i] + decay * weights[i];
    weights[i] -= rate * velocity[i];
  }
}

static void gradient_blend(size_t count, const float *x, float share, float *y) {
  for (size_t i = 0; i < count; i++) y[i] += (x[i] - y[i]) * share;
}

static void gradient_scale(size_t count, float factor, float *x) {
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

TK_INLINE float squares(size_t count, const float *x) {
  LANE_SUMS
  float sum = 0;
  for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
  return sum;
}

static double gradient_sum_squares(size_t count, const float *x) {
  double total = 0;
  for (size_t start = 0; start < count; start += 4096)
    total += (double)squares(count - start < 4096 ? count - start : 4096, x + start);
  return total;
}

static void gradient_sum_parts(size_t parts, size_t step, size_t count, const float *x, int adds,
                               float *y) {
  if (!adds)
    for (size_t i = 0; i < count; i++) y[i] = 0;
  for (size_t p = 0; p < parts; p++, x += step)
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}
