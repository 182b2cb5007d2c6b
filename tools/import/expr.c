#include "tools/import/expr.h"

#include "base/near.h"

#include <stdio.h>
#include <string.h>

#define NEAR_BYTES 80 /* of a name that may have been meant */

/* " (did you mean 'Date'?)", or nothing. */
static void
say_near(const struct expr_file *f, struct text name, char out[NEAR_BYTES + 20])
{
	char word[NEAR_BYTES];
	char offered[2][NEAR_BYTES];
	struct near n;
	size_t at = 0;

	snprintf(word, sizeof word, "%.*s", (int)name.n, name.s);
	n = near_to(word);
	for (size_t i = 0; i < f->n; i++) {
		if (f->names[i].n >= NEAR_BYTES)
			continue;
		snprintf(offered[at], NEAR_BYTES, "%.*s", (int)f->names[i].n, f->names[i].s);
		near_offer(&n, offered[at]);
		/* The best one stays where it is. */
		at = n.best == offered[at] ? 1 - at : at;
	}
	out[0] = '\0';
	if (n.best != NULL)
		snprintf(out, NEAR_BYTES + 20, " (did you mean '%s'?)", n.best);
}

static enum code
no_column(const struct expr_file *f, struct text name, struct err *e)
{
	char names[4096] = "";
	char near[NEAR_BYTES + 20];

	say_near(f, name, near);
	for (size_t i = 0; i < f->n; i++) {
		size_t n = strlen(names);

		snprintf(names + n, sizeof names - n, "%s%.*s", n > 0 ? ", " : "",
			 (int)f->names[i].n, f->names[i].s);
	}
	return err_set(e, REJ_FIELD, "column", "the file has no column '%.*s'%s; it has %s",
		       (int)name.n, name.s, near, names);
}

static bool
is_name(struct text a, struct text b, bool exactly)
{
	return exactly ? text_eq(a, b) : a.n == b.n && strncasecmp(a.s, b.s, b.n) == 0;
}

/* The first column of the name from `from` on; f->n: there is none. */
static size_t
next_column(const struct expr_file *f, struct text name, bool exactly, size_t from)
{
	while (from < f->n && !is_name(f->names[from], name, exactly))
		from++;
	return from;
}

enum code
expr_find_column(const struct expr_file *f, struct text name, size_t *column, struct err *e)
{
	bool exactly = next_column(f, name, true, 0) < f->n;
	size_t other;

	*column = next_column(f, name, exactly, 0);
	if (*column == f->n)
		return no_column(f, name, e);
	other = next_column(f, name, exactly, *column + 1);
	if (other == f->n)
		return OK;
	return err_set(e, REJ_FIELD, "column",
		       "the file has the column '%.*s' twice, as its columns %zu and %zu: which is "
		       "meant cannot be known; give them different names",
		       (int)name.n, name.s, *column + 1, other + 1);
}

static enum code
add_column(const struct expr_file *f, struct expr *x, struct text name, struct err *e)
{
	struct expr_part part = {.type = PART_COLUMN, .text = name};

	if (expr_find_column(f, name, &part.column, e) != OK)
		return e->code;
	if (x->column.n == 0)
		x->column = name;
	x->parts[x->n++] = part;
	return OK;
}

/* The text up to the next brace; "{{" is a brace that is meant. */
static void
add_literal(struct expr *x, struct text *rest)
{
	size_t n = 0;

	if (rest->n >= 2 && rest->s[0] == '{' && rest->s[1] == '{') {
		x->parts[x->n++] = (struct expr_part){.type = PART_LITERAL, .text = {"{", 1}};
		rest->s += 2;
		rest->n -= 2;
		return;
	}
	while (n < rest->n && rest->s[n] != '{')
		n++;
	x->parts[x->n++] = (struct expr_part){.type = PART_LITERAL, .text = {rest->s, n}};
	rest->s += n;
	rest->n -= n;
}

static enum code
add_braces(const struct expr_file *f, struct expr *x, struct text *rest, struct err *e)
{
	const char *end = memchr(rest->s, '}', rest->n);
	struct text name;

	if (end == NULL)
		return err_set(e, REJ_FIELD, "value",
			       "'%.*s': a brace is not closed; write {{ for one that is meant",
			       (int)rest->n, rest->s);
	name = (struct text){rest->s + 1, (size_t)(end - rest->s) - 1};
	rest->n -= name.n + 2;
	rest->s = end + 1;
	if (text_is(name, "n"))
		x->parts[x->n++] = (struct expr_part){.type = PART_NUMBER};
	else if (text_is(name, "item"))
		x->parts[x->n++] = (struct expr_part){.type = PART_ITEM};
	else
		return add_column(f, x, name, e);
	return OK;
}

enum code
expr_compile(struct arena *a, const struct expr_file *f, const char *column, const char *value,
	     struct expr *x, struct err *e)
{
	struct text rest = text_of(value);
	enum code rc = OK;

	*x = (struct expr){.parts = arena_zalloc(a, rest.n + 1, sizeof *x->parts)};
	if (x->parts == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	if (column != NULL && value != NULL)
		return err_set(e, REJ_FIELD, "column",
			       "column '%s': give a column or a value, not both", column);
	if (column != NULL)
		return add_column(f, x, text_of(column), e);
	while (rc == OK && rest.n > 0)
		if (rest.s[0] == '{' && !(rest.n >= 2 && rest.s[1] == '{'))
			rc = add_braces(f, x, &rest, e);
		else
			add_literal(x, &rest);
	return rc;
}

static size_t
squeeze_text(char *s, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ')
			s[kept++] = s[i];
	return kept;
}

bool
expr_equal(struct text a, const char *b, bool squeeze)
{
	size_t i = 0;

	if (!squeeze)
		return text_is(a, b);
	for (;;) {
		while (i < a.n && a.s[i] == ' ')
			i++;
		while (*b == ' ')
			b++;
		if (i == a.n || *b == '\0')
			return i == a.n && *b == '\0';
		if (a.s[i++] != *b++)
			return false;
	}
}

static bool
is_null(const struct expr_scope *s, struct text t, bool squeeze)
{
	if (t.n == 0)
		return true;
	for (size_t i = 0; i < s->file->n_nulls; i++)
		if (expr_equal(t, s->file->nulls[i], squeeze))
			return true;
	return false;
}

static bool
part_text(const struct expr_part *p, const struct expr_scope *s, bool squeeze, struct text *t)
{
	switch (p->type) {
	case PART_LITERAL:
		*t = p->text;
		return true;
	case PART_COLUMN:
		*t = s->cells[p->column];
		return !is_null(s, *t, squeeze);
	case PART_NUMBER:
		*t = text_of(arena_printf(s->arena, "%zu", s->number));
		return t->s != NULL;
	case PART_ITEM:
		*t = s->item;
		return t->n > 0;
	}
	return false;
}

bool
expr_text(const struct expr *x, const struct expr_scope *s, struct text *out)
{
	size_t n = 0;
	char *joined;

	for (size_t i = 0; i < x->n; i++) {
		struct text t;

		if (!part_text(&x->parts[i], s, x->squeeze, &t))
			return false;
		n += t.n;
	}
	joined = x->n > 0 ? arena_alloc(s->arena, n + 1) : NULL;
	if (joined == NULL)
		return false;
	n = 0;
	for (size_t i = 0; i < x->n; i++) {
		struct text t;

		if (part_text(&x->parts[i], s, x->squeeze, &t) && t.n > 0) {
			memcpy(joined + n, t.s, t.n);
			n += t.n;
		}
	}
	if (x->squeeze)
		n = squeeze_text(joined, n);
	joined[n] = '\0';
	*out = (struct text){joined, n};
	return n > 0;
}

/* ---- conditions ---- */

static int
count_tests(const struct map_condition *m)
{
	return (m->equals != NULL) + (m->in_count > 0) + (m->not_in_count > 0) +
	       (m->empty != NULL) + (m->matches != NULL);
}

enum code
condition_compile(struct arena *a, const struct expr_file *f, const struct map_condition *m,
		  struct condition *c, struct err *e)
{
	enum code rc = expr_compile(a, f, m->column, m->value, &c->x, e);

	c->m = m;
	c->x.squeeze = m->ignore_spaces != NULL && *m->ignore_spaces;
	if (rc != OK)
		return rc;
	if (c->x.n == 0 || count_tests(m) != 1)
		return err_set(e, REJ_FIELD, "when",
			       "a condition has a column (or value) and one of equals, in, not_in, "
			       "empty, matches");
	if (m->matches == NULL)
		return OK;
	c->has_regex = regcomp(&c->regex, m->matches, REG_EXTENDED | REG_NOSUB) == 0;
	return c->has_regex
		   ? OK
		   : err_set(e, REJ_FIELD, "when", "'%s' is not a regular expression", m->matches);
}

void
condition_fini(struct condition *c)
{
	if (c->has_regex)
		regfree(&c->regex);
	c->has_regex = false;
}

static bool
is_in(char *const *list, unsigned n, struct text t, bool squeeze)
{
	for (unsigned i = 0; i < n; i++)
		if (expr_equal(t, list[i], squeeze))
			return true;
	return false;
}

bool
condition_holds(const struct condition *c, const struct expr_scope *s)
{
	const struct map_condition *m = c->m;
	struct text t = {NULL, 0};
	bool given = expr_text(&c->x, s, &t);

	if (m->empty != NULL)
		return *m->empty != given;
	if (m->not_in_count > 0)
		return !given || !is_in(m->not_in, m->not_in_count, t, c->x.squeeze);
	if (!given)
		return false;
	if (m->equals != NULL)
		return expr_equal(t, m->equals, c->x.squeeze);
	if (m->in_count > 0)
		return is_in(m->in, m->in_count, t, c->x.squeeze);
	return regexec(&c->regex, t.s, 0, NULL, 0) == 0;
}
