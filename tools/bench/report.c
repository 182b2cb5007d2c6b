/* Many measurements as one table for people and one JSON file for programs. */
#include "base/count.h"
#include "base/file/plainfile.h"
#include "base/json/jsonin.h"
#include "tools/bench/bench.h"
#include "tools/terminal/table.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEASUREMENTS_MAX 200
#define LINE_BYTES       4096
/* The measurement the file's first keys are of. */
#define HEAD_CONNECTIONS 10
#define HEAD_FRAME       50

struct report {
	json_t *all; /* array, in the order they were made */
	double commit_ms;
	double rss_kib;
};

static double
number_at(const json_t *j, const char *key)
{
	return json_number_value(json_object_get(j, key));
}

static bool
is(const json_t *j, const char *key, const char *value)
{
	return strcmp(member_text(j, key), value) == 0;
}

static int
compare_double(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of all measurements of this kind on this state of the table (NULL: any); 0: there is none. */
static double
median(const struct report *r, const char *what, const char *table, const char *key)
{
	double v[MEASUREMENTS_MAX];
	size_t n = 0;
	size_t i;
	json_t *j;

	json_array_foreach(r->all, i, j)
	{
		if (n < MEASUREMENTS_MAX && is(j, "what", what) &&
		    (table == NULL || is(j, "table", table)))
			v[n++] = number_at(j, key);
	}
	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, compare_double);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum code
read_file(struct report *r, const char *path, struct err *e)
{
	char line[LINE_BYTES];
	struct stat st;
	int fd;
	FILE *f;

	if (plainfile_open(AT_FDCWD, path, 0, &fd, &st, e) != OK)
		return e->code = FATAL_CONFIG;
	f = fdopen(fd, "r");
	if (f == NULL) {
		close(fd);
		return err_set(e, TRY_LIMIT, path, "out of memory");
	}
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *j = json_loads(line, 0, NULL);

		if (j != NULL)
			json_array_append_new(r->all, j);
	}
	fclose(f);
	return OK;
}

/* The nearest COPY on the same state of the table from measurement `from` on, by `step`. */
static double
next_copy(const struct report *r, size_t from, int step)
{
	size_t n = json_array_size(r->all);
	const char *table = member_text(json_array_get(r->all, from), "table");

	/* Past the first, `i` wraps to more than there are. */
	for (size_t i = from; i < n; i += (size_t)step) {
		const json_t *j = json_array_get(r->all, i);

		if (is(j, "what", "copy") && is(j, "table", table))
			return number_at(j, "rps");
	}
	return 0;
}

/* What COPY reached around a measurement: a machine that is busy now was not so at the start. */
static double
copy_around(const struct report *r, size_t i)
{
	double before = next_copy(r, i, -1);
	double after = next_copy(r, i, 1);

	return before > 0 && after > 0 ? (before + after) / 2 : before + after;
}

static void
relate(struct report *r)
{
	size_t i;
	json_t *j;

	r->commit_ms = median(r, "commit", NULL, "p50_ms");
	json_array_foreach(r->all, i, j)
	{
		double limit = copy_around(r, i);

		if (limit > 0 && !is(j, "what", "copy") && !is(j, "what", "commit") &&
		    !is(j, "what", "spd") && !json_object_get(j, "offered_rps")) {
			json_object_set_new(j, "copy_limit_rps", json_real(limit));
			json_object_set_new(j, "ratio", json_real(number_at(j, "rps") / limit));
		}
		if (r->commit_ms > 0 && json_object_get(j, "p99_ms") != NULL)
			json_object_set_new(j, "p99_commits",
					    json_real(number_at(j, "p99_ms") / r->commit_ms));
		if (number_at(j, "rss_kib") > r->rss_kib)
			r->rss_kib = number_at(j, "rss_kib");
	}
}

/* --- the table -------------------------------------------------------------------------------- */

static void
cell(struct table *t, const json_t *j, const char *key, const char *format)
{
	char text[64] = "";

	if (json_object_get(j, key) != NULL) {
/* One number each; the format is one of print_table()'s. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, format, number_at(j, key));
#pragma GCC diagnostic pop
	}
	table_cell(t, "%s", text);
}

static void
row(struct table *t, const json_t *j)
{
	char verdicts[64] = "";

	if (number_at(j, "duplicate") > 0)
		snprintf(verdicts, sizeof verdicts, "%.0f duplicate", number_at(j, "duplicate"));
	else if (number_at(j, "quarantined") > 0)
		snprintf(verdicts, sizeof verdicts, "%.0f quarantined",
			 number_at(j, "quarantined"));
	else if (number_at(j, "retry") > 0)
		snprintf(verdicts, sizeof verdicts, "%.0f RETRY", number_at(j, "retry"));
	table_cell(t, "%s", member_text(j, "name"));
	table_cell(t, "%s", member_text(j, "table"));
	cell(t, j, "rps", "%.0f");
	cell(t, j, "ratio", "%.2f");
	cell(t, j, "p50_ms", "%.2f");
	cell(t, j, "p99_ms", "%.2f");
	cell(t, j, "p99_commits", "%.0f");
	if (is(j, "what", "load"))
		cell(t, j, "semsd_us", "%.2f");
	else
		table_cell(t, "%s", "");
	cell(t, j, "rss_kib", "%.0f");
	table_cell(t, "%s", verdicts);
}

static enum code
print_table(const struct report *r, struct err *e)
{
	static const char *const headers[] = {
	    "Measurement", "Table",           ">Records/s",       ">Of COPY", ">p50 ms",
	    ">p99 ms",     ">p99 in commits", ">semsd us/record", ">RSS KiB", "Besides stored"};
	struct table *t = table_new(COUNT(headers), headers);
	size_t i;
	json_t *j;

	if (t == NULL)
		return err_set(e, TRY_SYSTEM, "report", "out of memory");
	json_array_foreach(r->all, i, j)
	{
		row(t, j);
	}
	table_print(t, stdout, 0);
	table_free(t);
	printf("\nThe median COPY reaches %.0f records/s; a commit takes %.3f ms (median); semsd's "
	       "memory at most "
	       "%.0f KiB.\n"
	       "Every figure's rows were counted in the database and are what was acknowledged.\n",
	       median(r, "copy", "empty", "rps"), r->commit_ms, r->rss_kib);
	return OK;
}

/* --- the file --------------------------------------------------------------------------------- */

static const json_t *
headline(const struct report *r)
{
	size_t i;
	json_t *j;

	json_array_foreach(r->all, i, j)
	{
		if (is(j, "what", "load") && is(j, "table", "empty") &&
		    (unsigned)number_at(j, "connections") == HEAD_CONNECTIONS &&
		    (unsigned)number_at(j, "frame") == HEAD_FRAME &&
		    json_object_get(j, "offered_rps") == NULL &&
		    number_at(j, "stored") == number_at(j, "sent"))
			return j;
	}
	return NULL;
}

static void
copy_key(json_t *to, const char *as, const json_t *from, const char *key)
{
	json_t *v = json_object_get(from, key);

	json_object_set(to, as, v == NULL ? json_null() : v);
}

static json_t *
split_out(const struct report *r, bool peers)
{
	json_t *out = json_array();
	size_t i;
	json_t *j;

	json_array_foreach(r->all, i, j)
	{
		if (is(j, "what", "note") == peers)
			json_array_append(out, j);
	}
	return out;
}

/* How long an SPD takes, by the key that each of its measurements names. */
static void
copy_spd(const struct report *r, json_t *out)
{
	double plain;
	size_t i;
	json_t *j;

	json_array_foreach(r->all, i, j)
	{
		if (is(j, "what", "spd"))
			copy_key(out, member_text(j, "key"), j, "p50_ms");
	}
	plain = number_at(out, "plain_count_ms");
	if (plain > 0)
		json_object_set_new(out, "spd_ratio",
				    json_real(number_at(out, "spd_raw_ms") / plain));
}

static enum code
write_json(const struct report *r, const char *path, struct err *e)
{
	const json_t *head = headline(r);
	json_t *out = json_object();
	bool good;

	if (head == NULL)
		json_object_set_new(out, "copy_limit_rps",
				    json_real(median(r, "copy", "empty", "rps")));
	else
		copy_key(out, "copy_limit_rps", head, "copy_limit_rps");
	copy_key(out, "ingest_rps", head, "rps");
	copy_key(out, "ratio", head, "ratio");
	copy_key(out, "connections", head, "connections");
	copy_key(out, "frame", head, "frame");
	copy_key(out, "p50_ms", head, "p50_ms");
	copy_key(out, "p99_ms", head, "p99_ms");
	json_object_set_new(out, "commit_p50_ms", json_real(r->commit_ms));
	json_object_set_new(out, "rss_kib", json_integer((json_int_t)r->rss_kib));
	copy_spd(r, out);
	json_object_set_new(out, "peers", split_out(r, true));
	json_object_set_new(out, "runs", split_out(r, false));
	good = json_dump_file(out, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0;
	json_decref(out);
	return good ? OK : err_set(e, FATAL_CONFIG, path, "cannot be written");
}

enum code
bench_report(const struct bench_options *o, char **files, struct err *e)
{
	struct report r = {.all = json_array()};
	enum code code = OK;

	for (; *files != NULL && code == OK; files++)
		code = read_file(&r, *files, e);
	if (code == OK && json_array_size(r.all) == 0)
		code = err_set(e, FATAL_CONFIG, "report", "nothing was measured");
	if (code == OK) {
		relate(&r);
		code = print_table(&r, e);
	}
	if (code == OK && o->out != NULL)
		code = write_json(&r, o->out, e);
	json_decref(r.all);
	return code;
}
