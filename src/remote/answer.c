/* An answer as libcurl hands it over: the body, whose size is bounded, and the few headers that matter. */
#include <strings.h>

#include "lane_private.h"

#define LARGE_CHUNK      4096                          /* what arrives first of an answer that room is made for */
#define BELIEVED_AT_MOST ((curl_off_t)4 * 1024 * 1024) /* of what an answer says of its own size */

typedef struct header_row {
    const char *name;
    size_t size; /* of it */
    void (*take)(bl_answer_headers *out, bl_sigv4_text value);
} header_row;

static void make_room(bl_lane *lane);
static bl_sigv4_text trim(const char *from, const char *to);
static void take_crc(bl_answer_headers *out, bl_sigv4_text value);
static void take_date(bl_answer_headers *out, bl_sigv4_text value);
static void take_retry_after(bl_answer_headers *out, bl_sigv4_text value);
static void take_request_id(bl_answer_headers *out, bl_sigv4_text value);
static void take_error_type(bl_answer_headers *out, bl_sigv4_text value);
static void copy_text(char *out, size_t room, bl_sigv4_text value);
static bool parse_number(bl_sigv4_text text, uint64_t limit, uint64_t *out);

static const header_row rows[] = {
    { "Date", sizeof "Date" - 1, take_date },
    { "x-amz-crc32", sizeof "x-amz-crc32" - 1, take_crc },
    { "x-amzn-RequestId", sizeof "x-amzn-RequestId" - 1, take_request_id },
    { "x-amzn-ErrorType", sizeof "x-amzn-ErrorType" - 1, take_error_type },
    { "x-amz-retry-after", sizeof "x-amz-retry-after" - 1, take_retry_after },
};

/* Fewer bytes taken than given end the transfer. */
size_t bl_answer_take_body(char *data, size_t size, size_t count, void *context)
{
    bl_lane *lane = context;
    size_t total = size * count;
    if (total > lane->answer_limit - lane->answer.size) {
        lane->fault = BLOOP_NETWORK;
        return 0;
    }
    if (lane->answer.size == 0 && total >= LARGE_CHUNK)
        make_room(lane);
    bl_buffer_append(&lane->answer, data, total);
    if (lane->answer.status != BLOOP_OK) {
        lane->fault = lane->answer.status;
        return 0;
    }
    return total;
}

/* Called for each line. Those of an interim answer, or of a proxy, come before the answer's own. */
size_t bl_answer_take_header(char *data, size_t size, size_t count, void *context)
{
    bl_lane *lane = context;
    const size_t total = size * count;
    if (total > 5 && memcmp(data, "HTTP/", 5) == 0) {
        lane->answer_headers = (bl_answer_headers){ .retry_after_ms = -1 };
        return total;
    }
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        const size_t length = rows[i].size;
        if (total > length && data[length] == ':' && strncasecmp(rows[i].name, data, length) == 0)
            rows[i].take(&lane->answer_headers, trim(data + length + 1, data + total));
    }
    return total;
}

/* For all of a large answer at once, as far as it tells its size, so that nothing is copied while it grows. */
static void make_room(bl_lane *lane)
{
    curl_off_t size = 0;
    if (curl_easy_getinfo(lane->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size) == CURLE_OK && size > 0)
        bl_buffer_reserve(&lane->answer, (size_t)(size < BELIEVED_AT_MOST ? size : BELIEVED_AT_MOST));
}

/* A value, without the white space around it and the line's end. */
static bl_sigv4_text trim(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == '\r' || to[-1] == '\n' || to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (bl_sigv4_text){ from, (size_t)(to - from) };
}

static void take_crc(bl_answer_headers *out, bl_sigv4_text value)
{
    uint64_t number = 0;
    out->has_crc = parse_number(value, UINT32_MAX, &number);
    out->crc = (uint32_t)number;
}

static void take_date(bl_answer_headers *out, bl_sigv4_text value)
{
    copy_text(out->date, sizeof out->date, value);
}

static void take_retry_after(bl_answer_headers *out, bl_sigv4_text value)
{
    uint64_t number = 0;
    if (parse_number(value, INT32_MAX, &number))
        out->retry_after_ms = (int64_t)number;
}

static void take_request_id(bl_answer_headers *out, bl_sigv4_text value)
{
    copy_text(out->request_id, sizeof out->request_id, value);
}

static void take_error_type(bl_answer_headers *out, bl_sigv4_text value)
{
    copy_text(out->error_type, sizeof out->error_type, value);
}

static void copy_text(char *out, size_t room, bl_sigv4_text value)
{
    size_t size = value.size < room ? value.size : room - 1;
    memcpy(out, value.data, size);
    out[size] = 0;
}

/* Digits, and nothing else. */
static bool parse_number(bl_sigv4_text text, uint64_t limit, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > limit / 10)
            return false;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
        if (number > limit)
            return false;
    }
    *out = number;
    return text.size > 0;
}
