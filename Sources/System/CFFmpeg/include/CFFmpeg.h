/// FFmpeg's decoders, for what libsndfile and libmpg123 do not read: M4A, WebM, CAF with AAC, WMA.
///
/// The program does not depend on the libraries: it is compiled with their headers where they
/// are installed, and loads the versions that belong to these headers when a file needs them.

#ifndef CFFMPEG_H
#define CFFMPEG_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// One open file, decoded to interleaved floats of one rate and channel count.
typedef struct cffmpeg_reader cffmpeg_reader;

/// Why a file could not be opened.
typedef enum {
    CFFMPEG_OK = 0,
    /// The program was built without the headers.
    CFFMPEG_NOT_BUILT_IN,
    /// The libraries are not installed in the version that the program was built for.
    CFFMPEG_NOT_INSTALLED,
    /// No format that FFmpeg knows.
    CFFMPEG_NOT_RECOGNISED,
    /// A known format whose index or header is damaged or missing.
    CFFMPEG_DAMAGED,
    /// A film without sound, or a picture.
    CFFMPEG_NO_SOUND,
    /// This FFmpeg was built without a decoder for the sound.
    CFFMPEG_NO_DECODER,
    CFFMPEG_OUT_OF_MEMORY
} cffmpeg_status;

/// Reads up to `count` bytes at the position; 0 at the end.
typedef int64_t (*cffmpeg_read_callback)(void *_Nullable data, void *_Nullable room, int64_t count);

/// Moves as lseek does; -1 if that is not possible.
typedef int64_t (*cffmpeg_seek_callback)(void *_Nullable data, int64_t offset, int origin);

/// The names of the libraries that are loaded, such as "libavformat.so.59"; empty if built without.
const char *cffmpeg_library_names(void);

/// Opens a file through callbacks. Safe on any thread.
cffmpeg_reader *_Nullable cffmpeg_open(
    cffmpeg_read_callback read, cffmpeg_seek_callback seek, void *_Nullable data, int64_t size,
    cffmpeg_status *status);

int cffmpeg_rate(const cffmpeg_reader *reader);
int cffmpeg_channels(const cffmpeg_reader *reader);

/// The length of the sound in seconds as the file's index has it; negative if it is a guess or not
/// known.
double cffmpeg_declared_seconds(const cffmpeg_reader *reader);

/// How many packets could not be decoded so far.
int64_t cffmpeg_damaged_packets(const cffmpeg_reader *reader);

/// Decodes up to `frames` frames; fewer at the end only.
int64_t cffmpeg_read(cffmpeg_reader *reader, float *interleaved, int64_t frames);

void cffmpeg_close(cffmpeg_reader *reader);

#pragma clang assume_nonnull end

#endif
