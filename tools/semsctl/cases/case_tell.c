/* One event of a case, told by whoever is signed in. */
#include "base/buf.h"
#include "base/civil.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/json/jsonin.h"
#include "base/text.h"
#include "client/ask.h"
#include "tools/semsctl/cases/case_wish.h"
#include "tools/semsctl/record/amend.h"
#include "tools/time/zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 30)
#define PIECE    65536

int
case_ask(const struct case_wish *w, Sems__V1__CaseRequest *q, json_t **answer)
{
	Sems__V1__Request request = SEMS__V1__REQUEST__INIT;
	struct err e;

	q->has_operation = 1;
	request.body_case = SEMS__V1__REQUEST__BODY_CASE;
	request.case_ = q;
	return ask(w->o->address, &request, answer, &e) == OK ? EXIT_DONE : command_fail(&e);
}

/* The digest of a file, as evidence, beside what else is evidence. */
static int
add_file(struct case_wish *w, struct buf *evidence)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1] = "";
	struct buf all;
	FILE *f = fopen(w->file, "rb");
	size_t n = 1;
	bool read_all;

	if (f == NULL)
		return command_usage(w->command, "%s: %s", w->file, strerror(errno));
	buf_init(&all, FILE_MAX);
	while (n > 0 && buf_reserve(&all, PIECE)) {
		n = fread(all.p + all.n, 1, PIECE, f);
		all.n += n;
	}
	read_all = n == 0 && !ferror(f) && !all.failed && sha256(all.p, all.n, digest);
	fclose(f);
	buf_fini(&all);
	if (!read_all)
		return command_usage(w->command, "%s: cannot be read, or has more than 1 GiB",
				     w->file);
	hex_encode(digest, sizeof digest, hex);
	buf_addf(evidence, "%s%ssha256:%s",
		 w->said[SAYS_EVIDENCE] == NULL ? "" : w->said[SAYS_EVIDENCE],
		 w->said[SAYS_EVIDENCE] == NULL ? "" : " ", hex);
	w->said[SAYS_EVIDENCE] = (char *)evidence->p;
	return EXIT_DONE;
}

/* Noon of the entity's day, wherever the client is; of the day that it is, now if that is earlier.
 */
static int
take_day(const struct case_wish *w, struct civil_date day, struct utc_ms *at)
{
	const struct local_time noon = {.date = day, .hour = 12};
	struct utc_ms now = amend_now();
	struct client *client;
	struct zone zone;
	struct err e;
	bool is_there;

	if (client_open(w->o->address, &client, &e) != OK)
		return command_fail(&e);
	is_there = zone_open(client_welcome(client)->zone, &zone);
	client_close(client);
	if (!is_there)
		return command_usage(w->command,
				     "this system does not know the entity's zone; give "
				     "--on an instant as 2026-03-02T09:00:00Z");
	zone_to_utc(&zone, &noon, at);
	if (at->v > now.v && zone_day_start(&zone, day).v <= now.v)
		*at = now;
	return EXIT_DONE;
}

/* "2026-03-02" or an instant. */
static int
take_time(const struct case_wish *w, Sems__V1__CaseEvent *event)
{
	char text[64];
	struct utc_ms at;
	int status = EXIT_DONE;

	if (w->on == NULL)
		return EXIT_DONE;
	text_print(text, sizeof text, "%s%s", w->on, strlen(w->on) == 10 ? "T00:00:00Z" : "");
	if (!utc_parse(text_of(text), &at))
		return command_usage(w->command, "--on is a day as 2026-03-02, or an instant as "
						 "2026-03-02T09:00:00Z");
	if (strlen(w->on) == 10)
		status = take_day(w, civil_from_days(at.v / MS_PER_DAY), &at);
	event->has_valid = 1;
	event->valid = at.v;
	return status;
}

static int
tell(struct case_wish *w, const char *event, const char *number)
{
	Sems__V1__CaseRequest q = SEMS__V1__CASE_REQUEST__INIT;
	struct case_message m;
	Sems__V1__CaseEvent *list[] = {&m.event};
	const json_t *result;
	json_t *answer = NULL;
	int status;

	if (!case_message_make(&m, w->said, event, number, w->kind))
		return command_usage(w->command, "no random numbers are to be had");
	status = take_time(w, &m.event);
	if (status != EXIT_DONE)
		return status;
	q.operation = SEMS__V1__CASE_OPERATION__CASE_OPERATION_TELL;
	q.events = list;
	q.n_events = COUNT(list);
	status = case_ask(w, &q, &answer);
	if (status != EXIT_DONE)
		return status;
	result = json_array_get(json_object_get(answer, "results"), 0);
	if (w->as_json) {
		json_dumpf(result, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		printf("%s is %s\n", member_text(result, "number"), member_text(result, "state"));
	}
	json_decref(answer);
	return EXIT_DONE;
}

int
case_tell_event(struct case_wish *w, const char *event, const char *number)
{
	struct buf evidence;
	int status = EXIT_DONE;

	w->said[number == NULL ? SAYS_ORIGINAL_DUE : SAYS_DUE] = w->due;
	buf_init(&evidence, LIFE_TEXT_MAX + 100);
	if (w->file != NULL)
		status = add_file(w, &evidence);
	if (status == EXIT_DONE)
		status = tell(w, event, number);
	buf_fini(&evidence);
	return status;
}
