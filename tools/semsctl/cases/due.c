/* semsctl due: what is due when, for people and for their calendars. */
#include "base/buf.h"
#include "base/count.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "tools/semsctl/cases/case_wish.h"
#include "tools/terminal/listing.h"
#include "tools/terminal/outfile.h"
#include "tools/terminal/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ICS_MAX  ((size_t)1 << 26)
#define ICS_LINE 75 /* octets, without the line's end: RFC 5545, 3.1 */

static const struct listing_column columns[] = {
    {"due_on", "Due"},    {"overdue_days", ">Days over"},
    {"number", "Number"}, {"priority", "Priority"},
    {"state", "State"},   {"owner", "Owner"},
    {"title", "What"},    {"finding", "Finding"},
};

/* --- iCalendar -------------------------------------------------------------------------------- */

/* A line, folded between characters where it is too long. */
static void
add_line(struct buf *out, const char *name, const char *value)
{
	size_t column = strlen(name) + 1;

	buf_addf(out, "%s:", name);
	for (const char *s = value; *s != '\0';) {
		size_t n = 1;

		while (((unsigned char)s[n] & 0xC0u) == 0x80)
			n++;
		if (column + n > ICS_LINE) {
			buf_addf(out, "\r\n ");
			column = 1;
		}
		buf_add(out, s, n);
		column += n;
		s += n;
	}
	buf_addf(out, "\r\n");
}

/* RFC 5545, 3.3.11: what has a meaning in a text is escaped. */
static void
add_text(struct buf *out, const char *name, const char *value)
{
	struct buf b;

	buf_init(&b, ICS_MAX);
	for (const char *s = value; *s != '\0'; s++)
		if (strchr("\\;,", *s) != NULL)
			buf_addf(&b, "\\%c", *s);
		else if (*s == '\n')
			buf_addf(&b, "\\n");
		else
			buf_add(&b, s, 1);
	if (buf_add(&b, "", 1))
		add_line(out, name, (const char *)b.p);
	out->failed = out->failed || b.failed;
	buf_fini(&b);
}

/* "2026-06-30" as 20260630. */
static void
compact(const char *day, char out[9])
{
	text_print(out, 9, "%.4s%.2s%.2s", day, day + 5, day + 8);
}

/* A day has no instant; the stamp is when the action came to what it is, so that the same register
 * gives the same file. */
static void
add_event(struct buf *out, const json_t *one)
{
	const char *day = member_text(one, "due_on");
	const char *since = member_text(one, "since");
	char date[9];
	char stamp[32];
	char text[3000];

	compact(day, date);
	text_print(stamp, sizeof stamp, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", since, since + 5, since + 8,
		   since + 11, since + 14, since + 17);
	add_line(out, "BEGIN", "VEVENT");
	text_print(text, sizeof text, "%s@semsd", member_text(one, "number"));
	add_line(out, "UID", text);
	add_line(out, "DTSTAMP", stamp);
	add_line(out, "DTSTART;VALUE=DATE", date);
	text_print(text, sizeof text, "%s %s", member_text(one, "number"),
		   member_text(one, "title"));
	add_text(out, "SUMMARY", text);
	text_print(text, sizeof text, "%s, %s; first due %s", member_text(one, "state"),
		   member_text(one, "owner"), member_text(one, "original_due"));
	add_text(out, "DESCRIPTION", text);
	add_line(out, "TRANSP", "TRANSPARENT");
	add_line(out, "END", "VEVENT");
}

static int
write_ics(const char *path, const json_t *cases)
{
	struct buf out;
	struct err e;
	size_t i;
	json_t *one;
	int status = EXIT_DONE;

	buf_init(&out, ICS_MAX);
	add_line(&out, "BEGIN", "VCALENDAR");
	add_line(&out, "VERSION", "2.0");
	add_line(&out, "PRODID", "-//semsd//due//EN");
	json_array_foreach(cases, i, one)
	{
		add_event(&out, one);
	}
	add_line(&out, "END", "VCALENDAR");
	if (out.failed) {
		err_set(&e, REJ_LIMIT, "ics", "would have more than 64 MiB: ask for less");
		status = command_fail(&e);
	} else if (outfile_write(path, out.p, out.n, true, &e) != OK) {
		status = command_fail(&e);
	} else {
		printf("%zu day%s written to %s\n", json_array_size(cases),
		       text_s(json_array_size(cases)), path);
	}
	buf_fini(&out);
	return status;
}

/* --- the command ------------------------------------------------------------------------------ */

static int
by_day(const void *a, const void *b)
{
	const json_t *const *x = a;
	const json_t *const *y = b;
	int days = strcmp(member_text(*x, "due_on"), member_text(*y, "due_on"));

	return days != 0 ? days : strcmp(member_text(*x, "number"), member_text(*y, "number"));
}

/* The list, the earliest day first; the caller's. NULL: out of memory. */
static json_t *
sorted(json_t *cases)
{
	size_t n = json_array_size(cases);
	json_t **list = calloc(n + 1, sizeof(json_t *));
	json_t *out = json_array();

	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = json_array_get(cases, i);
	if (list != NULL)
		qsort(list, n, sizeof(json_t *), by_day);
	for (size_t i = 0; list != NULL && i < n; i++)
		json_array_append(out, list[i]);
	free(list);
	return out;
}

static const struct option longs[] = {
    {"owner", required_argument, NULL, 'o'}, {"until", required_argument, NULL, 'u'},
    {"as-of", required_argument, NULL, 'a'}, {"ics", required_argument, NULL, 'i'},
    {"json", no_argument, NULL, 'j'},        {NULL, 0, NULL, 0},
};

static int
run(const struct options *o, int argc, char **argv)
{
	struct case_wish w = {.o = o, .command = &command_due, .kind = CASE_ACTION, .open = 1};
	const char *ics = NULL;
	json_t *cases = NULL;
	json_t *list;
	int opt;
	int status;

	while ((opt = command_option(&command_due, argc, argv)) != -1) {
		if (opt == '?')
			return EXIT_USAGE;
		w.as_json |= opt == 'j';
		w.said[SAYS_OWNER] = opt == 'o' ? optarg : w.said[SAYS_OWNER];
		w.due_until = opt == 'u' ? optarg : w.due_until;
		w.as_of = opt == 'a' ? optarg : w.as_of;
		ics = opt == 'i' ? optarg : ics;
	}
	if (optind != argc)
		return command_usage(&command_due, "takes no argument '%s'", argv[optind]);
	status = case_all(&w, &cases);
	list = sorted(cases);
	if (status == EXIT_DONE && ics != NULL) {
		status = write_ics(ics, list);
	} else if (status == EXIT_DONE) {
		screen_page();
		if (w.as_json) {
			json_dumpf(list, stdout, JSON_INDENT(2));
			putchar('\n');
		} else if (json_array_size(list) == 0) {
			puts("Nothing is due.");
		} else {
			listing_table(list, columns, COUNT(columns), o->color, stdout);
		}
	}
	json_decref(list);
	json_decref(cases);
	return status;
}

const struct command command_due = {
    .options = longs,
    .letters = "",
    .name = "due",
    .summary = "actions that are not over, by the day they are due",
    .help =
	"Usage: semsctl due [--owner WHO] [--until DAY] [--as-of DAY] [--ics FILE] [--json]\n"
	"Actions that are not closed or rejected, the earliest day first, extensions counted.\n"
	"\n"
	"  --owner           those of a registered person or principal\n"
	"  --until           those that are due up to this day\n"
	"  --as-of           as it was at the end of a day\n"
	"  --ics             writes them as an iCalendar file (RFC 5545), a whole day each, which\n"
	"                    the same register writes the same again\n"
	"  --json            the list as it is\n"
	"\n"
	"Example:\n"
	"  semsctl due --owner unix:olga --ics due.ics\n",
    .run = run,
};
