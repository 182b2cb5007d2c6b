#include "store/pg/hosts.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct beside *beside;
static int n_resolved;

static void
on_resolved(void *ctx)
{
	(void)ctx;
	n_resolved++;
}

static struct hosts *
open_hosts(const char *conninfo)
{
	struct hosts *h = NULL;
	struct err e;

	if (beside == NULL)
		beside = beside_new();
	cr_assert_eq(hosts_new(conninfo, beside, on_resolved, NULL, &h, &e), OK, "%s", e.text);
	hosts_rewind(h);
	return h;
}

/* "host/hostaddr/port host/hostaddr/port ...", waiting for names. Static. */
static const char *
all_of(struct hosts *h)
{
	static char text[1000];
	struct endpoint p;
	enum hosts_next next;

	text[0] = '\0';
	while ((next = hosts_next(h, &p)) != HOSTS_END) {
		size_t n = strlen(text);
		struct pollfd fd = {beside_fd(beside), POLLIN, 0};

		if (next == HOSTS_READY)
			snprintf(text + n, sizeof text - n, "%s%s/%s/%s", n == 0 ? "" : " ",
				 p.host == NULL ? "-" : p.host,
				 p.hostaddr == NULL ? "-" : p.hostaddr,
				 p.port == NULL ? "-" : p.port);
		for (int was = n_resolved; next == HOSTS_WAIT && n_resolved == was;) {
			cr_assert_eq(poll(&fd, 1, 20000), 1, "never resolved");
			beside_collect(beside);
		}
	}
	return text;
}

static void
is(const char *conninfo, const char *wanted)
{
	struct hosts *h = open_hosts(conninfo);

	cr_expect_str_eq(all_of(h), wanted, "%s: %s", conninfo, all_of(h));
	hosts_free(h);
}

Test(hosts, reads_lists_as_libpq_does)
{
	is("dbname=x", "-/-/5432");
	is("host=/run/a", "/run/a/-/5432");
	is("host=127.0.0.1 port=7", "127.0.0.1/-/7");
	is("host=/run/a,127.0.0.1,::1 port=1,2,3", "/run/a/-/1 127.0.0.1/-/2 ::1/-/3");
	is("host=/run/a,127.0.0.1 port=9", "/run/a/-/9 127.0.0.1/-/9");
	is("host=db.example,other.example hostaddr=192.0.2.1,192.0.2.2",
	   "db.example/192.0.2.1/5432 other.example/192.0.2.2/5432");
	is("hostaddr=192.0.2.1,192.0.2.2", "-/192.0.2.1/5432 -/192.0.2.2/5432");
	is("postgresql://192.0.2.1:1,192.0.2.2:2/x", "192.0.2.1/-/1 192.0.2.2/-/2");
	cr_expect_eq(n_resolved, 0, "these need no name server");
}

Test(hosts, takes_the_environment_where_the_conninfo_says_nothing)
{
	setenv("PGHOST", "192.0.2.7", 1);
	setenv("PGPORT", "77", 1);
	is("dbname=x", "192.0.2.7/-/77");
	is("host=/run/a", "/run/a/-/77");
}

Test(hosts, refuses_lists_that_it_cannot_read)
{
	char many[1000] = "host=";
	struct hosts *h = NULL;
	struct err e;

	beside = beside_new();
	for (int i = 0; i < 20; i++)
		snprintf(many + strlen(many), sizeof many - strlen(many), "%s",
			 i == 0 ? "a" : ",a");
	cr_expect_eq(hosts_new(many, beside, on_resolved, NULL, &h, &e), FATAL_CONFIG);
	cr_expect_eq(hosts_new("host=,a", beside, on_resolved, NULL, &h, &e), FATAL_CONFIG);
}

Test(hosts, looks_up_a_name_each_round_and_keeps_it_beside_the_address)
{
	struct hosts *h = open_hosts("host=localhost port=7");

	for (int round = 0; round < 2; round++) {
		const char *all = all_of(h);

		cr_expect(strstr(all, "localhost/127.0.0.1/7") != NULL ||
			      strstr(all, "localhost/::1/7") != NULL,
			  "%s", all);
		cr_expect_eq(n_resolved, round + 1);
		hosts_rewind(h);
	}
	hosts_free(h);
}

Test(hosts, goes_on_without_a_name_that_takes_too_long)
{
	struct hosts *h = open_hosts("host=localhost,192.0.2.9");
	struct pollfd fd;
	struct endpoint p;

	cr_assert_eq(hosts_next(h, &p), HOSTS_WAIT);
	hosts_skip(h); /* before anything is collected, whatever came meanwhile */
	cr_expect_not_null(strstr(hosts_why(h), "localhost"), "%s", hosts_why(h));
	cr_assert_eq(hosts_next(h, &p), HOSTS_READY);
	cr_expect_str_eq(p.host, "192.0.2.9");
	cr_expect_eq(hosts_next(h, &p), HOSTS_END);
	/* The next round does not begin a second lookup of the name. */
	hosts_rewind(h);
	cr_assert_eq(hosts_next(h, &p), HOSTS_READY);
	cr_expect_str_eq(p.host, "192.0.2.9");
	fd = (struct pollfd){beside_fd(beside), POLLIN, 0};
	cr_assert_eq(poll(&fd, 1, 20000), 1);
	beside_collect(beside);
	cr_expect_eq(n_resolved, 0, "nobody waits for it");
	hosts_rewind(h);
	cr_assert_eq(hosts_next(h, &p), HOSTS_READY);
	cr_expect_str_eq(p.host, "localhost", "but it is known now");
	hosts_free(h);
}

Test(hosts, forgets_a_lookup_that_nobody_waits_for_any_more)
{
	struct hosts *h = open_hosts("host=localhost");
	struct endpoint p;

	cr_assert_eq(hosts_next(h, &p), HOSTS_WAIT);
	hosts_free(h);
	beside_free(beside);
	cr_expect_eq(n_resolved, 0);
}

Test(hosts, says_why_a_name_is_not_known)
{
	struct hosts *h = open_hosts("host=no.such.host.invalid");

	cr_expect_str_eq(all_of(h), "");
	cr_expect_not_null(strstr(hosts_why(h), "no.such.host.invalid"), "%s", hosts_why(h));
	hosts_free(h);
}
