#pragma once

#include <stddef.h>

/// The content of demo.flac, which is part of the program.
const void *demo_recording_bytes(void);

/// The number of its bytes.
size_t demo_recording_size(void);
