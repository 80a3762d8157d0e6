/* A program of somebody else that is a server: it starts one on a store in memory, asks it for a sign of life and stops it.
   It asks through a socket, since a library may be built without the client. */

#include <arpa/inet.h>
#include <bloop.h>
#include <bloop/sys/server.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As in main.c. */
int bl_error = 7;
int bl_alloc = 7;

/* The status of the answer to GET /; 0 when there is none. */
static int ask(const char *url)
{
    const char *port = strrchr(url, ':');
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port + 1)) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[13] = "";
    int status = 0;
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    if (peer >= 0 && connect(peer, (struct sockaddr *)&address, sizeof address) == 0 &&
        write(peer, request, sizeof request - 1) == (ssize_t)sizeof request - 1 &&
        recv(peer, answer, sizeof answer - 1, MSG_WAITALL) == (ssize_t)sizeof answer - 1)
        status = atoi(answer + strlen("HTTP/1.1 "));
    if (peer >= 0)
        close(peer);
    return status;
}

int main(void)
{
    bloop_backend *store = bloop_backend_open("memory:");
    bloop_server *server = NULL;
    bloop_server_options options = { .threads = 2, .writes_at_once = true };
    if (!store || bloop_server_start(store, &options, &server) != BLOOP_OK) {
        fprintf(stderr, "%s\n", bloop_last_error()->message);
        return 1;
    }
    printf("bloop %s: answers %d\n", bloop_version(), ask(bloop_server_url(server)));
    bloop_server_stop(server, 1000);
    bloop_backend_close(store);
    return bl_error - bl_alloc;
}
