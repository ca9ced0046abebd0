#define _GNU_SOURCE
#include "CLinuxSupport.h"

#include <errno.h>
#include <linux/futex.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

void linux_set_thread_name(const char *name) {
    // The kernel refuses, rather than cuts, a name above 15 bytes.
    char shortened[16];
    strncpy(shortened, name, sizeof shortened - 1);
    shortened[sizeof shortened - 1] = 0;
    pthread_setname_np(pthread_self(), shortened);
}

int linux_set_realtime_priority(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    int result = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters);
    return result < 0 ? errno : 0;
}

int linux_lock_memory(const void *address, size_t bytes) {
    return mlock(address, bytes) < 0 ? errno : 0;
}

void linux_unlock_memory(const void *address, size_t bytes) { munlock(address, bytes); }

void linux_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int linux_lock_stack(size_t bytes) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t top = ((uintptr_t)__builtin_frame_address(0) + page) & ~(page - 1);
    return linux_lock_memory((const void *)(top - bytes), bytes);
}

void linux_futex_wait(const uint32_t *word, uint32_t expected, int64_t timeout_nanoseconds) {
    struct timespec timeout = {
        .tv_sec = timeout_nanoseconds / 1000000000, .tv_nsec = timeout_nanoseconds % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &timeout, NULL, 0);
}

void linux_futex_wake(const uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 0x7fffffff, NULL, NULL, 0);
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t linux_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t linux_boottime_nanoseconds(void) { return nanoseconds(CLOCK_BOOTTIME); }

int64_t linux_realtime_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

int64_t linux_thread_processor_nanoseconds(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

pid_t linux_thread_id(void) { return (pid_t)syscall(SYS_gettid); }

int linux_clock_is_synchronized(void) {
    struct timex state = {0};
    const int clock = adjtimex(&state);
    if (clock < 0) {
        return -errno;
    }
    return clock != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}
