#include "core/spd/spd_diff.h"

#include "base/arena.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/metric/figure.h"
#include "core/metric/view.h"
#include "core/spd/keys.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define REASONS_MAX 20 /* listed by name; the changes say all */

/* --- a figure found again --------------------------------------------------------------------- */

static const json_t *
metric_of(const json_t *document, const char *id)
{
	const json_t *metrics = json_object_get(document, DOC_METRICS);

	for (size_t i = 0; i < json_array_size(metrics); i++) {
		const json_t *m = json_array_get(metrics, i);

		if (strcmp(member_text(m, DOC_ID), id) == 0)
			return m;
	}
	return NULL;
}

#define DIMS_MAX 4096 /* of a figure's dimensions as text; each has a bound in the records */

/* Their canonical text; cut where they are longer than any can be. */
static const char *
dims_text(const json_t *by, char out[DIMS_MAX])
{
	size_t n = json_dumpb(by, out, DIMS_MAX - 1, JSON_COMPACT | JSON_SORT_KEYS);

	out[n < DIMS_MAX ? n : DIMS_MAX - 1] = '\0';
	return out;
}

/* Figures by their dimensions, so that a thousand of them are not compared with a thousand. */
static json_t *
index_figures(const json_t *metric)
{
	json_t *index = json_object();
	const json_t *figures = json_object_get(metric, DOC_FIGURES);

	for (size_t i = 0; i < json_array_size(figures); i++) {
		json_t *f = json_array_get(figures, i);
		char key[DIMS_MAX];

		json_object_set(index, dims_text(json_object_get(f, DOC_BY), key), f);
	}
	return index;
}

static const char *const members[] = {DOC_NUMERATOR, DOC_DENOMINATOR, DOC_VALUE, DOC_STATUS,
				      DOC_NO_DATA};
#define N_MEMBERS COUNT(members)

static json_t *
outline(const json_t *figure)
{
	json_t *o;

	if (figure == NULL)
		return json_null();
	o = json_object();
	for (size_t i = 0; i < N_MEMBERS; i++) {
		json_t *v = json_object_get(figure, members[i]);

		json_object_set_new(o, members[i], v == NULL ? json_null() : json_incref(v));
	}
	return o;
}

/* --- who is behind it ------------------------------------------------------------------------- */

/* The kinds whose records a metric counts; a view over all of them counts each. */
static unsigned
kinds_of(const struct metric *m)
{
	unsigned bits = 0;

	for (unsigned g = 0; g < metric_groups(m); g++) {
		unsigned n;
		const struct term *terms = metric_terms(m, g, &n);

		for (unsigned i = 0; i < n; i++) {
			enum kind_id base = terms[i].view->base;

			bits |= base == KIND_COUNT ? ~0u : 1u << (unsigned)base;
		}
	}
	return bits;
}

/* What came, by kind, in each place that a figure may be of: everywhere, at a site, of a measure,
 * of a measure at a site. Looked up once for each figure that changed, however many places there
 * are. */
struct places {
	struct arena *arena;
	json_t *index; /* key_of() a place: its number */
	int64_t (*n)[KIND_COUNT];
	size_t used;
};

#define PLACES_OF_GROUP  4
#define PLACES_BYTES_MAX ((size_t)1 << 30)
#define KEY_MAX          300

/* "": any. */
static const char *
key_of(const char *site, const char *measure, char out[KEY_MAX])
{
	snprintf(out, KEY_MAX, "%.140s\x1f%.140s", site, measure);
	return out;
}

static const char *
given(const char *value)
{
	return value == NULL || value[0] == '\0' ? FIGURE_NOT_GIVEN : value;
}

static void
add_place(struct places *p, const char *site, const char *measure, unsigned kind, int64_t n)
{
	char key[KEY_MAX];
	const json_t *at = json_object_get(p->index, key_of(site, measure, key));
	size_t i = at != NULL ? (size_t)json_integer_value(at) : p->used++;

	if (at == NULL)
		json_object_set_new(p->index, key, json_integer((json_int_t)i));
	p->n[i][kind] += n;
}

static bool
places_make(struct places *p, const struct spd_diff_rules *r)
{
	*p = (struct places){.index = json_object()};
	p->arena = arena_new(PLACES_BYTES_MAX);
	p->n = p->arena == NULL
		   ? NULL
		   : arena_zalloc(p->arena, PLACES_OF_GROUP * r->n_changed + 1, sizeof(*p->n));
	if (p->index == NULL || p->n == NULL)
		return false;
	for (size_t i = 0; i < r->n_changed; i++) {
		const struct spd_changed *c = &r->changed[i];
		const char *site = given(c->site);
		const char *measure = given(c->measure);
		unsigned kind = 0;

		while (kind < KIND_COUNT && strcmp(kinds[kind]->name, c->kind) != 0)
			kind++;
		if (kind == KIND_COUNT)
			continue;
		add_place(p, "", "", kind, c->n);
		add_place(p, site, "", kind, c->n);
		add_place(p, "", measure, kind, c->n);
		add_place(p, site, measure, kind, c->n);
	}
	return true;
}

static void
places_fini(struct places *p)
{
	json_decref(p->index);
	arena_free(p->arena);
}

static void
blame(json_t *change, const struct spd_diff_rules *r, const struct places *places)
{
	const char *id = member_text(change, DOC_METRIC);
	const struct metric *m = r->catalogue == NULL ? NULL : catalogue_metric(r->catalogue, id);
	const json_t *by = json_object_get(change, DOC_BY);
	const char *measure = member_text(by, DOC_MEASURE);
	unsigned bits = m == NULL ? 0 : kinds_of(m);
	json_t *names = json_object();
	int64_t n = 0;
	char key[KEY_MAX];
	const json_t *at;

	/* Which measures are together under that name is not known here. */
	if (strcmp(measure, FIGURE_OTHER) == 0)
		measure = "";
	at = json_object_get(places->index, key_of(member_text(by, DOC_SITE), measure, key));
	for (unsigned k = 0; at != NULL && k < KIND_COUNT; k++) {
		int64_t of_kind = places->n[json_integer_value(at)][k];

		if (of_kind != 0 && (bits & 1u << k) != 0) {
			json_object_set_new(names, kinds[k]->name, json_integer(of_kind));
			n += of_kind;
		}
	}
	json_object_set_new(change, "kinds", names);
	json_object_set_new(change, DOC_RECORDS, json_integer(n));
}

/* --- one figure beside the other -------------------------------------------------------------- */

static bool
is_published(const json_t *metric)
{
	const json_t *readers = json_object_get(metric, DOC_READERS);

	for (size_t i = 0; i < json_array_size(readers); i++)
		if (strcmp(json_words(json_array_get(readers, i)), "R") == 0)
			return true;
	return false;
}

static bool
is_other_status(const json_t *older, const json_t *newer)
{
	return strcmp(member_text(older, DOC_STATUS), member_text(newer, DOC_STATUS)) != 0;
}

static json_t *
difference(const json_t *older, const json_t *newer)
{
	const json_t *a = json_object_get(older, DOC_VALUE);
	const json_t *b = json_object_get(newer, DOC_VALUE);

	if (!json_is_number(a) || !json_is_number(b))
		return json_null();
	return json_real(json_number_value(b) - json_number_value(a));
}

/* A count of what went wrong: any change of it matters, whoever reads it. */
static bool
is_failure_count(const json_t *metric, const json_t *by)
{
	return strcmp(member_text(metric, DOC_DIRECTION), "DOWN") == 0 &&
	       strcmp(member_text(metric, DOC_UNIT), "n") == 0 &&
	       (json_object_size(by) == 0 || json_object_get(by, "severity") != NULL);
}

static const char *
count_text(const json_t *outline, char out[24])
{
	const json_t *n = json_object_get(outline, DOC_NUMERATOR);

	if (!json_is_integer(n))
		return "unknown";
	snprintf(out, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(n));
	return out;
}

/* A published rate that moves by more than the threshold. What rounding leaves of a difference of
 * exactly the threshold is not more than it. */
static bool
is_large(const json_t *metric, const json_t *by, const json_t *d, double threshold_pp)
{
	return is_published(metric) && json_object_size(by) == 0 && json_is_number(d) &&
	       strcmp(member_text(metric, DOC_UNIT), "%") == 0 &&
	       fabs(json_number_value(d)) * 100 - threshold_pp > 1e-9;
}

static bool
is_material(const json_t *metric, const json_t *by, json_t *change,
	    const struct spd_diff_rules *rules, char *why, size_t size)
{
	const json_t *d = json_object_get(change, DOC_DIFFERENCE);
	const json_t *was = json_object_get(change, DOC_OLD);
	const json_t *is = json_object_get(change, DOC_NEW);
	const char *id = member_text(metric, DOC_ID);
	bool whole = json_object_size(by) == 0;
	char dims[DIMS_MAX];
	char counts[2][24];

	why[0] = '\0';
	if (json_is_true(json_object_get(change, "status_changed"))) {
		snprintf(why, size, "%.20s%s%.100s: %.20s becomes %.20s", id, whole ? "" : " ",
			 whole ? "" : dims_text(by, dims), member_text(was, DOC_STATUS),
			 member_text(is, DOC_STATUS));
	} else if (is_failure_count(metric, by)) {
		snprintf(why, size, "%.20s%s%.100s: %s becomes %s", id, whole ? "" : " ",
			 whole ? "" : dims_text(by, dims), count_text(was, counts[0]),
			 count_text(is, counts[1]));
	} else if (is_large(metric, by, d, rules->materiality_pp)) {
		snprintf(why, size, "%s changes by %.2f percentage points", id,
			 json_number_value(d) * 100);
	}
	return why[0] != '\0';
}

static void
compare(json_t *diff, const json_t *metric, const json_t *older, const json_t *newer,
	const struct spd_diff_rules *rules, const struct places *places)
{
	json_t *was = outline(older);
	json_t *is = outline(newer);
	json_t *by;
	json_t *reasons;
	char why[200];
	json_t *c;
	bool material;

	if (json_equal(was, is) != 0) {
		json_decref(was);
		json_decref(is);
		return;
	}
	by = json_object_get(newer != NULL ? newer : older, DOC_BY);
	reasons = json_object_get(diff, "reasons");
	c = json_pack("{s:s, s:s, s:s, s:O, s:o, s:o, s:o, s:b}", "metric",
		      member_text(metric, DOC_ID), "name", member_text(metric, DOC_NAME), "unit",
		      member_text(metric, DOC_UNIT), "by", by, "old", was, "new", is, "difference",
		      difference(older, newer), "status_changed", is_other_status(older, newer));
	material = is_material(metric, by, c, rules, why, sizeof why);
	json_object_set_new(c, "material", json_boolean(material));
	blame(c, rules, places);
	json_array_append_new(json_object_get(diff, DOC_CHANGES), c);
	if (material && json_array_size(reasons) < REASONS_MAX)
		json_array_append_new(reasons, json_string(why));
	if (material)
		json_object_set_new(diff, "material", json_true());
}

/* One of the two may lack the metric: a catalogue that changed meanwhile. */
static void
compare_metric(json_t *diff, const json_t *metric, const json_t *older, const json_t *newer,
	       const struct spd_diff_rules *rules, const struct places *places)
{
	json_t *was = index_figures(older);
	json_t *is = index_figures(newer);
	const char *key;
	json_t *figure;

	json_object_foreach(is, key, figure)
	{
		compare(diff, metric, json_object_get(was, key), figure, rules, places);
	}
	json_object_foreach(was, key, figure)
	{
		if (json_object_get(is, key) == NULL)
			compare(diff, metric, figure, NULL, rules, places);
	}
	json_decref(was);
	json_decref(is);
}

/* The row of a correction in a document's list; NULL: it is not there. */
static const json_t *
correction_of(const json_t *doc, const json_t *row)
{
	const json_t *rows = json_object_get(json_object_get(doc, DOC_CORRECTIONS), DOC_ROWS);
	size_t i;
	const json_t *r;

	json_array_foreach(rows, i, r)
	{
		if (strcmp(member_text(r, DOC_RECORD_ID), member_text(row, DOC_RECORD_ID)) == 0 &&
		    strcmp(member_text(r, DOC_SOURCE), member_text(row, DOC_SOURCE)) == 0 &&
		    strcmp(member_text(r, DOC_KIND), member_text(row, DOC_KIND)) == 0)
			return r;
	}
	return NULL;
}

/* What was corrected or decided on since: those that the older document has not, or otherwise. */
static json_t *
new_corrections(const json_t *older, const json_t *newer)
{
	const json_t *rows = json_object_get(json_object_get(newer, DOC_CORRECTIONS), DOC_ROWS);
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		const json_t *was = correction_of(older, row);

		if (was == NULL ||
		    strcmp(member_text(was, DOC_STANDING), member_text(row, DOC_STANDING)) != 0)
			json_array_append(list, row);
	}
	return list;
}

struct json_t *
spd_diff(const struct json_t *older, const struct json_t *newer, const struct spd_diff_rules *rules)
{
	json_t *diff = json_pack("{s:[], s:b, s:[]}", "changes", "material", 0, "reasons");
	const json_t *now = json_object_get(newer, DOC_METRICS);
	const json_t *then = json_object_get(older, DOC_METRICS);
	struct places places;

	if (!places_make(&places, rules) || diff == NULL) {
		places_fini(&places);
		json_decref(diff);
		return NULL;
	}
	json_object_set_new(diff, DOC_CORRECTIONS, new_corrections(older, newer));
	if (rules->serious > 0) {
		json_object_set_new(diff, "material", json_true());
		json_array_append_new(
		    json_object_get(diff, "reasons"),
		    json_sprintf("%lld serious or critical deficiencies came to light",
				 (long long)rules->serious));
	}
	for (size_t i = 0; i < json_array_size(now); i++) {
		const json_t *m = json_array_get(now, i);

		compare_metric(diff, m, metric_of(older, member_text(m, DOC_ID)), m, rules,
			       &places);
	}
	for (size_t i = 0; i < json_array_size(then); i++) {
		const json_t *m = json_array_get(then, i);

		if (metric_of(newer, member_text(m, DOC_ID)) == NULL)
			compare_metric(diff, m, m, NULL, rules, &places);
	}
	places_fini(&places);
	return diff;
}

struct json_t *
spd_restatements(const struct json_t *diff, const char *cause)
{
	static const char *const kept[] = {DOC_METRIC, DOC_BY, DOC_OLD, DOC_NEW, DOC_RECORDS};
	const json_t *changes = json_object_get(diff, DOC_CHANGES);
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < json_array_size(changes); i++) {
		const json_t *c = json_array_get(changes, i);
		json_t *o = json_object();

		for (size_t k = 0; k < COUNT(kept); k++)
			json_object_set(o, kept[k], json_object_get(c, kept[k]));
		json_object_set_new(o, DOC_CAUSE, json_string(cause));
		json_array_append_new(list, o);
	}
	return list;
}
