/* Who may sign requests: the profiles of a file in the form of AWS's shared credentials file ("AWS SDKs and Tools
   Reference Guide", "Shared config and credentials files"). Secrets are wiped when they are let go. */
#include "server/server_private.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILE_BYTES 1048576
#define USUAL_HEADERS  32

typedef enum setting { ACCESS_KEY, SECRET, TOKEN, SETTING_COUNT } setting;

typedef struct signer {
    bl_sigv4_text settings[SETTING_COUNT]; /* in the file's text */
} signer;

struct bl_signers {
    bl_sigv4 *sigv4;
    char *text; /* the file's */
    size_t text_size;
    signer *list;
    size_t count, capacity;
};

/* A request's headers, as the verifier takes them. */
typedef struct headers {
    bl_sigv4_header usual[USUAL_HEADERS];
    bl_sigv4_header *list;
    size_t count, capacity;
    bool failed;
} headers;

static bloop_status read_file(const char *path, bl_signers *signers);
static bloop_status read_all(int file, const char *path, bl_signers *signers);
static bloop_status read_lines(const char *path, bl_signers *signers);
static bloop_status begin_profile(bl_signers *signers);
static void read_setting(bl_signers *signers, bl_sigv4_text line, size_t equals);
static size_t value_size(const char *value, size_t size);
static bloop_status check_profiles(const char *path, bl_signers *signers);
static bl_sigv4_text trimmed(const char *data, size_t size);
static bool is_blank(char c);
static bool find_signer(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out);
static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value);
static bloop_status verify(const bl_signers *signers, bl_connection *connection, const char *method, headers *all,
                           bl_sigv4_verdict *verdict, bl_buffer *message);
static void refuse(bl_connection *connection, bl_sigv4_verdict verdict, bl_buffer *message);

bloop_status bl_signers_read(const char *path, bl_signers **out)
{
    bl_signers *signers = bl_alloc_zeroed(1, sizeof *signers);
    if (!signers)
        return BLOOP_NO_MEMORY;
    bloop_status status = bl_sigv4_new(&signers->sigv4);
    if (status == BLOOP_OK)
        status = read_file(path, signers);
    if (status == BLOOP_OK)
        status = read_lines(path, signers);
    if (status == BLOOP_OK)
        status = check_profiles(path, signers);
    if (status == BLOOP_OK)
        *out = signers;
    else
        bl_signers_free(signers);
    return status;
}

void bl_signers_free(bl_signers *signers)
{
    if (!signers)
        return;
    if (signers->text)
        explicit_bzero(signers->text, signers->text_size);
    bl_free(signers->text);
    bl_free(signers->list);
    bl_sigv4_free(signers->sigv4);
    bl_free(signers);
}

bool bl_signers_check(const bl_signers *signers, bl_connection *connection, const char *method)
{
    headers all = { .count = 0 };
    bl_buffer message = { 0 };
    bl_sigv4_verdict verdict = BL_SIGV4_ACCEPTED;
    bloop_status status = verify(signers, connection, method, &all, &verdict, &message);
    if (status != BLOOP_OK)
        connection->http_status =
            bl_operation_fail(&connection->reply, status, bloop_last_error()->message, (bloop_item){ 0 });
    else if (verdict != BL_SIGV4_ACCEPTED)
        refuse(connection, verdict, &message);
    bl_buffer_free(&message);
    if (all.list != all.usual)
        bl_free(all.list);
    return status == BLOOP_OK && verdict == BL_SIGV4_ACCEPTED;
}

static bloop_status read_file(const char *path, bl_signers *signers)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        bloop_status status = read_all(file, path, signers);
        close(file);
        return status;
    }
    if (errno == ENOENT)
        return bl_error(BLOOP_NOT_FOUND, "there is no file of credentials '%s'", path);
    return bl_error(errno == EACCES ? BLOOP_PERMISSION : BLOOP_IO, "the file of credentials '%s' can't be opened",
                    path);
}

static bloop_status read_all(int file, const char *path, bl_signers *signers)
{
    struct stat facts;
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size > MAX_FILE_BYTES)
        return bl_error(BLOOP_INVALID_ARGUMENT, "'%s' is no file of credentials of at most %d bytes", path,
                        MAX_FILE_BYTES);
    signers->text = bl_alloc((size_t)facts.st_size + 1);
    if (!signers->text)
        return BLOOP_NO_MEMORY;
    while (signers->text_size < (size_t)facts.st_size) {
        ssize_t got = read(file, signers->text + signers->text_size, (size_t)facts.st_size - signers->text_size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return bl_error(BLOOP_IO, "the file of credentials '%s' can't be read", path);
        if (got == 0)
            break;
        signers->text_size += (size_t)got;
    }
    return BLOOP_OK;
}

static bloop_status read_lines(const char *path, bl_signers *signers)
{
    static const char byte_order_mark[] = { '\xEF', '\xBB', '\xBF' };
    const char *at = signers->text, *end = at + signers->text_size;
    size_t number = 0;
    if (signers->text_size >= sizeof byte_order_mark && memcmp(at, byte_order_mark, sizeof byte_order_mark) == 0)
        at += sizeof byte_order_mark;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end;
        bl_sigv4_text line = trimmed(at, (size_t)(line_end - at));
        at = newline ? newline + 1 : end;
        number++;
        if (line.size == 0 || line.data[0] == '#' || line.data[0] == ';')
            continue;
        const char *equals = memchr(line.data, '=', line.size);
        if (line.data[0] == '[') {
            bloop_status status = begin_profile(signers);
            if (status != BLOOP_OK)
                return status;
        } else if (!equals || signers->count == 0) {
            return bl_error(BLOOP_INVALID_SYNTAX,
                            "%s, line %zu: must be \"[profile]\", or \"name = value\" in a profile", path, number);
        } else {
            read_setting(signers, line, (size_t)(equals - line.data));
        }
    }
    return BLOOP_OK;
}

static bloop_status begin_profile(bl_signers *signers)
{
    bloop_status status =
        bl_grow((void **)&signers->list, &signers->capacity, signers->count + 1, sizeof *signers->list);
    if (status == BLOOP_OK)
        signers->list[signers->count++] = (signer){ { { NULL, 0 } } };
    return status;
}

/* Settings that are for others are passed over. */
static void read_setting(bl_signers *signers, bl_sigv4_text line, size_t equals)
{
    static const char *const names[SETTING_COUNT] = {
        [ACCESS_KEY] = "aws_access_key_id", [SECRET] = "aws_secret_access_key", [TOKEN] = "aws_session_token"
    };
    bl_sigv4_text name = trimmed(line.data, equals);
    const char *value = line.data + equals + 1;
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (strlen(names[i]) == name.size && strncasecmp(names[i], name.data, name.size) == 0)
            signers->list[signers->count - 1].settings[i] = trimmed(value, value_size(value, line.size - equals - 1));
}

/* Without a comment, which begins with '#' or ';' after white space. */
static size_t value_size(const char *value, size_t size)
{
    for (size_t i = 1; i < size; i++)
        if ((value[i] == '#' || value[i] == ';') && is_blank(value[i - 1]))
            return i;
    return size;
}

/* Profiles without keys, such as those of roles, are left out. */
static bloop_status check_profiles(const char *path, bl_signers *signers)
{
    size_t kept = 0;
    for (size_t i = 0; i < signers->count; i++) {
        const bl_sigv4_text *settings = signers->list[i].settings;
        if ((settings[ACCESS_KEY].size == 0) != (settings[SECRET].size == 0))
            return bl_error(BLOOP_INVALID_SYNTAX, "%s: profile %zu has only one of access key and secret", path, i + 1);
        if (settings[ACCESS_KEY].size)
            signers->list[kept++] = signers->list[i];
    }
    signers->count = kept;
    return kept ? BLOOP_OK : bl_error(BLOOP_INVALID_SYNTAX, "%s: no profile has an access key", path);
}

static bl_sigv4_text trimmed(const char *data, size_t size)
{
    while (size && is_blank(data[size - 1]))
        size--;
    while (size && is_blank(data[0])) {
        data++;
        size--;
    }
    return (bl_sigv4_text){ data, size };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool find_signer(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out)
{
    const bl_signers *signers = context;
    for (size_t i = 0; i < signers->count; i++) {
        const bl_sigv4_text *settings = signers->list[i].settings;
        if (settings[ACCESS_KEY].size == access_key.size &&
            memcmp(settings[ACCESS_KEY].data, access_key.data, access_key.size) == 0) {
            *out = (bl_sigv4_secret){ settings[SECRET], settings[TOKEN] };
            return true;
        }
    }
    return false;
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    headers *all = context;
    (void)kind;
    if (all->count == all->capacity) {
        void *larger = all->list == all->usual ? NULL : all->list;
        size_t capacity = all->count;
        all->failed = bl_grow(&larger, &capacity, all->count * 2, sizeof *all->list) != BLOOP_OK;
        if (all->failed)
            return MHD_NO;
        if (all->list == all->usual)
            memcpy(larger, all->usual, sizeof all->usual);
        all->list = larger;
        all->capacity = capacity;
    }
    all->list[all->count++] = (bl_sigv4_header){ bl_sigv4_text_of(name), bl_sigv4_text_of(value ? value : "") };
    return MHD_YES;
}

static bloop_status verify(const bl_signers *signers, bl_connection *connection, const char *method, headers *all,
                           bl_sigv4_verdict *verdict, bl_buffer *message)
{
    const char *uri = connection->uri ? connection->uri : "/";
    const char *query = strchr(uri, '?');
    all->list = all->usual;
    all->capacity = USUAL_HEADERS;
    MHD_get_connection_values(connection->http, MHD_HEADER_KIND, take_header, all);
    if (all->failed)
        return BLOOP_NO_MEMORY;
    const bl_sigv4_request request = {
        .method = bl_sigv4_text_of(method),
        .path = { uri, query ? (size_t)(query - uri) : strlen(uri) },
        .query = bl_sigv4_text_of(query ? query + 1 : ""),
        .headers = all->list,
        .header_count = all->count,
        .body = { (const char *)connection->body.data, connection->body.size },
    };
    const bl_sigv4_rules rules = { .now = (int64_t)time(NULL),
                                   .service = bl_sigv4_text_of("dynamodb"),
                                   .lookup = find_signer,
                                   .context = (void *)(uintptr_t)signers };
    return bl_sigv4_verify(signers->sigv4, &request, &rules, verdict, message);
}

static void refuse(bl_connection *connection, bl_sigv4_verdict verdict, bl_buffer *message)
{
    bl_buffer_byte(message, 0);
    bl_reply_error(connection, bl_sigv4_verdict_name(verdict),
                   message->status == BLOOP_OK ? (const char *)message->data : NULL);
}
