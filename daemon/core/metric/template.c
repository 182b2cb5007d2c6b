#include "core/metric/template.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/file/yamlfile.h"
#include "core/metric/place.h"

#include <cyaml/cyaml.h>
#include <string.h>

#define TITLE_MAX 31 /* a spreadsheet's */

static const cyaml_strval_t contents[] = {
    {"COVER", SHEET_COVER},
    {"SCORECARD", SHEET_SCORECARD},
    {"METRICS", SHEET_METRICS},
    {"BALANCES", SHEET_BALANCES},
    {"DATA_QUALITY", SHEET_DATA_QUALITY},
    {"CORRECTIONS", SHEET_CORRECTIONS},
    {"RESTATEMENTS", SHEET_RESTATEMENTS},
    {"DEFINITIONS", SHEET_DEFINITIONS},
};
static const char *const columns[] = {
    "numerator", "denominator", "excluded", "value",  "interval", "exact",    "target",
    "status",    "no_data",     "previous", "change", "history",  "coverage", "parts",
};

static const cyaml_schema_value_t short_text = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, 100),
};
static const cyaml_schema_field_t sheet_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct sheet, id, 1, 31),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct sheet, title, 1, TITLE_MAX),
    CYAML_FIELD_ENUM("content", CYAML_FLAG_STRICT, struct sheet, content, contents,
		     COUNT(contents)),
    CYAML_FIELD_SEQUENCE("metrics", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sheet, metrics,
			 &short_text, 1, 200),
    CYAML_FIELD_SEQUENCE("by", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sheet, by,
			 &short_text, 1, 32),
    CYAML_FIELD_SEQUENCE("columns", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sheet, columns,
			 &short_text, 1, 32),
    CYAML_FIELD_STRING_PTR("note", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sheet, note, 1,
			   1000),
    CYAML_FIELD_STRING_PTR("empty", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sheet, empty,
			   1, 1000),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t sheet_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct sheet, sheet_fields),
};
static const cyaml_schema_field_t template_fields[] = {
    CYAML_FIELD_STRING_PTR("version", CYAML_FLAG_POINTER, struct spd_template, version, 1, 31),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct spd_template, title, 1, 100),
    CYAML_FIELD_STRING_PTR("declaration", CYAML_FLAG_POINTER, struct spd_template, declaration, 1,
			   4000),
    CYAML_FIELD_SEQUENCE("sheets", CYAML_FLAG_POINTER, struct spd_template, sheets, &sheet_schema,
			 1, 100),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t template_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct spd_template, template_fields),
};

/* word: what is wrong, as it stands in the text. */
#define FAULT(e, word, ...) err_set((e), FATAL_CONFIG, (word), __VA_ARGS__)

static bool
is_in_catalogue(const struct catalogue *c, const char *id)
{
	bool found = catalogue_metric(c, id) != NULL;

	for (unsigned i = 0; !found && i < c->unsupported_count; i++)
		found = strcmp(c->unsupported[i].id, id) == 0;
	return found;
}

static bool
is_listed(char *const *list, unsigned n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

static bool
has_metrics(enum sheet_content c)
{
	return c == SHEET_SCORECARD || c == SHEET_METRICS || c == SHEET_BALANCES ||
	       c == SHEET_DATA_QUALITY;
}

static enum code
check_metrics(const struct catalogue *c, const struct sheet *s, struct err *e)
{
	for (unsigned i = 0; i < s->metrics_count; i++) {
		if (!is_in_catalogue(c, s->metrics[i]))
			return FAULT(e, s->metrics[i], "the catalogue has no metric %s",
				     s->metrics[i]);
		if (is_listed(s->metrics, i, s->metrics[i]))
			return FAULT(e, s->metrics[i], "the metric %s is there twice",
				     s->metrics[i]);
	}
	if (has_metrics(s->content) != (s->metrics_count > 0))
		return FAULT(e, s->id,
			     has_metrics(s->content) ? "metrics: say which are on it"
						     : "metrics: this sheet has none");
	return OK;
}

/* What follows the word, and before it a space unless it is the first; NULL: something else. */
static const char *
after_word(const char *text, const char *word, bool first)
{
	size_t n = strlen(word);

	if (!first && *text++ != ' ')
		return NULL;
	return strncmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == '\0') ? text + n : NULL;
}

/* Some metric of the sheet must have the breakdown, whatever the order of its dimensions. */
static bool
is_breakdown(const struct catalogue *c, const struct sheet *s, const char *by)
{
	for (unsigned i = 0; i < s->metrics_count; i++) {
		const struct metric *m = catalogue_metric(c, s->metrics[i]);

		for (unsigned k = 0; m != NULL && k < m->breakdown_count; k++) {
			const struct breakdown *b = &m->breakdown[k];
			const char *rest = by;

			for (unsigned d = 0; rest != NULL && d < b->n; d++)
				rest = after_word(rest, m->dimension[b->dimension[d]], d == 0);
			if (rest != NULL && *rest == '\0')
				return true;
		}
	}
	return false;
}

static enum code
check_sheet(const struct catalogue *c, const struct sheet *s, struct err *e)
{
	enum code code = check_metrics(c, s, e);

	if (code != OK)
		return code;
	if (strpbrk(s->title, ":\\/?*[]") != NULL)
		return FAULT(e, "title", "title: a spreadsheet takes none of : \\ / ? * [ ]");
	for (unsigned i = 0; i < s->by_count; i++) {
		if (!is_breakdown(c, s, s->by[i]))
			return FAULT(e, "by", "by: no metric of the sheet is broken down by %s",
				     s->by[i]);
	}
	for (unsigned i = 0; i < s->columns_count; i++) {
		bool known = false;

		for (size_t k = 0; !known && k < COUNT(columns); k++)
			known = strcmp(columns[k], s->columns[i]) == 0;
		if (!known)
			return FAULT(e, s->columns[i], "columns: there is no column %s",
				     s->columns[i]);
	}
	return OK;
}

static enum code
check_names(const struct spd_template *t, unsigned i, struct err *e)
{
	for (unsigned k = 0; k < i; k++) {
		if (strcmp(t->sheets[k].id, t->sheets[i].id) == 0)
			return FAULT(e, t->sheets[i].id, "the id is there twice");
		if (strcasecmp(t->sheets[k].title, t->sheets[i].title) == 0)
			return FAULT(e, "title", "the title is there twice");
	}
	return OK;
}

/* What is counted and on no sheet would be left out without anybody saying so. */
static enum code
check_all_shown(const struct catalogue *c, const struct spd_template *t, struct err *e)
{
	for (unsigned i = 0; i < c->metrics_count; i++) {
		bool shown = false;

		for (unsigned k = 0; !shown && k < t->sheets_count; k++)
			shown = is_listed(t->sheets[k].metrics, t->sheets[k].metrics_count,
					  c->metrics[i].id);
		if (!shown)
			return FAULT(e, "sheets", "the metric %s is on no sheet", c->metrics[i].id);
	}
	return OK;
}

static enum code
check_all(const struct catalogue *c, const struct spd_template *t, const char *name,
	  const char *yaml, struct err *e)
{
	struct err why = {0};

	for (unsigned i = 0; i < t->sheets_count; i++) {
		if (check_names(t, i, &why) == OK && check_sheet(c, &t->sheets[i], &why) == OK)
			continue;
		return err_set(e, FATAL_CONFIG, name, "%s, line %u: %s: %s", name,
			       place_line(yaml, place_entry(yaml, "sheets:", i),
					  place_entry(yaml, "sheets:", i + 1), why.where),
			       t->sheets[i].id, why.text);
	}
	if (check_all_shown(c, t, &why) != OK)
		return err_set(e, FATAL_CONFIG, name, "%s: %s", name, why.text);
	return OK;
}

enum code
template_read(const char *name, const char *yaml, const struct catalogue *c,
	      struct spd_template **out, struct err *e)
{
	void *data = NULL;
	unsigned char digest[SHA256_SIZE];
	enum code code;

	*out = NULL;
	if (yamlfile_load_text(yaml, name, &template_schema, &data, e) != OK) {
		e->code = FATAL_CONFIG;
		return e->code;
	}
	code = check_all(c, data, name, yaml, e);
	if (code == OK && !sha256(yaml, strlen(yaml), digest))
		code = err_set(e, FATAL_BUG, name, "SHA-256 failed");
	if (code != OK) {
		template_free(data);
		return code;
	}
	*out = data;
	hex_encode(digest, sizeof digest, (*out)->sha256);
	return OK;
}

void
template_free(struct spd_template *t)
{
	yamlfile_free(&template_schema, t);
}

const char *
sheet_content_name(enum sheet_content c)
{
	return contents[c].str;
}
