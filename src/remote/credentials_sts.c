/* AWS STS: where it is, the fields of its requests, and its answers, which are XML: of one, four elements are read. */
#include "credentials_source_private.h"

static bl_sigv4_text element(bl_sigv4_text xml, const char *name);

bloop_status bl_sts_place(const bl_shared_config *config, bl_credentials_source *source, size_t url, size_t region)
{
    bl_config_value chosen = { 0 };
    bloop_status status = bl_config_endpoint(config, NULL, BL_AWS_ENDPOINT_URL_STS, "sts", &chosen);
    if (status != BLOOP_OK)
        return status;
    bl_config_value place = bl_config_look_up(config, BL_AWS_REGION, NULL);
    if (!place.text)
        place = bl_config_look_up(config, BL_AWS_DEFAULT_REGION, "region");
    if (place.text && !bl_region_is_valid(place.text))
        return bl_config_refuse(config, &place, "a region's name consists of letters, digits and hyphens");
    /* Without a region it is the global service, which is signed for as if it were in this one. */
    status = bl_credentials_source_text(source, region, place.text ? place.text : "us-east-1");
    if (status != BLOOP_OK)
        return status;
    if (chosen.text || !place.text)
        return bl_credentials_source_text(source, url, chosen.text ? chosen.text : "https://sts.amazonaws.com");
    return bl_config_region_endpoint(config, "sts", place.text, &source->texts[url]);
}

bloop_status bl_sts_session(bl_credentials_source *source, size_t index, const char *configured)
{
    char room[32];
    bl_buffer name;
    bl_buffer_use(&name, room, sizeof room);
    bl_buffer_format(&name, "bloop-%lld", (long long)(source->now() / 1000000));
    bl_buffer_byte(&name, 0);
    bloop_status status = name.status;
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, index, configured ? configured : (const char *)name.data);
    bl_buffer_free(&name);
    return status;
}

void bl_sts_write_field(bl_buffer *form, const char *name, const char *value, size_t size)
{
    bl_buffer_byte(form, '&');
    bl_buffer_text(form, name);
    bl_buffer_byte(form, '=');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)value[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.' || c == '~';
        if (plain)
            bl_buffer_byte(form, c);
        else
            bl_buffer_format(form, "%%%02X", c);
    }
}

bloop_status bl_sts_read_answer(const bl_credentials_source *source, const bl_buffer *xml, bl_credentials *out)
{
    bl_sigv4_text credentials = element((bl_sigv4_text){ (const char *)xml->data, xml->size }, "Credentials");
    bl_sigv4_text expiration = element(credentials, "Expiration");
    bl_credentials_texts texts = { .access_key = element(credentials, "AccessKeyId"),
                                   .secret_key = element(credentials, "SecretAccessKey"),
                                   .token = element(credentials, "SessionToken") };
    bloop_datetime instant;
    if (expiration.size == 0 || bloop_datetime_parse(expiration.data, expiration.size, &instant) != BLOOP_OK)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the answer has no time of expiration", source->name);
    texts.expires_at = instant.microseconds;
    return bl_credentials_make(source->name, &texts, out);
}

/* What is between <name> and </name>. Keys, tokens and times have no character that XML would escape. */
static bl_sigv4_text element(bl_sigv4_text xml, const char *name)
{
    const bl_sigv4_text none = { NULL, 0 };
    char begin[32], end[32];
    size_t name_size = strlen(name);
    if (xml.size == 0 || name_size + 4 > sizeof end)
        return none;
    begin[0] = end[0] = '<';
    end[1] = '/';
    memcpy(begin + 1, name, name_size);
    memcpy(end + 2, name, name_size);
    begin[name_size + 1] = end[name_size + 2] = '>';
    const char *from = memmem(xml.data, xml.size, begin, name_size + 2);
    if (!from)
        return none;
    from += name_size + 2;
    const char *to = memmem(from, xml.size - (size_t)(from - xml.data), end, name_size + 3);
    return to ? (bl_sigv4_text){ from, (size_t)(to - from) } : none;
}
