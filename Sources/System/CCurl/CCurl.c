#include "CCurl.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The numbers are part of libcurl's ABI: https://github.com/curl/curl/blob/master/include/curl/curl.h
enum {
    option_write_data = 10001, option_url = 10002, option_error_buffer = 10010,
    option_post_fields = 10015, option_user_agent = 10018, option_http_header = 10023,
    option_custom_request = 10036, option_progress_data = 10057, option_proxy = 10004,
    option_open_socket_data = 10164, option_write_function = 20011,
    option_open_socket_function = 20163, option_progress_function = 20219,
    option_post_field_size = 60, option_no_progress = 43, option_follow_location = 52,
    option_no_signal = 99, option_timeout_ms = 155, option_protocols = 181,
    info_response_code = 0x200002, info_system_error = 0x200019, global_all = 3,
    protocol_http_and_https = 3
};

struct curl_address {
    int family;
    int type;
    int protocol;
    unsigned int length;
    struct sockaddr address;
};

struct curl_list {
    char *data;
    struct curl_list *next;
};

static struct {
    int (*global_init)(long);
    void *(*init)(void);
    int (*set)(void *, int, ...);
    int (*perform)(void *);
    int (*get_info)(void *, int, ...);
    void (*cleanup)(void *);
    const char *(*error_text)(int);
    struct curl_list *(*append)(struct curl_list *, const char *);
    void (*free_list)(struct curl_list *);
    bool is_loaded;
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *library = NULL;
    for (size_t index = 0; index < 2 && !library; index++) {
        library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    }
    if (!library) return;
    *(void **)&curl.global_init = dlsym(library, "curl_global_init");
    *(void **)&curl.init = dlsym(library, "curl_easy_init");
    *(void **)&curl.set = dlsym(library, "curl_easy_setopt");
    *(void **)&curl.perform = dlsym(library, "curl_easy_perform");
    *(void **)&curl.get_info = dlsym(library, "curl_easy_getinfo");
    *(void **)&curl.cleanup = dlsym(library, "curl_easy_cleanup");
    *(void **)&curl.error_text = dlsym(library, "curl_easy_strerror");
    *(void **)&curl.append = dlsym(library, "curl_slist_append");
    *(void **)&curl.free_list = dlsym(library, "curl_slist_free_all");
    curl.is_loaded = curl.global_init && curl.init && curl.set && curl.perform && curl.get_info
        && curl.cleanup && curl.error_text && curl.append && curl.free_list
        && curl.global_init(global_all) == 0;
}

struct transfer {
    const struct ccurl_request *request;
    struct ccurl_answer *answer;
    size_t length;
    size_t received;
};

/// Whether an address in network order belongs to this machine, its networks, or nobody.
static bool is_private_v4(const uint8_t *a)
{
    return a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224
        || (a[0] == 100 && (a[1] & 0xC0) == 64) || (a[0] == 169 && a[1] == 254)
        || (a[0] == 172 && (a[1] & 0xF0) == 16) || (a[0] == 192 && a[1] == 168)
        || (a[0] == 192 && a[1] == 0 && a[2] == 0) || (a[0] == 198 && (a[1] & 0xFE) == 18);
}

static bool is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        return is_private_v4((const uint8_t *)&((const struct sockaddr_in *)address)->sin_addr);
    }
    if (address->sa_family != AF_INET6) return true;
    const uint8_t *a = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
    static const uint8_t zeros[12], mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    static const uint8_t translated[12] = {0x00, 0x64, 0xFF, 0x9B};
    // Addresses of IPv4 in those of IPv6: compatible (with :: and ::1), mapped, NAT64, 6to4.
    if (!memcmp(a, zeros, 12)) return true;
    if (!memcmp(a, mapped, 12) || !memcmp(a, translated, 12)) return is_private_v4(a + 12);
    if (a[0] == 0x20 && a[1] == 0x02) return is_private_v4(a + 2);
    // Unique local, link-local and site-local, multicast.
    return (a[0] & 0xFE) == 0xFC || (a[0] == 0xFE && (a[1] & 0x80)) || a[0] == 0xFF;
}

static int open_socket(void *data, int purpose, struct curl_address *address)
{
    (void)purpose;
    struct transfer *transfer = data;
    if (!transfer->request->allows_private && is_private(&address->address)) {
        transfer->answer->is_private = true;
        return -1;
    }
    return socket(address->family, address->type | SOCK_CLOEXEC, address->protocol);
}

static size_t receive(const char *bytes, size_t size, size_t count, void *data)
{
    struct transfer *transfer = data;
    struct ccurl_answer *answer = transfer->answer;
    size_t length = size * count, room = sizeof answer->text - 1 - transfer->length;
    size_t taken = length < room ? length : room;
    memcpy(answer->text + transfer->length, bytes, taken);
    transfer->length += taken;
    transfer->received += length;
    // What follows is of no interest; nobody can keep a receiver's answer going.
    return transfer->received > 65536 ? 0 : length;
}

static int check(void *data, int64_t a, int64_t b, int64_t c, int64_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    struct transfer *transfer = data;
    transfer->answer->is_cancelled = transfer->request->should_stop(transfer->request->stop_data);
    return transfer->answer->is_cancelled;
}

bool ccurl_perform(const struct ccurl_request *request, struct ccurl_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    pthread_once(&once, load);
    void *handle = curl.is_loaded ? curl.init() : NULL;
    if (!handle) return false;
    struct transfer transfer = {request, answer, 0, 0};
    struct curl_list *headers = NULL;
    for (const char *const *line = request->headers; *line; line++) {
        struct curl_list *longer = curl.append(headers, *line);
        if (longer) headers = longer;
    }
    curl.set(handle, option_url, request->url);
    curl.set(handle, option_protocols, (long)protocol_http_and_https);
    curl.set(handle, option_follow_location, 0L);
    curl.set(handle, option_proxy, "");
    curl.set(handle, option_no_signal, 1L);
    curl.set(handle, option_timeout_ms, request->timeout_ms);
    curl.set(handle, option_http_header, headers);
    if (request->body) {
        curl.set(handle, option_post_field_size, (long)request->body_length);
        curl.set(handle, option_post_fields, request->body);
    }
    curl.set(handle, option_custom_request, request->method);
    curl.set(handle, option_write_function, receive);
    curl.set(handle, option_write_data, &transfer);
    curl.set(handle, option_open_socket_function, open_socket);
    curl.set(handle, option_open_socket_data, &transfer);
    curl.set(handle, option_no_progress, 0L);
    curl.set(handle, option_progress_function, check);
    curl.set(handle, option_progress_data, &transfer);
    curl.set(handle, option_error_buffer, answer->error);
    int result = curl.perform(handle);
    curl.get_info(handle, info_response_code, &answer->status);
    curl.get_info(handle, info_system_error, &answer->system_error);
    if (result && !answer->error[0]) {
        snprintf(answer->error, sizeof answer->error, "%s", curl.error_text(result));
    }
    curl.cleanup(handle);
    curl.free_list(headers);
    return true;
}
