/* Signs requests for compare.py: reads one a line, writes the value of its header Authorization, or what went wrong.

   A line is fields in hexadecimal, with a tab between: access key, secret, time, region, service, method, path, query, body,
   and then names and values of headers. */
#include <stdio.h>
#include <stdlib.h>

#include "sigv4/sigv4.h"

enum { MOST_FIELDS = 200, FIXED_FIELDS = 9 };

static size_t split(char *line, bl_sigv4_text fields[MOST_FIELDS]);
static size_t decode(char *text, size_t digits);
static bloop_status sign(bl_sigv4 *sigv4, const bl_sigv4_text *fields, size_t count, bl_buffer *out);

int main(void)
{
    bl_sigv4 *sigv4 = NULL;
    char *line = NULL;
    size_t capacity = 0;
    if (bl_sigv4_new(&sigv4) != BLOOP_OK)
        return 1;
    while (getline(&line, &capacity, stdin) > 0) {
        bl_sigv4_text fields[MOST_FIELDS];
        bl_buffer out = { 0 };
        if (sign(sigv4, fields, split(line, fields), &out) == BLOOP_OK)
            printf("%.*s\n", (int)out.size, (const char *)out.data);
        else
            printf("failed: %s\n", bloop_last_error()->message);
        fflush(stdout);
        bl_buffer_free(&out);
    }
    free(line);
    bl_sigv4_free(sigv4);
    return 0;
}

static size_t split(char *line, bl_sigv4_text fields[MOST_FIELDS])
{
    size_t count = 0;
    for (char *at = line; count < MOST_FIELDS; at++) {
        size_t digits = strspn(at, "0123456789abcdef");
        char *end = at + digits;
        char after = *end;
        fields[count++] = (bl_sigv4_text){ at, decode(at, digits) };
        if (after != '\t')
            break;
        at = end;
    }
    return count;
}

/* In place; returns the size. */
static size_t decode(char *text, size_t digits)
{
    for (size_t i = 0; i + 1 < digits; i += 2) {
        const char pair[] = { text[i], text[i + 1], '\0' };
        text[i / 2] = (char)strtoul(pair, NULL, 16);
    }
    return digits / 2;
}

static bloop_status sign(bl_sigv4 *sigv4, const bl_sigv4_text *fields, size_t count, bl_buffer *out)
{
    bl_sigv4_header headers[MOST_FIELDS / 2];
    bl_sigv4_scope scope = { .region = fields[3], .service = fields[4] };
    if (count < FIXED_FIELDS || (count - FIXED_FIELDS) % 2 || fields[2].size != sizeof scope.time - 1)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a line of %zu fields", count);
    memcpy(scope.time, fields[2].data, fields[2].size);
    scope.time[sizeof scope.time - 1] = '\0';
    size_t header_count = (count - FIXED_FIELDS) / 2;
    for (size_t i = 0; i < header_count; i++)
        headers[i] = (bl_sigv4_header){ fields[FIXED_FIELDS + 2 * i], fields[FIXED_FIELDS + 2 * i + 1] };
    const bl_sigv4_request request = { .method = fields[5],
                                       .path = fields[6],
                                       .query = fields[7],
                                       .headers = headers,
                                       .header_count = header_count,
                                       .body = fields[8] };
    return bl_sigv4_sign(sigv4, fields[0], fields[1], &scope, &request, out);
}
