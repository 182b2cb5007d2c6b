/* semsctl spd approve: nobody signs what they have not been shown. */
#include "base/json/jsonin.h"
#include "tools/semsctl/spd/spd.h"
#include "tools/terminal/listing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OP(name)     SEMS__V1__SPD_OPERATION__SPD_OPERATION_##name
#define DIGEST_SHORT 12 /* enough to type, and to tell papers of one quarter apart */
#define DIGEST_LEAST 8
#define STATUS_MOST  16

/* The entity's own figure of a metric: the one of nothing narrower. */
static const char *
status_of(const json_t *metric)
{
	const json_t *figure;
	size_t i;

	json_array_foreach(json_object_get(metric, "figures"), i, figure)
	{
		if (json_object_size(json_object_get(figure, "by")) == 0)
			return member_text(figure, "status");
	}
	return "";
}

static size_t
place_of(const char *const *list, size_t n, const char *what)
{
	size_t i = 0;

	while (i < n && strcmp(list[i], what) != 0)
		i++;
	return i;
}

/* "12 NOT MET: OUT03 QN01 ...": the statuses in the order they are met. */
static void
print_statuses(const json_t *document)
{
	const char *seen[STATUS_MOST] = {NULL};
	size_t n_seen = 0;
	const json_t *metrics = json_object_get(document, "metrics");
	const json_t *m;
	size_t i;

	json_array_foreach(metrics, i, m)
	{
		const char *status = status_of(m);

		if (place_of(seen, n_seen, status) == n_seen && n_seen < STATUS_MOST &&
		    status[0] != '\0')
			seen[n_seen++] = status;
	}
	for (size_t k = 0; k < n_seen; k++) {
		bool is_failure =
		    strcmp(seen[k], "NOT_MET") == 0 || strcmp(seen[k], "NOT_PROVEN") == 0;
		size_t n = 0;
		char words[SPD_CELL];

		spd_words(seen[k], words);
		json_array_foreach(metrics, i, m) n += strcmp(status_of(m), seen[k]) == 0;
		printf("  %zu %s%s", n, words, is_failure ? ":" : "");
		json_array_foreach(metrics, i, m)
		{
			if (is_failure && strcmp(status_of(m), seen[k]) == 0)
				printf(" %s", member_text(m, "id"));
		}
		putchar('\n');
	}
}

static void
print_signed(const struct spd_wish *w, const json_t *state, const json_t *document)
{
	const json_t *revision = json_object_get(state, "revision");
	size_t comments = 0;
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(state, "events"), i, event) comments +=
	    strcmp(member_text(event, "action"), "COMMENT") == 0;
	printf("What is signed: %s, revision %" PRIu32 ", %s\n"
	       "  prepared by %s, reviewed by %s\n",
	       w->quarter, w->revision, member_text(state, "state"),
	       member_text(revision, "created_by"),
	       member_text(revision, "reviewed_by")[0] == '\0'
		   ? "nobody yet"
		   : member_text(revision, "reviewed_by"));
	print_statuses(document);
	printf("  %zu comment%s\n"
	       "  SHA-256 of the document            %s\n"
	       "  digest of it and all that was said %s\n",
	       comments, text_s(comments), member_text(revision, "sha256"),
	       member_text(state, "papers"));
}

/* Who types what is signed has looked at it; a "yes" is typed at anything. */
static bool
is_confirmed(const struct spd_wish *w, const char *papers)
{
	char wanted[32];
	char line[sizeof wanted];

	snprintf(wanted, sizeof wanted, "%" PRIu32 " %.*s\n", w->revision, DIGEST_LEAST, papers);
	printf("Sign this? Type its revision and the first %d characters of the last digest, with "
	       "a blank between: ",
	       DIGEST_LEAST);
	fflush(stdout);
	return fgets(line, sizeof line, stdin) != NULL && strcmp(line, wanted) == 0;
}

/* What was not named in full is shown, and asked for. */
static int
sign_shown(struct spd_wish *w, const json_t *state, char *papers)
{
	int status;
	json_t *document = spd_ask_json(w, OP(SHOW), &status);

	if (document == NULL)
		return status;
	print_signed(w, state, document);
	json_decref(document);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && is_confirmed(w, papers)) {
		w->seen = papers;
		return spd_run_step(w, OP(APPROVE), "Approved");
	}
	printf("Nothing is signed. To sign it:\n"
	       "  %s spd approve %s --revision %" PRIu32 " --digest %.*s\n",
	       program_invocation_name, w->quarter, w->revision, DIGEST_SHORT, papers);
	return EXIT_USAGE;
}

/* The papers as they are now, named by their beginning. */
static int
sign_named(struct spd_wish *w, char *papers)
{
	size_t n = strlen(w->seen);

	if (n < DIGEST_LEAST)
		return command_usage(&command_spd,
				     "approve: give %d or more characters of the digest",
				     DIGEST_LEAST);
	if (n < strlen(papers)) {
		if (strncmp(w->seen, papers, n) != 0) {
			fprintf(stderr,
				"semsctl: the papers of %s, revision %" PRIu32
				" are %.*s now, not %s: look again with `semsctl spd approve %s`\n",
				w->quarter, w->revision, DIGEST_SHORT, papers, w->seen, w->quarter);
			return EXIT_REFUSED;
		}
		w->seen = papers;
	}
	return spd_run_step(w, OP(APPROVE), "Approved");
}

int
spd_run_approve(struct spd_wish *w)
{
	bool is_named = w->revision > 0 && w->seen != NULL;
	char papers[80];
	int status;
	json_t *state = spd_ask_json(w, OP(STATUS), &status);
	json_int_t revision;

	if (state == NULL)
		return status;
	revision =
	    json_integer_value(json_object_get(json_object_get(state, "revision"), "revision"));
	snprintf(papers, sizeof papers, "%s", member_text(state, "papers"));
	if (w->revision == 0)
		w->revision = (uint32_t)revision;
	if (revision == 0 || papers[0] == '\0') {
		fprintf(stderr, "semsctl: nothing of %s is frozen: `semsctl spd freeze %s` first\n",
			w->quarter, w->quarter);
		status = EXIT_REFUSED;
	} else if (is_named) {
		status = sign_named(w, papers);
	} else {
		status = sign_shown(w, state, papers);
	}
	json_decref(state);
	return status;
}
