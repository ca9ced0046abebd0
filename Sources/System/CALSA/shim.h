#pragma once

#include <alsa/asoundlib.h>

static void alsa_discard_message(
    const char *file, int line, const char *function, int error, const char *format, ...) {
    (void)file, (void)line, (void)function, (void)error, (void)format;
}

/// Stops alsa-lib from printing to standard error; what went wrong is in the return values.
///
/// The handler is variadic, which Swift cannot write.
static inline void alsa_silence_messages(void) { snd_lib_error_set_handler(alsa_discard_message); }
