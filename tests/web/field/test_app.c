#include "base/count.h"
#include "tests/web/desk/stand.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static struct stand s;

static const char *
get(const char *path)
{
	char request[128];

	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n\r\n", path);
	return talk_ask(&s.talk, request);
}

static bool
has_type(const char *heard, const char *type)
{
	char line[80];

	snprintf(line, sizeof line, "\r\nContent-Type: %s", type);
	return strncmp(heard, "HTTP/1.1 200", 12) == 0 && strstr(heard, line) != NULL;
}

/* P-1410 */
Test(app, serves_its_files_by_their_types_and_nothing_else)
{
	static const char *const rows[][2] = {
	    {"/field/", "text/html"},
	    {"/field/app.js", "text/javascript"},
	    {"/field/sw.js", "text/javascript"},
	    {"/field/field.css", "text/css"},
	    {"/field/app.webmanifest", "application/manifest+json"},
	    {"/field/icon.svg", "image/svg+xml"},
	};
	static const char *const none[] = {"/field", "/field/types.d.ts", "/field/app.c",
					   "/field/../field/app.js"};

	stand_open(&s, NULL);
	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect(has_type(get(rows[i][0]), rows[i][1]), "%s: %s", rows[i][0],
			  s.talk.heard);
	for (size_t i = 0; i < COUNT(none); i++) {
		talk_close(&s.talk);
		talk_open(&s.talk, s.base, "127.0.0.1", s.port);
		cr_expect_eq(strncmp(get(none[i]), "HTTP/1.1 404", 12), 0, "%s", none[i]);
	}
	stand_close(&s);
}

/* P-1410: each file that it names is there, so that a browser has the whole of one version. */
Test(app, its_worker_names_its_version_and_all_other_files)
{
	char path[64];
	const char *at;
	unsigned n = 0;
	static char worker[16384];

	stand_open(&s, NULL);
	snprintf(worker, sizeof worker, "%s", strstr(get("/field/sw.js"), "\r\n\r\n") + 4);
	cr_assert_eq(strncmp(worker, "const VERSION = \"", 17), 0, "%s", worker);
	cr_expect_eq(strspn(worker + 17, "0123456789abcdef"), 16);
	at = strstr(worker, "FILES = [");
	cr_assert_not_null(at);
	for (at += 9; sscanf(at, "\"%63[^\"]\",", path) == 1; at = strchr(at, ',') + 1, n++)
		cr_expect_eq(strncmp(get(path), "HTTP/1.1 200", 12), 0, "%s", path);
	cr_expect_gt(n, 8);
	stand_close(&s);
}

/* P-1411: a camera's link, whose end the browser keeps. */
Test(app, is_where_the_link_of_a_device_leads)
{
	stand_open(&s, NULL);
	cr_expect_eq(strncmp(get("/v1/enrol"), "HTTP/1.1 303", 12), 0);
	cr_expect_not_null(strstr(s.talk.heard, "\r\nLocation: /field/\r\n"));
	stand_close(&s);
}
