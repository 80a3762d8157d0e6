/* The listening socket: what host and port mean, and what the kernel made of them. */
#include "server/server_private.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static bloop_status listen_at(const struct addrinfo *address, const char *host, uint16_t port, int *out);
static bloop_status fail_with(int number, const char *host, uint16_t port);

bloop_status bl_listener_open(const char *host, uint16_t port, int *out)
{
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(host, service, &hints, &found);
    if (failure == EAI_MEMORY)
        return bl_error(BLOOP_NO_MEMORY, "out of memory while looking up the host '%s'", host);
    if (failure != 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "'%s' is no host to listen at: %s", host, gai_strerror(failure));
    /* "localhost" may be an address that this machine has not. */
    bloop_status status = BLOOP_NETWORK;
    for (const struct addrinfo *address = found; status == BLOOP_NETWORK && address; address = address->ai_next)
        status = listen_at(address, host, port, out);
    freeaddrinfo(found);
    return status;
}

bloop_status bl_listener_name(int listener, char **url, char **host)
{
    struct sockaddr_storage address = { 0 };
    socklen_t size = sizeof address;
    char name[NI_MAXHOST], service[NI_MAXSERV], text[NI_MAXHOST + NI_MAXSERV + 16];
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0 ||
        getnameinfo((struct sockaddr *)&address, size, name, sizeof name, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return bl_error(BLOOP_NETWORK, "the system does not tell the address of its socket");
    bool six = address.ss_family == AF_INET6;
    int start = snprintf(text, sizeof text, "http://");
    snprintf(text + start, sizeof text - (size_t)start, "%s%s%s:%s", six ? "[" : "", name, six ? "]" : "", service);
    *url = bl_copy_text(text);
    *host = bl_copy_text(text + start);
    return *url && *host ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status listen_at(const struct addrinfo *address, const char *host, uint16_t port, int *out)
{
    int on = 1;
    int made = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0)
        return fail_with(errno, host, port);
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(made, address->ai_addr, address->ai_addrlen) == 0 && listen(made, BACKLOG) == 0) {
        *out = made;
        return BLOOP_OK;
    }
    int number = errno;
    close(made);
    return fail_with(number, host, port);
}

static bloop_status fail_with(int number, const char *host, uint16_t port)
{
    static const struct {
        int number;
        bloop_status status;
        const char *text;
    } reasons[] = {
        { EADDRINUSE, BLOOP_BUSY, "something else listens there" },
        { EACCES, BLOOP_PERMISSION, "the system does not permit it" },
        { EADDRNOTAVAIL, BLOOP_NETWORK, "it is no address of this machine" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(reasons); i++)
        if (reasons[i].number == number)
            return bl_error(reasons[i].status, "can't listen at %s, port %u: %s", host, port, reasons[i].text);
    return bl_error(BLOOP_NETWORK, "can't listen at %s, port %u: system error %d", host, port, number);
}
