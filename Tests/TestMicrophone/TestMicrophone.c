#define PIC 1 // SND_PCM_PLUGIN_SYMBOL exports its version mark only with this
#define _GNU_SOURCE
#include "TestMicrophone.h"

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <alsa/pcm_ioplug.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct microphone {
    snd_pcm_ioplug_t io;
    struct test_microphone_control *control;
    const uint8_t *content;
    size_t content_size;
    int bytes_per_frame;
    double frames_per_nanosecond;
    int64_t start_time;     // CLOCK_MONOTONIC of the newest start
    int64_t start_frame;    // the world's frame at that time
    int64_t start_lost;     // `silently_lost` at that time
    int64_t position;       // frames captured since the start, as last reported
    int64_t delivered;      // frames read since the start
};

struct settings {
    const char *file;
    const char *control;
    const char *format;
    long rate, channels, period_min, periods_max, drift_ppm;
    double speed;
};

static int64_t field(const int64_t *address) { return __atomic_load_n(address, __ATOMIC_ACQUIRE); }

static void count(int64_t *address, int64_t amount) {
    __atomic_add_fetch(address, amount, __ATOMIC_ACQ_REL);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// Makes the poll descriptor readable once a period, or never while the device is mute.
static int set_timer(struct microphone *mic, bool runs) {
    struct itimerspec timer = {0};
    if (runs) {
        int64_t period = (int64_t)((double)mic->io.period_size / mic->frames_per_nanosecond);
        timer.it_interval.tv_sec = period / 1000000000;
        timer.it_interval.tv_nsec = period % 1000000000 + 1;
        timer.it_value = timer.it_interval;
    }
    return timerfd_settime(mic->io.poll_fd, 0, &timer, NULL) < 0 ? -errno : 0;
}

static int microphone_start(snd_pcm_ioplug_t *io) {
    struct microphone *mic = io->private_data;
    mic->start_time = now();
    mic->start_lost = field(&mic->control->silently_lost);
    mic->start_frame =
        (int64_t)((double)(mic->start_time - mic->control->epoch) * mic->frames_per_nanosecond);
    mic->position = 0;
    mic->delivered = 0;
    count(&mic->control->starts, 1);
    return set_timer(mic, true);
}

static int microphone_stop(snd_pcm_ioplug_t *io) { return set_timer(io->private_data, false); }

static int microphone_prepare(snd_pcm_ioplug_t *io) {
    struct microphone *mic = io->private_data;
    mic->position = 0;
    mic->delivered = 0;
    switch (field(&mic->control->mode)) {
        case test_microphone_gone: return -ENODEV;
        case test_microphone_suspended: return -ESTRPIPE;
        default: return 0;
    }
}

static int microphone_resume(snd_pcm_ioplug_t *io) {
    struct microphone *mic = io->private_data;
    if (field(&mic->control->mode) == test_microphone_suspended) return -EAGAIN;
    return 0; // stays suspended: as hardware that cannot resume, and has to be prepared
}

/// Where the device is in its stream, in frames since the start.
static snd_pcm_sframes_t microphone_pointer(snd_pcm_ioplug_t *io) {
    struct microphone *mic = io->private_data;
    switch (field(&mic->control->mode)) {
        case test_microphone_gone:
            snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
            return mic->position;
        case test_microphone_suspended:
            snd_pcm_ioplug_set_state(io, SND_PCM_STATE_SUSPENDED);
            return mic->position;
        case test_microphone_overruns:
            count(&mic->control->overruns, 1);
            return -EPIPE;
        case test_microphone_stalls:
        case test_microphone_mute:
            return mic->position;
        default: break;
    }
    int64_t lost = field(&mic->control->silently_lost) - mic->start_lost;
    int64_t position =
        (int64_t)((double)(now() - mic->start_time) * mic->frames_per_nanosecond) - lost;
    if (position > mic->position) mic->position = position;
    if (mic->position - mic->delivered > (int64_t)io->buffer_size) {
        count(&mic->control->overruns, 1);
        return -EPIPE;
    }
    return mic->position;
}

static snd_pcm_sframes_t microphone_transfer(
    snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas, snd_pcm_uframes_t offset,
    snd_pcm_uframes_t frames) {
    struct microphone *mic = io->private_data;
    if (field(&mic->control->mode) == test_microphone_broken) return -EIO;
    uint8_t *to = (uint8_t *)areas->addr + (areas->first + areas->step * offset) / 8;
    size_t frame_size = (size_t)mic->bytes_per_frame;
    size_t content_frames = mic->content_size / frame_size;
    int64_t lost = field(&mic->control->silently_lost) - mic->start_lost;
    for (snd_pcm_uframes_t i = 0; i < frames; i++) {
        size_t frame =
            (size_t)(mic->start_frame + lost + mic->delivered + (int64_t)i) % content_frames;
        memcpy(to + i * frame_size, mic->content + frame * frame_size, frame_size);
    }
    mic->delivered += (int64_t)frames;
    count(&mic->control->reads, 1);
    return (snd_pcm_sframes_t)frames;
}

static int microphone_revents(
    snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned int amount,
    unsigned short *events) {
    struct microphone *mic = io->private_data;
    uint64_t expirations;
    *events = 0;
    if (amount < 1 || !(descriptors[0].revents & POLLIN)) return 0;
    if (read(io->poll_fd, &expirations, sizeof expirations) < 0) return 0;
    int64_t mode = field(&mic->control->mode);
    // A mute device would wake nobody: its timer is all that this plugin has to wake up by.
    if (mode == test_microphone_mute) return set_timer(mic, false);
    *events = mode == test_microphone_stalls ? 0 : POLLIN;
    return 0;
}

static void release(struct microphone *mic) {
    if (mic->io.poll_fd > 0) close(mic->io.poll_fd);
    if (mic->content) munmap((void *)mic->content, mic->content_size);
    if (mic->control) munmap(mic->control, sizeof *mic->control);
    free(mic);
}

static int microphone_close(snd_pcm_ioplug_t *io) {
    struct microphone *mic = io->private_data;
    count(&mic->control->open_now, -1);
    release(mic);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = microphone_start,
    .stop = microphone_stop,
    .pointer = microphone_pointer,
    .transfer = microphone_transfer,
    .prepare = microphone_prepare,
    .resume = microphone_resume,
    .poll_revents = microphone_revents,
    .close = microphone_close,
};

static int read_settings(snd_config_t *configuration, struct settings *settings) {
    snd_config_iterator_t position, next;
    snd_config_for_each(position, next, configuration) {
        snd_config_t *node = snd_config_iterator_entry(position);
        const char *key;
        int result = 0;
        if (snd_config_get_id(node, &key) < 0) continue;
        if (!strcmp(key, "type") || !strcmp(key, "comment") || !strcmp(key, "hint")) continue;
        if (!strcmp(key, "file")) result = snd_config_get_string(node, &settings->file);
        else if (!strcmp(key, "control")) result = snd_config_get_string(node, &settings->control);
        else if (!strcmp(key, "format")) result = snd_config_get_string(node, &settings->format);
        else if (!strcmp(key, "rate")) result = snd_config_get_integer(node, &settings->rate);
        else if (!strcmp(key, "channels"))
            result = snd_config_get_integer(node, &settings->channels);
        else if (!strcmp(key, "period_min"))
            result = snd_config_get_integer(node, &settings->period_min);
        else if (!strcmp(key, "periods_max"))
            result = snd_config_get_integer(node, &settings->periods_max);
        else if (!strcmp(key, "drift_ppm"))
            result = snd_config_get_integer(node, &settings->drift_ppm);
        else if (!strcmp(key, "speed")) result = snd_config_get_ireal(node, &settings->speed);
        else result = -EINVAL;
        if (result < 0) {
            SNDERR("test microphone: bad key or value: %s", key);
            return result;
        }
    }
    return settings->file && settings->control ? 0 : -EINVAL;
}

static int map_file(const char *path, bool writes, size_t least, void **address, size_t *size) {
    struct stat information;
    int file = open(path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (file < 0) return -errno;
    if (fstat(file, &information) < 0 || (size_t)information.st_size < least) {
        close(file);
        return -EINVAL;
    }
    *size = (size_t)information.st_size;
    void *mapped = mmap(
        NULL, *size, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) return -errno;
    *address = mapped;
    return 0;
}

static int limit_parameters(
    snd_pcm_ioplug_t *io, const struct settings *settings, snd_pcm_format_t format, long rate,
    int bytes_per_frame) {
    static const unsigned int access[] = {
        SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED};
    unsigned int formats[] = {(unsigned int)format};
    unsigned int channels = (unsigned int)settings->channels;
    unsigned int least = (unsigned int)(settings->period_min * bytes_per_frame);
    int result = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
    if (result >= 0)
        result = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, formats);
    if (result >= 0)
        result = snd_pcm_ioplug_set_param_minmax(
            io, SND_PCM_IOPLUG_HW_CHANNELS, channels, channels);
    if (result >= 0)
        result = snd_pcm_ioplug_set_param_minmax(
            io, SND_PCM_IOPLUG_HW_RATE, (unsigned int)rate, (unsigned int)rate);
    if (result >= 0)
        result = snd_pcm_ioplug_set_param_minmax(
            io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, least, 1 << 20);
    if (result >= 0)
        result = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, (unsigned int)settings->periods_max);
    return result;
}

static int map_world(struct microphone *mic, const struct settings *settings) {
    void *control = NULL, *content = NULL;
    size_t control_size;
    int result = map_file(
        settings->control, true, sizeof(struct test_microphone_control), &control, &control_size);
    if (result < 0) return result;
    mic->control = control;
    result = map_file(
        settings->file, false, (size_t)mic->bytes_per_frame, &content, &mic->content_size);
    mic->content = content;
    return result;
}

SND_PCM_PLUGIN_DEFINE_FUNC(testmic) {
    struct settings settings = {
        .format = "S16_LE", .rate = 16000, .channels = 1, .period_min = 64,
        .periods_max = 8, .speed = 1};
    (void)root;
    int result = read_settings(conf, &settings);
    if (result < 0) return result;
    snd_pcm_format_t format = snd_pcm_format_value(settings.format);
    if (stream != SND_PCM_STREAM_CAPTURE || format == SND_PCM_FORMAT_UNKNOWN) return -EINVAL;

    struct microphone *mic = calloc(1, sizeof *mic);
    if (!mic) return -ENOMEM;
    mic->bytes_per_frame =
        (int)settings.channels * snd_pcm_format_physical_width(format) / 8;
    result = map_world(mic, &settings);
    if (result >= 0 && field(&mic->control->open_errno))
        result = -(int)field(&mic->control->open_errno);
    if (result < 0) {
        release(mic);
        return result;
    }
    long rate = field(&mic->control->rate) ? (long)field(&mic->control->rate) : settings.rate;
    mic->frames_per_nanosecond =
        (double)rate * settings.speed * (1 + (double)settings.drift_ppm * 1e-6) * 1e-9;
    int64_t unset = 0;
    __atomic_compare_exchange_n(
        &mic->control->epoch, &unset, now(), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);

    mic->io.version = SND_PCM_IOPLUG_VERSION;
    mic->io.name = "test microphone";
    mic->io.flags = SND_PCM_IOPLUG_FLAG_MONOTONIC | SND_PCM_IOPLUG_FLAG_BOUNDARY_WA;
    mic->io.callback = &callbacks;
    mic->io.private_data = mic;
    mic->io.poll_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    mic->io.poll_events = POLLIN;
    result = snd_pcm_ioplug_create(&mic->io, name, stream, mode);
    if (result < 0) {
        release(mic);
        return result;
    }
    count(&mic->control->opens, 1);
    count(&mic->control->open_now, 1);
    result = limit_parameters(&mic->io, &settings, format, rate, mic->bytes_per_frame);
    if (result < 0) {
        snd_pcm_ioplug_delete(&mic->io); // closes the microphone, too
        return result;
    }
    *pcmp = mic->io.pcm;
    return 0;
}
SND_PCM_PLUGIN_SYMBOL(testmic);
