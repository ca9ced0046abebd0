#include "CDemoRecording.h"

// Clang takes #embed in every version of C, and warns of it in those before C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char recording[] = {
#embed "demo.flac"
};

const void *demo_recording_bytes(void) { return recording; }

size_t demo_recording_size(void) { return sizeof recording; }
