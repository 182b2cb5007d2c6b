#include "tests/web/shown.h"

#include "web/person/persons.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct work work;
static struct showing s;
static struct buf page;

struct showing *
shown_begin(enum role role, const char *path, const char *query)
{
	char *copy;
	unsigned n = 0;

	memset(&s, 0, sizeof s);
	work = (struct work){.way = BY_CERTIFICATE, .principal = "web:rita", .form = "f0f0"};
	s.work = &work;
	s.role = role;
	s.status = 200;
	snprintf(s.principal, sizeof s.principal, "web:rita");
	s.arena = arena_new(1u << 20);
	s.path = arena_printf(s.arena, "%s", path);
	cr_assert(form_read(&s.query, text_of(query), s.arena));
	/* The second, fourth and sixth part of a path, as of "/quarter/2026-Q3/metric/OUT03". */
	copy = arena_printf(s.arena, "%s", path + 1);
	for (char *p = strtok_r(copy, "/", &copy); p != NULL; p = strtok_r(NULL, "/", &copy))
		if (n++ % 2 == 1 && n / 2 <= VIEW_PARTS)
			s.part[n / 2 - 1] = p;
	for (unsigned i = 0; i < VIEW_ASKS; i++)
		buf_init(&s.said[i].bytes, 1u << 22);
	buf_init(&page, 1u << 22);
	return &s;
}

void
shown_said(unsigned i, const char *json)
{
	s.said[i].json = json_loads(json, 0, NULL);
	cr_assert_not_null(s.said[i].json, "%s", json);
}

void
shown_raw(unsigned i, const json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT);

	cr_assert(buf_add(&s.said[i].bytes, text, strlen(text)));
	free(text);
}

const char *
shown_print(void (*print)(struct showing *s, struct buf *b))
{
	buf_clear(&page);
	print(&s, &page);
	cr_assert(buf_add(&page, "", 1));
	cr_assert_not(arena_failed(s.arena));
	return (const char *)page.p;
}

void
shown_end(void)
{
	for (unsigned i = 0; i < VIEW_ASKS; i++) {
		json_decref(s.said[i].json);
		buf_fini(&s.said[i].bytes);
	}
	buf_fini(&page);
	arena_free(s.arena);
}
