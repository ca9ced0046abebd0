// The gates of a GRU, forwards and backwards.
#include <math.h>

#include "Kernel.h"

GK_INLINE float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

GK_KERNEL void gk_gru(int linear, size_t rows, size_t hidden, const float *inputs,
                      const float *recurrent, const float *state, float *gates, float *newState) {
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

GK_KERNEL void gk_gru_reset(size_t rows, size_t hidden, const float *inputs, const float *recurrent,
                            const float *state, float *resetState) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < hidden; i++)
      resetState[i] = sigmoid(inputs[hidden + i] + recurrent[hidden + i]) * state[i];
    inputs += 3 * hidden, recurrent += 3 * hidden, state += hidden, resetState += hidden;
  }
}

GK_KERNEL void gk_gru_gradient(int linear, size_t rows, size_t hidden, const float *gates,
                               const float *recurrent, const float *state, const float *dNewState,
                               float *dInputs, float *dRecurrent, float *dState) {
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

GK_KERNEL void gk_gru_reset_gradient(size_t rows, size_t hidden, const float *gates,
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
