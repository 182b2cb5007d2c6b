/* One measurement of the benchmark, or the report of many; see bench.h and README.md. */
#include "base/count.h"
#include "client/link.h"
#include "tools/bench/bench.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLES_BYTES_MAX (512u * 1024u * 1024u)

enum { EXIT_DONE = 0, EXIT_WRONG = 1, EXIT_BAD_USAGE = 64 };

static const char help[] =
    "Usage: semsbench load|copy|commit|note|report OPTION... [FILE...]\n"
    "\n"
    "load     sends TIP events to semsd over many connections\n"
    "copy     writes the same rows with binary COPY, without semsd\n"
    "commit   commits one row at a time\n"
    "empty    empties the tables of evidence\n"
    "note     prints a measurement made by other means (--records in --seconds)\n"
    "report   makes a table and a JSON file of what the others printed\n"
    "\n"
    "  --name TEXT --table TEXT      what is measured, on which state of the table\n"
    "  --socket ADDRESS --pid PID    semsd's: a path, or tls:HOST:PORT\n"
    "  --identity FOLDER             for tls: as semsctl pki device makes it\n"
    "  --database CONNINFO           a superuser's, to count and to empty\n"
    "  --writer CONNINFO             with the rights of the role sems_ingest\n"
    "  --connections N --frame N     records in a frame, rows in a COPY\n"
    "  --seconds S --records N       how long, or how many\n"
    "  --rate R                      records per second, offered whatever the answers do\n"
    "  --salt N --first N            the same salt and number are the same record\n"
    "  --poison PERCENT --window N --fresh --out FILE\n";

static void
take_number(struct bench_options *o, int opt, const char *arg)
{
	unsigned long long n = strtoull(arg, NULL, 10);

	if (opt == 'c')
		o->connections = (unsigned)n;
	else if (opt == 'f')
		o->frame = (unsigned)n;
	else if (opt == 'w')
		o->window = (unsigned)n;
	else if (opt == 'x')
		o->poison = (unsigned)n;
	else if (opt == 'p')
		o->pid = (long)n;
	else if (opt == 'R')
		o->records = n;
	else if (opt == 'F')
		o->first = n;
	else if (opt == 'z')
		o->salt = n;
	else if (opt == 'S')
		o->seconds = strtod(arg, NULL);
	else if (opt == 'r')
		o->rate = strtod(arg, NULL);
	else if (opt == 'e')
		o->fresh = true;
}

static bool
take_text(struct bench_options *o, int opt, const char *arg)
{
	if (opt == 'n')
		o->name = arg;
	else if (opt == 't')
		o->table = arg;
	else if (opt == 's')
		o->socket = arg;
	else if (opt == 'I')
		link_identity(arg);
	else if (opt == 'd')
		o->database = arg;
	else if (opt == 'W')
		o->writer = arg;
	else if (opt == 'o')
		o->out = arg;
	else
		return false;
	return true;
}

static bool
parse(struct bench_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
	    {"name", required_argument, NULL, 'n'},
	    {"table", required_argument, NULL, 't'},
	    {"identity", required_argument, NULL, 'I'},
	    {"socket", required_argument, NULL, 's'},
	    {"database", required_argument, NULL, 'd'},
	    {"writer", required_argument, NULL, 'W'},
	    {"out", required_argument, NULL, 'o'},
	    {"pid", required_argument, NULL, 'p'},
	    {"connections", required_argument, NULL, 'c'},
	    {"frame", required_argument, NULL, 'f'},
	    {"window", required_argument, NULL, 'w'},
	    {"poison", required_argument, NULL, 'x'},
	    {"seconds", required_argument, NULL, 'S'},
	    {"rate", required_argument, NULL, 'r'},
	    {"records", required_argument, NULL, 'R'},
	    {"first", required_argument, NULL, 'F'},
	    {"salt", required_argument, NULL, 'z'},
	    {"fresh", no_argument, NULL, 'e'},
	    {NULL, 0, NULL, 0},
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == '?')
			return false;
		if (!take_text(o, opt, optarg))
			take_number(o, opt, optarg == NULL ? "" : optarg);
	}
	return true;
}

/* --- what was measured ------------------------------------------------------------------------ */

static int
compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
put_ms(json_t *j, const char *key, uint32_t us)
{
	json_object_set_new(j, key, json_real(us / 1000.0));
}

static void
put_latencies(json_t *j, struct buf *b)
{
	uint32_t *us = (uint32_t *)(void *)b->p;
	size_t n = b->n / sizeof *us;

	if (n == 0)
		return;
	qsort(us, n, sizeof *us, compare_u32);
	put_ms(j, "p50_ms", us[n / 2]);
	put_ms(j, "p99_ms", us[n - 1 - n / 100]);
	put_ms(j, "max_ms", us[n - 1]);
}

/* The most memory the process ever held, KiB; 0: not known. */
static long
peak_rss(long pid)
{
	char path[64];
	char line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/status", pid);
	f = pid == 0 ? NULL : fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

/* Processor time the process has had, microseconds; 0: not known. */
static double
processor_us(long pid)
{
	char path[64];
	char line[1024] = "";
	unsigned long long user = 0;
	unsigned long long system = 0;
	const char *p;
	char *rest;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	f = pid == 0 ? NULL : fopen(path, "r");
	if (f == NULL)
		return 0;
	/* The name may hold anything; 11 fields are between it and the times. */
	p = fgets(line, sizeof line, f) == NULL ? NULL : strrchr(line, ')');
	fclose(f);
	for (int i = 0; i < 12 && p != NULL; i++)
		p = strchr(p + 1, ' ');
	if (p == NULL)
		return 0;
	user = strtoull(p, &rest, 10);
	system = strtoull(rest, NULL, 10);
	return (double)(user + system) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static void
put_count(json_t *j, const char *key, uint64_t n)
{
	json_object_set_new(j, key, json_integer((json_int_t)n));
}

static void
print_measurement(const char *what, const struct bench_options *o, struct tally *t)
{
	json_t *j = json_object();
	uint64_t done = t->stored + t->duplicate + t->quarantined;
	long kib = peak_rss(o->pid);

	json_object_set_new(j, "what", json_string(what));
	json_object_set_new(j, "name", json_string(o->name == NULL ? what : o->name));
	json_object_set_new(j, "table", json_string(o->table == NULL ? "empty" : o->table));
	put_count(j, "connections", o->connections);
	put_count(j, "frame", o->frame);
	if (o->rate > 0)
		json_object_set_new(j, "offered_rps", json_real(o->rate));
	put_count(j, "sent", t->sent);
	put_count(j, "stored", t->stored);
	put_count(j, "duplicate", t->duplicate);
	put_count(j, "quarantined", t->quarantined);
	put_count(j, "retry", t->retry + t->other);
	json_object_set_new(j, "seconds", json_real(t->elapsed_s));
	if (t->elapsed_s > 0)
		json_object_set_new(j, "rps", json_real((double)done / t->elapsed_s));
	if (t->semsd_us > 0 && done > 0)
		json_object_set_new(j, "semsd_us", json_real(t->semsd_us / (double)done));
	put_latencies(j, &t->latency_us);
	if (kib != 0)
		put_count(j, "rss_kib", (uint64_t)kib);
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

/* What was acknowledged must be there, and nothing else. */
static enum code
check_arrived(const struct bench_options *o, const struct tally *t, const uint64_t before[2],
	      struct err *e)
{
	uint64_t after[2];
	enum code code = bench_count(o->database, &after[0], &after[1], e);

	if (code != OK)
		return code;
	if (after[0] - before[0] != t->stored || after[1] - before[1] != t->quarantined)
		return err_set(
		    e, FATAL_BUG, o->name == NULL ? "count" : o->name,
		    "acknowledged %llu stored and %llu quarantined; arrived %lld and %lld",
		    (unsigned long long)t->stored, (unsigned long long)t->quarantined,
		    (long long)(after[0] - before[0]), (long long)(after[1] - before[1]));
	if (t->stored + t->duplicate + t->quarantined + t->retry + t->other != t->sent)
		return err_set(e, FATAL_BUG, o->name == NULL ? "count" : o->name,
			       "not every record that was sent got a verdict");
	return OK;
}

static enum code
note(const struct bench_options *o, struct tally *t, struct err *e)
{
	t->sent = t->stored = o->records;
	t->elapsed_s = o->seconds;
	return o->seconds > 0 ? OK : err_set(e, FATAL_CONFIG, "note", "--seconds is missing");
}

static const struct measurement {
	const char *what;
	enum code (*run)(const struct bench_options *o, struct tally *t, struct err *e);
	bool counts;
} measurements[] = {
    {"load", bench_load, true},
    {"copy", bench_copy, true},
    {"commit", bench_commit, true},
    {"note", note, false},
};

static enum code
measure(const struct measurement *m, const struct bench_options *o, struct err *e)
{
	uint64_t before[2] = {0, 0};
	struct tally t = {0};
	enum code code = OK;

	buf_init(&t.latency_us, SAMPLES_BYTES_MAX);
	if (o->fresh)
		code = bench_empty(o->database, e);
	if (code == OK && m->counts)
		code = bench_count(o->database, &before[0], &before[1], e);
	t.semsd_us = -processor_us(o->pid);
	if (code == OK)
		code = m->run(o, &t, e);
	t.semsd_us += processor_us(o->pid);
	if (code == OK && m->counts)
		code = check_arrived(o, &t, before, e);
	if (code == OK)
		print_measurement(m->what, o, &t);
	buf_fini(&t.latency_us);
	return code;
}

static enum code
run(const char *what, const struct bench_options *o, char **files, struct err *e)
{
	for (size_t i = 0; i < COUNT(measurements); i++)
		if (strcmp(measurements[i].what, what) == 0)
			return measure(&measurements[i], o, e);
	if (strcmp(what, "empty") == 0)
		return bench_empty(o->database, e);
	if (strcmp(what, "report") == 0)
		return bench_report(o, files, e);
	return err_set(e, FATAL_CONFIG, what, "there is no such measurement; see --help");
}

int
main(int argc, char **argv)
{
	struct bench_options o = {.salt = 1};
	struct err e = {0};

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		fputs(help, argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_BAD_USAGE : EXIT_DONE;
	}
	if (!parse(&o, argc - 1, argv + 1))
		return EXIT_BAD_USAGE;
	if (run(argv[1], &o, argv + 1 + optind, &e) == OK)
		return EXIT_DONE;
	fprintf(stderr, "semsbench: %s: %s\n", e.where, e.text);
	return EXIT_WRONG;
}
