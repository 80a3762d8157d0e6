/* simdjson's on-demand parser on a response: each value is looked at once, in its order, and nothing is kept. */
#include "wire_raw.h"

#include <simdjson.h>

#include <string>

/* The instructions that this file is compiled for; the library may have others. */
#define NAME_OF(macro) TEXT_OF(macro)
#define TEXT_OF(text)  #text
#define BUILTIN_NAME   NAME_OF(SIMDJSON_BUILTIN_IMPLEMENTATION)

using namespace simdjson;

static ondemand::parser parser;

static void walk_value(ondemand::value value, raw_totals *totals);

static void count_text(std::string_view text, raw_totals *totals)
{
    totals->strings++;
    totals->bytes += text.size();
}

/* A number of the DynamoDB form stands in quotes, under the name N. */
static void walk_object(ondemand::object object, raw_totals *totals)
{
    for (auto field : object) {
        std::string_view name = field.unescaped_key();
        count_text(name, totals);
        ondemand::value value = field.value();
        if (name == "N") {
            totals->numbers++;
            totals->sum += double(value.get_double_in_string());
        } else {
            walk_value(value, totals);
        }
    }
}

static void walk_value(ondemand::value value, raw_totals *totals)
{
    switch (value.type()) {
    case ondemand::json_type::object: walk_object(value.get_object(), totals); break;
    case ondemand::json_type::array:
        for (auto element : value.get_array())
            walk_value(element.value(), totals);
        break;
    case ondemand::json_type::string: count_text(value.get_string(), totals); break;
    case ondemand::json_type::number:
        totals->numbers++;
        totals->sum += double(value.get_double());
        break;
    case ondemand::json_type::boolean: (void)bool(value.get_bool()); break;
    default: break;
    }
}

const char *raw_name(void)
{
    static const std::string name = "simdjson " + std::to_string(SIMDJSON_VERSION_MAJOR) + "." +
                                    std::to_string(SIMDJSON_VERSION_MINOR) + "." +
                                    std::to_string(SIMDJSON_VERSION_REVISION) + ", " + BUILTIN_NAME;
    return name.c_str();
}

bool raw_walk(const char *text, size_t size, raw_totals *out)
{
    *out = raw_totals();
    try {
        ondemand::document document = parser.iterate(text, size, size + RAW_PADDING);
        walk_object(document.get_object(), out);
        return true;
    } catch (const simdjson_error &) {
        return false;
    }
}
