#include "tools/import/map.h"

#include "base/file/yamlfile.h"

#include <stdio.h>

#define ENTRY(name, type, fields)                  \
	static const cyaml_schema_value_t name = { \
	    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, fields)}

static const cyaml_schema_field_t condition_keys[] = {
    YAML_TEXT("column", struct map_condition, column),
    YAML_TEXT("value", struct map_condition, value),
    YAML_TEXT("equals", struct map_condition, equals),
    YAML_TEXTS("in", struct map_condition, in),
    YAML_TEXTS("not_in", struct map_condition, not_in),
    YAML_FLAG("empty", struct map_condition, empty),
    YAML_TEXT("matches", struct map_condition, matches),
    YAML_FLAG("ignore_spaces", struct map_condition, ignore_spaces),
    CYAML_FIELD_END,
};
ENTRY(condition_entry, struct map_condition, condition_keys);

static const cyaml_schema_field_t entry_keys[] = {
    YAML_TEXTS("from", struct map_entry, from),
    YAML_TEXT("to", struct map_entry, to),
    CYAML_FIELD_END,
};
ENTRY(entry_entry, struct map_entry, entry_keys);

static const cyaml_schema_field_t plus_keys[] = {
    YAML_NEED_TEXT("column", struct map_plus, column),
    YAML_NEED_TEXT("unit", struct map_plus, unit),
    CYAML_FIELD_END,
};
ENTRY(plus_entry, struct map_plus, plus_keys);

static const cyaml_schema_field_t field_keys[] = {
    YAML_TEXT("field", struct map_field, field),
    YAML_TEXT("column", struct map_field, column),
    YAML_TEXT("value", struct map_field, value),
    YAML_LIST("values", struct map_field, values, &entry_entry),
    YAML_TEXT("other", struct map_field, other),
    YAML_TEXT("default", struct map_field, absent),
    CYAML_FIELD_FLOAT_PTR("scale", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct map_field,
			  scale),
    YAML_FLAG("round", struct map_field, round),
    YAML_FLAG("ignore_spaces", struct map_field, ignore_spaces),
    YAML_TEXTS("formats", struct map_field, formats),
    YAML_TEXT("precision", struct map_field, precision),
    YAML_LIST("plus", struct map_field, plus, &plus_entry),
    YAML_FLAG("overnight", struct map_field, overnight),
    CYAML_FIELD_END,
};
ENTRY(field_entry, struct map_field, field_keys);

static const cyaml_schema_field_t item_keys[] = {
    YAML_LIST("when", struct map_item, when, &condition_entry),
    YAML_TEXT("repeat", struct map_item, repeat),
    YAML_TEXT("split", struct map_item, split),
    YAML_TEXT("on", struct map_item, on),
    YAML_LIST("fields", struct map_item, fields, &field_entry),
    CYAML_FIELD_END,
};
ENTRY(item_entry, struct map_item, item_keys);

static const cyaml_schema_field_t list_keys[] = {
    YAML_NEED_TEXT("field", struct map_list, field),
    YAML_LIST("items", struct map_list, items, &item_entry),
    CYAML_FIELD_END,
};
ENTRY(list_entry, struct map_list, list_keys);

static const cyaml_schema_field_t id_keys[] = {
    YAML_TEXTS("columns", struct map_id, columns),
    YAML_TEXT("suffix", struct map_id, suffix),
    YAML_FLAG("ignore_spaces", struct map_id, ignore_spaces),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t record_keys[] = {
    YAML_NEED_TEXT("kind", struct map_record, kind),
    YAML_LIST("when", struct map_record, when, &condition_entry),
    CYAML_FIELD_MAPPING_PTR("id", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct map_record, id,
			    id_keys),
    CYAML_FIELD_MAPPING_PTR("occurred_at", CYAML_FLAG_POINTER, struct map_record, occurred_at,
			    field_keys),
    YAML_LIST("fields", struct map_record, fields, &field_entry),
    YAML_LIST("lists", struct map_record, lists, &list_entry),
    CYAML_FIELD_END,
};
ENTRY(record_entry, struct map_record, record_keys);

static const cyaml_schema_field_t number_keys[] = {
    YAML_TEXT("decimal", struct map_number, decimal),
    YAML_TEXT("group", struct map_number, group),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t map_keys[] = {
    CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, struct map, version),
    YAML_NEED_TEXT("source", struct map, source),
    YAML_TEXT("zone", struct map, zone),
    YAML_TEXT("encoding", struct map, encoding),
    YAML_TEXT("delimiter", struct map, delimiter),
    YAML_TEXT("sheet", struct map, sheet),
    YAML_FLAG("header", struct map, header),
    YAML_TEXTS("columns", struct map, columns),
    YAML_TEXTS("nulls", struct map, nulls),
    CYAML_FIELD_INT_PTR("two_digit_years", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct map,
			two_digit_years),
    CYAML_FIELD_MAPPING_PTR("number", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct map, number,
			    number_keys),
    YAML_LIST("zones", struct map, zones, &entry_entry),
    YAML_LIST("skip", struct map, skip, &condition_entry),
    CYAML_FIELD_SEQUENCE("records", CYAML_FLAG_POINTER, struct map, records, &record_entry, 1, 16),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct map, map_keys)};

static enum code
check_version(struct map **out, const char *name, struct err *e)
{
	if ((*out)->version == 1)
		return OK;
	err_set(e, REJ_MALFORMED, name, "%s: this semsctl reads maps of version 1, not %u", name,
		(*out)->version);
	map_free(*out);
	*out = NULL;
	return e->code;
}

enum code
map_load(const char *path, struct map **out, struct err *e)
{
	void *data = NULL;
	enum code rc = yamlfile_load(path, &schema, &data, e);

	*out = data;
	return rc == OK ? check_version(out, path, e) : rc;
}

enum code
map_load_text(const char *text, struct map **out, struct err *e)
{
	void *data = NULL;
	enum code rc = yamlfile_load_text(text, "map", &schema, &data, e);

	*out = data;
	return rc == OK ? check_version(out, "map", e) : rc;
}

void
map_free(struct map *m)
{
	yamlfile_free(&schema, m);
}
