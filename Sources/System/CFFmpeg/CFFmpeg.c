#include "CFFmpeg.h"

#if __has_include(<libavformat/avformat.h>) && __has_include(<libavcodec/avcodec.h>) && \
    __has_include(<libswresample/swresample.h>)

#include <dlfcn.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING(x) #x
#define NAME(library, major) "lib" #library ".so." STRING(major)
#define AVUTIL_NAME NAME(avutil, LIBAVUTIL_VERSION_MAJOR)
#define AVCODEC_NAME NAME(avcodec, LIBAVCODEC_VERSION_MAJOR)
#define AVFORMAT_NAME NAME(avformat, LIBAVFORMAT_VERSION_MAJOR)
#define SWRESAMPLE_NAME NAME(swresample, LIBSWRESAMPLE_VERSION_MAJOR)

/// Formats with sound. Playlists and the like, which name other files, are not among them.
static const char *const format_names =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,aac,loas,asf,amr,amrnb,amrwb,caf,avi,flv,live_flv,mpegts,"
    "mpeg,ogg,wav,w64,aiff,au,ape,wv,tta,tak,ac3,eac3,dts,dtshd,truehd,mpc,mpc8,rm,voc,flac,mp3,"
    "oma,gsm,qcp,dsf,iff,nut,mxf,wtv,xwma";

/// More than what a guess by the file's name alone would give.
static const int least_score = AVPROBE_SCORE_RETRY;

enum {
    io_block = 1 << 15,
    /// Blocks that are read at most to find out what a file is: 32 MB of what may be zeros.
    most_opening_blocks = 1000
};

#define FUNCTIONS(F)                                                                              \
    F(avformat, avformat_alloc_context) F(avformat, avformat_open_input)                          \
    F(avformat, avformat_close_input) F(avformat, avformat_find_stream_info)                      \
    F(avformat, av_find_best_stream) F(avformat, av_read_frame)                                   \
    F(avformat, avio_alloc_context) F(avformat, avio_context_free)                                \
    F(avcodec, avcodec_find_decoder) F(avcodec, avcodec_alloc_context3)                           \
    F(avcodec, avcodec_free_context) F(avcodec, avcodec_parameters_to_context)                    \
    F(avcodec, avcodec_open2) F(avcodec, avcodec_send_packet) F(avcodec, avcodec_receive_frame)   \
    F(avcodec, av_packet_alloc) F(avcodec, av_packet_free) F(avcodec, av_packet_unref)            \
    F(avutil, av_frame_alloc) F(avutil, av_frame_free) F(avutil, av_frame_unref)                  \
    F(avutil, av_malloc) F(avutil, av_freep) F(avutil, av_log_set_level) F(avutil, av_dict_set)   \
    F(avutil, av_dict_free) F(avutil, av_channel_layout_default)                                  \
    F(avutil, av_channel_layout_copy) F(avutil, av_channel_layout_uninit)                         \
    F(avutil, av_channel_layout_compare)                                                          \
    F(swresample, swr_alloc_set_opts2) F(swresample, swr_init) F(swresample, swr_free)            \
    F(swresample, swr_convert) F(swresample, swr_get_out_samples)

#define DECLARE(library, function) static __typeof__(&function) p_##function;
FUNCTIONS(DECLARE)

static pthread_once_t loading = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void)
{
    // In the order in which they need each other.
    void *avutil = dlopen(AVUTIL_NAME, RTLD_NOW | RTLD_LOCAL);
    void *swresample = dlopen(SWRESAMPLE_NAME, RTLD_NOW | RTLD_LOCAL);
    void *avcodec = dlopen(AVCODEC_NAME, RTLD_NOW | RTLD_LOCAL);
    void *avformat = dlopen(AVFORMAT_NAME, RTLD_NOW | RTLD_LOCAL);
    if (!avutil || !swresample || !avcodec || !avformat) return;
#define FIND(library, function)                                          \
    p_##function = (__typeof__(p_##function))dlsym(library, #function);  \
    if (!p_##function) return;
    FUNCTIONS(FIND)
    p_av_log_set_level(AV_LOG_QUIET);
    is_loaded = 1;
}

struct cffmpeg_reader {
    cffmpeg_read_callback read;
    cffmpeg_seek_callback seek;
    void *data;
    int64_t size;
    int opening_blocks;

    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    int stream;
    int rate;
    int channels;
    double declared_seconds;
    int64_t damaged_packets;

    /// Makes the first frame's rate and channels of all others.
    SwrContext *converter;
    int converter_rate;
    int converter_format;
    AVChannelLayout converter_layout;

    /// Converted frames that were not asked for yet.
    float *waiting;
    int64_t waiting_capacity;
    int64_t waiting_start;
    int64_t waiting_end;
    int is_draining;
    int is_at_end;
};

const char *cffmpeg_library_names(void)
{
    return AVFORMAT_NAME ", " AVCODEC_NAME ", " AVUTIL_NAME " and " SWRESAMPLE_NAME;
}

static int read_bytes(void *opaque, uint8_t *room, int count)
{
    cffmpeg_reader *reader = opaque;
    if (reader->opening_blocks > 0 && --reader->opening_blocks == 0) {
        reader->opening_blocks = 1;
        return AVERROR_EOF;
    }
    int64_t got = reader->read(reader->data, room, count);
    return got > 0 ? (int)got : AVERROR_EOF;
}

static int64_t seek_bytes(void *opaque, int64_t offset, int origin)
{
    cffmpeg_reader *reader = opaque;
    if (origin & AVSEEK_SIZE) return reader->size;
    return reader->seek(reader->data, offset, origin & ~AVSEEK_FORCE);
}

static cffmpeg_status open_format(cffmpeg_reader *reader)
{
    uint8_t *block = p_av_malloc(io_block);
    if (!block) return CFFMPEG_OUT_OF_MEMORY;
    reader->io = p_avio_alloc_context(block, io_block, 0, reader, read_bytes, NULL, seek_bytes);
    if (!reader->io) {
        p_av_freep(&block);
        return CFFMPEG_OUT_OF_MEMORY;
    }
    reader->format = p_avformat_alloc_context();
    if (!reader->format) return CFFMPEG_OUT_OF_MEMORY;
    reader->format->pb = reader->io;
    reader->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    AVDictionary *options = NULL;
    p_av_dict_set(&options, "format_whitelist", format_names, 0);
    p_av_dict_set(&options, "protocol_whitelist", "none", 0);
    // Frees the context where it fails.
    int result = p_avformat_open_input(&reader->format, "", NULL, &options);
    p_av_dict_free(&options);
    if (result == AVERROR(ENOMEM)) return CFFMPEG_OUT_OF_MEMORY;
    // No format, or one that is not listed.
    if (result == AVERROR(EINVAL)) return CFFMPEG_NOT_RECOGNISED;
    if (result < 0) return CFFMPEG_DAMAGED;
    if (reader->format->probe_score <= least_score) return CFFMPEG_NOT_RECOGNISED;
    return CFFMPEG_OK;
}

static void find_declared_length(cffmpeg_reader *reader)
{
    AVFormatContext *format = reader->format;
    AVStream *stream = format->streams[reader->stream];
    reader->declared_seconds = -1;
    if (format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return;
    if (stream->duration != AV_NOPTS_VALUE && stream->time_base.den > 0) {
        reader->declared_seconds =
            (double)stream->duration * stream->time_base.num / stream->time_base.den;
    } else if (format->nb_streams == 1 && format->duration != AV_NOPTS_VALUE) {
        reader->declared_seconds = (double)format->duration / AV_TIME_BASE;
    }
}

static cffmpeg_status open_decoder(cffmpeg_reader *reader)
{
    AVFormatContext *format = reader->format;
    if (p_avformat_find_stream_info(format, NULL) < 0 && format->nb_streams == 0)
        return CFFMPEG_DAMAGED;
    const AVCodec *codec = NULL;
    int stream = p_av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
    if (stream == AVERROR_DECODER_NOT_FOUND) return CFFMPEG_NO_DECODER;
    if (stream < 0) return CFFMPEG_NO_SOUND;
    reader->stream = stream;
    for (unsigned other = 0; other < format->nb_streams; other++)
        if ((int)other != stream) format->streams[other]->discard = AVDISCARD_ALL;
    const AVCodecParameters *parameters = format->streams[stream]->codecpar;
    if (!codec) codec = p_avcodec_find_decoder(parameters->codec_id);
    if (!codec) return CFFMPEG_NO_DECODER;
    reader->decoder = p_avcodec_alloc_context3(codec);
    reader->packet = p_av_packet_alloc();
    reader->frame = p_av_frame_alloc();
    if (!reader->decoder || !reader->packet || !reader->frame) return CFFMPEG_OUT_OF_MEMORY;
    if (p_avcodec_parameters_to_context(reader->decoder, parameters) < 0) return CFFMPEG_DAMAGED;
    reader->decoder->pkt_timebase = format->streams[stream]->time_base;
    reader->decoder->thread_count = 1;
    if (p_avcodec_open2(reader->decoder, codec, NULL) < 0) return CFFMPEG_NO_DECODER;
    find_declared_length(reader);
    return CFFMPEG_OK;
}

/// Prepares the conversion of frames like the present one. Returns 0 if that is not possible.
static int prepare_converter(cffmpeg_reader *reader)
{
    const AVFrame *frame = reader->frame;
    AVChannelLayout layout = {0};
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        p_av_channel_layout_default(&layout, frame->ch_layout.nb_channels);
    else if (p_av_channel_layout_copy(&layout, &frame->ch_layout) < 0)
        return 0;
    if (reader->converter && reader->converter_rate == frame->sample_rate &&
        reader->converter_format == frame->format &&
        p_av_channel_layout_compare(&reader->converter_layout, &layout) == 0) {
        p_av_channel_layout_uninit(&layout);
        return 1;
    }
    // Channels are kept as they are while their number is the first frame's.
    AVChannelLayout output = {0};
    if (layout.nb_channels == reader->channels) {
        p_av_channel_layout_copy(&output, &layout);
    } else {
        p_av_channel_layout_default(&output, reader->channels);
    }
    p_swr_free(&reader->converter);
    p_av_channel_layout_uninit(&reader->converter_layout);
    int made = p_swr_alloc_set_opts2(&reader->converter, &output, AV_SAMPLE_FMT_FLT, reader->rate,
                                     &layout, frame->format, frame->sample_rate, 0, NULL);
    p_av_channel_layout_uninit(&output);
    reader->converter_layout = layout;
    reader->converter_rate = frame->sample_rate;
    reader->converter_format = frame->format;
    return made >= 0 && p_swr_init(reader->converter) >= 0;
}

/// Converts the present frame after what is waiting. Returns 0 without memory.
static int convert_frame(cffmpeg_reader *reader)
{
    const AVFrame *frame = reader->frame;
    if (reader->channels == 0) {
        reader->rate = frame->sample_rate;
        reader->channels = frame->ch_layout.nb_channels;
    }
    if (reader->rate <= 0 || reader->channels <= 0 || frame->sample_rate <= 0 ||
        frame->ch_layout.nb_channels <= 0 || frame->nb_samples <= 0)
        return 1;
    if (!prepare_converter(reader)) return 0;
    int room = p_swr_get_out_samples(reader->converter, frame->nb_samples);
    if (room < 0) return 0;
    if (room > reader->waiting_capacity) {
        float *larger =
            realloc(reader->waiting, (size_t)room * reader->channels * sizeof *larger);
        if (!larger) return 0;
        reader->waiting = larger;
        reader->waiting_capacity = room;
    }
    uint8_t *output = (uint8_t *)reader->waiting;
    int count = p_swr_convert(reader->converter, &output, room,
                              (const uint8_t **)frame->extended_data, frame->nb_samples);
    reader->waiting_start = 0;
    reader->waiting_end = count > 0 ? count : 0;
    return 1;
}

/// Hands the next packet of the stream to the decoder. Returns 0 at the end.
static int send_packet(cffmpeg_reader *reader)
{
    for (;;) {
        int result = p_av_read_frame(reader->format, reader->packet);
        if (result == AVERROR(EAGAIN)) continue;
        if (result < 0) {
            if (result != AVERROR_EOF) reader->damaged_packets++;
            p_avcodec_send_packet(reader->decoder, NULL);
            reader->is_draining = 1;
            return 1;
        }
        int is_ours = reader->packet->stream_index == reader->stream;
        int is_corrupt = is_ours && (reader->packet->flags & AV_PKT_FLAG_CORRUPT);
        int sent = is_ours ? p_avcodec_send_packet(reader->decoder, reader->packet) : 0;
        p_av_packet_unref(reader->packet);
        if (is_ours && (sent < 0 || is_corrupt)) reader->damaged_packets++;
        if (is_ours && sent >= 0) return 1;
    }
}

/// Decodes until frames are waiting. Returns 0 at the end.
static int decode_more(cffmpeg_reader *reader)
{
    while (!reader->is_at_end) {
        int result = p_avcodec_receive_frame(reader->decoder, reader->frame);
        if (result == 0) {
            int converted = convert_frame(reader);
            p_av_frame_unref(reader->frame);
            if (!converted) reader->damaged_packets++;
            if (converted && reader->waiting_end > reader->waiting_start) return 1;
        } else if (result == AVERROR(EAGAIN) && !reader->is_draining) {
            send_packet(reader);
        } else if (result == AVERROR_EOF || reader->is_draining) {
            reader->is_at_end = 1;
        } else {
            reader->damaged_packets++;
            send_packet(reader);
        }
    }
    return 0;
}

cffmpeg_reader *cffmpeg_open(cffmpeg_read_callback read, cffmpeg_seek_callback seek, void *data,
                             int64_t size, cffmpeg_status *status)
{
    pthread_once(&loading, load);
    if (!is_loaded) {
        *status = CFFMPEG_NOT_INSTALLED;
        return NULL;
    }
    cffmpeg_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        *status = CFFMPEG_OUT_OF_MEMORY;
        return NULL;
    }
    reader->read = read;
    reader->seek = seek;
    reader->data = data;
    reader->size = size;
    reader->opening_blocks = most_opening_blocks;
    *status = open_format(reader);
    if (*status == CFFMPEG_OK) *status = open_decoder(reader);
    // The first frame tells the format; containers are wrong about it at times (AAC with SBR).
    if (*status == CFFMPEG_OK && !decode_more(reader)) *status = CFFMPEG_DAMAGED;
    reader->opening_blocks = 0;
    if (*status == CFFMPEG_OK) return reader;
    cffmpeg_close(reader);
    return NULL;
}

int cffmpeg_rate(const cffmpeg_reader *reader)
{
    return reader->rate;
}

int cffmpeg_channels(const cffmpeg_reader *reader)
{
    return reader->channels;
}

double cffmpeg_declared_seconds(const cffmpeg_reader *reader)
{
    return reader->declared_seconds;
}

int64_t cffmpeg_damaged_packets(const cffmpeg_reader *reader)
{
    return reader->damaged_packets;
}

int64_t cffmpeg_read(cffmpeg_reader *reader, float *interleaved, int64_t frames)
{
    int64_t done = 0;
    while (done < frames) {
        int64_t held = reader->waiting_end - reader->waiting_start;
        if (held == 0) {
            if (!decode_more(reader)) break;
            continue;
        }
        int64_t count = held < frames - done ? held : frames - done;
        memcpy(interleaved + done * reader->channels,
               reader->waiting + reader->waiting_start * reader->channels,
               (size_t)(count * reader->channels) * sizeof(float));
        reader->waiting_start += count;
        done += count;
    }
    return done;
}

void cffmpeg_close(cffmpeg_reader *reader)
{
    p_swr_free(&reader->converter);
    p_av_channel_layout_uninit(&reader->converter_layout);
    p_av_frame_free(&reader->frame);
    p_av_packet_free(&reader->packet);
    p_avcodec_free_context(&reader->decoder);
    p_avformat_close_input(&reader->format);
    // The library may have replaced the block it was given.
    if (reader->io) p_av_freep(&reader->io->buffer);
    p_avio_context_free(&reader->io);
    free(reader->waiting);
    free(reader);
}

#else

#include <stddef.h>

struct cffmpeg_reader {
    int unused;
};

const char *cffmpeg_library_names(void)
{
    return "";
}

cffmpeg_reader *cffmpeg_open(cffmpeg_read_callback read, cffmpeg_seek_callback seek, void *data,
                             int64_t size, cffmpeg_status *status)
{
    *status = CFFMPEG_NOT_BUILT_IN;
    return NULL;
}

int cffmpeg_rate(const cffmpeg_reader *reader)
{
    return 0;
}

int cffmpeg_channels(const cffmpeg_reader *reader)
{
    return 0;
}

double cffmpeg_declared_seconds(const cffmpeg_reader *reader)
{
    return -1;
}

int64_t cffmpeg_damaged_packets(const cffmpeg_reader *reader)
{
    return 0;
}

int64_t cffmpeg_read(cffmpeg_reader *reader, float *interleaved, int64_t frames)
{
    return 0;
}

void cffmpeg_close(cffmpeg_reader *reader)
{
}

#endif
