#pragma once

#include <stdint.h>

/// A sound card for tests: an ALSA I/O plugin that plays a raw file at the pace of the clock.
///
/// It hears a world in which frame f of the file sounds at f / rate seconds after `epoch`. Frames
/// that nobody reads pass unheard, as with real hardware. Named in an ALSA configuration:
///
///     pcm_type.testmic { lib "/…/libTestMicrophone.so" }
///     pcm.mic { type testmic file "f.raw" control "f.control" rate 16000 channels 1
///               format S16_LE speed 1.0 drift_ppm 0 period_min 64
///               periods_max 8 }
///
/// `control` is a file of one `test_microphone_control`, shared with the test by mmap. All fields
/// are 64-bit integers, so that the test may write them by position.
enum test_microphone_mode {
    /// Delivers.
    test_microphone_delivers = 0,
    /// Wakes its reader and has nothing; what sounds meanwhile waits until this ends.
    test_microphone_stalls = 1,
    /// Unplugged: reads fail with ENODEV.
    test_microphone_gone = 2,
    /// Reports an overrun as soon as it runs.
    test_microphone_overruns = 3,
    /// Suspended with the machine.
    test_microphone_suspended = 4,
    /// Reads fail with EIO, as those of a sound server that has gone.
    test_microphone_broken = 5,
    /// Never wakes its reader.
    test_microphone_mute = 6,
};

struct test_microphone_control {
    /// A `test_microphone_mode`.
    int64_t mode;
    /// An errno with which opening fails; 0: it does not.
    int64_t open_errno;
    /// The only rate that it offers from the next opening on; 0: as configured.
    int64_t rate;
    /// Frames that it has lost so far without saying so.
    int64_t silently_lost;

    /// CLOCK_MONOTONIC of the world's frame 0 in ns; set at the first opening.
    int64_t epoch;
    /// How often it was opened, started, read from, overrun.
    int64_t opens;
    int64_t starts;
    int64_t reads;
    int64_t overruns;
    /// How many are open now.
    int64_t open_now;
};
