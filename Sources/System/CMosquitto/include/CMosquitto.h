/// MQTT 3.1.1 by libmosquitto.
///
/// The program does not depend on the library, nor its build on the header: it is loaded when a
/// broker is configured. The functions that are called have been the same since libmosquitto 1.5.

#ifndef CMOSQUITTO_H
#define CMOSQUITTO_H

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// A client for one connection.
typedef struct cmosquitto cmosquitto;

/// What a client reports, on the thread that calls `cmosquitto_loop` or `cmosquitto_connect`.
typedef struct {
    /// The broker has answered; 0: it accepted, else why not, as MQTT 3.1.1 numbers it.
    void (*answered)(void *context, int code);
    /// A message was sent, or for QoS 1: the broker has it.
    void (*published)(void *context, int message);
    /// A message has come.
    void (*received)(
        void *context, const char *topic, const void *_Nullable payload, int length,
        bool is_retained);
    /// Something went wrong, in the library's words.
    void (*complained)(void *context, const char *text);
} cmosquitto_handlers;

/// What functions return where all is well; else a number for `cmosquitto_reason`.
enum { CMOSQUITTO_OK = 0 };

/// Loads the library. Safe on any thread.
///
/// - Returns: Whether it is installed.
bool cmosquitto_load(void);

/// Creates a client whose session the broker forgets with the connection.
///
/// - Returns: The client; NULL where the library is missing or memory is.
cmosquitto *_Nullable cmosquitto_create(
    const char *identifier, const cmosquitto_handlers *handlers, void *context);

/// Closes what is open, and frees the client.
void cmosquitto_destroy(cmosquitto *client);

// Before connecting:

int cmosquitto_set_login(cmosquitto *client, const char *user, const char *_Nullable password);

/// The retained message that the broker publishes when the connection breaks, with QoS 1.
int cmosquitto_set_will(cmosquitto *client, const char *topic, const char *payload);

/// Uses TLS; without a file of authorities those in /etc/ssl/certs are trusted.
int cmosquitto_set_tls(
    cmosquitto *client, const char *_Nullable authorities, const char *_Nullable certificate,
    const char *_Nullable key, bool verifies);

/// Connects; blocks until the network has answered. The broker's answer comes in the loop.
int cmosquitto_connect(cmosquitto *client, const char *host, int port, int keepalive_seconds);

/// Sends and receives for some time at most, or until another thread publishes.
int cmosquitto_loop(cmosquitto *client, int timeout_milliseconds);

// While connected, on any thread:

/// Gives the loop a message to send.
///
/// - number: Receives the number that `published` will be called with.
int cmosquitto_publish(
    cmosquitto *client, const char *topic, const void *_Nullable payload, int length, int qos,
    bool retains, int *number);

int cmosquitto_subscribe(cmosquitto *client, const char *pattern);

int cmosquitto_disconnect(cmosquitto *client);

/// What a returned number means; `error` is the `errno` of then.
const char *cmosquitto_reason(int code, int error);

#pragma clang assume_nonnull end

#endif
