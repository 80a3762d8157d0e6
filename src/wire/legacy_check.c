/* Expected, QueryFilter, ScanFilter and KeyConditions: what the service checks of them before it looks at the table. Words
   and order as architect/dynalite's suite recorded them; those about ConditionalOperator as ExtendDB's did. */
#include "wire/legacy_private.h"

#define INVALID "One or more parameter values were invalid: "

#define SCALARS (1 << BLOOP_TAG_S | 1 << BLOOP_TAG_N | 1 << BLOOP_TAG_B)
#define PLAIN   (SCALARS | 1 << BLOOP_TAG_BOOL | 1 << BLOOP_TAG_NULL)
#define TEXTS   (1 << BLOOP_TAG_S | 1 << BLOOP_TAG_B)
#define ANY     0x7FE
#define MANY    255

/* API reference, "Condition": types and number of values. */
const bl_legacy_comparison bl_legacy_comparisons[BL_IN_COMPARISON_COUNT] = {
    [BL_IN_EQ] = { BLOOP_EXPR_EQ, false, true, 1, 1, ANY },
    [BL_IN_NE] = { BLOOP_EXPR_NE, false, false, 1, 1, ANY },
    [BL_IN_LE] = { BLOOP_EXPR_LE, false, true, 1, 1, SCALARS },
    [BL_IN_LT] = { BLOOP_EXPR_LT, false, true, 1, 1, SCALARS },
    [BL_IN_GE] = { BLOOP_EXPR_GE, false, true, 1, 1, SCALARS },
    [BL_IN_GT] = { BLOOP_EXPR_GT, false, true, 1, 1, SCALARS },
    [BL_IN_NOT_NULL] = { BLOOP_EXPR_ATTRIBUTE_EXISTS, false, false, 0, 0, ANY },
    [BL_IN_NULL] = { BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS, false, false, 0, 0, ANY },
    [BL_IN_CONTAINS] = { BLOOP_EXPR_CONTAINS, false, false, 1, 1, PLAIN },
    [BL_IN_NOT_CONTAINS] = { BLOOP_EXPR_CONTAINS, true, false, 1, 1, PLAIN },
    [BL_IN_BEGINS_WITH] = { BLOOP_EXPR_BEGINS_WITH, false, true, 1, 1, TEXTS },
    [BL_IN_IN] = { BLOOP_EXPR_IN, false, false, 1, MANY, SCALARS },
    [BL_IN_BETWEEN] = { BLOOP_EXPR_BETWEEN, false, true, 2, 2, SCALARS },
};

static bloop_status check_expectation(const bl_in_named_condition *expected);
static bloop_status check_combination(const bl_in_named_condition *expected);
static bloop_status check_existence(const bl_in_named_condition *expected);
static bloop_status check_values(const bl_in_condition *condition);
static bloop_status check_count(int comparison, size_t count);
static bloop_status check_types(int comparison, const bl_in_value *values, size_t count);
static bloop_status check_bounds(int comparison, const bl_in_value *values);
static bloop_status refuse(const char *rule, bloop_slice attribute);

bloop_status bl_legacy_check_expected(const bl_in_list *expected)
{
    const bl_in_named_condition *all = expected->elements;
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < expected->count; i++)
        status = check_expectation(&all[i]);
    return status;
}

bloop_status bl_legacy_check_conditions(const bl_in_list *conditions)
{
    const bl_in_named_condition *all = conditions->elements;
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < conditions->count; i++)
        status = check_values(&all[i].condition);
    return status;
}

bloop_status bl_legacy_check_operator(const bl_in_choice *operator_, const bl_in_list *conditions)
{
    if (!operator_->text.data || conditions->count > 1)
        return BLOOP_OK;
    if (conditions->count == 0)
        return bl_error(BLOOP_VALIDATION, "ConditionalOperator cannot be used without Filter or Expected");
    return bl_error(BLOOP_VALIDATION,
                    "ConditionalOperator can only be used when Filter or Expected has two or more elements");
}

static bloop_status check_expectation(const bl_in_named_condition *expected)
{
    const bl_in_condition *condition = &expected->condition;
    bloop_status status = check_combination(expected);
    if (status == BLOOP_OK && !condition->comparison.text.data)
        return check_existence(expected);
    if (status == BLOOP_OK && condition->value.present) {
        status = bl_in_value_fault(&condition->value);
        if (status == BLOOP_OK)
            status = check_count(condition->comparison.value, 1);
        return status == BLOOP_OK ? check_types(condition->comparison.value, &condition->value, 1) : status;
    }
    return status == BLOOP_OK ? check_values(condition) : status;
}

/* Which of an expectation's members go together. */
static bloop_status check_combination(const bl_in_named_condition *expected)
{
    const bl_in_condition *condition = &expected->condition;
    bool compares = condition->comparison.text.data != NULL, values = condition->values.present;
    if (values && condition->value.present)
        return refuse("Value and AttributeValueList cannot be used together for Attribute", expected->name);
    if (compares && condition->exists)
        return refuse("Exists and ComparisonOperator cannot be used together for Attribute", expected->name);
    if (!compares && values)
        return refuse("AttributeValueList can only be used with a ComparisonOperator for Attribute", expected->name);
    if (!compares || values || condition->value.present ||
        bl_legacy_comparisons[condition->comparison.value].max_values == 0)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    INVALID "Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: %.*s",
                    bl_words_comparison.words[condition->comparison.value], (int)bl_in_shown(expected->name, 255),
                    expected->name.data);
}

static bloop_status check_existence(const bl_in_named_condition *expected)
{
    const bl_in_condition *condition = &expected->condition;
    if (condition->exists == BL_IN_FALSE && condition->value.present)
        return refuse("Value cannot be used when Exists is false for Attribute", expected->name);
    if (condition->exists == BL_IN_FALSE)
        return BLOOP_OK;
    if (!condition->value.present)
        return refuse(condition->exists == BL_IN_TRUE ? "Value must be provided when Exists is true for Attribute"
                                                      : "Value must be provided when Exists is null for Attribute",
                      expected->name);
    return bl_in_value_fault(&condition->value);
}

/* A comparison and its list of values. */
static bloop_status check_values(const bl_in_condition *condition)
{
    const bl_in_value *values = condition->values.elements;
    size_t count = condition->values.count;
    int comparison = condition->comparison.value;
    for (size_t i = 0; i < count; i++) {
        if (!values[i].present)
            return bl_error(BLOOP_VALIDATION, "Supplied AttributeValue is empty, must contain exactly one of the "
                                              "supported datatypes");
        bloop_status status = bl_in_value_fault(&values[i]);
        if (status != BLOOP_OK)
            return status;
    }
    bloop_status status = check_count(comparison, count);
    if (status == BLOOP_OK)
        status = check_types(comparison, values, count);
    return status == BLOOP_OK ? check_bounds(comparison, values) : status;
}

static bloop_status check_count(int comparison, size_t count)
{
    const bl_legacy_comparison *takes = &bl_legacy_comparisons[comparison];
    if (count >= takes->min_values && (count <= takes->max_values || takes->max_values == MANY))
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, INVALID "Invalid number of argument(s) for the %s ComparisonOperator",
                    bl_words_comparison.words[comparison]);
}

/* A type that the comparison does not take comes before types that differ, as in DynamoDB Local. */
static bloop_status check_types(int comparison, const bl_in_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bloop_tag tag = bloop_value_tag(values[i].value);
        if (!(bl_legacy_comparisons[comparison].tags >> tag & 1))
            return bl_error(BLOOP_VALIDATION, INVALID "ComparisonOperator %s is not valid for %s AttributeValue type",
                            bl_words_comparison.words[comparison], bloop_tag_name(tag));
    }
    for (size_t i = 1; i < count; i++) {
        if (bloop_value_tag(values[i].value) != bloop_value_tag(values[0].value))
            return bl_error(BLOOP_VALIDATION, INVALID "AttributeValues inside AttributeValueList must be of same type");
    }
    return BLOOP_OK;
}

static bloop_status check_bounds(int comparison, const bl_in_value *values)
{
    int order = 0;
    if (comparison != BL_IN_BETWEEN || !bloop_value_compare(values[0].value, values[1].value, &order) || order <= 0)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, "The BETWEEN condition was provided a range where the lower bound is greater "
                                      "than the upper bound");
}

static bloop_status refuse(const char *rule, bloop_slice attribute)
{
    return bl_error(BLOOP_VALIDATION, INVALID "%s: %.*s", rule, (int)bl_in_shown(attribute, 255), attribute.data);
}
