#include "office/pseudonym.h"

#include "base/digest.h"
#include "base/file/embed.h"
#include "base/json/jsonin.h"
#include "host/keyring.h"

#include <stdlib.h>

#define YEAR_FIRST 2000
_Static_assert(PSEUDONYM_YEARS == 101, "a century of years, 2000 to 2100");

size_t
pseudonym_years(const struct call *c, struct year_key years[PSEUDONYM_YEARS])
{
	size_t n = 0;

	for (int i = 0; i < PSEUDONYM_YEARS; i++) {
		const unsigned char *key = keyring_person_there(call_keys(c), YEAR_FIRST + i);

		if (key != NULL)
			years[n++] = (struct year_key){YEAR_FIRST + i, key};
	}
	return n;
}

bool
pseudonym_text(const struct year_key *y, struct text person, char out[PSEUDONYM_TEXT])
{
	unsigned char pseudonym[PSEUDONYM_SIZE];

	if (!person_pseudonym(y->key, person, pseudonym))
		return false;
	hex_encode(pseudonym, sizeof pseudonym, out);
	return true;
}

static enum code
take_given(const char *digits, json_t *all, struct err *e)
{
	unsigned char pseudonym[PSEUDONYM_SIZE];
	char text[PSEUDONYM_TEXT];

	if (!hex_decode(text_of(digits), pseudonym, sizeof pseudonym))
		return err_set(e, REJ_FIELD, "person",
			       "a pseudonym is ~ and 32 hexadecimal digits");
	hex_encode(pseudonym, sizeof pseudonym, text);
	json_array_append_new(all, json_string(text));
	return OK;
}

/* One key a year makes one pseudonym a year. */
static enum code
take_years(const struct call *c, const char *person, json_t *all, struct err *e)
{
	struct year_key years[PSEUDONYM_YEARS];
	size_t n = pseudonym_years(c, years);
	char text[PSEUDONYM_TEXT];

	if (n == 0)
		return err_set(e, REJ_STATE, "person",
			       "no year's key is here, so nobody can be recognised");
	for (size_t i = 0; i < n; i++) {
		if (!pseudonym_text(&years[i], text_of(person), text))
			return err_set(e, TRY_LIMIT, "person",
				       "the pseudonym could not be made; try again");
		json_array_append_new(all, json_string(text));
	}
	return OK;
}

enum code
pseudonyms_of(const struct call *c, const char *person, json_t **out, struct err *e)
{
	enum code code;

	*out = NULL;
	if (person == NULL || person[0] == '\0' || strlen(person) > PERSON_MAX_BYTES ||
	    !text_is_clean_utf8(text_of(person)))
		return err_set(e, REJ_FIELD, "person",
			       "is an identifier as senders give it, text of at most %d bytes, or "
			       "~ and a pseudonym",
			       PERSON_MAX_BYTES);
	*out = json_array();
	code = person[0] == '~' ? take_given(person + 1, *out, e) : take_years(c, person, *out, e);
	if (code != OK) {
		json_decref(*out);
		*out = NULL;
	}
	return code;
}

const char *
pseudonym_newest(const json_t *all)
{
	size_t n = json_array_size(all);

	return n == 0 ? "" : json_words(json_array_get(all, n - 1));
}

enum code
pseudonym_barred(const struct rows *r, const char *field, struct err *e)
{
	if (rows_count(r) == 0)
		return OK;
	return err_set(e, REJ_STATE, field,
		       "was erased on %s: nobody is to be recognised by it any more",
		       rows_text(r, 0, 0));
}

enum code
reason_check(const char *reason, struct err *e)
{
	size_t n = reason == NULL ? 0 : strlen(reason);

	if (n >= REASON_MIN_BYTES && n <= REASON_MAX_BYTES && text_is_clean_utf8(text_of(reason)))
		return OK;
	return err_set(e, REJ_FIELD, "reason",
		       "say why, in %d to %d bytes; the access log keeps it", REASON_MIN_BYTES,
		       REASON_MAX_BYTES);
}

/* --- asking about somebody -------------------------------------------------------------------- */

struct about {
	const char *what;
	char *pseudonyms; /* jansson's */
	char *more;
	char subject[PSEUDONYM_TEXT + 1]; /* "~" and the newest year's pseudonym */
	void (*then)(struct call *c);
	unsigned asked;
	struct err barred;
};

static bool
about_next(struct job *j, struct statement *st, struct err *e)
{
	struct call *c = j->ctx;
	struct about *a = c->about;

	if (a->barred.code != OK) {
		*e = a->barred;
		return false;
	}
	switch (a->asked++) {
	case 0:
		*st = (struct statement){
		    embed_text("sql/queries/setup/identity_barred.sql"), 1, {a->pseudonyms}};
		return true;
	case 1:
		*st = (struct statement){embed_text("sql/queries/setup/log_note.sql"),
					 3,
					 {a->what, a->subject, a->more}};
		return true;
	default:
		return false;
	}
}

static void
about_rows(struct job *j, const struct rows *r)
{
	struct call *c = j->ctx;
	struct about *a = c->about;

	if (a->asked == 1)
		pseudonym_barred(r, "person", &a->barred);
}

static void
about_done(struct job *j, const struct err *e)
{
	struct call *c = j->ctx;
	struct about *a = c->about;

	free(a->pseudonyms);
	free(a->more);
	if (e->code != OK)
		call_fail_err(c, e);
	else
		a->then(c);
}

void
call_about(struct call *c, const char *what, json_t *pseudonyms, const char *reason,
	   void (*then)(struct call *c))
{
	struct about *a = arena_zalloc(c->arena, 1, sizeof *a);
	json_t *more = json_pack("{s:s}", "reason", reason);

	if (a != NULL) {
		a->what = what;
		a->then = then;
		a->pseudonyms = json_dumps(pseudonyms, JSON_COMPACT);
		a->more = json_dumps(more, JSON_COMPACT);
		snprintf(a->subject, sizeof a->subject, "~%s", pseudonym_newest(pseudonyms));
	}
	json_decref(pseudonyms);
	json_decref(more);
	if (a == NULL || a->pseudonyms == NULL || a->more == NULL || call_lacks_memory(c)) {
		free(a == NULL ? NULL : a->pseudonyms);
		free(a == NULL ? NULL : a->more);
		call_fail_memory(c);
		return;
	}
	c->about = a;
	c->job = (struct job){.role = DB_IDENTITY,
			      .writes = true,
			      .next = about_next,
			      .rows = about_rows,
			      .done = about_done,
			      .ctx = c};
	call_run(c, LANE_SHORT);
}
