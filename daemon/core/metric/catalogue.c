#include "core/metric/catalogue.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/file/yamlfile.h"
#include "core/metric/catalogue_check.h"
#include "core/metric/place.h"

#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONE_OF(key, type, member, names) \
	CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT, type, member, names, COUNT(names))
/* As YAML_FLAG, without a pointer: absent is false. */
#define FLAG(key, type, member)                                                      \
	CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, type, member, \
			 yamlfile_words, 4)
#define TEXT_MAX 4000

static const cyaml_strval_t forms[] = {
    {"QUANTITATIVE", FORM_QUANTITATIVE},
    {"QUALITATIVE", FORM_QUALITATIVE},
    {"OUTPUT", FORM_OUTPUT},
    {"INFORMATION", FORM_INFORMATION},
};
static const cyaml_strval_t bases[] = {
    {"CENSUS", BASIS_CENSUS},
    {"SAMPLE", BASIS_SAMPLE},
    {"RATIO", BASIS_RATIO},
};
static const cyaml_strval_t shapes[] = {
    {"ratio", SHAPE_RATIO},       {"count", SHAPE_COUNT},     {"state_at_end", SHAPE_STATE_AT_END},
    {"quantile", SHAPE_QUANTILE}, {"persons", SHAPE_PERSONS}, {"sdt", SHAPE_SDT},
    {"spread", SHAPE_SPREAD},     {"kappa", SHAPE_KAPPA},
};
static const cyaml_strval_t directions[] = {
    {"UP", DIRECTION_UP},
    {"DOWN", DIRECTION_DOWN},
    {"BAND", DIRECTION_BAND},
    {"TREND", DIRECTION_TREND},
};
static const cyaml_strval_t rules[] = {
    {"SHARE_AT_LEAST", PERSON_SHARE_AT_LEAST},
    {"SHARE_BELOW_STANDARD", PERSON_SHARE_BELOW},
    {"COUNT_ANY", PERSON_COUNT_ANY},
    {"SHARE_AT_EXTREMES", PERSON_SHARE_EXTREME},
};

static const cyaml_schema_value_t word = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 100),
};

#define POINTER  CYAML_FLAG_POINTER
#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_field_t condition_fields[] = {
    CYAML_FIELD_STRING_PTR("field", POINTER, struct condition, field, 1, 63),
    CYAML_FIELD_SEQUENCE("in", OPTIONAL, struct condition, in, &word, 1, 32),
    CYAML_FIELD_SEQUENCE("not_in", OPTIONAL, struct condition, not_in, &word, 1, 32),
    YAML_FLAG("present", struct condition, present),
    CYAML_FIELD_INT_PTR("at_least", OPTIONAL, struct condition, at_least),
    CYAML_FIELD_INT_PTR("at_most", OPTIONAL, struct condition, at_most),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t condition_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct condition, condition_fields),
};

static const cyaml_schema_field_t term_fields[] = {
    CYAML_FIELD_STRING_PTR("from", POINTER, struct term, from, 1, 63),
    CYAML_FIELD_STRING_PTR("sum", OPTIONAL, struct term, sum, 1, 63),
    FLAG("minus", struct term, minus),
    CYAML_FIELD_SEQUENCE("where", OPTIONAL, struct term, where, &condition_schema, 0, 16),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t term_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct term, term_fields),
};

static const cyaml_schema_field_t named_fields[] = {
    CYAML_FIELD_STRING_PTR("name", POINTER, struct named_terms, name, 1, 63),
    CYAML_FIELD_SEQUENCE("terms", POINTER, struct named_terms, terms, &term_schema, 1, 8),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t named_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct named_terms, named_fields),
};

static const cyaml_schema_field_t person_fields[] = {
    CYAML_FIELD_STRING_PTR("id", POINTER, struct person_count, id, 1, 63),
    ONE_OF("rule", struct person_count, rule, rules),
    CYAML_FIELD_INT("k", CYAML_FLAG_DEFAULT, struct person_count, k),
    CYAML_FIELD_INT("below", CYAML_FLAG_OPTIONAL, struct person_count, below),
    CYAML_FIELD_STRING_PTR("standard", OPTIONAL, struct person_count, standard, 1, 31),
    CYAML_FIELD_STRING_PTR("left_out", OPTIONAL, struct person_count, left_out, 1, 63),
    CYAML_FIELD_END,
};

static const cyaml_strval_t cluster_statuses[] = {
    {"GENERAL", CLUSTER_STATUS_GENERAL},
    {"PLAIN", CLUSTER_STATUS_PLAIN},
};

static const cyaml_schema_field_t cluster_fields[] = {
    CYAML_FIELD_STRING_PTR("by", POINTER, struct cluster_rule, by, 1, 31),
    CYAML_FIELD_STRING_PTR("id", POINTER, struct cluster_rule, id, 1, 63),
    CYAML_FIELD_ENUM("status", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct cluster_rule, status,
		     cluster_statuses, COUNT(cluster_statuses)),
    CYAML_FIELD_SEQUENCE("numerator", OPTIONAL, struct cluster_rule, numerator, &term_schema, 1, 8),
    CYAML_FIELD_SEQUENCE("denominator", OPTIONAL, struct cluster_rule, denominator, &term_schema, 1,
			 8),
    CYAML_FIELD_END,
};

#define TERMS(key, flags, member) \
	CYAML_FIELD_SEQUENCE(key, flags, struct metric, member, &term_schema, 0, 8)
#define NAMED(key, member) \
	CYAML_FIELD_SEQUENCE(key, OPTIONAL, struct metric, member, &named_schema, 0, 20)
#define WORDS(key, member) CYAML_FIELD_SEQUENCE(key, OPTIONAL, struct metric, member, &word, 0, 16)
#define STRING(key, flags, member, max) \
	CYAML_FIELD_STRING_PTR(key, flags, struct metric, member, 1, max)

static const cyaml_schema_field_t metric_fields[] = {
    STRING("id", POINTER, id, 31),
    STRING("version", POINTER, version, 31),
    STRING("effective_from", POINTER, effective_from, 10),
    STRING("effective_until", OPTIONAL, effective_until, 10),
    STRING("name", POINTER, name, 100),
    ONE_OF("form", struct metric, form, forms),
    ONE_OF("basis", struct metric, basis, bases),
    ONE_OF("shape", struct metric, shape, shapes),
    ONE_OF("direction", struct metric, direction, directions),
    STRING("unit", POINTER, unit, 15),
    STRING("sheet", POINTER, sheet, 31),
    STRING("definition", POINTER, definition, TEXT_MAX),
    STRING("empty", OPTIONAL, empty, 31),
    FLAG("within", struct metric, within),
    CYAML_FIELD_INT("minimum_n", CYAML_FLAG_OPTIONAL, struct metric, minimum_n),
    CYAML_FIELD_INT("per", CYAML_FLAG_OPTIONAL, struct metric, per),
    WORDS("readers", readers),
    WORDS("requirements", requirements),
    WORDS("by", by),
    STRING("of", OPTIONAL, of, 63),
    STRING("apart", OPTIONAL, apart, 31),
    STRING("case_mix", OPTIONAL, case_mix, 31),
    STRING("matched", OPTIONAL, matched, 31),
    FLAG("unmatched", struct metric, unmatched),
    FLAG("of_persons", struct metric, of_persons),
    STRING("persons_as", OPTIONAL, persons_as, 15),
    CYAML_FIELD_MAPPING_PTR("persons", OPTIONAL, struct metric, persons, person_fields),
    CYAML_FIELD_MAPPING_PTR("clusters", OPTIONAL, struct metric, clusters, cluster_fields),
    TERMS("numerator", OPTIONAL, numerator),
    TERMS("denominator", OPTIONAL, denominator),
    TERMS("false_alarms", OPTIONAL, false_alarms),
    TERMS("noise", OPTIONAL, noise),
    TERMS("evidence", OPTIONAL, evidence),
    NAMED("excluded", excluded),
    NAMED("parts", parts),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t metric_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct metric, metric_fields),
};

static const cyaml_schema_field_t unsupported_fields[] = {
    CYAML_FIELD_STRING_PTR("id", POINTER, struct unsupported, id, 1, 31),
    CYAML_FIELD_STRING_PTR("name", POINTER, struct unsupported, name, 1, 100),
    CYAML_FIELD_STRING_PTR("needs", POINTER, struct unsupported, needs, 1, 200),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t unsupported_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct unsupported, unsupported_fields),
};

static const cyaml_schema_field_t measure_fields[] = {
    CYAML_FIELD_STRING_PTR("code", POINTER, struct measure_name, code, 1, 31),
    CYAML_FIELD_STRING_PTR("name", POINTER, struct measure_name, name, 1, 100),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t measure_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct measure_name, measure_fields),
};

static const cyaml_schema_field_t catalogue_fields[] = {
    CYAML_FIELD_STRING_PTR("version", POINTER, struct catalogue, version, 1, 31),
    CYAML_FIELD_SEQUENCE("metrics", POINTER, struct catalogue, metrics, &metric_schema, 1, 200),
    CYAML_FIELD_SEQUENCE("unsupported", OPTIONAL, struct catalogue, unsupported,
			 &unsupported_schema, 0, 200),
    CYAML_FIELD_SEQUENCE("measures", OPTIONAL, struct catalogue, measures, &measure_schema, 0, 200),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t catalogue_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct catalogue, catalogue_fields),
};

static bool
is_overlapping(const struct metric *a, const struct metric *b)
{
	bool before =
	    a->effective_until != NULL && strcmp(a->effective_until, b->effective_from) <= 0;
	bool after =
	    b->effective_until != NULL && strcmp(b->effective_until, a->effective_from) <= 0;

	return strcmp(a->id, b->id) == 0 && !before && !after;
}

/* Several definitions of one metric, one after the other: never two at a time, nor two that cannot
 * be told apart. */
static enum code
check_id(const struct catalogue *c, unsigned i, struct err *e)
{
	const struct metric *m = &c->metrics[i];

	for (unsigned k = 0; k < i; k++) {
		const struct metric *other = &c->metrics[k];

		if (is_overlapping(m, other)) {
			return err_set(e, FATAL_CONFIG, m->id,
				       "the id is there twice in the same period");
		}
		if (strcmp(m->id, other->id) == 0 && strcmp(m->version, other->version) == 0) {
			return err_set(e, FATAL_CONFIG, "version", "the version %s is there twice",
				       m->version);
		}
	}
	for (unsigned k = 0; k < c->unsupported_count; k++)
		if (strcmp(m->id, c->unsupported[k].id) == 0)
			return err_set(e, FATAL_CONFIG, m->id, "is also listed as unsupported");
	return OK;
}

/* A code that is called two things would be called one of them. */
static enum code
check_measures(const struct catalogue *c, const char *name, struct err *e)
{
	for (unsigned i = 0; i < c->measures_count; i++)
		for (unsigned k = 0; k < i; k++)
			if (strcmp(c->measures[i].code, c->measures[k].code) == 0)
				return err_set(e, FATAL_CONFIG, name,
					       "%s: measures: the code %s is there twice", name,
					       c->measures[i].code);
	return OK;
}

static enum code
check_all(struct catalogue *c, const char *name, const char *yaml, struct err *e)
{
	for (unsigned i = 0; i < c->metrics_count; i++) {
		struct metric *m = &c->metrics[i];
		struct err why = {0};
		unsigned line;

		if (catalogue_check(c, m, &why) == OK && check_id(c, i, &why) == OK)
			continue;
		line = place_line(yaml, place_entry(yaml, "metrics:", i),
				  place_entry(yaml, "metrics:", i + 1), why.where);
		return err_set(e, FATAL_CONFIG, name, "%s, line %u: %s: %s", name, line, m->id,
			       why.text);
	}
	return OK;
}

enum code
catalogue_read(const char *name, const char *yaml, struct catalogue **out, struct err *e)
{
	void *data = NULL;
	unsigned char digest[SHA256_SIZE];
	struct catalogue *c;
	enum code code;

	*out = NULL;
	if (yamlfile_load_text(yaml, name, &catalogue_schema, &data, e) != OK) {
		e->code = FATAL_CONFIG;
		return e->code;
	}
	c = data;
	code = check_all(c, name, yaml, e);
	if (code == OK)
		code = check_measures(c, name, e);
	if (code == OK && !sha256(yaml, strlen(yaml), digest))
		code = err_set(e, FATAL_BUG, name, "SHA-256 failed");
	if (code != OK) {
		catalogue_free(c);
		return code;
	}
	hex_encode(digest, sizeof digest, c->sha256);
	*out = c;
	return OK;
}

struct catalogue *
catalogue_at(struct arena *a, const struct catalogue *all, const char *day)
{
	struct catalogue *c = arena_zalloc(a, 1, sizeof(*c));
	struct metric *list = arena_zalloc(a, all->metrics_count, sizeof(*list));

	if (c == NULL || list == NULL)
		return NULL;
	*c = *all;
	c->metrics = list;
	c->metrics_count = 0;
	for (unsigned i = 0; i < all->metrics_count; i++) {
		const struct metric *m = &all->metrics[i];

		if (strcmp(m->effective_from, day) <= 0 &&
		    (m->effective_until == NULL || strcmp(day, m->effective_until) < 0))
			list[c->metrics_count++] = *m;
	}
	return c;
}

void
catalogue_free(struct catalogue *c)
{
	yamlfile_free(&catalogue_schema, c);
}

const struct metric *
catalogue_metric(const struct catalogue *c, const char *id)
{
	for (unsigned i = 0; i < c->metrics_count; i++)
		if (strcmp(c->metrics[i].id, id) == 0)
			return &c->metrics[i];
	return NULL;
}

unsigned
metric_groups(const struct metric *m)
{
	return GROUP_NAMED + m->excluded_count + m->parts_count;
}

const struct term *
metric_terms(const struct metric *m, unsigned group, unsigned *n)
{
	unsigned i;
	const struct named_terms *t;

	const struct {
		const struct term *terms;
		unsigned n;
	} fixed[] = {
	    [GROUP_NUMERATOR] = {m->numerator, m->numerator_count},
	    [GROUP_DENOMINATOR] = {m->denominator, m->denominator_count},
	    [GROUP_FALSE_ALARMS] = {m->false_alarms, m->false_alarms_count},
	    [GROUP_NOISE] = {m->noise, m->noise_count},
	    [GROUP_EVIDENCE] = {m->evidence, m->evidence_count},
	};
	COVERS(fixed, GROUP_NAMED);
	if (group < GROUP_NAMED) {
		*n = fixed[group].n;
		return fixed[group].terms;
	}
	i = group - GROUP_NAMED;
	t = i < m->excluded_count ? &m->excluded[i] : &m->parts[i - m->excluded_count];
	*n = t->terms_count;
	return t->terms;
}

const struct term *
metric_cluster_terms(const struct metric *m, enum count_group group, unsigned *n)
{
	const struct cluster_rule *c = m->clusters;
	bool above = group == GROUP_NUMERATOR;

	*n = above ? c->numerator_count : c->denominator_count;
	if (*n == 0)
		return metric_terms(m, group, n);
	return above ? c->numerator : c->denominator;
}

unsigned
metric_exclusion(const struct metric *m, const char *name)
{
	unsigned i = 0;

	while (i < m->excluded_count && (name == NULL || strcmp(m->excluded[i].name, name) != 0))
		i++;
	return i;
}

/* The names of the values of what the metric is counted apart by, in *names: NULL: any text. */
static bool
parts_named(const struct metric *m, const struct enum_table **names)
{
	struct column col;

	*names = NULL;
	if (m->apart == NULL || !view_column(m->denominator[0].view, m->apart, &col))
		return false;
	*names = col.names;
	return true;
}

bool
metric_has_part(const struct metric *m, const char *value)
{
	const struct enum_table *names;

	return parts_named(m, &names) && (names == NULL || enum_number(names, text_of(value)) != 0);
}

bool
metric_parts_are_few(const struct metric *m)
{
	const struct enum_table *names;

	return parts_named(m, &names) && names != NULL;
}

const char *
form_name(enum form f)
{
	return forms[f].str;
}

const char *
basis_name(enum basis b)
{
	return bases[b].str;
}

const char *
shape_name(enum shape s)
{
	static const char *const names[] = {
	    [SHAPE_RATIO] = "ratio",
	    [SHAPE_COUNT] = "count",
	    [SHAPE_STATE_AT_END] = "state_at_end",
	    [SHAPE_QUANTILE] = "quantile",
	    [SHAPE_PERSONS] = "persons",
	    [SHAPE_SDT] = "sdt",
	    [SHAPE_KAPPA] = "kappa",
	    [SHAPE_SPREAD] = "spread",
	};
	COVERS(names, N_SHAPES);

	return names[s];
}

const char *
direction_name(enum direction d)
{
	return directions[d].str;
}
