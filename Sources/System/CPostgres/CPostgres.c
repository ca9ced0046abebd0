#include "CPostgres.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Of libpq-fe.h and postgres_ext.h, so that no header is needed.
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

enum {
    connection_ok = 0, polling_failed = 0, polling_reading = 1, polling_writing = 2,
    polling_ok = 3, result_command = 1, result_tuples = 2, field_code = 'C',
    field_message = 'M', field_detail = 'D', field_constraint = 'n'
};

#define FUNCTIONS(F)                                                                            \
    F(connectStartParams, PGconn *, (const char *const *, const char *const *, int))            \
    F(connectPoll, int, (PGconn *))                                                             \
    F(status, int, (const PGconn *))                                                            \
    F(socket, int, (const PGconn *))                                                            \
    F(errorMessage, char *, (const PGconn *))                                                   \
    F(finish, void, (PGconn *))                                                                 \
    F(setnonblocking, int, (PGconn *, int))                                                     \
    F(flush, int, (PGconn *))                                                                   \
    F(sendQueryParams, int,                                                                     \
      (PGconn *, const char *, int, const unsigned int *, const char *const *, const int *,     \
       const int *, int))                                                                       \
    F(consumeInput, int, (PGconn *))                                                            \
    F(isBusy, int, (PGconn *))                                                                  \
    F(getResult, PGresult *, (PGconn *))                                                        \
    F(resultStatus, int, (const PGresult *))                                                    \
    F(resultErrorField, char *, (const PGresult *, int))                                        \
    F(cmdTuples, char *, (PGresult *))                                                          \
    F(ntuples, int, (const PGresult *))                                                         \
    F(nfields, int, (const PGresult *))                                                         \
    F(getisnull, int, (const PGresult *, int, int))                                             \
    F(getvalue, char *, (const PGresult *, int, int))                                           \
    F(setNoticeProcessor, void *,                                                               \
      (PGconn *, void (*)(void *, const char *), void *))                                       \
    F(clear, void, (PGresult *))

#define DECLARE(name, result, parameters) static result(*p_##name) parameters;
FUNCTIONS(DECLARE)

static pthread_once_t loading = PTHREAD_ONCE_INIT;
static bool is_loaded;

static void load(void)
{
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
#define FIND(name, result, parameters)                             \
    p_##name = (result(*) parameters)dlsym(library, "PQ" #name);   \
    if (!p_##name) return;
    FUNCTIONS(FIND)
    is_loaded = true;
}

bool cpostgres_load(void)
{
    pthread_once(&loading, load);
    return is_loaded;
}

struct cpostgres {
    PGconn *connection;
    /// What the last statement returned.
    PGresult *result;
};

/// When a wait ends, and who may end it earlier.
struct limit {
    long long end;
    long long milliseconds;
    cpostgres_stop *stop;
    void *context;
};

static long long now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void say(cpostgres_fault *fault, const char *words)
{
    snprintf(fault->words, sizeof fault->words, "%s", words ? words : "");
}

/// Waits until the socket is ready; false when the time is over or somebody asks to stop.
static bool await(PGconn *connection, short events, const struct limit *limit,
    cpostgres_fault *fault)
{
    enum { step_milliseconds = 100 };
    while (true) {
        if (limit->stop(limit->context)) {
            say(fault, "ended with the service");
            return false;
        }
        const long long left = limit->end - now_milliseconds();
        if (left <= 0) {
            snprintf(fault->words, sizeof fault->words, "no answer within %lld s",
                limit->milliseconds / 1000);
            return false;
        }
        struct pollfd file = {.fd = p_socket(connection), .events = events};
        const int ready = poll(&file, 1, left < step_milliseconds ? (int)left : step_milliseconds);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) {
            say(fault, strerror(errno));
            return false;
        }
    }
}

/// Remarks of the server would go to standard error.
static void ignore_remark(void *context, const char *words)
{
    (void)context;
    (void)words;
}

static struct limit limit_after(int milliseconds, cpostgres_stop *stop, void *context)
{
    return (struct limit){now_milliseconds() + milliseconds, milliseconds, stop, context};
}

cpostgres *cpostgres_connect(
    const char *const *keywords, const char *const *values, int timeout_milliseconds,
    cpostgres_stop *stop, void *context, cpostgres_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    const struct limit limit = limit_after(timeout_milliseconds, stop, context);
    PGconn *connection = p_connectStartParams(keywords, values, 1);
    if (!connection) {
        say(fault, "out of memory");
        return NULL;
    }
    p_setNoticeProcessor(connection, ignore_remark, NULL);
    int state = p_status(connection) == 1 ? polling_failed : polling_writing;
    while (state != polling_ok) {
        if (state == polling_failed) {
            say(fault, p_errorMessage(connection));
            p_finish(connection);
            return NULL;
        }
        if (!await(connection, state == polling_reading ? POLLIN : POLLOUT, &limit, fault)) {
            p_finish(connection);
            return NULL;
        }
        state = p_connectPoll(connection);
    }
    cpostgres *own = calloc(1, sizeof *own);
    if (!own || p_setnonblocking(connection, 1) != 0) {
        say(fault, "out of memory");
        free(own);
        p_finish(connection);
        return NULL;
    }
    own->connection = connection;
    return own;
}

/// Sends what is buffered and reads until an answer is complete.
static bool exchange(PGconn *connection, const struct limit *limit, cpostgres_fault *fault)
{
    while (true) {
        const int unsent = p_flush(connection);
        if (unsent < 0) break;
        if (unsent == 0 && !p_isBusy(connection)) return true;
        if (!await(connection, unsent ? POLLIN | POLLOUT : POLLIN, limit, fault)) return false;
        if (!p_consumeInput(connection)) break;
    }
    say(fault, p_errorMessage(connection));
    return false;
}

/// The server's words for what failed, with the detail that names the value.
static void describe(const PGresult *result, PGconn *connection, cpostgres_fault *fault)
{
    const char *code = p_resultErrorField(result, field_code);
    const char *message = p_resultErrorField(result, field_message);
    const char *detail = p_resultErrorField(result, field_detail);
    fault->names_constraint = p_resultErrorField(result, field_constraint) != NULL;
    if (code) snprintf(fault->code, sizeof fault->code, "%s", code);
    snprintf(fault->words, sizeof fault->words, "%s%s%s",
        message ? message : p_errorMessage(connection), detail ? ": " : "", detail ? detail : "");
}

bool cpostgres_run(
    cpostgres *connection, const char *statement, const char *parameter, int timeout_milliseconds,
    cpostgres_stop *stop, void *context, long *changed, cpostgres_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    *changed = 0;
    p_clear(connection->result);
    connection->result = NULL;
    PGconn *raw = connection->connection;
    const struct limit limit = limit_after(timeout_milliseconds, stop, context);
    if (!p_sendQueryParams(
            raw, statement, parameter ? 1 : 0, NULL, &parameter, NULL, NULL, 0)) {
        say(fault, p_errorMessage(raw));
        return false;
    }
    bool succeeded = true;
    while (true) {
        if (!exchange(raw, &limit, fault)) return false;
        PGresult *result = p_getResult(raw);
        if (!result) return succeeded;
        const int status = p_resultStatus(result);
        if (status == result_command || status == result_tuples) {
            *changed = atol(p_cmdTuples(result));
            p_clear(connection->result);
            connection->result = result;
        } else {
            if (succeeded) describe(result, raw, fault);
            succeeded = false;
            p_clear(result);
        }
    }
}

const char *cpostgres_value(const cpostgres *connection, int column)
{
    const PGresult *result = connection->result;
    if (!result || p_ntuples(result) < 1 || column >= p_nfields(result)) return NULL;
    return p_getisnull(result, 0, column) ? NULL : p_getvalue(result, 0, column);
}

void cpostgres_close(cpostgres *connection)
{
    p_clear(connection->result);
    p_finish(connection->connection);
    free(connection);
}
