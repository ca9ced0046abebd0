#include "CMosquitto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// Of mosquitto.h, so that no header is needed.
struct mosquitto;

struct mosquitto_message {
    int mid;
    char *topic;
    void *payload;
    int payloadlen;
    int qos;
    bool retain;
};

enum { success = 0, failed_by_errno = 14, log_error = 1 << 3, log_warning = 1 << 2 };

typedef int password_callback(char *buffer, int size, int rwflag, void *userdata);

#define FUNCTIONS(F)                                                                              \
    F(lib_init, int, (void))                                                                      \
    F(new, struct mosquitto *, (const char *, bool, void *))                                      \
    F(destroy, void, (struct mosquitto *))                                                        \
    F(threaded_set, int, (struct mosquitto *, bool))                                              \
    F(username_pw_set, int, (struct mosquitto *, const char *, const char *))                     \
    F(will_set, int, (struct mosquitto *, const char *, int, const void *, int, bool))            \
    F(tls_set, int,                                                                               \
      (struct mosquitto *, const char *, const char *, const char *, const char *,                \
       password_callback *))                                                                      \
    F(tls_opts_set, int, (struct mosquitto *, int, const char *, const char *))                   \
    F(tls_insecure_set, int, (struct mosquitto *, bool))                                          \
    F(connect, int, (struct mosquitto *, const char *, int, int))                                 \
    F(disconnect, int, (struct mosquitto *))                                                      \
    F(loop, int, (struct mosquitto *, int, int))                                                  \
    F(publish, int, (struct mosquitto *, int *, const char *, int, const void *, int, bool))      \
    F(subscribe, int, (struct mosquitto *, int *, const char *, int))                             \
    F(strerror, const char *, (int))                                                              \
    F(connect_callback_set, void,                                                                 \
      (struct mosquitto *, void (*)(struct mosquitto *, void *, int)))                            \
    F(publish_callback_set, void,                                                                 \
      (struct mosquitto *, void (*)(struct mosquitto *, void *, int)))                            \
    F(message_callback_set, void,                                                                 \
      (struct mosquitto *,                                                                        \
       void (*)(struct mosquitto *, void *, const struct mosquitto_message *)))                   \
    F(log_callback_set, void,                                                                     \
      (struct mosquitto *, void (*)(struct mosquitto *, void *, int, const char *)))

#define DECLARE(name, result, parameters) static result(*p_##name) parameters;
FUNCTIONS(DECLARE)

static pthread_once_t loading = PTHREAD_ONCE_INIT;
static bool is_loaded;

static void load(void)
{
    void *library = dlopen("libmosquitto.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
#define FIND(name, result, parameters)                                     \
    p_##name = (result(*) parameters)dlsym(library, "mosquitto_" #name);   \
    if (!p_##name) return;
    FUNCTIONS(FIND)
    is_loaded = p_lib_init() == success;
}

bool cmosquitto_load(void)
{
    pthread_once(&loading, load);
    return is_loaded;
}

struct cmosquitto {
    struct mosquitto *client;
    cmosquitto_handlers handlers;
    void *context;
};

static void on_connect(struct mosquitto *client, void *object, int code)
{
    (void)client;
    struct cmosquitto *own = object;
    own->handlers.answered(own->context, code);
}

static void on_publish(struct mosquitto *client, void *object, int number)
{
    (void)client;
    struct cmosquitto *own = object;
    own->handlers.published(own->context, number);
}

static void on_message(
    struct mosquitto *client, void *object, const struct mosquitto_message *message)
{
    (void)client;
    struct cmosquitto *own = object;
    own->handlers.received(
        own->context, message->topic, message->payload, message->payloadlen, message->retain);
}

static void on_log(struct mosquitto *client, void *object, int level, const char *text)
{
    (void)client;
    struct cmosquitto *own = object;
    if (level & (log_error | log_warning)) own->handlers.complained(own->context, text);
}

/// A key that has a password is refused; OpenSSL would ask at the terminal.
static int no_password(char *buffer, int size, int rwflag, void *userdata)
{
    (void)buffer;
    (void)size;
    (void)rwflag;
    (void)userdata;
    return 0;
}

cmosquitto *cmosquitto_create(
    const char *identifier, const cmosquitto_handlers *handlers, void *context)
{
    if (!cmosquitto_load()) return NULL;
    struct cmosquitto *own = calloc(1, sizeof *own);
    if (!own) return NULL;
    own->handlers = *handlers;
    own->context = context;
    own->client = p_new(identifier, true, own);
    if (!own->client) {
        free(own);
        return NULL;
    }
    // Else what another thread publishes would be written by that thread.
    p_threaded_set(own->client, true);
    p_connect_callback_set(own->client, on_connect);
    p_publish_callback_set(own->client, on_publish);
    p_message_callback_set(own->client, on_message);
    p_log_callback_set(own->client, on_log);
    return own;
}

void cmosquitto_destroy(cmosquitto *client)
{
    p_destroy(client->client);
    free(client);
}

int cmosquitto_set_login(cmosquitto *client, const char *user, const char *password)
{
    return p_username_pw_set(client->client, user, password);
}

int cmosquitto_set_will(cmosquitto *client, const char *topic, const char *payload)
{
    return p_will_set(client->client, topic, (int)strlen(payload), payload, 1, true);
}

int cmosquitto_set_tls(
    cmosquitto *client, const char *authorities, const char *certificate, const char *key,
    bool verifies)
{
    const char *folder = authorities ? NULL : "/etc/ssl/certs";
    int code = p_tls_set(client->client, authorities, folder, certificate, key, no_password);
    if (code == success && !verifies) {
        code = p_tls_opts_set(client->client, 0, NULL, NULL);
        if (code == success) code = p_tls_insecure_set(client->client, true);
    }
    return code;
}

int cmosquitto_connect(cmosquitto *client, const char *host, int port, int keepalive_seconds)
{
    // A broker that goes while something is written must not end the program.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return p_connect(client->client, host, port, keepalive_seconds);
}

int cmosquitto_loop(cmosquitto *client, int timeout_milliseconds)
{
    return p_loop(client->client, timeout_milliseconds, 1);
}

int cmosquitto_publish(
    cmosquitto *client, const char *topic, const void *payload, int length, int qos, bool retains,
    int *number)
{
    return p_publish(client->client, number, topic, length, payload, qos, retains);
}

int cmosquitto_subscribe(cmosquitto *client, const char *pattern)
{
    return p_subscribe(client->client, NULL, pattern, 1);
}

int cmosquitto_disconnect(cmosquitto *client)
{
    return p_disconnect(client->client);
}

const char *cmosquitto_reason(int code, int error)
{
    if (!is_loaded) return "libmosquitto is not installed";
    return code == failed_by_errno ? strerror(error) : p_strerror(code);
}
