#include "tools/semsctl/setup/setup_file.h"

#include "base/file/yamlfile.h"

#define ENTRY(name, type, fields)                  \
	static const cyaml_schema_value_t name = { \
	    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, fields)}

static const cyaml_schema_field_t named_keys[] = {
    YAML_NEED_TEXT("id", struct setup_named, id),
    YAML_TEXT("name", struct setup_named, name),
    CYAML_FIELD_END,
};
ENTRY(named_entry, struct setup_named, named_keys);

static const cyaml_schema_field_t site_keys[] = {
    YAML_NEED_TEXT("id", struct setup_site, id),
    YAML_TEXT("name", struct setup_site, name),
    YAML_LIST("locations", struct setup_site, locations, &named_entry),
    CYAML_FIELD_END,
};
ENTRY(site_entry, struct setup_site, site_keys);

static const cyaml_schema_field_t sender_keys[] = {
    YAML_NEED_TEXT("principal", struct setup_sender, principal),
    YAML_TEXTS("kinds", struct setup_sender, kinds),
    YAML_TEXTS("sites", struct setup_sender, sites),
    CYAML_FIELD_END,
};
ENTRY(sender_entry, struct setup_sender, sender_keys);

static const cyaml_schema_field_t source_keys[] = {
    YAML_NEED_TEXT("id", struct setup_source, id),
    YAML_TEXT("description", struct setup_source, description),
    YAML_LIST("senders", struct setup_source, senders, &sender_entry),
    CYAML_FIELD_END,
};
ENTRY(source_entry, struct setup_source, source_keys);

static const cyaml_schema_field_t principal_keys[] = {
    YAML_NEED_TEXT("principal", struct setup_principal, principal),
    YAML_TEXT("role", struct setup_principal, role),
    YAML_TEXT("name", struct setup_principal, name),
    YAML_TEXT("post", struct setup_principal, post),
    YAML_TEXT("person", struct setup_principal, person),
    CYAML_FIELD_END,
};
ENTRY(principal_entry, struct setup_principal, principal_keys);

static const cyaml_schema_field_t retention_keys[] = {
    YAML_NEED_TEXT("kind", struct setup_retention, kind),
    CYAML_FIELD_UINT("min_months", CYAML_FLAG_DEFAULT, struct setup_retention, min_months),
    CYAML_FIELD_UINT("max_months", CYAML_FLAG_DEFAULT, struct setup_retention, max_months),
    YAML_NEED_TEXT("legal_basis", struct setup_retention, legal_basis),
    CYAML_FIELD_END,
};
ENTRY(retention_entry, struct setup_retention, retention_keys);

static const cyaml_schema_field_t target_keys[] = {
    YAML_NEED_TEXT("metric", struct setup_target, metric),
    YAML_REAL("value", struct setup_target, value),
    YAML_REAL("low", struct setup_target, low),
    YAML_REAL("high", struct setup_target, high),
    YAML_NEED_TEXT("approved_by", struct setup_target, approved_by),
    YAML_NEED_TEXT("from_quarter", struct setup_target, from_quarter),
    YAML_TEXT("of", struct setup_target, of),
    CYAML_FIELD_END,
};
ENTRY(target_entry, struct setup_target, target_keys);

static const cyaml_schema_field_t rebase_keys[] = {
    YAML_NEED_TEXT("metric", struct setup_rebase, metric),
    YAML_NEED_TEXT("first_day", struct setup_rebase, first_day),
    YAML_NEED_TEXT("reason", struct setup_rebase, reason),
    YAML_NEED_TEXT("approved_by", struct setup_rebase, approved_by),
    CYAML_FIELD_BOOL("withdrawn", CYAML_FLAG_OPTIONAL, struct setup_rebase, withdrawn),
    CYAML_FIELD_END,
};
ENTRY(rebase_entry, struct setup_rebase, rebase_keys);

static const cyaml_schema_field_t not_applicable_keys[] = {
    YAML_NEED_TEXT("metric", struct setup_not_applicable, metric),
    YAML_NEED_TEXT("reason", struct setup_not_applicable, reason),
    YAML_NEED_TEXT("declared_by", struct setup_not_applicable, declared_by),
    YAML_NEED_TEXT("from_quarter", struct setup_not_applicable, from_quarter),
    CYAML_FIELD_BOOL("applies", CYAML_FLAG_OPTIONAL, struct setup_not_applicable, applies),
    CYAML_FIELD_END,
};
ENTRY(not_applicable_entry, struct setup_not_applicable, not_applicable_keys);

static const cyaml_schema_field_t feed_keys[] = {
    YAML_NEED_TEXT("source", struct setup_feed, source),
    YAML_NEED_TEXT("kind", struct setup_feed, kind),
    YAML_TEXT("site", struct setup_feed, site),
    CYAML_FIELD_UINT("every_hours", CYAML_FLAG_DEFAULT, struct setup_feed, every_hours),
    YAML_NEED_TEXT("from_day", struct setup_feed, from_day),
    YAML_TEXT("until_day", struct setup_feed, until_day),
    CYAML_FIELD_END,
};
ENTRY(feed_entry, struct setup_feed, feed_keys);

static const cyaml_schema_field_t policy_keys[] = {
    YAML_NEED_TEXT("approval", struct setup_policy, approval),
    YAML_TEXT("corrections", struct setup_policy, corrections),
    YAML_NEED_TEXT("declared_by", struct setup_policy, declared_by),
    YAML_NEED_TEXT("declared_on", struct setup_policy, declared_on),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t setup_keys[] = {
    YAML_TEXT("entity", struct setup, entity),
    YAML_TEXT("zone", struct setup, zone),
    YAML_LIST("sites", struct setup, sites, &site_entry),
    YAML_LIST("providers", struct setup, providers, &named_entry),
    YAML_LIST("sources", struct setup, sources, &source_entry),
    YAML_LIST("principals", struct setup, principals, &principal_entry),
    YAML_LIST("retention", struct setup, retention, &retention_entry),
    YAML_LIST("targets", struct setup, targets, &target_entry),
    YAML_LIST("not_applicable", struct setup, not_applicable, &not_applicable_entry),
    YAML_LIST("feeds", struct setup, feeds, &feed_entry),
    YAML_LIST("rebases", struct setup, rebases, &rebase_entry),
    CYAML_FIELD_UINT_PTR("revision_window_days", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			 struct setup, revision_window_days),
    CYAML_FIELD_MAPPING_PTR("spd_policy", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct setup,
			    spd_policy, policy_keys),
    CYAML_FIELD_UINT_PTR("correction_alone_hours", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			 struct setup, correction_alone_hours),
    CYAML_FIELD_UINT_PTR("grace_working_days", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			 struct setup, grace_working_days),
    CYAML_FIELD_FLOAT_PTR("materiality_pp", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct setup,
			  materiality_pp),
    YAML_TEXT("marking", struct setup, marking),
    YAML_TEXT("handling", struct setup, handling),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct setup, setup_keys),
};

enum code
setup_file_load(const char *path, struct setup **out, struct err *e)
{
	void *file = NULL;
	enum code rc = yamlfile_load(path, &schema, &file, e);

	*out = file;
	return rc;
}

void
setup_file_free(struct setup *s)
{
	yamlfile_free(&schema, s);
}
