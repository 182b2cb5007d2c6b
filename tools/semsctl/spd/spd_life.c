/* semsctl spd freeze, comment, qa, reject, withdraw, submit, acknowledge, revise. */
#include "base/json/jsonin.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/listing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OP(name) SEMS__V1__SPD_OPERATION__SPD_OPERATION_##name

int
spd_run_step(struct spd_wish *w, Sems__V1__SpdOperation operation, const char *done)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	int status = EXIT_DONE;

	if (spd_ask(w, operation, &raw, &e) != OK) {
		status = command_fail(&e);
		if (strcmp(e.where, "checks") == 0)
			spd_print_checks(w, stderr);
	} else if (w->as_json) {
		status = spd_print_raw(&raw);
	} else {
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
		printf("%s: %s, revision %" JSON_INTEGER_FORMAT ", is %s\n", done, w->quarter,
		       json_integer_value(json_object_get(answer, "revision")),
		       member_text(answer, "state"));
		if (strcmp(member_text(answer, "was"), "IN_QA") == 0 &&
		    strcmp(member_text(answer, "state"), "DRAFT") == 0)
			puts("It was reviewed without this: back to DRAFT, it has to be reviewed "
			     "again");
		words_put(answer, "next");
		if (!w->o->quiet)
			printf("SHA-256 %s\nNext: %s\n", member_text(answer, "sha256"),
			       member_text(answer, "next"));
	}
	json_decref(answer);
	buf_fini(&raw);
	return status;
}

/* How many comments the freeze has carried over, and from where. */
static void
print_carried(const struct spd_wish *w)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	const json_t *event;
	json_int_t from = 0;
	size_t n = 0;
	size_t i;

	if (spd_ask(w, OP(STATUS), &raw, &e) == OK)
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
	json_array_foreach(json_object_get(answer, "events"), i, event)
	{
		json_int_t r = json_integer_value(json_object_get(event, "carried_from"));

		from = r > from ? r : from;
		n += r > 0;
	}
	if (n > 0)
		printf("%zu comment%s of revision %" JSON_INTEGER_FORMAT
		       " still hold%s: their figures are what they were\n",
		       n, text_s(n), from, n == 1 ? "s" : "");
	json_decref(answer);
	buf_fini(&raw);
}

static int
run_freezing(struct spd_wish *w, Sems__V1__SpdOperation operation, const char *done)
{
	struct buf raw;
	struct err e;
	json_t *answer = NULL;
	json_int_t revision;
	json_int_t restated;
	char as_of[LISTING_CELL];
	int status = EXIT_DONE;

	if (spd_ask(w, operation, &raw, &e) != OK) {
		status = command_fail(&e);
	} else if (w->as_json) {
		status = spd_print_raw(&raw);
	} else {
		answer = json_loadb((const char *)raw.p, raw.n, 0, NULL);
		revision = json_integer_value(json_object_get(answer, "revision"));
		restated = json_integer_value(json_object_get(answer, "restatements"));
		listing_cell(json_object_get(answer, "as_of"), as_of);
		printf("%s: %s, revision %" JSON_INTEGER_FORMAT ", is %s; as of %s\n", done,
		       w->quarter, revision, member_text(answer, "state"), as_of);
		if (operation == OP(REVISE))
			printf("It restates %" JSON_INTEGER_FORMAT " figure%s\n", restated,
			       text_s((uint64_t)restated));
		print_carried(w);
		words_put(answer, "next");
		if (!w->o->quiet)
			printf("SHA-256 %s\n"
			       "Look at it: %s spd show %s --revision %" JSON_INTEGER_FORMAT
			       "\nNext: %s spd check %s, then somebody else: semsctl spd qa %s\n",
			       member_text(answer, "sha256"), program_invocation_name, w->quarter,
			       revision, program_invocation_name, w->quarter, w->quarter);
	}
	json_decref(answer);
	buf_fini(&raw);
	return status;
}

int
spd_run_freeze(struct spd_wish *w)
{
	return run_freezing(w, OP(FREEZE), "Frozen");
}

int
spd_run_revise(struct spd_wish *w)
{
	if (w->reason == NULL)
		return command_usage(&command_spd, "revise: give --reason: why it is made again");
	return run_freezing(w, OP(REVISE), "Frozen again");
}

int
spd_run_comment(struct spd_wish *w)
{
	int status = spd_check_action(w);

	if (status != EXIT_DONE)
		return status;
	if (w->edit)
		return spd_edit_comments(w);
	status = spd_run_step(w, OP(COMMENT), "Comment kept");
	return status != EXIT_DONE || w->action == NULL ? status : spd_add_action(w);
}

int
spd_run_qa(struct spd_wish *w)
{
	return spd_run_step(w, OP(QA), "Reviewed");
}

int
spd_run_reject(struct spd_wish *w)
{
	if (w->reason == NULL)
		return command_usage(&command_spd, "reject: give --reason");
	return spd_run_step(w, OP(REJECT), "Rejected");
}

int
spd_run_withdraw(struct spd_wish *w)
{
	if (w->reason == NULL)
		return command_usage(&command_spd, "withdraw: give --reason");
	return spd_run_step(w, OP(WITHDRAW), "Withdrawn");
}

int
spd_run_submit(struct spd_wish *w)
{
	if (w->reference == NULL || w->channel == NULL)
		return command_usage(&command_spd,
				     "submit: give --channel, how it was sent, and --reference, "
				     "the regulator's receipt");
	return spd_run_step(w, OP(SUBMIT), "Submitted");
}

int
spd_run_acknowledge(struct spd_wish *w)
{
	if (w->reference == NULL)
		return command_usage(&command_spd,
				     "acknowledge: give --reference, the regulator's");
	return spd_run_step(w, OP(ACKNOWLEDGE), "Acknowledged");
}
