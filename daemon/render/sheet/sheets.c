#include "render/sheet/sheets.h"

#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"

#include <ctype.h>
#include <string.h>

/* --- all of them, in order -------------------------------------------------------------------- */

struct sheet *
sheet_begin(struct book *b, const struct plan *p)
{
	struct sheet *s = book_sheet(b, p->slug, p->title);

	if (s != NULL && p->note[0] != '\0')
		sheet_note(s, p->note);
	return s;
}

static const json_t *
all_metrics(const struct book *b)
{
	return json_object_get(b->edition->doc, DOC_METRICS);
}

/* The metrics of whom the predicate is true, up to NULL. */
static const json_t *const *
chosen(struct book *b, bool (*is)(const json_t *metric, const void *ctx), const void *ctx)
{
	const json_t *metrics = all_metrics(b);
	const json_t **list =
	    arena_zalloc(b->arena, json_array_size(metrics) + 1, sizeof(json_t *));
	const json_t *metric;
	size_t n = 0;
	size_t i;
	static const json_t *const none[] = {NULL};

	if (list == NULL)
		return none;
	json_array_foreach(metrics, i, metric)
	{
		if (is(metric, ctx))
			list[n++] = metric;
	}
	return list;
}

static bool
is_any(const json_t *metric, const void *ctx)
{
	(void)metric;
	(void)ctx;
	return true;
}

static bool
is_of_sheet(const json_t *metric, const void *ctx)
{
	return strcmp(spd_text(metric, DOC_SHEET), ctx) == 0;
}

static bool
is_judged(const json_t *metric, const void *ctx)
{
	(void)ctx;
	return strcmp(spd_text(metric, DOC_FORM), "INFORMATION") != 0;
}

static struct plan
plan_of(const char *slug, const char *title, const json_t *const *metrics)
{
	return (struct plan){
	    .slug = slug, .title = title, .note = "", .empty = "", .metrics = metrics};
}

/* --- by the template -------------------------------------------------------------------------- */

/* The metrics of the list, in its order; what is in no document is left out. */
static const json_t *const *
listed(struct book *b, const json_t *ids)
{
	const json_t **list = arena_zalloc(b->arena, json_array_size(ids) + 1, sizeof(json_t *));
	static const json_t *const none[] = {NULL};
	const json_t *id;
	size_t n = 0;
	size_t i;

	if (list == NULL)
		return none;
	json_array_foreach(ids, i, id)
	{
		const json_t *metric = json_is_string(id) ? metric_of(b, json_words(id)) : NULL;

		if (metric != NULL)
			list[n++] = metric;
	}
	return list;
}

/* Those of the list that the document says it cannot compute. The caller's to json_decref(). */
static json_t *
unsupported_of(const struct book *b, const json_t *ids)
{
	json_t *list = json_array();
	const json_t *id;
	json_t *item;
	size_t i;
	size_t k;

	json_array_foreach(ids, i, id)
	{
		json_array_foreach(json_object_get(b->edition->doc, DOC_UNSUPPORTED), k, item)
		{
			if (json_is_string(id) &&
			    strcmp(spd_text(item, DOC_ID), json_words(id)) == 0)
				json_array_append(list, item);
		}
	}
	return list;
}

/* A sheet of metrics all of which were declared as not applicable is left out. */
static bool
is_none_of_ours(const struct book *b, const json_t *sheet, const struct plan *p)
{
	return strcmp(spd_text(sheet, DOC_CONTENT), "METRICS") == 0 && p->metrics[0] == NULL &&
	       json_array_size(p->unsupported) == 0 &&
	       json_array_size(json_object_get(b->edition->doc, DOC_NOT_APPLICABLE)) > 0;
}

static void
make_planned(struct book *b, const json_t *sheet)
{
	static const struct {
		const char *content;
		void (*make)(struct book *b, const struct plan *p);
	} contents[] = {
	    {"COVER", sheet_cover},
	    {"SCORECARD", sheet_scorecard},
	    {"METRICS", sheet_metrics},
	    {"BALANCES", sheet_balances},
	    {"DATA_QUALITY", sheet_quality},
	    {"CORRECTIONS", sheet_corrections},
	    {"RESTATEMENTS", sheet_restatements},
	    {"DEFINITIONS", sheet_definitions},
	};
	const json_t *ids = json_object_get(sheet, DOC_METRICS);
	json_t *unsupported = unsupported_of(b, ids);
	struct plan p =
	    plan_of(spd_text(sheet, DOC_ID), spd_text(sheet, DOC_TITLE), listed(b, ids));

	p.unsupported = unsupported;
	if (is_none_of_ours(b, sheet, &p)) {
		json_decref(unsupported);
		return;
	}
	p.note = spd_text(sheet, DOC_NOTE);
	p.empty = spd_text(sheet, DOC_EMPTY);
	p.words = json_object_get(sheet, DOC_COLUMNS);
	p.by = json_object_get(sheet, DOC_BY);
	for (size_t i = 0; i < COUNT(contents); i++)
		if (strcmp(spd_text(sheet, DOC_CONTENT), contents[i].content) == 0)
			contents[i].make(b, &p);
	json_decref(unsupported);
}

/* --- without one ------------------------------------------------------------------------------ */

/* The fields of security performance, in the order in which they are read. */
static const struct {
	const char *slug;
	const char *title;
} fields[] = {
    {"exposure", "Exposure"},
    {"observations", "Observations"},
    {"tests", "Tests"},
    {"tip", "TIP"},
    {"audits", "Audits and inspections"},
    {"findings", "Findings and actions"},
    {"risk", "Risk linkage"},
    {"training", "Training and competence"},
    {"equipment", "Equipment"},
    {"physical_controls", "Physical controls"},
    {"cargo", "Cargo and supplies"},
    {"incidents", "Incidents and reports"},
    {"risk", "Risk linkage"},
};

#define QUALITY "data_quality"

static bool
is_made(const struct book *b, const char *slug)
{
	for (const struct sheet *s = b->first; s != NULL; s = s->next)
		if (strcmp(s->slug, slug) == 0)
			return true;
	return false;
}

static void
make_field(struct book *b, const char *slug, const char *title)
{
	struct plan p = plan_of(slug, title, chosen(b, is_of_sheet, slug));
	bool balances = strcmp(slug, "findings") == 0 &&
			json_array_size(json_object_get(b->edition->doc, DOC_BALANCES)) > 0;

	if (is_made(b, slug) || (p.metrics[0] == NULL && !balances))
		return;
	if (balances)
		sheet_balances(b, &p);
	else
		sheet_metrics(b, &p);
}

/* By the metrics' own `sheet`: those known first, then what else there is. */
static void
make_fields(struct book *b)
{
	const json_t *metric;
	size_t i;

	for (i = 0; i < COUNT(fields); i++)
		make_field(b, fields[i].slug, fields[i].title);
	json_array_foreach(all_metrics(b), i, metric)
	{
		const char *slug = spd_text(metric, DOC_SHEET);
		char words[SPD_CELL];

		if (slug[0] == '\0' || strcmp(slug, QUALITY) == 0)
			continue;
		spd_words(slug, words);
		words[0] = (char)toupper((unsigned char)words[0]);
		make_field(b, slug, book_text(b, "%s", words));
	}
}

static void
make_usual(struct book *b)
{
	static const json_t *const none[] = {NULL};
	struct plan p = plan_of("cover", "Cover and declaration", none);

	sheet_cover(b, &p);
	p = plan_of("scorecard", "Scorecard", chosen(b, is_judged, NULL));
	sheet_scorecard(b, &p);
	make_fields(b);
	p = plan_of(QUALITY, "Data quality", chosen(b, is_of_sheet, QUALITY));
	sheet_quality(b, &p);
	p = plan_of("restatements", "Restatements", none);
	sheet_restatements(b, &p);
	p = plan_of("definitions", "Definitions", none);
	sheet_definitions(b, &p);
}

void
sheets_make(struct book *b)
{
	const json_t *sheets =
	    json_object_get(json_object_get(b->edition->doc, DOC_TEMPLATE), DOC_SHEETS);
	struct plan all = plan_of("figures", "All figures", chosen(b, is_any, NULL));
	const json_t *sheet;
	size_t i;

	sheet_summary(b);
	json_array_foreach(sheets, i, sheet)
	{
		make_planned(b, sheet);
	}
	if (json_array_size(sheets) == 0)
		make_usual(b);
	sheet_figures(b, &all);
}
