#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"
#include "render/doc/spd_doc.h"
#include "render/sheet/sheets.h"

#include <stdlib.h>
#include <string.h>

/* On a page, which is for reading: the newest. */
#define PAGE_ROWS 40

static const char *
standing_words(const char *code)
{
	static const struct {
		const char *code;
		const char *words;
	} standings[] = {
	    {"IN_EFFECT", "in effect"},
	    {"SUPERSEDED", "replaced by a later correction"},
	    {"VOIDED", "voided"},
	    {"PENDING", "waits for a second person"},
	    {"DECLINED", "declined"},
	    {"NOT_GRANTED", "without effect: not its sender's to change"},
	};

	for (size_t i = 0; i < COUNT(standings); i++)
		if (strcmp(code, standings[i].code) == 0)
			return standings[i].words;
	return code;
}

static const char *
value_text(struct arena *a, const json_t *v)
{
	char *text;
	const char *copy;

	if (v == NULL || json_is_null(v))
		return "not given";
	if (json_is_string(v))
		return json_words(v);
	text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	copy = arena_printf(a, "%s", text == NULL ? "" : text);
	free(text);
	return copy == NULL ? "" : copy;
}

/* "state: open, now closed" */
static const char *
member_change(struct book *b, const char *field, const json_t *was, const json_t *becomes)
{
	return book_text(b, "%s: %s, now %s", field,
			 book_value(b, field, value_text(b->arena, was)),
			 book_value(b, field, value_text(b->arena, becomes)));
}

/* What differs of an item; what is not there is NULL. "": nothing. */
static const char *
item_text(struct book *b, json_t *was, json_t *becomes)
{
	const char *all = "";
	const char *key;
	json_t *v;

	if (json_equal(was, becomes) != 0)
		return "";
	if (!json_is_object(was) || !json_is_object(becomes))
		return book_text(b, "%s, now %s", value_text(b->arena, was),
				 value_text(b->arena, becomes));
	json_object_foreach(was, key, v)
	{
		const json_t *now = json_object_get(becomes, key);

		if (json_equal(v, now) == 0)
			all = book_join(b, all, ", ", member_change(b, key, v, now));
	}
	json_object_foreach(becomes, key, v)
	{
		if (json_object_get(was, key) == NULL)
			all = book_join(b, all, ", ", member_change(b, key, NULL, v));
	}
	return all;
}

/* What names the item in both, such as its finding_id; else its place, from 1. */
static const char *
item_name(struct book *b, json_t *was, json_t *becomes, size_t place)
{
	const char *key;
	json_t *v;

	json_object_foreach(was, key, v)
	{
		size_t n = strlen(key);

		if (n > 3 && strcmp(key + n - 3, "_id") == 0 && json_is_string(v) &&
		    json_equal(v, json_object_get(becomes, key)) != 0)
			return json_words(v);
	}
	return book_text(b, "%zu", place);
}

/* Those of a list that are alike in both are not said again. */
static const char *
list_text(struct book *b, const char *field, const json_t *was, const json_t *becomes)
{
	size_t n_was = json_array_size(was);
	size_t n = json_array_size(becomes);
	const char *all = "";

	for (size_t i = 0; i < (n_was > n ? n_was : n); i++) {
		json_t *before = json_array_get(was, i);
		json_t *now = json_array_get(becomes, i);
		const char *one = item_text(b, before, now);

		if (one[0] != '\0')
			all = book_join(b, all, "; ",
					book_text(b, "%s %s: %s", field,
						  item_name(b, before, now, i + 1), one));
	}
	return all[0] == '\0' ? book_text(b, "%s: as before", field) : all;
}

/* As in CSV: every value whole. */
static const char *
changes_code(struct arena *a, const json_t *changes)
{
	const char *all = "";
	const json_t *one;
	size_t i;

	json_array_foreach(changes, i, one)
	{
		all = arena_printf(a, "%s%s%s: %s, now %s", all, i == 0 ? "" : "; ",
				   member_text(one, DOC_FIELD),
				   value_text(a, json_object_get(one, DOC_WAS)),
				   value_text(a, json_object_get(one, DOC_BECOMES)));
		if (all == NULL)
			return "";
	}
	return all;
}

/* "outcome: missed, now hit; site_id: T1, now T2; findings 3: state: open, now closed" */
static const char *
changes_text(struct book *b, const json_t *changes)
{
	const char *all = "";
	const json_t *one;
	size_t i;

	json_array_foreach(changes, i, one)
	{
		const char *field = member_text(one, DOC_FIELD);
		const json_t *was = json_object_get(one, DOC_WAS);
		const json_t *becomes = json_object_get(one, DOC_BECOMES);

		all = book_join(b, all, "; ",
				json_is_array(was) && json_is_array(becomes)
				    ? list_text(b, field, was, becomes)
				    : member_change(b, field, was, becomes));
	}
	return all;
}

/* What names a correction or a void is about what that is about. */
static void
put_named(struct grid *g, const json_t *named)
{
	const char *kind = member_text(named, DOC_KIND);

	if (!json_is_object(named))
		grid_text(g, "");
	else
		grid_text(g, arena_printf(g->book->arena, "%s %s of %s",
					  strcmp(kind, "void") == 0 ? "void" : "correction",
					  member_text(named, DOC_RECORD_ID),
					  member_text(named, DOC_SOURCE)));
}

/* "The newest 1000 of 1246. 3 name a correction or a void, ..." NULL: nothing to note. */
static const char *
note_of(struct arena *a, const json_t *made)
{
	json_int_t total = json_integer_value(json_object_get(made, DOC_TOTAL));
	json_int_t indirect = json_integer_value(json_object_get(made, DOC_INDIRECT));
	json_int_t ahead = json_integer_value(json_object_get(made, DOC_DATED_AHEAD));
	size_t shown = json_array_size(json_object_get(made, DOC_ROWS));
	const char *newest = "";
	const char *named = "";
	const char *dated = "";

	if ((size_t)total > shown)
		newest =
		    arena_printf(a, "The newest %zu of %" JSON_INTEGER_FORMAT ". ", shown, total);
	if (indirect > 0)
		named =
		    arena_printf(a,
				 "Naming a correction or a void, and taken for what that is about: "
				 "%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT ". ",
				 indirect, total);
	if (ahead > 0)
		dated = arena_printf(a,
				     "Dated more than a minute after their receipt, which cannot "
				     "be: %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT ". ",
				     ahead, total);
	return newest[0] == '\0' && named[0] == '\0' && dated[0] == '\0'
		   ? NULL
		   : arena_printf(a, "%s%s%s", newest, named, dated);
}

static void
put_changes(struct grid *g, bool is_void, const json_t *changes)
{
	if (is_void)
		grid_text(g, "counts no more");
	else
		grid_code(g, changes_text(g->book, changes), changes_code(g->book->arena, changes),
			  TONE_PLAIN);
}

static void
put_row(struct grid *g, const json_t *row)
{
	bool is_void = json_is_true(json_object_get(row, DOC_IS_VOID));

	grid_text(g, is_void ? "Void" : "Correction");
	grid_text(g, member_text(row, DOC_ROOT_KIND));
	grid_text(g, member_text(row, DOC_ROOT_SOURCE));
	grid_text(g, member_text(row, DOC_SOURCE_RECORD_ID));
	grid_text(g, member_text(row, DOC_SITE));
	grid_text(g, member_text(row, DOC_MEASURE));
	put_changes(g, is_void, json_object_get(row, DOC_CHANGES));
	grid_text(g, member_text(row, DOC_REASON));
	grid_text(g, member_text(row, DOC_MADE_BY));
	grid_instant(g, member_text(row, DOC_RECEIVED_AT));
	grid_text(g,
		  json_is_true(json_object_get(row, DOC_DATED_AHEAD)) ? "dated ahead of it" : "");
	grid_text(g, standing_words(member_text(row, DOC_STANDING)));
	grid_text(g, member_text(row, DOC_DECIDED_BY));
	grid_instant(g, member_text(row, DOC_DECIDED_AT));
	grid_text(g, member_text(row, DOC_RECORD_ID));
	put_named(g, json_object_get(row, DOC_NAMES));
	grid_text(g, member_text(row, DOC_ROOT_RECORD_ID));
}

void
sheet_corrections(struct book *b, const struct plan *p)
{
	static const struct column columns[] = {
	    {"what", "What", IN_ALL, 11, false},
	    {"kind", "Record", IN_ALL, 14, false},
	    {"source", "Source", IN_ALL, 16, false},
	    {"source_record_id", "Its number", IN_ALL, 18, false},
	    {"site", "Site", IN_ALL, 8, false},
	    {"measure", "Measure", IN_ALL, 9, false},
	    {"changes", "Change", IN_ALL, 46, false},
	    {"reason", "Reason", IN_ALL, 30, false},
	    {"made_by", "By", IN_ALL, 16, false},
	    {"received_at", "Received", IN_BOOK | IN_CSV | BY_CLOCK, 24, false},
	    {"dated_ahead", "Its own time", IN_ALL, 18, false},
	    {"standing", "Standing", IN_ALL, 24, false},
	    {"decided_by", "Decided by", IN_ALL, 16, false},
	    {"decided_at", "Decided", IN_BOOK | IN_CSV | BY_CLOCK, 24, false},
	    {"record_id", "Correction", IN_BOOK | IN_CSV, 38, false},
	    {"names", "Names", IN_ALL, 38, false},
	    {"root_record_id", "Corrected record", IN_BOOK | IN_CSV, 38, false},
	};
	const json_t *made = json_object_get(b->edition->doc, DOC_CORRECTIONS);
	const json_t *rows = json_object_get(made, DOC_ROWS);
	struct sheet *s = sheet_begin(b, p);
	struct grid *g = sheet_grid(s, "corrections", "What was corrected and voided, and by whom");
	const json_t *row;
	size_t i;

	if (g == NULL)
		return;
	g->empty = p->empty[0] != '\0' ? p->empty : "Nothing was corrected or voided.";
	g->page_rows = PAGE_ROWS;
	g->note = note_of(b->arena, made);
	for (size_t k = 0; k < COUNT(columns); k++)
		grid_column(g, &columns[k]);
	json_array_foreach(rows, i, row)
	{
		put_row(g, row);
	}
}
