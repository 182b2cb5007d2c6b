#include "base/count.h"
#include "tests/web/desk/stand.h"
#include "web/person/persons.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SECRET "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(persons, a_secret_is_taken_behind_its_whole_name)
{
	static const struct {
		const char *text;
		bool found;
	} rows[] = {
	    {"key=" SECRET, true},
	    {"a=b&key=" SECRET, true},
	    {"a=b; key=" SECRET "; c=d", false}, /* that is how cookies stand */
	    {"monkey=" SECRET, false},
	    {"key=" SECRET + 1, false},
	    {"key=0123456789ABCDEF", false},
	    {"key=", false},
	    {"", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[SECRET_SIZE];

		secret_take(text_of(rows[i].text), "key=", out);
		cr_expect_str_eq(out, rows[i].found ? SECRET : "", "row %zu", i);
	}
}

static struct stand s;

/* Speaks over the proxy's socket from now on. */
static void
come_by_proxy(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	close(s.talk.fd);
	s.talk.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	cr_assert_eq(connect(s.talk.fd, (const struct sockaddr *)&at, sizeof at), 0);
}

static void
open_proxied(char path[TEMP_SIZE + 16])
{
	struct err e = {0};
	int port;

	stand_open_site(&s, (struct site_config){.header = "X-Person"});
	snprintf(path, TEMP_SIZE + 16, "%s/proxy", s.semsd.dir);
	cr_assert_eq(httpd_listen(&s.server, (char[200]){"unix:relative"}, &port, &e),
		     FATAL_CONFIG);
	{
		char where[TEMP_SIZE + 32];

		snprintf(where, sizeof where, "unix:%s", path);
		cr_assert_eq(httpd_listen(&s.server, where, &port, &e), OK, "%s", e.text);
		cr_assert_eq(httpd_listen(&s.server, where, &port, &e), FATAL_CONFIG, "once");
	}
}

static void
get(const char *headers)
{
	char request[512];

	s.talk.n = 0;
	s.talk.heard[0] = '\0';
	snprintf(request, sizeof request, "GET / HTTP/1.1\r\n%s\r\n", headers);
	talk_say(&s.talk, request, strlen(request));
}

static void
expect_nobody(const char *headers)
{
	get(headers);
	cr_expect_not_null(strstr(stand_answer(&s), "Nobody is signed in here"), "%s", headers);
	cr_expect(far_is_quiet(&s.semsd), "%s", headers);
}

static void
expect_person(const char *headers, const char *principal)
{
	struct far_line *l;
	char whom[128];

	get(headers);
	l = far_accept(&s.semsd);
	far_greeted(l, whom);
	cr_expect_str_eq(whom, principal, "in whose name semsd is asked");
	far_refuse(l, SEMS__V1__REFUSE_CODE__REFUSE_CODE_UNAUTHORISED, 0, "not now");
	talk_settle(s.base);
	far_end_line(l);
	cr_expect_not_null(strstr(stand_answer(&s), "the proxy in front of semsweb"));
}

/* P-1407: over a Unix socket alone, and once. */
Test(persons, a_proxys_word_is_taken_over_its_socket_alone)
{
	char path[TEMP_SIZE + 16];

	open_proxied(path);
	expect_nobody("X-Person: rita\r\n");
	come_by_proxy(path);
	expect_person("X-Person: rita\r\n", "web:rita");
	expect_person("x-person: max@example\r\n", "web:max@example");
	expect_nobody("");
	expect_nobody("X-Person:\r\n");
	expect_nobody("X-Person: rita\r\nX-Person: max\r\n");
	cr_expect_not_null(strstr(s.talk.heard, "names is no person"));
	expect_nobody("X-Persons: rita\r\n");
	stand_close(&s);
}

Test(persons, a_proxys_visitors_have_secure_cookies)
{
	char path[TEMP_SIZE + 16], secret[SECRET_SIZE], form[100], headers[] = "";
	const char *heard;

	open_proxied(path);
	cr_assert(site_owner_link(s.site, secret));
	snprintf(form, sizeof form, "key=%s", secret);
	come_by_proxy(path);
	stand_post(&s, "/enter", headers, form, strlen(form));
	heard = stand_answer(&s);
	cr_expect_not_null(strstr(heard, "Set-Cookie: __Host-sems="), "%s", heard);
	cr_expect_not_null(strstr(heard, "; Secure\r\n"), "%s", heard);
	stand_close(&s);
	cr_expect_neq(access(path, F_OK), 0, "the socket goes with semsweb");
}
