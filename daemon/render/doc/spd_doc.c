#include "render/doc/spd_doc.h"

#include "base/json/jsonin.h"
#include "base/text.h"
#include "core/kind/words.h"
#include "core/spd/keys.h"
#include "core/spd/schema.h"
#include "render/doc/spd_reason.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "sems-spd/2"

enum code
spd_doc_read(const struct buf *bytes, json_t **doc, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb((const char *)bytes->p, bytes->n, JSON_REJECT_DUPLICATES, &why);
	struct err why_not;
	enum code code = OK;

	if (j == NULL)
		return err_set(e, REJ_MALFORMED, "spd", "the document is no JSON: line %d: %s",
			       why.line, why.text);
	if (strcmp(spd_text(j, DOC_FORMAT), FORMAT) != 0)
		code = err_set(e, REJ_MALFORMED, "spd",
			       "the document's format is '%.64s', this program reads " FORMAT
			       ": use the semsctl that came with semsd",
			       spd_text(j, DOC_FORMAT));
	else if (schema_check(SCHEMA_SPD, j, &why_not) != OK)
		code = err_set(e, REJ_MALFORMED, why_not.where,
			       "the document is not as it was made: %s", why_not.text);
	if (code != OK)
		json_decref(j);
	else
		*doc = j;
	return code;
}

const char *
spd_text(const json_t *o, const char *key)
{
	return member_text(o, key);
}

bool
spd_number(const json_t *o, const char *key, double *v)
{
	const json_t *j = json_object_get(o, key);

	if (!json_is_number(j))
		return false;
	*v = json_number_value(j);
	return true;
}

void
spd_count(const json_t *o, const char *key, const char *none, char out[SPD_CELL])
{
	const json_t *j = json_object_get(o, key);

	if (json_is_integer(j))
		snprintf(out, SPD_CELL, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	else if (json_is_real(j))
		spd_digits(json_real_value(j), out);
	else
		snprintf(out, SPD_CELL, "%s", none);
}

void
spd_digits(double v, char out[SPD_CELL])
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, SPD_CELL, "%.*g", digits, v);
		if (strtod(out, NULL) == v)
			return;
	}
}

void
spd_words(const char *name, char out[SPD_CELL])
{
	snprintf(out, SPD_CELL, "%s", name);
	for (char *p = out; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
}

void
spd_reason_words(const char *code, char out[SPD_CELL])
{
	const char *words = spd_reason(code);

	if (words != NULL)
		snprintf(out, SPD_CELL, "%s", words);
	else
		spd_words(code, out);
}

void
spd_status(const json_t *metric, const json_t *figure, char out[SPD_CELL])
{
	const char *status = spd_text(figure, DOC_STATUS);
	const char *reason = spd_text(figure, DOC_NO_DATA);
	char words[SPD_CELL];
	double minimum;

	if (strcmp(reason, "NO_DATA") == 0) {
		snprintf(out, SPD_CELL, "no data");
	} else if (reason[0] != '\0') {
		spd_reason_words(reason, words);
		snprintf(out, SPD_CELL, "no data (%.100s)", words);
	} else if (strcmp(status, "INSUFFICIENT") == 0 &&
		   spd_number(metric, DOC_MINIMUM_N, &minimum)) {
		snprintf(out, SPD_CELL, "INSUFFICIENT (n below %.0f)", minimum);
	} else if (strcmp(status, "NONE") == 0 || status[0] == '\0') {
		snprintf(out, SPD_CELL, "-");
	} else {
		spd_words(status, out);
	}
}

static bool
is_by_general(const json_t *figure)
{
	return strcmp(spd_text(figure, DOC_INTERVAL_BY), "GENERAL") == 0;
}

bool
spd_interval(const json_t *figure, double *lo, double *hi)
{
	const json_t *plain = json_object_get(figure, DOC_INTERVAL);
	const json_t *general = json_object_get(figure, DOC_CLUSTERS);

	if (is_by_general(figure))
		return spd_number(general, DOC_LOW, lo) && spd_number(general, DOC_HIGH, hi);
	return spd_number(plain, DOC_LO, lo) && spd_number(plain, DOC_HI, hi);
}

void
spd_interval_for(const json_t *metric, const json_t *figure, char out[SPD_CELL])
{
	const char *of = spd_text(metric, DOC_CLUSTERS);
	const char *reason = spd_text(json_object_get(figure, DOC_CLUSTERS), DOC_REASON);
	char why[SPD_CELL];

	out[0] = '\0';
	if (of[0] == '\0' || spd_text(figure, DOC_INTERVAL_BY)[0] == '\0')
		return;
	if (is_by_general(figure)) {
		snprintf(out, SPD_CELL, "%.60ss in general", of);
		return;
	}
	spd_reason_words(reason, why);
	snprintf(out, SPD_CELL, "these %.60ss%s%.120s", of, reason[0] == '\0' ? "" : ": ",
		 reason[0] == '\0' ? "" : why);
}

void
spd_change_for(const json_t *metric, const json_t *change, char out[SPD_CELL])
{
	const char *of = spd_text(metric, DOC_CLUSTERS);

	out[0] = '\0';
	if (of[0] != '\0')
		snprintf(out, SPD_CELL,
			 is_by_general(change) ? "%.60ss in general" : "these %.60ss", of);
}

json_int_t
spd_excluded(const json_t *figure)
{
	const json_t *list = json_object_get(figure, DOC_EXCLUDED);
	const json_t *item;
	json_int_t sum = 0;
	size_t i;

	if (!json_is_array(list))
		return -1;
	json_array_foreach(list, i, item) sum +=
	    json_integer_value(json_object_get(item, DOC_COUNT));
	return sum;
}

void
spd_state(const json_t *doc, char out[SPD_CELL])
{
	json_int_t revision = json_integer_value(json_object_get(doc, DOC_REVISION));

	if (revision > 0)
		snprintf(out, SPD_CELL, "%.64s, revision %" JSON_INTEGER_FORMAT,
			 spd_text(doc, DOC_STATE), revision);
	else
		snprintf(out, SPD_CELL, "%.64s", spd_text(doc, DOC_STATE));
}

void
spd_who(const json_t *event, char out[SPD_WHO])
{
	const char *name = spd_text(event, DOC_NAME);
	const char *post = spd_text(event, DOC_POST);
	const char *by = spd_text(event, DOC_BY);

	if (name[0] == '\0' && post[0] == '\0')
		text_print(out, SPD_WHO, "%s", by);
	else
		text_print(out, SPD_WHO, "%s%s%s (%s)", name,
			   name[0] != '\0' && post[0] != '\0' ? ", " : "", post, by);
}

/* The next word of *s, its length in *n; NULL at the end. */
static const char *
next_word(const char **s, size_t *n)
{
	const char *word;

	*s += strspn(*s, " ");
	*n = strcspn(*s, " ");
	word = *s;
	*s += *n;
	return *n == 0 ? NULL : word;
}

bool
spd_is_by(const json_t *figure, const char *dimensions)
{
	const json_t *by = json_object_get(figure, DOC_BY);
	const char *word;
	size_t n;
	size_t words = 0;

	while ((word = next_word(&dimensions, &n)) != NULL) {
		char key[64];

		snprintf(key, sizeof key, "%.*s", (int)n, word);
		if (json_object_get(by, key) == NULL)
			return false;
		words++;
	}
	return json_object_size(by) == words;
}

/* Of three values, which is most, each has its share of the room. */
#define VALUE_BYTES (SPD_CELL / 3 - 2)

static size_t
add_value(char out[SPD_CELL], size_t at, const json_t *doc, const char *field, const char *value)
{
	char shown[VALUE_BYTES];
	int n;

	code_named(json_object_get(doc, DOC_NAMES), field, value, shown, sizeof shown);
	n = snprintf(out + at, SPD_CELL - at, "%s%s", at > 0 ? ", " : "", shown);
	return n < 0 || (size_t)n >= SPD_CELL - at ? SPD_CELL - 1 : at + (size_t)n;
}

void
spd_by_values(const json_t *doc, const json_t *figure, char out[SPD_CELL])
{
	/* What people look for first comes first. */
	static const char *const first[] = {DOC_SITE, DOC_MEASURE};
	json_t *by = json_object_get(figure, DOC_BY);
	const char *key;
	json_t *value;
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < 2; i++)
		if (member_maybe(by, first[i]) != NULL)
			at = add_value(out, at, doc, first[i], member_text(by, first[i]));
	json_object_foreach(by, key, value)
	{
		if (json_is_string(value) && strcmp(key, first[0]) != 0 &&
		    strcmp(key, first[1]) != 0)
			at = add_value(out, at, doc, key, json_string_value(value));
	}
}
