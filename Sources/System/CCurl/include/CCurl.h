/// HTTP requests by libcurl.
///
/// The program does not depend on the library, nor on its header: it is loaded at the first request.

#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>

/// What is asked for.
struct ccurl_request {
    const char *_Nonnull url;
    const char *_Nonnull method;
    /// Lines `Name: value`, ended by NULL.
    const char *_Nullable const *_Nonnull headers;
    const void *_Nullable body;
    size_t body_length;
    /// For the whole request, name lookup included.
    long timeout_ms;
    /// Whether loopback, link-local and private addresses may be connected to.
    bool allows_private;
    /// Asked now and then with `stop_data`; ends the request by true.
    bool (*_Nonnull should_stop)(void *_Nullable);
    void *_Nullable stop_data;
};

/// What came of it.
struct ccurl_answer {
    /// The status of the answer; 0: there was none.
    long status;
    /// The first bytes of the answer's body, ended by 0.
    char text[512];
    /// Why there was no answer, in libcurl's words; empty if there was one.
    char error[256];
    /// The code of the system behind the error; 0 if there is none.
    long system_error;
    /// Whether the address was one of those that are not allowed.
    bool is_private;
    /// Whether the request was ended by `should_stop`.
    bool is_cancelled;
};

/// Makes a request and waits for the answer; redirects are not followed, proxies not used.
///
/// - Returns: Whether libcurl could be loaded.
bool ccurl_perform(
    const struct ccurl_request *_Nonnull request, struct ccurl_answer *_Nonnull answer);

#endif
