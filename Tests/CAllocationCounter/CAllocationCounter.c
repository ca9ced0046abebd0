#define _GNU_SOURCE
#include "CAllocationCounter.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static pid_t watched;
static int64_t allocations;
static int64_t releases;

void allocation_counter_watch(pid_t thread) {
    __atomic_store_n(&watched, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&allocations, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&releases, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&watched, thread, __ATOMIC_SEQ_CST);
}

int64_t allocation_counter_allocations(void) {
    return __atomic_load_n(&allocations, __ATOMIC_SEQ_CST);
}

int64_t allocation_counter_releases(void) { return __atomic_load_n(&releases, __ATOMIC_SEQ_CST); }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OWN_ALLOCATOR 1
#endif
#endif

#ifdef HAS_OWN_ALLOCATOR

bool allocation_counter_works(void) { return false; }

int64_t allocation_counter_own_allocations(void) { return 0; }

#else

bool allocation_counter_works(void) { return true; }

// Defined in the executable, these take the place of glibc's for the whole process.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static __thread pid_t own_number;
static __thread int64_t own_allocations;

int64_t allocation_counter_own_allocations(void) { return own_allocations; }

static void count(int64_t *counter) {
    pid_t number = __atomic_load_n(&watched, __ATOMIC_RELAXED);
    if (!number) return;
    if (!own_number) own_number = (pid_t)syscall(SYS_gettid);
    if (own_number == number) __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static void count_allocation(void) {
    own_allocations += 1;
    count(&allocations);
}

void *malloc(size_t size) {
    count_allocation();
    return __libc_malloc(size);
}

void *calloc(size_t amount, size_t size) {
    count_allocation();
    return __libc_calloc(amount, size);
}

void *realloc(void *block, size_t size) {
    count_allocation();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    void *block = memalign(alignment, size);
    if (!block) return ENOMEM;
    *result = block;
    return 0;
}

void free(void *block) {
    if (block) count(&releases);
    __libc_free(block);
}

#endif
