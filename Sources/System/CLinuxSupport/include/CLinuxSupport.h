#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// Names the calling thread, as `ps -L` and `top -H` show it; longer names are cut to 15 bytes.
void linux_set_thread_name(const char *name);

/// Puts the calling thread under SCHED_FIFO, which threads it starts do not inherit.
///
/// Returns 0, or the errno with which the kernel refused.
int linux_set_realtime_priority(int priority);

/// Waits until `*word` is no longer `expected`, somebody wakes it, or the time is over.
///
/// May return early; the caller looks again at what it waits for.
void linux_futex_wait(const uint32_t *word, uint32_t expected, int64_t timeout_nanoseconds);

/// Wakes every thread that waits on `word`.
void linux_futex_wake(const uint32_t *word);

/// The time of CLOCK_MONOTONIC, CLOCK_BOOTTIME or CLOCK_REALTIME, in nanoseconds.
int64_t linux_monotonic_nanoseconds(void);
int64_t linux_boottime_nanoseconds(void);
int64_t linux_realtime_nanoseconds(void);

/// The processor time that the calling thread has had, in nanoseconds.
int64_t linux_thread_processor_nanoseconds(void);

/// Whether the kernel's clock is kept right by a time service: 1, 0, or a negative errno.
int linux_clock_is_synchronized(void);

/// The kernel's number for the calling thread.
pid_t linux_thread_id(void);
