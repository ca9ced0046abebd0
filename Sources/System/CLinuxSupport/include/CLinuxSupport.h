#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Names the calling thread, as `ps -L` and `top -H` show it; longer names are cut to 15 bytes.
void linux_set_thread_name(const char *name);

/// Puts the calling thread under SCHED_FIFO, which threads it starts do not inherit.
///
/// Returns 0, or the errno with which the kernel refused.
int linux_set_realtime_priority(int priority);

/// Keeps memory from being paged out, and brings in what is not there yet.
///
/// Returns 0, or the errno with which the kernel refused: ENOMEM or EPERM above RLIMIT_MEMLOCK.
int linux_lock_memory(const void *address, size_t bytes);

/// Ends what `linux_lock_memory` did.
void linux_unlock_memory(const void *address, size_t bytes);

/// Gives free memory that the allocator holds back to the system, where the C library can.
void linux_return_free_memory(void);

/// Lets all threads allocate from `pools` pools, where the C library has one for each thread otherwise.
///
/// To be called while the process has one thread.
void linux_limit_memory_pools(int pools);

/// Locks the part of the calling thread's stack that it will use next; fewer bytes than it has.
///
/// Returns 0 or an errno, as `linux_lock_memory`.
int linux_lock_stack(size_t bytes);

/// Waits until `*word` is no longer `expected`, it is woken, or the time is over.
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

/// Whether a time service keeps the kernel's clock right: 1, 0, or a negative errno.
int linux_clock_is_synchronized(void);

/// Starts a program in a process group of its own, with no file open but its input and output.
///
/// It starts in `/` with every signal as usual. `input` is copied first, so that a program that
/// does not read holds up nobody. What it prints can be read from `*output`, which the caller closes.
/// Returns 0 or an errno.
int linux_start_program(
    char *const *arguments, char *const *environment, const void *input, size_t input_length,
    int *output, pid_t *process);

/// Starts a program that writes sound to its standard output, in a process group of its own.
///
/// It reads nothing and has no other file open. It is killed when the calling thread ends, also by
/// a kill of the whole process. The caller closes `*output` (which never blocks and holds up to
/// `pipe_bytes`, if the system allows that) and `*messages` (standard error), and reaps `*process`.
/// Returns 0 or an errno.
int linux_start_source(
    const char *path, char *const *arguments, char *const *environment, int pipe_bytes, int *output,
    int *messages, pid_t *process);

/// The number of bytes in a pipe, and the most that it holds.
int linux_waiting_bytes(int file);
int linux_pipe_bytes(int file);

/// Whether a child has ended; it still has to be reaped.
bool linux_has_ended(pid_t process);

/// The kernel's number for the calling thread.
pid_t linux_thread_id(void);
