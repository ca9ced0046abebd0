#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// Whether this build can count: sanitizers bring an allocator of their own.
bool allocation_counter_works(void);

/// Counts, from zero, the allocations and releases of the thread with this kernel number.
void allocation_counter_watch(pid_t thread);

/// What the watched thread has done since.
int64_t allocation_counter_allocations(void);
int64_t allocation_counter_releases(void);

/// The allocations of the calling thread since it began, whichever thread is watched.
int64_t allocation_counter_own_allocations(void);
