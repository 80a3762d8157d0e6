/* Regions, and where their services are: the partitions of botocore's data/partitions.json. */
#include "config_private.h"

#include <strings.h>

enum { MAX_REGION_SIZE = 63 }; /* a label of a host name */

/* The regions whose names begin so have their hosts in these domains. */
typedef struct partition {
    const char *prefix;
    const char *suffix, *dual_stack_suffix;
} partition;

/* The first that fits counts; the last fits all. */
static const partition partitions[] = {
    { "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
    { "eusc-", "amazonaws.eu", "api.amazonwebservices.eu" },
    { "us-iso-", "c2s.ic.gov", "api.aws.ic.gov" },
    { "us-isob-", "sc2s.sgov.gov", "api.aws.scloud" },
    { "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk" },
    { "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov" },
    { "", "amazonaws.com", "api.aws" },
};

static bool has_domain(const char *host, size_t size, const char *domain);

/* What may stand in a host name: the region is put into one. */
bool bl_region_is_valid(const char *region)
{
    size_t size = strlen(region);
    bool valid = size > 0 && size <= MAX_REGION_SIZE && region[0] != '-' && region[size - 1] != '-';
    for (size_t i = 0; i < size && valid; i++) {
        char c = region[i];
        valid = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    return valid;
}

char *bl_region_endpoint(const char *service, const char *region, bool fips, bool dual_stack)
{
    const partition *p = partitions;
    while (strncmp(region, p->prefix, strlen(p->prefix)) != 0)
        p++;
    /* In GovCloud the usual hosts of DynamoDB and STS are FIPS ones: their endpoint-rule-set-1.json. */
    bool is_fips_anyway = strncmp(region, "us-gov-", 7) == 0 && !dual_stack;
    bl_buffer url = { 0 };
    bl_buffer_format(&url, "https://%s%s.%s.%s", service, fips && !is_fips_anyway ? "-fips" : "", region,
                     dual_stack ? p->dual_stack_suffix : p->suffix);
    char *text = (char *)bl_buffer_take(&url, NULL);
    bl_buffer_free(&url);
    return text;
}

/* Endpoints of regions, accounts and VPCs, FIPS and dual-stack ones: all end in the domain of their partition. */
bool bl_host_is_amazons(const char *host)
{
    size_t size = strcspn(host, ":");
    for (size_t i = 0; i < BL_COUNT_OF(partitions); i++) {
        if (has_domain(host, size, partitions[i].suffix) || has_domain(host, size, partitions[i].dual_stack_suffix))
            return true;
    }
    return false;
}

static bool has_domain(const char *host, size_t size, const char *domain)
{
    size_t length = strlen(domain);
    return size > length + 1 && host[size - length - 1] == '.' &&
           strncasecmp(host + size - length, domain, length) == 0;
}
