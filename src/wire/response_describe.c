/* The describe calls that clients make beside the operations, answered from the table's description, or from nothing. */
#include "wire/response_private.h"

typedef void describe_writer(bloop_json_writer *writer, const bloop_table_description *table, const char *host);

static describe_writer write_limits, write_endpoints, write_time_to_live, write_backups, write_tags;

/* NULL for what is none of these calls. */
static describe_writer *const writers[BL_WIRE_OPERATION_COUNT] = {
    [BL_WIRE_DESCRIBE_LIMITS] = write_limits,
    [BL_WIRE_DESCRIBE_ENDPOINTS] = write_endpoints,
    [BL_WIRE_DESCRIBE_TIME_TO_LIVE] = write_time_to_live,
    [BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS] = write_backups,
    [BL_WIRE_LIST_TAGS_OF_RESOURCE] = write_tags,
};

void bl_wire_write_describe_response(bl_buffer *out, const bl_wire_request *request,
                                     const bloop_table_description *table, const char *host)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    if (writers[request->operation])
        writers[request->operation](&writer, table, host);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

/* The quotas of a new account, and of a table, in most regions (developer guide, "Service quotas"). */
static void write_limits(bloop_json_writer *writer, const bloop_table_description *table, const char *host)
{
    (void)table;
    (void)host;
    bl_body_int(writer, "AccountMaxReadCapacityUnits", 80000);
    bl_body_int(writer, "AccountMaxWriteCapacityUnits", 80000);
    bl_body_int(writer, "TableMaxReadCapacityUnits", 40000);
    bl_body_int(writer, "TableMaxWriteCapacityUnits", 40000);
}

/* The one that was asked; good for a day, as the service says. */
static void write_endpoints(bloop_json_writer *writer, const bloop_table_description *table, const char *host)
{
    (void)table;
    bl_body_array(writer, "Endpoints");
    bloop_json_write_object(writer);
    bl_body_text(writer, "Address", host ? host : "localhost");
    bl_body_int(writer, "CachePeriodInMinutes", 1440);
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
}

static void write_time_to_live(bloop_json_writer *writer, const bloop_table_description *table, const char *host)
{
    (void)table;
    (void)host;
    bl_body_object(writer, "TimeToLiveDescription");
    bl_body_text(writer, "TimeToLiveStatus", "DISABLED");
    bloop_json_write_end(writer);
}

/* The service's backups are always ENABLED; recovery to a point in time is what is switched on and off. */
static void write_backups(bloop_json_writer *writer, const bloop_table_description *table, const char *host)
{
    (void)table;
    (void)host;
    bl_body_object(writer, "ContinuousBackupsDescription");
    bl_body_text(writer, "ContinuousBackupsStatus", "ENABLED");
    bl_body_object(writer, "PointInTimeRecoveryDescription");
    bl_body_text(writer, "PointInTimeRecoveryStatus", "DISABLED");
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
}

static void write_tags(bloop_json_writer *writer, const bloop_table_description *table, const char *host)
{
    (void)table;
    (void)host;
    bl_body_array(writer, "Tags");
    bloop_json_write_end(writer);
}
