#include "core/life/step.h"

#include "base/civil.h"
#include "base/text.h"
#include "base/uuid.h"

#include <stdio.h>
#include <string.h>

#define SHA256_DIGITS 64
#define UUID_CHARS    36

/* --- who -------------------------------------------------------------------------------------- */

enum code
life_refuse_role(enum right right, const char *where, struct err *e)
{
	char who[RIGHT_WHO_SIZE];

	right_who(right, ", ", who, sizeof who);
	return err_set(e, REJ_ROLE, where, "%s", who);
}

enum code
life_kind_may(const struct life_kind *k, unsigned event, uint64_t rights, struct err *e)
{
	const struct machine *m = k->machine;
	enum right first = LIFE_NOBODYS;

	for (size_t i = 0; i < m->n_moves; i++) {
		const struct life_terms *t = m->moves[i].terms;

		if (m->moves[i].event == event && (RIGHT_BIT(t->right) & rights) != 0)
			return OK;
		if (m->moves[i].event == event && first == LIFE_NOBODYS)
			first = t->right;
	}
	if (first == LIFE_NOBODYS)
		return err_set(e, REJ_FORBIDDEN, k->field, "%s", k->nobody);
	return life_refuse_role(first, k->field, e);
}

/* --- what is said ----------------------------------------------------------------------------- */

bool
life_has_word(const unsigned char *words, size_t word)
{
	while (*words != LIFE_NO_WORD && *words != word)
		words++;
	return *words != LIFE_NO_WORD;
}

bool
life_says(const struct life_kind *k, size_t word)
{
	for (size_t i = 0; i < k->machine->n_events; i++)
		if (life_has_word(k->deeds[i].need, word) || life_has_word(k->deeds[i].may, word))
			return true;
	return false;
}

bool
life_is_blank(const char *s)
{
	return s == NULL || s[strspn(s, " ")] == '\0';
}

static bool
is_plain(const struct life_word *w, const char *s)
{
	return text_is_clean_utf8(text_of(s)) && strchr(s, '\t') == NULL &&
	       (w->type == WORD_TEXT || w->type == WORD_TABLE || strchr(s, '\n') == NULL);
}

static bool
is_any(const struct life_word *w, const char *s)
{
	(void)w;
	(void)s;
	return true;
}

static bool
is_name(const struct life_word *w, const char *s)
{
	return life_find_name(w->names, w->n_names, s) < w->n_names;
}

static bool
is_day(const struct life_word *w, const char *s)
{
	char text[UTC_TEXT_SIZE];
	struct utc_ms at;

	(void)w;
	snprintf(text, sizeof text, "%.10sT00:00:00Z", s);
	return strlen(s) == 10 && utc_parse(text_of(text), &at) && strncmp(s, "2000", 4) >= 0 &&
	       strncmp(s, "2101", 4) < 0;
}

#define DIGITS   "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Of each of these how many bytes at the beginning are one; 0: none. A case: one or two capitals, a
 * year and a number of at least three digits. */
static size_t
case_chars(const char *s)
{
	size_t letters = strspn(s, CAPITALS);
	const char *year = s + letters + 1;
	size_t digits;

	if (letters < 1 || letters > 2 || s[letters] != '-' || strspn(year, DIGITS) != 4 ||
	    year[4] != '-')
		return 0;
	digits = strspn(year + 5, DIGITS);
	return digits >= 3 && digits <= 9 ? letters + 6 + digits : 0;
}

/* Letters and digits of a metric, "QN01". */
static size_t
metric_chars(const char *s)
{
	size_t letters = strspn(s, CAPITALS);
	size_t digits = strspn(s + letters, DIGITS);

	return letters >= 1 && letters <= 4 && digits >= 1 && digits <= 3 ? letters + digits : 0;
}

/* A metric, and which of its statuses is a breach where that is more than NOT_MET. */
static size_t
watch_chars(const char *s)
{
	static const char *const rules[] = {":NOT_MET", ":NOT_PROVEN"};
	size_t n = metric_chars(s);

	for (size_t i = 0; n > 0 && i < COUNT(rules); i++)
		if (strncmp(s + n, rules[i], strlen(rules[i])) == 0)
			return n + strlen(rules[i]);
	return n;
}

/* A metric, its quarter, and the revision of the frozen document. */
static size_t
figure_chars(const char *s)
{
	size_t n = metric_chars(s);
	const char *quarter = s + n + 1;
	size_t digits;

	if (n == 0 || s[n] != '@' || strspn(quarter, DIGITS) != 4 ||
	    strncmp(quarter + 4, "-Q", 2) != 0 || quarter[6] < '1' || quarter[6] > '4' ||
	    quarter[7] != '/')
		return 0;
	digits = strspn(quarter + 8, DIGITS);
	return digits >= 1 && digits <= 6 ? n + 9 + digits : 0;
}

static bool
is_case(const struct life_word *w, const char *s)
{
	size_t n = case_chars(s);

	(void)w;
	return n > 0 && s[n] == '\0';
}

/* 1 to LIFE_LISTED_MAX of these, with one blank between. */
static bool
is_list(const char *s, size_t (*chars)(const char *s))
{
	for (size_t items = 1; items <= LIFE_LISTED_MAX; items++) {
		size_t n = chars(s);

		if (n == 0 || s[n] == '\0')
			return n > 0;
		if (s[n] != ' ')
			return false;
		s += n + 1;
	}
	return false;
}

static bool
is_cases(const struct life_word *w, const char *s)
{
	(void)w;
	return is_list(s, case_chars);
}

static bool
is_watch(const struct life_word *w, const char *s)
{
	(void)w;
	return is_list(s, watch_chars);
}

static bool
is_figures(const struct life_word *w, const char *s)
{
	(void)w;
	return is_list(s, figure_chars);
}

static bool
is_score(const struct life_word *w, const char *s)
{
	(void)w;
	return s[0] >= '1' && s[0] <= '4' && s[1] == '\0';
}

static bool
is_sha256(const struct life_word *w, const char *s)
{
	(void)w;
	return strspn(s, "0123456789abcdef") == SHA256_DIGITS && s[SHA256_DIGITS] == '\0';
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Without spaces around it, as the database reads cells (sems.table_of). */
static struct text
trimmed(struct text t)
{
	while (t.n > 0 && t.s[0] == ' ')
		t = (struct text){t.s + 1, t.n - 1};
	while (t.n > 0 && t.s[t.n - 1] == ' ')
		t.n--;
	return t;
}

static bool
fits_column(const struct life_column *column, struct text cell)
{
	size_t i = 0;

	while (i < column->n_names && !text_is(cell, column->names[i]))
		i++;
	return column->names == NULL || i < column->n_names;
}

/* A line has its first cell, and may leave out the last ones. */
static bool
is_row(const struct life_word *w, struct text line)
{
	for (size_t i = 0; i < w->n_columns; i++) {
		const char *bar = memchr(line.s, '|', line.n);
		size_t n = bar == NULL ? line.n : (size_t)(bar - line.s);
		struct text cell = trimmed((struct text){line.s, n});

		if ((cell.n == 0 && i == 0) || (cell.n > 0 && !fits_column(&w->columns[i], cell)))
			return false;
		if (bar == NULL)
			return true;
		line = (struct text){bar + 1, line.n - n - 1};
	}
	return false;
}

static bool
is_table(const struct life_word *w, const char *s)
{
	for (size_t rows = 1; rows <= LIFE_ROWS_MAX; rows++) {
		size_t n = strcspn(s, "\n");

		if (!is_row(w, (struct text){s, n}))
			return false;
		if (s[n] == '\0')
			return true;
		s += n + 1;
	}
	return false;
}

/* --- evidence --------------------------------------------------------------------------------- */

/* "sha256:" and its digits, or "SOURCE/ID". */
static bool
is_evidence_item(struct text t)
{
	static const char prefix[] = "sha256:";
	const size_t n = sizeof prefix - 1;
	struct uuid id;
	size_t slash;

	if (t.n == n + SHA256_DIGITS && memcmp(t.s, prefix, n) == 0)
		return strspn(t.s + n, "0123456789abcdef") >= SHA256_DIGITS;
	if (t.n < UUID_CHARS + 2)
		return false;
	slash = t.n - UUID_CHARS - 1;
	return t.s[slash] == '/' && uuid_parse((struct text){t.s + slash + 1, UUID_CHARS}, &id);
}

static bool
is_evidence(const struct life_word *w, const char *s)
{
	size_t items = 0;

	(void)w;
	for (; *s != '\0'; items++) {
		size_t n = strcspn(s, " ");

		if (!is_evidence_item((struct text){s, n}) || items == LIFE_LISTED_MAX)
			return false;
		s += n;
		s += *s == ' ' && s[1] != ' ' && s[1] != '\0';
	}
	return items > 0;
}

static const struct {
	bool (*is)(const struct life_word *w, const char *s);
	const char * not ;
} types[] = {
    [WORD_LINE] = {is_any, ""},
    [WORD_TEXT] = {is_any, ""},
    [WORD_NAME] = {is_name, "is none of"},
    [WORD_DAY] = {is_day, "is no day of 2000 to 2100, such as 2026-05-31"},
    [WORD_CASE] = {is_case, "is no number of a case, such as F-2026-014"},
    [WORD_CASES] = {is_cases, "is no list of at most 20 numbers of cases, such as C-2026-003, "
			      "with a blank between"},
    [WORD_SCORE] = {is_score, "is no score: 1, 2, 3 or 4"},
    [WORD_WATCH] = {is_watch, "is no list of at most 20 metrics, such as OUT01 or "
			      "OUT01:NOT_PROVEN, with a blank between"},
    [WORD_FIGURES] = {is_figures, "is no list of at most 20 figures, such as OUT01@2026-Q3/1, "
				  "with a blank between"},
    [WORD_SHA256] = {is_sha256, "is no digest of 64 lower-case digits"},
    [WORD_TABLE] = {is_table, "is no table of at most 40 lines, each of"},
    [WORD_EVIDENCE] = {is_evidence, "is no list of at most 20 records, each SOURCE/ID, and files, "
				    "each sha256: and 64 lower-case digits, with a blank between"},
};
COVERS(types, N_WORD_TYPES);

/* " | part (PREVENTIVE, BOTH)" */
static size_t
say_column(const struct life_column *column, bool is_first, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%s%s", is_first ? " " : " | ", column->name);

	for (size_t i = 0; i < column->n_names && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s%s", i == 0 ? " (" : ", ",
				      column->names[i], i + 1 == column->n_names ? ")" : "");
	return n;
}

static enum code
refuse_word(const struct life_word *w, struct err *e)
{
	char list[200] = "";
	size_t n = 0;

	for (size_t i = 0; i < w->n_names && n < sizeof list; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i == 0 ? " " : ", ",
				      w->names[i]);
	for (size_t i = 0; i < w->n_columns && n < sizeof list; i++)
		n += say_column(&w->columns[i], i == 0, list + n, sizeof list - n);
	return err_set(e, REJ_FIELD, w->name, "%s%s", types[w->type].not, list);
}

enum code
life_check_word(const struct life_word *w, const char *s, struct err *e)
{
	size_t n = strlen(s);

	if (n > w->max)
		return err_set(e, REJ_FIELD, w->name, "is %zu bytes long; at most %zu", n, w->max);
	if (!is_plain(w, s)) {
		return err_set(e, REJ_FIELD, w->name,
			       "holds invalid UTF-8 or a control character; use plain text");
	}
	return types[w->type].is(w, s) ? OK : refuse_word(w, e);
}

enum code
life_check_words(const struct life_kind *k, unsigned event, const char *const *said, struct err *e)
{
	const struct life_deed *deed = &k->deeds[event];

	for (size_t i = 0; i < k->n_words; i++) {
		const struct life_word *w = &k->words[i];
		bool is_needed = life_has_word(deed->need, i);

		if (life_is_blank(said[i])) {
			if (is_needed)
				return err_set(e, REJ_FIELD, w->name, "is missing; give one");
			continue;
		}
		if (!is_needed && !life_has_word(deed->may, i)) {
			return err_set(e, REJ_FIELD, w->name, "does not go with %s; leave it out",
				       k->machine->events[event]);
		}
		if (life_check_word(w, said[i], e) != OK)
			return e->code;
	}
	return OK;
}

/* --- a step ----------------------------------------------------------------------------------- */

enum code
life_ask(const struct life_ask *a, unsigned event, unsigned *next, struct err *e)
{
	const struct move *move = machine_find(a->kind->machine, a->state, event, a->holds);
	const struct life_terms *t = move == NULL ? NULL : move->terms;

	if (life_kind_may(a->kind, event, a->rights, e) != OK)
		return e->code;
	if (t == NULL)
		return a->refuse(a->of, event, e);
	if ((RIGHT_BIT(t->right) & a->rights) == 0)
		return life_refuse_role(t->right, a->kind->field, e);
	*next = move->to;
	if (a->check_people(a->of, t->others, e) != OK)
		return e->code;
	return life_check_words(a->kind, event, a->said, e);
}

/* --- names ------------------------------------------------------------------------------------ */

unsigned
life_find_name(const char *const *names, size_t n, const char *name)
{
	unsigned i = 0;

	while (i < n && strcmp(names[i], name) != 0)
		i++;
	return i;
}

size_t
life_find_word(const struct life_kind *k, const char *name)
{
	size_t i = 0;

	while (i < k->n_words && strcmp(k->words[i].name, name) != 0)
		i++;
	return i;
}
