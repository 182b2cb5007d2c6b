/* The sheets that are no figures: cover and declaration, restatements, definitions. */
#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/spd/keys.h"
#include "render/doc/spd_reason.h"
#include "render/doc/spd_target.h"
#include "render/sheet/sheets.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void
add_columns(struct grid *g, const struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		grid_column(g, &columns[i]);
}

static struct grid *
pairs_grid(struct sheet *s, const char *slug, const char *title)
{
	static const struct column columns[] = {{"item", "What", IN_ALL, 32, false},
						{"value", "Value", IN_ALL, 66, false}};
	struct grid *g = sheet_grid(s, slug, title);

	if (g == NULL)
		return NULL;
	g->look = GRID_PAIRS;
	add_columns(g, columns, COUNT(columns));
	return g;
}

static void
pair(struct grid *g, const char *what, const char *value)
{
	grid_item(g, what);
	grid_text(g, value[0] == '\0' ? "not set" : value);
}

/* --- cover ------------------------------------------------------------------------------------ */

/* Policies in words: who must differ from whom. */
static const char *
policy_words(const struct edition *ed, const char *key)
{
	static const struct {
		const char *code;
		const char *words;
	} policies[] = {
	    {"THREE_PEOPLE", "three people: preparer, reviewer and approver all differ"},
	    {"APPROVER_DIFFERS", "small entity, as declared: the approver differs from the "
				 "preparer"},
	    {"TWO_PEOPLE", "what makes a figure better, moves a record or comes late takes effect "
			   "once a second person confirms it"},
	    {"ONE_PERSON", "small entity, as declared: one person corrects and voids"},
	};
	const char *code = spd_text(json_object_get(ed->doc, DOC_POLICY), key);
	for (size_t i = 0; i < COUNT(policies); i++)
		if (strcmp(code, policies[i].code) == 0)
			return policies[i].words;
	return code;
}

/* Said only where there were too many to show them all. */
static void
shown_codes(struct grid *g, struct book *b)
{
	const json_t *n = json_object_get(b->edition->doc, DOC_VALUES_SHOWN);

	if (!json_is_integer(n))
		return;
	grid_item(g, "Codes shown");
	grid_text(g,
		  book_text(b,
			    "of each kind of code (measure, criterion, provider and the like) the "
			    "%lld with the most records; all others together are (other)",
			    (long long)json_integer_value(n)));
}

static void
cover_identity(struct sheet *s)
{
	struct grid *g = pairs_grid(s, "cover", "What this is");
	struct book *b = s->book;
	const json_t *doc = b->edition->doc;
	const json_t *q = json_object_get(doc, DOC_QUARTER);
	char state[SPD_CELL];

	edition_words(b->edition, state);
	pair(g, "Protective marking", b->marking);
	if (b->handling != NULL)
		pair(g, "Handling", b->handling);
	pair(g, "Entity", spd_text(doc, DOC_ENTITY));
	pair(g, "Quarter", spd_text(q, DOC_LABEL));
	grid_item(g, "First day");
	grid_day(g, spd_text(q, DOC_FIRST_DAY));
	grid_item(g, "Last day");
	grid_day(g, spd_text(q, DOC_LAST_DAY));
	pair(g, "Civil time of", spd_text(doc, DOC_ZONE));
	grid_item(g, "Begins");
	grid_moment(g, spd_text(q, DOC_START));
	grid_item(g, "Ends before");
	grid_moment(g, spd_text(q, DOC_END));
	pair(g, "State", book_text(b, "%s", state));
	grid_item(g, "As of");
	grid_moment(g, spd_text(doc, DOC_AS_OF));
	shown_codes(g, b);
}

static void
signature_line(struct grid *g, const char *what, const json_t *event)
{
	struct book *b = g == NULL ? NULL : g->book;
	char who[SPD_WHO];

	if (b == NULL)
		return;
	grid_item(g, what);
	spd_who(event, who);
	if (event == NULL)
		grid_code(g, b->provisional ? "none: provisional" : "not yet", "", TONE_MUTED);
	else
		grid_text(g, book_text(b, "%s, %s", who, book_time(b, spd_text(event, DOC_AT))));
}

static void
cover_declaration(struct sheet *s)
{
	struct grid *g = pairs_grid(s, "cover-declaration", "Declaration");
	struct book *b = s->book;
	const struct edition *ed = b->edition;
	const json_t *approval = edition_event(ed, "APPROVE");
	const char *statement = spd_text(approval, DOC_TEXT);

	if (statement[0] == '\0')
		statement = spd_text(json_object_get(ed->doc, DOC_TEMPLATE), DOC_DECLARATION);
	signature_line(g, "Prepared by", edition_event(ed, "FREEZE"));
	signature_line(g, "Reviewed for quality by", edition_event(ed, "QA"));
	signature_line(g, "Approved by", approval);
	signature_line(g, "Submitted by", edition_event(ed, "SUBMIT"));
	signature_line(g, "Acknowledged", edition_event(ed, "ACKNOWLEDGE"));
	pair(g, "Rule of approval", policy_words(ed, "approval"));
	pair(g, "Rule of corrections", policy_words(ed, "corrections"));
	grid_item(g, "Statement");
	if (approval == NULL)
		grid_code(g, "Not approved: nobody has declared this data honest and accurate yet.",
			  "", TONE_MUTED);
	else
		grid_text(g, statement[0] == '\0'
				 ? "Approved as honest and accurate by the person named above."
				 : statement);
}

static void
cover_proof(struct sheet *s)
{
	struct grid *g = pairs_grid(s, "cover-proof", "Versions and proof");
	struct book *b = s->book;
	const struct edition *ed = b->edition;
	const json_t *catalogue = json_object_get(ed->doc, DOC_CATALOGUE);
	const json_t *template = json_object_get(ed->doc, DOC_TEMPLATE);
	const json_t *proof = json_object_get(ed->doc, DOC_PROOF);
	const json_t *previous = json_object_get(proof, DOC_PREVIOUS);
	const json_t *log = json_object_get(proof, DOC_LOG);
	char n[SPD_CELL];

	pair(g, "Metric set", spd_text(catalogue, DOC_VERSION));
	pair(g, "Metric set, SHA-256", spd_text(catalogue, DOC_SHA256));
	pair(g, "Template", spd_text(template, DOC_VERSION));
	pair(g, "Template, SHA-256", spd_text(template, DOC_SHA256));
	pair(g, "Document, SHA-256", ed->sha256);
	pair(g, "Signature (Ed25519)",
	     ed->seal == NULL ? "not signed" : spd_text(ed->seal, "signature"));
	if (ed->seal != NULL)
		pair(g, "Signed with key", spd_text(ed->seal, "key_id"));
	if (!json_is_object(proof)) {
		pair(g, "Records proved", "none: the records are not sealed while provisional");
		return;
	}
	spd_count(proof, DOC_LEAVES, "not known", n);
	pair(g, "Records proved", book_text(b, "%s", n));
	pair(g, "Merkle root", spd_text(proof, DOC_ROOT));
	if (json_is_object(log)) {
		spd_count(log, DOC_NUMBER, "?", n);
		pair(g, "Access log then", book_text(b, "%s:%s", n, spd_text(log, DOC_SHA256)));
	}
	if (json_is_object(previous)) {
		spd_count(previous, DOC_REVISION, "?", n);
		pair(g, "Follows",
		     book_text(b, "%s, revision %s, root %s", spd_text(previous, DOC_QUARTER), n,
			       spd_text(previous, DOC_ROOT)));
	}
}

/* "Approved, by r.castellan" */
static const char *
step_words(struct book *b, const json_t *event)
{
	static const struct {
		const char *action;
		const char *words;
	} steps[] = {
	    {"FREEZE", "Frozen"},    {"COMMENT", "Comment"},          {"QA", "Quality review"},
	    {"APPROVE", "Approved"}, {"REJECT", "Rejected"},          {"WITHDRAW", "Withdrawn"},
	    {"SUBMIT", "Submitted"}, {"ACKNOWLEDGE", "Acknowledged"}, {"SUPERSEDE", "Superseded"},
	};
	const char *action = spd_text(event, DOC_ACTION);
	const json_t *carried = json_object_get(event, DOC_CARRIED_FROM);
	char who[SPD_WHO];

	for (size_t i = 0; i < COUNT(steps); i++)
		if (strcmp(action, steps[i].action) == 0)
			action = steps[i].words;
	spd_who(event, who);
	if (json_is_integer(carried))
		return book_text(b, "%s on revision %" JSON_INTEGER_FORMAT ", by %s", action,
				 json_integer_value(carried), who);
	return book_text(b, "%s, by %s", action, who);
}

static void
cover_events(struct sheet *s)
{
	static const struct column columns[] = {
	    {"at", "When", IN_ALL, 40, false},
	    {"step", "Step", IN_SHOWN, 66, false},
	    {"by", "Who", IN_CSV, 20, false},
	    {"name", "Name", IN_CSV, 20, false},
	    {"post", "Post", IN_CSV, 20, false},
	    {"action", "Action", IN_CSV, 14, false},
	    {"metric", "Metric", IN_ALL, 10, false},
	    {"text", "What was said", IN_ALL, 60, false},
	    {"reference", "Reference", IN_ALL, 20, false},
	    {"channel", "Sent by", IN_ALL, 18, false},
	};
	struct grid *g = sheet_grid(s, "cover-steps", "Who did what");
	const json_t *event;
	size_t i;

	if (g == NULL)
		return;
	g->empty = "Nobody has done anything with this yet.";
	add_columns(g, columns, COUNT(columns));
	json_array_foreach(json_object_get(s->book->edition->declaration, DOC_EVENTS), i, event)
	{
		grid_moment(g, spd_text(event, DOC_AT));
		grid_text(g, step_words(s->book, event));
		for (size_t k = 2; k < COUNT(columns); k++)
			grid_text(g, spd_text(event, columns[k].key));
	}
}

static void
cover_embargo(struct sheet *s)
{
	static const struct column columns[] = {
	    {"count", "Tests left out", IN_ALL, 32, false},
	    {"reason", "Reason", IN_ALL, 66, false},
	    {"by", "Decided by", IN_ALL, 20, false},
	};
	const json_t *list =
	    json_object_get(json_object_get(s->book->edition->doc, DOC_EMBARGO), DOC_EXCLUDED);
	struct grid *g;
	const json_t *item;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	g = sheet_grid(s, "cover-embargo", "Tests not yet debriefed, left out of this revision");
	add_columns(g, columns, COUNT(columns));
	json_array_foreach(list, i, item)
	{
		grid_member(g, item, "count", UNIT_INTEGER);
		grid_text(g, spd_text(item, DOC_REASON));
		grid_text(g, spd_text(item, DOC_BY));
	}
}

void
sheet_cover(struct book *b, const struct plan *p)
{
	struct sheet *s = sheet_begin(b, p);

	if (s == NULL)
		return;
	cover_identity(s);
	cover_declaration(s);
	cover_embargo(s);
	cover_proof(s);
	cover_events(s);
}

/* --- restatements ----------------------------------------------------------------------------- */

static const char *
value_words(struct book *b, const json_t *metric, const json_t *o, const json_t *other)
{
	char shown[SPD_CELL];
	char n[SPD_CELL];
	char d[SPD_CELL];
	double beside;
	double v;

	if (!json_is_object(o))
		return "none";
	spd_count(o, DOC_NUMERATOR, "–", n);
	spd_count(o, DOC_DENOMINATOR, "", d);
	if (spd_number(o, DOC_VALUE, &v))
		spd_value(v, spd_text(metric, DOC_UNIT),
			  spd_number(other, DOC_VALUE, &beside) ? &beside : NULL, shown);
	else
		snprintf(shown, sizeof shown, "no value");
	if (d[0] == '\0')
		return book_text(b, "%s", shown);
	return book_text(b, "%s (%s of %s)", shown, n, d);
}

/* Restatements are approved with the revision that makes them. The document was frozen before that,
 * so its declaration has who did. */
static void
put_approver(struct grid *g)
{
	const json_t *approval = edition_event(g->book->edition, "APPROVE");
	char who[SPD_WHO];

	spd_who(approval, who);
	if (approval == NULL)
		grid_code(g, "not approved yet", NULL, TONE_MUTED);
	else
		grid_text(g, book_text(g->book, "%s", who));
	grid_moment(g, spd_text(approval, DOC_AT));
}

void
sheet_restatements(struct book *b, const struct plan *p)
{
	static const struct column columns[] = {
	    {"metric", "Metric", IN_ALL, 10, false},
	    {"figure", "Figure", IN_ALL, 46, false},
	    {"old", "As submitted before", IN_ALL, 28, false},
	    {"new", "Now", IN_ALL, 28, false},
	    {"old_value", "Before", IN_BOOK | IN_CSV, 12, true},
	    {"new_value", "After", IN_BOOK | IN_CSV, 12, true},
	    {"cause", "Because of", IN_ALL, 26, false},
	    {"records", "Records involved", IN_ALL, 17, true},
	    {"approved_by", "Approved by", IN_ALL, 20, false},
	    {"approved_at", "Approved at", IN_BOOK | IN_CSV, 40, false},
	};
	struct sheet *s = sheet_begin(b, p);
	struct grid *g = sheet_grid(s, "restatements", "Changed against what was submitted before");
	const json_t *item;
	size_t i;

	if (g == NULL)
		return;
	g->empty = p->empty[0] != '\0' ? p->empty
				       : "No figure differs from one that was submitted before.";
	add_columns(g, columns, COUNT(columns));
	json_array_foreach(json_object_get(b->edition->doc, DOC_RESTATEMENTS), i, item)
	{
		const char *id = spd_text(item, DOC_METRIC);
		const json_t *metric = metric_of(b, id);
		const json_t *was = json_object_get(item, DOC_OLD);
		const json_t *now = json_object_get(item, DOC_NEW);

		grid_text(g, id);
		grid_text(g, figure_name(b, id, json_object_get(item, DOC_BY)));
		grid_text(g, value_words(b, metric, was, now));
		grid_text(g, value_words(b, metric, now, was));
		grid_member(g, was, "value", spd_text(metric, DOC_UNIT));
		grid_member(g, now, "value", spd_text(metric, DOC_UNIT));
		grid_text(g, spd_text(item, DOC_CAUSE));
		grid_member(g, item, "records", UNIT_INTEGER);
		put_approver(g);
	}
}

/* --- definitions ------------------------------------------------------------------------------ */

static const char *
joined(struct book *b, const json_t *list)
{
	const char *all = "";
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *one = json_string_value(item);

		if (one != NULL)
			all = book_join(b, all, "; ", one);
	}
	return all;
}

/* A version may be a number or a text. */
static const char *
any_text(struct book *b, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key);
	char n[SPD_CELL];

	if (json_is_string(j))
		return json_words(j);
	spd_count(o, key, "", n);
	return book_text(b, "%s", n);
}

/* Who set it when, what it was before; and whether the figures could be known then. */
static void
put_target_history(struct grid *g, const json_t *m, const json_t *target)
{
	bool late = spd_target_is_late(m);
	char before[SPD_CELL];

	grid_text(g, spd_text(target, DOC_SET_BY));
	grid_instant(g, spd_text(target, DOC_SET_AT));
	if (json_is_number(json_object_get(target, DOC_REPLACES)) || !spd_target_before(m, before))
		grid_member(g, target, DOC_REPLACES, spd_text(m, DOC_UNIT));
	else
		grid_text(g, book_text(g->book, "%s", before));
	grid_code(g, late ? SIGN_LATE " set after the quarter had ended" : "",
		  late ? "true" : "false", TONE_UNSURE);
}

#define DEFINITION_MAX 65536 /* bytes; a longer one is printed as it is */

/* Codes in words; CSV keeps the codes. */
static const char *
definition_words(struct book *b, const char *definition)
{
	struct buf words;
	const char *out;

	buf_init(&words, DEFINITION_MAX);
	spd_reason_prose(&words, definition);
	out = words.failed || words.n == 0
		  ? definition
		  : book_text(b, "%.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
	return out;
}

static void
put_definition(struct grid *g, const json_t *m)
{
	static const char *const codes[] = {DOC_FORM, DOC_BASIS, DOC_SHAPE, DOC_UNIT,
					    DOC_DIRECTION};
	const json_t *target = json_object_get(m, DOC_TARGET);
	struct book *b = g->book;
	char words[SPD_CELL];

	grid_text(g, spd_text(m, DOC_ID));
	grid_text(g, spd_text(m, DOC_NAME));
	grid_code(g, definition_words(b, spd_text(m, DOC_DEFINITION)), spd_text(m, DOC_DEFINITION),
		  TONE_PLAIN);
	for (size_t k = 0; k < COUNT(codes); k++) {
		spd_words(spd_text(m, codes[k]), words);
		for (char *p = words; *p != '\0' && k != 3; p++)
			*p = (char)tolower((unsigned char)*p);
		grid_code(g, book_text(b, "%s", words), spd_text(m, codes[k]), TONE_PLAIN);
	}
	grid_member(g, m, "minimum_n", UNIT_INTEGER);
	if (!metric_put_target(g, m))
		grid_empty(g);
	grid_text(g, spd_text(target, DOC_APPROVED_BY));
	put_target_history(g, m, target);
	grid_text(g, any_text(b, m, "version"));
	grid_day(g, spd_text(m, DOC_EFFECTIVE_FROM));
	grid_text(g, joined(b, json_object_get(m, DOC_READERS)));
	grid_text(g, joined(b, json_object_get(m, DOC_REQUIREMENTS)));
}

static void
missing_grid(struct sheet *s)
{
	static const struct column columns[] = {
	    {"metric", "Metric", IN_ALL, 10, false},
	    {"name", "Name", IN_ALL, 40, false},
	    {"needs", "What it would take", IN_ALL, 70, false},
	};
	const json_t *list = json_object_get(s->book->edition->doc, DOC_UNSUPPORTED);
	struct grid *g =
	    sheet_grid(s, "definitions-missing", "Not computed, for want of the records they need");
	const json_t *item;
	size_t i;

	if (g == NULL)
		return;
	add_columns(g, columns, COUNT(columns));
	json_array_foreach(list, i, item)
	{
		grid_text(g, spd_text(item, DOC_ID));
		grid_text(g, spd_text(item, DOC_NAME));
		grid_text(g, spd_text(item, DOC_NEEDS));
	}
}

void
sheet_definitions(struct book *b, const struct plan *p)
{
	static const struct column columns[] = {
	    {"metric", "Metric", IN_ALL, 10, false},
	    {"name", "Name", IN_ALL, 40, false},
	    {"definition", "What is counted", IN_ALL, 70, false},
	    {"form", "Form", IN_ALL, 13, false},
	    {"basis", "Basis", IN_ALL, 9, false},
	    {"shape", "Shape", IN_BOOK | IN_CSV, 13, false},
	    {"unit", "Unit", IN_ALL, 8, false},
	    {"direction", "Better", IN_ALL, 9, false},
	    {"minimum_n", "Least n", IN_ALL, 9, true},
	    {"target", "Target", IN_ALL, 10, true},
	    {"approved_by", "Target approved by", IN_BOOK | IN_CSV, 18, false},
	    {"target_set_by", "Target set by", IN_BOOK | IN_CSV, 18, false},
	    {"target_set_at", "Target set at", IN_BOOK | IN_CSV | BY_CLOCK, 22, false},
	    {"target_replaces", "Target before", IN_BOOK | IN_CSV, 14, true},
	    {"target_late", "Target set after the quarter", IN_ALL, 26, false},
	    {"version", "Version", IN_ALL, 9, false},
	    {"effective_from", "In force from", IN_BOOK | IN_CSV, 14, false},
	    {"readers", "Readers", IN_BOOK | IN_CSV, 18, false},
	    {"requirements", "Requirements", IN_BOOK | IN_CSV, 24, false},
	};
	struct sheet *s = sheet_begin(b, p);
	struct grid *g = sheet_grid(s, "definitions", "What each metric counts");
	const json_t *metric;
	size_t i;

	if (g == NULL)
		return;
	g->folded = true;
	add_columns(g, columns, COUNT(columns));
	json_array_foreach(json_object_get(b->edition->doc, DOC_METRICS), i, metric)
	{
		put_definition(g, metric);
	}
	missing_grid(s);
}
