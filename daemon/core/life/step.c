#include "core/life/step.h"

#include "base/civil.h"
#include "base/text.h"
#include "base/uuid.h"

#include <stdio.h>
#include <string.h>

#define EVIDENCE_ITEMS 20
#define SHA256_DIGITS  64
#define UUID_CHARS     36

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
life_is_blank(const char *s)
{
	return s == NULL || s[strspn(s, " ")] == '\0';
}

static bool
is_plain(const struct life_word *w, const char *s)
{
	return text_is_clean_utf8(text_of(s)) && strchr(s, '\t') == NULL &&
	       (w->type == WORD_TEXT || strchr(s, '\n') == NULL);
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

/* One or two capitals, a year and a number of at least three digits. */
static bool
is_case(const struct life_word *w, const char *s)
{
	size_t letters = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const char *year = s + letters + 1;
	size_t digits;

	(void)w;
	if (letters < 1 || letters > 2 || s[letters] != '-' || strspn(year, "0123456789") != 4 ||
	    year[4] != '-')
		return false;
	digits = strspn(year + 5, "0123456789");
	return digits >= 3 && digits <= 9 && year[5 + digits] == '\0';
}

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

		if (!is_evidence_item((struct text){s, n}) || items == EVIDENCE_ITEMS)
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
    [WORD_EVIDENCE] = {is_evidence, "is no list of at most 20 records, each SOURCE/ID, and files, "
				    "each sha256: and 64 lower-case digits, with a blank between"},
};
COVERS(types, N_WORD_TYPES);

static enum code
refuse_word(const struct life_word *w, struct err *e)
{
	char list[160] = "";
	size_t n = 0;

	for (size_t i = 0; i < w->n_names && n < sizeof list; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i == 0 ? " " : ", ",
				      w->names[i]);
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
		uint64_t bit = UINT64_C(1) << i;

		if (life_is_blank(said[i])) {
			if ((deed->need & bit) != 0)
				return err_set(e, REJ_FIELD, w->name, "is missing; give one");
			continue;
		}
		if (((deed->need | deed->may) & bit) == 0) {
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
