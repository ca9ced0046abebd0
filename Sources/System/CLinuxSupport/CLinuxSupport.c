#define _GNU_SOURCE
#include "CLinuxSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
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

void linux_limit_memory_pools(int pools) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, pools);
#else
    (void)pools;
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

/// A file in memory with a copy of bytes, at its beginning; -1 with errno if there is none.
static int file_with(const void *bytes, size_t length) {
    int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0) return -1;
    size_t written = 0;
    while (written < length) {
        ssize_t count = write(file, (const char *)bytes + written, length - written);
        if (count < 0) {
            int reason = errno;
            close(file);
            errno = reason;
            return -1;
        }
        written += count;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

int linux_start_program(
    char *const *arguments, char *const *environment, const void *input, size_t input_length,
    int *output, pid_t *process) {
    int ends[2], file = file_with(input, input_length);
    if (file < 0) return errno;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        int reason = errno;
        close(file);
        return reason;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, file, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int reason =
        posix_spawn(process, arguments[0], &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(file);
    close(ends[1]);
    if (reason) close(ends[0]); else *output = ends[0];
    return reason;
}

/// Two pipes, which the other end of both may not inherit; an errno, or 0.
static int open_pipes(int sound[2], int words[2]) {
    if (pipe2(sound, O_CLOEXEC) < 0) return errno;
    if (pipe2(words, O_CLOEXEC) == 0) return 0;
    int reason = errno;
    close(sound[0]);
    close(sound[1]);
    return reason;
}

/// Becomes the program; only in a child made by vfork, which shares its parent's memory until then.
static void become_program(
    const char *path, char *const *arguments, char *const *environment, pid_t parent, int input,
    int output, int messages, volatile int *failure) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
    setpgid(0, 0);
    // Ends with the thread that started it, however that ends.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(input, 0);
    dup2(output, 1);
    dup2(messages, 2);
    syscall(SYS_close_range, 3, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
    *failure = errno;
    _exit(127);
}

int linux_start_source(
    const char *path, char *const *arguments, char *const *environment, int pipe_bytes, int *output,
    int *messages, pid_t *process) {
    int sound[2], words[2];
    const int reason = open_pipes(sound, words);
    if (reason) return reason;
    // Refused above the user's limit; then it stays as it is.
    fcntl(sound[0], F_SETPIPE_SZ, pipe_bytes);
    fcntl(sound[0], F_SETFL, O_NONBLOCK);
    fcntl(words[0], F_SETFL, O_NONBLOCK);
    const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const pid_t parent = getpid();
    volatile int failure = 0;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // Not fork, which would have every page of the locked ring copied at its next change.
    const pid_t child = vfork();
    if (child == 0) {
        become_program(
            path, arguments, environment, parent, input, sound[1], words[1], &failure);
    }
    if (child < 0) failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(input);
    close(sound[1]);
    close(words[1]);
    if (failure) {
        if (child > 0) waitpid(child, NULL, 0);
        close(sound[0]);
        close(words[0]);
        return failure;
    }
    *output = sound[0];
    *messages = words[0];
    *process = child;
    return 0;
}

int linux_waiting_bytes(int file) {
    int count = 0;
    return ioctl(file, FIONREAD, &count) < 0 ? 0 : count;
}

int linux_pipe_bytes(int file) { return fcntl(file, F_GETPIPE_SZ); }

bool linux_has_ended(pid_t process) {
    siginfo_t about = {0};
    return waitid(P_PID, process, &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid != 0;
}
